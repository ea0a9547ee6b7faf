"""Which package of Debian a library of the build system belongs to, and where its licence lies."""

import platform
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from spark_dist.facts import DistError

_DOCS = Path("/usr/share/doc")
_FORMAT = "${binary:Package}\\t${Version}\\t${source:Package}\\t${Architecture}\\n"


@dataclass(frozen=True, slots=True)
class DebianPackage:
    """A package that is installed here; ``text`` is its file of copyrights and licences."""

    name: str
    version: str
    source: str
    architecture: str
    text: Path


def owners(libraries: Iterable[str]) -> dict[str, DebianPackage]:
    """Return the package of each library, by the library's file name.

    Raises DistError, naming the libraries, where there is none, and where this is no Debian.
    """
    names = sorted(libraries)
    # Whole paths, which dpkg looks up; for a pattern it goes through all that is installed.
    paths = [f"{folder}/{name}" for name in names for folder in _folders()]
    holders = _holders(_told(["-S", *paths]))
    if missing := [name for name in names if name not in holders]:
        raise DistError(
            f"No package of this system holds {', '.join(missing)}, so that its licence is not "
            "known; build with libraries of Debian's packages."
        )
    packages = _packages(_told(["-W", "-f", _FORMAT, *sorted(set(holders.values()))]))
    return {name: packages[holder.partition(":")[0]] for name, holder in holders.items()}


def _folders() -> tuple[str, ...]:
    machine = f"{platform.machine()}-linux-gnu"
    # Also those of before /lib became a link: packages list their files under either.
    return tuple(f"{base}{inner}" for base in ("/usr/lib", "/lib") for inner in (f"/{machine}", ""))


def _holders(told: str) -> dict[str, str]:
    """Return the package of each file name, from lines as "package:arch, other: /path/of/file"."""
    found: dict[str, str] = {}
    for line in sorted(told.splitlines()):
        package, _, place = line.partition(": ")
        if place.startswith("/"):
            found.setdefault(Path(place).name, package.split(",")[0])
    return found


def _packages(told: str) -> dict[str, DebianPackage]:
    packages = {}
    for line in told.splitlines():
        package, version, source, architecture = line.split("\t")
        name = package.partition(":")[0]
        text = _DOCS / name / "copyright"
        if not text.is_file():
            raise DistError(f"{text} is missing: the licence of the package {name} is not known.")
        packages[name] = DebianPackage(name, version, source, architecture, text)
    return packages


def _told(words: Sequence[str]) -> str:
    try:
        # It ends with 1 where one of several paths is in no package.
        return subprocess.run(
            ["dpkg-query", *words],
            capture_output=True,
            text=True,
            check=False,
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        ).stdout
    except FileNotFoundError:
        raise DistError(
            "dpkg-query is missing: the licences of the system's libraries are known from Debian's "
            "packages only; build on Debian."
        ) from None
