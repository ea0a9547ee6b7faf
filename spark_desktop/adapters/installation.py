"""How this Spark came to this machine, and which release feed it follows."""

import platform
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from spark_desktop.domain.errors import SignatureError
from spark_desktop.domain.minisign import PublicKey, public_key_of
from spark_desktop.domain.release_feed import usable_url
from spark_desktop.domain.release_version import version_of
from spark_desktop.domain.updates import Installed, UpdateSource
from spark_resources import resource
from spark_resources.packaged import bundled

# What packagers write beside the programs; packaging/README.md.
MARKER = "installed-as.toml"
_SYSTEMS = {"darwin": "macos"}
# The packagers name their kinds, a feed the files that come of them.
_FORMATS = {"windows": "exe", "macos": "dmg", "mac": "dmg", "tar.gz": "tar"}
_ARCHITECTURES = {"amd64": "x86_64", "aarch64": "arm64"}


def update_source(file: Path | None = None) -> UpdateSource:
    """Return which feed this build follows; one without keys where its file says nothing usable.

    ``file`` is ``updates.toml``, the resource without it.
    """
    table = _table(file or resource("updates.toml"))
    url = table.get("feed", "")
    try:
        usable_url(url)
        keys = tuple(_key(entry) for entry in table.get("key", []))
    except (ValueError, TypeError, AttributeError, KeyError, SignatureError):
        return UpdateSource()
    return UpdateSource(url, str(table.get("channel", "stable")), keys)


def installed(marker: Path | None = None) -> Installed | None:
    """Return what is installed; None where its version is not known.

    ``marker`` is ``installed-as.toml``, the one beside the programs without it.
    """
    marker = marker or bundled(MARKER)
    table = {} if marker is None else _table(marker)
    try:
        name = str(table["version"]) if "version" in table else version("spark-desktop")
        known = version_of(name)
    except (PackageNotFoundError, ValueError):
        return None
    form = str(table.get("format", ""))
    system, machine = platform.system().lower(), platform.machine().lower()
    return Installed(
        known,
        name,
        _SYSTEMS.get(system, system),
        _ARCHITECTURES.get(machine, machine),
        _FORMATS.get(form, form),
        str(table.get("size", "")),
    )


def _key(entry: dict[str, Any]) -> PublicKey:
    return public_key_of(str(entry["public"]), str(entry.get("name", "")))


def _table(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
