"""What the app needs at run time on another system: its requirements, and theirs.

The wheels themselves are asked, since what a package needs on Windows is told by its wheel for
Windows, and by nothing that is installed here.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from email.parser import HeaderParser
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from spark_dist.lock import Lock, LockError

# A round: give the wheels of these names.
Fetch = Callable[[list[str]], dict[str, Path]]
_METADATA = re.compile(r"[^/]+\.dist-info/METADATA")


def windows_environment(python: str) -> dict[str, str]:
    """Return what markers are judged by: CPython of this version on 64-bit Windows."""
    return {
        "implementation_name": "cpython",
        "implementation_version": python,
        "os_name": "nt",
        "platform_machine": "AMD64",
        "platform_python_implementation": "CPython",
        "platform_release": "10",
        "platform_system": "Windows",
        "platform_version": "10.0",
        "python_full_version": python,
        "python_version": ".".join(python.split(".")[:2]),
        "sys_platform": "win32",
    }


def runtime_closure(
    requirements: Iterable[str], lock: Lock, environment: Mapping[str, str], fetch: Fetch
) -> dict[str, Path]:
    """Return the wheel of each package that is needed, by its normalized name.

    Raises LockError where the lock lacks one, or has a version that a wheel does not want.
    """
    wheels: dict[str, Path] = {}
    seen: set[tuple[str, str]] = set()
    asked = [(name, "") for name in requirements]
    while asked:
        wanted = [
            need for text, extra in asked if _holds(need := Requirement(text), environment, extra)
        ]
        names = sorted({_checked(need, lock) for need in wanted} - wheels.keys())
        wheels.update(fetch(names))
        # A package's own extras are requirements of their own.
        new = {(canonicalize_name(need.name), extra) for need in wanted for extra in _extras(need)}
        new -= seen
        seen |= new
        asked = [
            (text, extra) for name, extra in sorted(new) for text in requirements_of(wheels[name])
        ]
    return dict(sorted(wheels.items()))


def requirements_of(wheel: Path) -> list[str]:
    """Return what a wheel says that it needs. Raises LockError for a file that is no wheel."""
    try:
        with ZipFile(wheel) as archive:
            name = next(name for name in archive.namelist() if _METADATA.fullmatch(name))
            headers = HeaderParser().parsestr(archive.read(name).decode("utf-8"))
    except (BadZipFile, StopIteration) as error:
        raise LockError(f"{wheel.name} is no wheel: delete it, and it is fetched again.") from error
    return headers.get_all("Requires-Dist") or []


def _holds(need: Requirement, environment: Mapping[str, str], extra: str) -> bool:
    return need.marker is None or need.marker.evaluate({**environment, "extra": extra})


def _extras(need: Requirement) -> list[str]:
    return ["", *sorted(need.extras)]


def _checked(need: Requirement, lock: Lock) -> str:
    entry = lock[need.name]
    if not need.specifier.contains(entry.version, prereleases=True):
        raise LockError(f"requirements.lock has {entry.name} {entry.version}, but {need} is wanted")
    return entry.name
