"""Takes out of a frozen tree what the app never uses, and every library that only that needed.

Plugins and data go by name, libraries never: a library stays if a program, a module or a plugin
that stays names it as NEEDED, over any number of steps. What is only loaded by name at run time is
listed with its reason.
"""

import shutil
import subprocess
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path

from spark_dist.facts import DistError

_QT = "PySide6/Qt"
# Patterns below _internal; each is something that the app never asks for.
UNUSED = (
    # Devices without a desktop.
    *(f"{_QT}/plugins/{name}/*" for name in ("egldeviceintegrations", "generic")),
    *(
        f"{_QT}/plugins/platforms/libq{name}.so"
        for name in ("eglfs", "linuxfb", "minimal", "minimalegl", "vkkhrdisplay", "vnc")
    ),
    # Draws in GTK's colours, for which it brings all of GTK; the portal's theme has the dialogs.
    f"{_QT}/plugins/platformthemes/libqgtk3.so",
    # Whether there is a network is learnt from the answers.
    f"{_QT}/plugins/networkinformation/*",
    # Formats that neither icons nor pasted pictures have.
    *(f"{_QT}/plugins/imageformats/libq{name}.so" for name in ("icns", "tga", "tiff", "wbmp")),
    *(
        f"{_QT}/plugins/wayland-shell-integration/lib{name}.so"
        for name in ("ivi-shell", "qt-shell")
    ),
    f"{_QT}/qml/*",
    # Where packages were installed from, and by whom.
    *(
        f"*.dist-info/{name}"
        for name in ("direct_url.json", "RECORD", "INSTALLER", "REQUESTED", "uv_build.json")
    ),
)
# Of Qt's own texts those in the languages of the app.
TRANSLATIONS = f"{_QT}/translations/*"
LANGUAGES = ("*_en.qm", "*_ru.qm")
# Opened by name, so that nobody names them as NEEDED.
BY_NAME = {
    "libpython*": "the programs' boot loader",
    "libssl.so*": "Qt's TLS plugin",
    "libcrypto.so*": "Qt's TLS plugin",
    "libdbus-1.so*": "the portal, where a desktop wants it early",
    "libgomp.so*": "the engine's threads",
}


def prune(tree: Path) -> tuple[str, ...]:
    """Remove what is not used from the tree; return the names of the libraries that went."""
    inner = tree / "_internal"
    for path in sorted(inner.rglob("*"), key=lambda path: len(path.parts), reverse=True):
        name = path.relative_to(inner).as_posix()
        if path.is_dir() and not path.is_symlink():
            continue
        if _is_unused(name):
            path.unlink()
    _remove_empty(inner)
    return _prune_libraries(tree)


def _is_unused(name: str) -> bool:
    if fnmatch(name, TRANSLATIONS):
        return not any(fnmatch(name, language) for language in LANGUAGES)
    return any(fnmatch(name, pattern) for pattern in UNUSED)


def _prune_libraries(tree: Path) -> tuple[str, ...]:
    inner = tree / "_internal"
    elves = programs_and_libraries(tree)
    candidates = [path for path in elves if is_shared_library(path.name)]
    kept = reachable(
        {path: needed_by(path) for path in elves},
        [path for path in elves if path not in candidates or _is_by_name(path.name)],
    )
    gone = [path for path in candidates if path not in kept]
    for path in gone:
        path.unlink()
    # PyInstaller links libraries that lie deeper into the top folder.
    for link in [path for path in inner.rglob("*") if path.is_symlink() and not path.exists()]:
        link.unlink()
    _remove_empty(inner)
    return tuple(path.relative_to(tree).as_posix() for path in gone)


def reachable(needs: dict[Path, tuple[str, ...]], roots: Iterable[Path]) -> set[Path]:
    """Return the files that the roots need, over any number of steps, the roots among them.

    ``needs`` gives the names that each file asks for; every file of such a name is taken, since
    which of them is found depends on who asks.
    """
    named: dict[str, list[Path]] = {}
    for path in needs:
        named.setdefault(path.name, []).append(path)
    found, waiting = set(), list(roots)
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        waiting += [one for name in needs[path] for one in named.get(name, ())]
    return found


def needed_by(path: Path) -> tuple[str, ...]:
    """Return the names of the libraries that a program or library asks the linker for."""
    try:
        told = subprocess.run(
            ["readelf", "--dynamic", "--wide", str(path)],
            capture_output=True,
            text=True,
            check=True,
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        )
    except FileNotFoundError:
        raise DistError("readelf is missing; install the package binutils.") from None
    except subprocess.CalledProcessError as error:
        raise DistError(f"{path.name} cannot be examined: {error.stderr.strip()}") from error
    lines = (line for line in told.stdout.splitlines() if "(NEEDED)" in line)
    return tuple(line.partition("[")[2].rstrip("]") for line in lines)


def is_shared_library(name: str) -> bool:
    """Return whether this is a name of a library that others link with, and no module or plugin."""
    return name.startswith("lib") and ".so." in name


def programs_and_libraries(tree: Path) -> list[Path]:
    """Return the files of the tree that the linker starts or loads, each once, sorted."""
    return [path for path in sorted(tree.rglob("*")) if path.is_file() and _is_elf(path)]


def _is_by_name(name: str) -> bool:
    return any(fnmatch(name, pattern) for pattern in BY_NAME)


def _is_elf(path: Path) -> bool:
    if path.is_symlink():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _remove_empty(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), key=lambda path: len(path.parts), reverse=True):
        if path.is_dir() and not path.is_symlink() and not any(path.iterdir()):
            shutil.rmtree(path)
