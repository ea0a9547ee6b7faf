"""The programs that building packages needs, and getting them with apt."""

import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence

_FREEZING = {"readelf": "binutils", "strip": "binutils", "patchelf": "patchelf"}
# Programs and Debian's names of their packages, by the kind of package that needs them.
PROGRAMS: dict[str, dict[str, str]] = {
    "tar": _FREEZING,
    "run": _FREEZING,
    "deb": {"dpkg-deb": "dpkg"} | _FREEZING,
    "windows": {
        "makensis": "nsis",
        "x86_64-w64-mingw32-gcc-posix": "gcc-mingw-w64-x86-64-posix",
        "x86_64-w64-mingw32-g++-posix": "g++-mingw-w64-x86-64-posix",
        "x86_64-w64-mingw32-windres": "binutils-mingw-w64-x86-64",
        "cmake": "cmake",
        "ninja": "ninja-build",
        # Compiles the modules by the very Python that will load them.
        "wine": "wine",
    },
}
_INSTALL = ("apt-get", "install", "-y", "--no-install-recommends")


def prepare(kinds: Iterable[str]) -> dict[str, str]:
    """See that the programs for these kinds are here; install them where that is allowed.

    Returns what is missing still: by kind, the reason with the command to type.
    """
    chosen = tuple(kinds)
    wanted = {package for kind in chosen for package in _missing(kind)}
    problem = _install(sorted(wanted)) if wanted else ""
    left = {kind: packages for kind in chosen if (packages := _missing(kind))}
    return {kind: f"{problem} {_next_step(packages)}".strip() for kind, packages in left.items()}


def _missing(kind: str) -> list[str]:
    return sorted({package for name, package in PROGRAMS[kind].items() if not shutil.which(name)})


def _next_step(packages: Sequence[str]) -> str:
    if shutil.which("apt-get") is None:
        return f"These are missing: {', '.join(packages)} (Debian's names of packages)."
    return f"Packages are missing; type: sudo {' '.join((*_INSTALL, *packages))}"


def _install(packages: Sequence[str]) -> str:
    """Install them where that is allowed; return what went wrong, nothing if all is well."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return ""
    print(f"Installing {', '.join(packages)}", flush=True)
    subprocess.run(["apt-get", "update", "-qq"], check=False)
    command = [*_INSTALL, "-qq", *packages]
    if subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode != 0:
        return "apt-get could not install all packages; its messages are above."
    return ""
