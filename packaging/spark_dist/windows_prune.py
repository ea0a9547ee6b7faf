"""What of the wheels for Windows is left out of the tree, since the app never loads it."""

import shutil
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from spark_dist.pe_file import PeFile, read_pe
from spark_dist.pe_imports import reachable

# Of Qt: the modules that the app and qasync import, and the plugins of a window.
QT_MODULES = ("QtCore", "QtGui", "QtSvg", "QtWidgets")
QT_PLUGINS = (
    "platforms/qwindows.dll",
    # The self-test opens the window without a screen.
    "platforms/qoffscreen.dll",
    "styles/qmodernwindowsstyle.dll",
    "iconengines/qsvgicon.dll",
    "imageformats/qgif.dll",
    "imageformats/qico.dll",
    "imageformats/qjpeg.dll",
    "imageformats/qsvg.dll",
    "imageformats/qwebp.dll",
)
QT_TRANSLATIONS = ("qtbase_ru.qm",)

# Needed to build with a package, or by those who do.
_UNUSED_SUFFIXES = frozenset(
    {".pyi", ".pyx", ".pxd", ".c", ".h", ".hpp", ".lib", ".cmake", ".pc", ".typed", ".exe", ".scm"}
)
_UNUSED_FOLDERS = frozenset({"__pycache__", "include", "tests", "test", "typesystems", "glue"})
_UNUSED_OF_WHEELS = frozenset({"RECORD", "INSTALLER", "REQUESTED", "top_level.txt", "WHEEL"})
# Microsoft's runtime: one of each lies in python\, see windows_tree.py.
RUNTIME = ("concrt140", "msvcp140", "vcamp140", "vccorlib140", "vcomp140", "vcruntime140")
# Distributions that are required by others, and that no code of the app reaches: the models are
# fetched by plain HTTP.
UNUSED_DISTRIBUTIONS = frozenset({"hf-xet"})
# The engine's module exports nothing that the core could call; engine\llama.dll is in its place.
# What it says of itself (its dist-info) stays, since the core asks which version it has.
_UNUSED_PACKAGES = frozenset({"xllamacpp"})


def is_used(path: PurePosixPath) -> bool:
    """Return whether a file of site-packages is kept; Qt's own are judged by ``prune_qt``."""
    if path.parts[0] in _UNUSED_PACKAGES or path.suffix in _UNUSED_SUFFIXES:
        return False
    if _UNUSED_FOLDERS.intersection(path.parts[:-1]):
        return False
    if path.parts[0].endswith(".dist-info") and path.name in _UNUSED_OF_WHEELS:
        return False
    return not is_runtime(path.name)


def is_runtime(name: str) -> bool:
    """Return whether a file is one of Microsoft's C++ runtime."""
    return name.endswith(".dll") and name.startswith(RUNTIME)


def prune(site_packages: Path) -> None:
    """Delete what is not used, and folders that are empty then."""
    for path in _files(site_packages):
        if not is_used(PurePosixPath(path.relative_to(site_packages).as_posix())):
            path.unlink()
    if (site_packages / "PySide6").is_dir():
        prune_qt(site_packages / "PySide6")
    _drop_empty(site_packages)


def prune_qt(folder: Path) -> None:
    """Keep of Qt what the modules and plugins load in the end."""
    roots = [folder / f"{name}.pyd" for name in QT_MODULES]
    roots += [folder / "plugins" / name for name in QT_PLUGINS]
    for root in roots:
        if not root.is_file():
            raise FileNotFoundError(f"PySide6's wheel has no {root.relative_to(folder)} any more")
    libraries = {path.name.lower(): read_pe(path) for path in folder.glob("*.dll")}
    kept = {*roots, *(folder / "translations" / name for name in QT_TRANSLATIONS)}
    kept |= {folder / name for name in _loaded(roots, libraries, folder)}
    for path in _files(folder):
        if path.suffix != ".py" and path not in kept:
            path.unlink()
    for name in ("scripts", "qml", "doc"):
        shutil.rmtree(folder / name, ignore_errors=True)


def _loaded(roots: Iterable[Path], libraries: dict[str, PeFile], folder: Path) -> set[str]:
    files = {**libraries, **{path.name.lower(): read_pe(path) for path in roots}}
    names = reachable((path.name.lower() for path in roots), files)
    return {path.name for path in folder.glob("*.dll") if path.name.lower() in names}


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _drop_empty(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
