"""The programs that building packages needs, and getting them with apt."""

import os
import shutil
import subprocess
from collections.abc import Iterable

from spark_dist.facts import DistError

# Programs and Debian's names of their packages, by the kind of package that needs them.
PROGRAMS: dict[str, dict[str, str]] = {
    "tree": {"readelf": "binutils", "strip": "binutils"},
    "tar": {},
    "run": {},
    "deb": {"dpkg-deb": "dpkg"},
    "windows": {
        "makensis": "nsis",
        "x86_64-w64-mingw32-gcc-posix": "gcc-mingw-w64-x86-64-posix",
        "x86_64-w64-mingw32-g++-posix": "g++-mingw-w64-x86-64-posix",
        "x86_64-w64-mingw32-windres": "binutils-mingw-w64-x86-64",
        "cmake": "cmake",
        "ninja": "ninja-build",
    },
}


def prepare(kinds: Iterable[str]) -> None:
    """See that the programs for these kinds are here; install them where that is allowed.

    Raises DistError with the command to type where it is not.
    """
    wanted = {program: package for kind in kinds for program, package in PROGRAMS[kind].items()}
    missing = sorted({wanted[name] for name in wanted if shutil.which(name) is None})
    if not missing:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if shutil.which("apt-get") is None:
        raise DistError(f"These are missing: {', '.join(missing)} (Debian's names of packages).")
    if os.geteuid() != 0:
        raise DistError(f"Packages are missing; type: sudo {' '.join(command)}")
    print(f"Installing {', '.join(missing)}", flush=True)
    subprocess.run(["apt-get", "update", "-qq"], check=False)
    if subprocess.run([*command, "-qq"], stdout=subprocess.DEVNULL, check=False).returncode != 0:
        raise DistError(f"{', '.join(missing)} could not be installed; see the messages above.")
