"""What the system has to have before Qt and the engine can start, and getting it with apt.

Standard library only, like ``dev.py``, whose part this is.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

# What the platform plugins of PySide6-Essentials 6.11 and the engine name as NEEDED and do not
# bring along, with the Debian package of each.
LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libbrotlidec.so.1": "libbrotli1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgomp.so.1": "libgomp1",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
FONT_PACKAGE = "fonts-dejavu-core"
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
FONT_SUFFIXES = {".ttf", ".otf", ".ttc"}
# How long apt waits for another apt, in seconds.
LOCK_TIMEOUT_S = 120


class MissingPackagesError(Exception):
    """Packages that could not be installed; the text says what to type."""


def missing_packages(has_environment: bool) -> list[str]:
    """The Debian packages that are missing here, sorted; always empty on Windows and macOS.

    Without an environment the module that makes one is needed as well.
    """
    if not sys.platform.startswith("linux"):
        return []
    missing = {package for library, package in LIBRARIES.items() if not loads(library)}
    if not any(has_font(Path(folder).expanduser()) for folder in FONT_FOLDERS):
        missing.add(FONT_PACKAGE)
    if not has_display() and shutil.which("Xvfb") is None:
        missing.add("xvfb")  # one test opens a window on a real X server
    if shutil.which("bwrap") is None:
        missing.add("bubblewrap")  # the checks of a proposal run shut in by it
    if not has_environment and importlib.util.find_spec("ensurepip") is None:
        missing.add("python3-venv")
    return sorted(missing)


def loads(library: str) -> bool:
    """Whether the dynamic linker finds this shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_font(folder: Path) -> bool:
    """Whether a font that Qt can use lies anywhere below this folder."""
    return any(path.suffix.lower() in FONT_SUFFIXES for path in folder.rglob("*"))


def has_display() -> bool:
    """Whether a window can be shown: always true on Windows and macOS."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def apt_line(packages: Sequence[str], sudo: bool) -> str:
    """The shell command that installs these Debian packages."""
    start = "sudo apt-get" if sudo else "apt-get"
    return f"{start} install -y --no-install-recommends {' '.join(packages)}"


def install(packages: Sequence[str], say: Callable[[str], None]) -> None:
    """Install these packages with apt where that needs no password; else say what to type.

    Raises MissingPackagesError when they are not there afterwards.
    """
    if not packages:
        return
    names = " ".join(packages)
    if shutil.which("apt-get") is None:
        raise MissingPackagesError(
            f"system packages are missing; install what your system calls these: {names}"
        )
    is_root = _is_root()
    line = apt_line(packages, sudo=not is_root)
    if not is_root and not _succeeds("sudo", "-n", "true"):
        raise MissingPackagesError(f"system packages are missing; type this, then retry:\n  {line}")
    say(f"Installing with apt: {names}")
    # sudo clears the environment, so the setting travels as an argument.
    apt = [*([] if is_root else ["sudo", "-n"]), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    # A new machine often updates itself just then, and apt would fail at once at its lock.
    apt += ["-o", f"DPkg::Lock::Timeout={LOCK_TIMEOUT_S}"]
    # Old lists name files that the mirror no longer has; without a new one they may still do.
    _succeeds(*apt, "-qq", "update")
    if not _succeeds(*apt, "-qq", "install", "-y", "--no-install-recommends", *packages):
        raise MissingPackagesError(f"apt could not install system packages; type:\n  {line}")


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _succeeds(*command: str) -> bool:
    # Errors stay visible; what apt tells on the way does not.
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL).returncode == 0
    except FileNotFoundError:
        return False
