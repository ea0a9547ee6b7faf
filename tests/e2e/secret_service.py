"""A session bus with a keyring of its own; its package is asked for as the screen's are."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_PACKAGES = {"dbus-run-session": "dbus", "gnome-keyring-daemon": "gnome-keyring"}
_PASSWORD = "of-this-test"


def require_keyring() -> None:
    """Skip the test, or fail it in CI, where the keyring is not installed."""
    missing = [package for tool, package in _PACKAGES.items() if shutil.which(tool) is None]
    if not missing:
        return
    said = f"for a keyring of its own install: {' '.join(missing)}"
    if os.environ.get("SPARK_REQUIRE_SCREEN"):
        pytest.fail(said)
    pytest.skip(said)


def in_session(home: Path, script: str, *arguments: str, keyring: bool = True) -> str:
    """Return what a Python script prints on a session bus of its own, in a home of its own.

    ``keyring`` starts GNOME's keyring on it first, unlocked.
    """
    home.mkdir(parents=True, exist_ok=True)
    (home / "run").mkdir(mode=0o700, exist_ok=True)
    start = (
        f"printf %s {_PASSWORD} | gnome-keyring-daemon --unlock --components=secrets >/dev/null; "
    )
    # The daemon leaves for the background; the bus ends, and takes it along.
    shell = (start if keyring else "") + 'exec "$0" -P "$@"'
    command = ["sh", "-c", shell, sys.executable, "-c", script, *arguments]
    done = subprocess.run(
        ["dbus-run-session", f"--config-file={_bus_without_services(home)}", "--", *command],
        env=_environment(home),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _bus_without_services(home: Path) -> Path:
    # The machine's own bus would start whatever keyring is installed by itself.
    path = home / "bus.conf"
    path.write_text(
        "<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>"
        '<policy context="default"><allow send_destination="*" eavesdrop="true"/>'
        '<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>',
        encoding="utf-8",
    )
    return path


def _environment(home: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("XDG_", "DBUS_", "GNOME_", "PYTHON_KEYRING", "DISPLAY", "WAYLAND"))
    }
    return kept | {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "cache"),
    }
