"""What this Spark is: version, commit, system, engine, and what lies beside a packaged one."""

import platform
import tomllib
from collections.abc import Callable
from pathlib import Path

from spark_desktop.adapters.notices import (
    APP,
    INDEX,
    Extra,
    bundled_components,
    installed_components,
    needed,
    version_of,
)
from spark_desktop.domain.notices import About, Component
from spark_resources import resource
from spark_resources.packaged import bundled

_MARKER = "installed-as.toml"
_BILL = "sbom.cdx.json"
_FOLDER = "licences"
_NAME, _LICENCE, _TEXT = "Spark Desktop", "Apache-2.0", "LICENSE"
# Hexadecimal digits that are shown of a commit.
_SHORT = 12
# Behind the commit of a package that was built with files changed since.
_MODIFIED = "-modified"

Beside = Callable[..., Path | None]


def build_facts(beside: Beside = bundled) -> About:
    """Return what this Spark is; ``beside`` finds what lies beside the programs of a packaged one.

    What cannot be told is empty, never an error: this is what users copy into their reports.
    """
    return About(
        version_of(APP),
        _commit(beside(_MARKER)),
        f"{platform.system()} {platform.release()} ({platform.machine()}), "
        f"Python {platform.python_version()}",
        _engine(),
        beside(_BILL),
        beside(_FOLDER),
    )


def components(beside: Beside = bundled) -> tuple[Component, ...]:
    """Return Spark itself, then what it is made of, by name. Raises NoticesError."""
    index = beside(_FOLDER, INDEX)
    if index is None:
        own, others = needed().get(APP), installed_components()
        texts = () if own is None else Extra.load().component(own).texts
    else:
        texts, others = (index.parent / _TEXT,), bundled_components(index.parent)
    return (Component(_NAME, version_of(APP), _LICENCE, texts=texts), *others)


def _engine() -> str:
    version = version_of("xllamacpp")
    if not version:
        return ""
    # The last number is the build of llama.cpp.
    return f"llama.cpp b{version.rpartition('.')[2]} (xllamacpp {version})"


def _commit(marker: Path | None) -> str:
    if marker is not None:
        try:
            told = tomllib.loads(marker.read_text(encoding="utf-8")).get("commit", "")
        except (OSError, ValueError):
            return ""
        commit, changed, _ = str(told).partition(_MODIFIED)
        return commit[:_SHORT] + changed
    root = resource("themes").parent.parent
    return _checked_out(root / ".git")[:_SHORT]


def _checked_out(git: Path) -> str:
    """Return the commit that a checkout stands on, without starting git; empty where unknown."""
    head = _line(git / "HEAD")
    if not head.startswith("ref: "):
        return head
    name = head.removeprefix("ref: ")
    commit = _line(git / name)
    if commit:
        return commit
    try:
        packed = (git / "packed-refs").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.split()[0] for line in packed if line.endswith(f" {name}")), "")


def _line(file: Path) -> str:
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return lines[0].strip() if lines else ""
