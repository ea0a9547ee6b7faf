"""The programs that a build of the engine needs, and how to get those that are missing."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from inference_core.machine.errors import MissingToolsError

Which = Callable[[str], str | None]

# The package manager of a system tells its family, and so the packages' names.
_INSTALL = {
    "apt-get": "Install them with 'sudo apt-get install cmake g++ make'.",
    "dnf": "Install them with 'sudo dnf install cmake gcc-c++ make'.",
    "zypper": "Install them with 'sudo zypper install cmake gcc-c++ make'.",
    "pacman": "Install them with 'sudo pacman -S cmake base-devel'.",
    "apk": "Install them with 'sudo apk add cmake g++ make'.",
    "brew": "Install them with 'brew install cmake' and 'xcode-select --install'.",
}
_INSTALL_APPLE = "Install them with 'xcode-select --install', and CMake from its makers."
_INSTALL_WINDOWS = (
    "Install the Build Tools for Visual Studio with 'Desktop development with C++', which brings "
    "CMake, and run this in its developer prompt."
)
_INSTALL_OTHER = "Install CMake 3.14 or newer and a C++ compiler."

_COMPILERS = ("c++", "g++", "clang++")
_MAKERS = ("make", "gmake", "ninja")


@dataclass(frozen=True, slots=True)
class Toolchain:
    """What builds: ``cmake`` is called, and finds the compiler and what runs it."""

    cmake: Path
    compiler: str


def find_toolchain(which: Which = shutil.which, platform: str = sys.platform) -> Toolchain:
    """Return this machine's toolchain; raises MissingToolsError with what to install."""
    cmake = which("cmake")
    if platform == "win32":
        # CMake asks the installer of Visual Studio where the compiler is; it is on no path.
        if cmake is None:
            raise MissingToolsError(("CMake",), _INSTALL_WINDOWS)
        return Toolchain(Path(cmake), "found by CMake")
    compiler = _first(_COMPILERS, which)
    missing = [] if cmake else ["CMake"]
    missing += [] if compiler else ["a C++ compiler"]
    missing += [] if _first(_MAKERS, which) else ["make"]
    if cmake is None or compiler is None or missing:
        raise MissingToolsError(tuple(missing), _how_to_install(which, platform))
    return Toolchain(Path(cmake), compiler)


def _first(names: tuple[str, ...], which: Which) -> str | None:
    return next((found for name in names if (found := which(name))), None)


def _how_to_install(which: Which, platform: str) -> str:
    for manager, words in _INSTALL.items():
        if which(manager):
            return words
    return _INSTALL_APPLE if platform == "darwin" else _INSTALL_OTHER
