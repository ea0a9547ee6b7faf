"""Checks that a Windows tree is whole: what each program and library loads is in it, or Windows's.

``PYTHONPATH=.:packaging python -m spark_dist.pe_imports TREE`` prints what is missing and ends with
1 if anything is. What Windows 10 has is listed in packaging/windows/system_dlls.txt.
"""

import argparse
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from spark_dist.pe_file import PeError, PeFile, read_pe

SYSTEM_DLLS = Path(__file__).parent.parent / "windows" / "system_dlls.txt"
SUFFIXES = frozenset({".exe", ".dll", ".pyd"})
# API sets: names that Windows' loader itself maps to its libraries, and no files.
_API_SETS = ("api-ms-win-", "ext-ms-win-")


@dataclass(frozen=True, slots=True)
class Missing:
    """A library that a file of the tree loads, and that is nowhere."""

    wanted_by: str
    library: str
    delayed: bool

    def __str__(self) -> str:
        when = " later" if self.delayed else ""
        return f"{self.wanted_by} loads {self.library}{when}"


@dataclass(frozen=True, slots=True)
class Closure:
    """What was found: the files that were read, what of Windows they use, and what is missing."""

    files: tuple[str, ...]
    system: tuple[str, ...]
    missing: tuple[Missing, ...] = field(default=())


def check_tree(tree: Path, system: frozenset[str]) -> Closure:
    """Read every program and library of a tree. Raises PeError for one that is damaged."""
    files = {
        path.relative_to(tree).as_posix(): read_pe(path)
        for path in sorted(tree.rglob("*"))
        if path.suffix.lower() in SUFFIXES and path.is_file()
    }
    return closure_of(files, system)


def closure_of(files: Mapping[str, PeFile], system: Iterable[str]) -> Closure:
    """Return what these files, named by their paths, find in each other and in Windows."""
    here = {Path(name).name.lower() for name in files}
    has, used = frozenset(system), set()
    missing = []
    for name, file in files.items():
        loads = [(library, False) for library in file.imports]
        loads += [(library, True) for library in file.delayed]
        for library, delayed in loads:
            if library in here:
                continue
            if library in has or library.startswith(_API_SETS):
                used.add(library)
            else:
                missing.append(Missing(name, library, delayed))
    return Closure(tuple(files), tuple(sorted(used)), tuple(missing))


def reachable(roots: Iterable[str], files: Mapping[str, PeFile]) -> frozenset[str]:
    """Return which of these files, named without folders, the roots load in the end, with them."""
    found: set[str] = set()
    ahead = list(roots)
    while ahead:
        name = ahead.pop()
        if name in found or name not in files:
            continue
        found.add(name)
        ahead += [*files[name].imports, *files[name].delayed]
    return frozenset(found)


def system_dlls(path: Path = SYSTEM_DLLS) -> frozenset[str]:
    """Return the listed names. Raises OSError."""
    lines = (line.partition("#")[0].strip() for line in path.read_text("utf-8").splitlines())
    return frozenset(line.lower() for line in lines if line)


def main() -> int:
    """Check a tree and say what was found."""
    parser = argparse.ArgumentParser(description="Check what a Windows tree loads.")
    parser.add_argument("tree", type=Path)
    arguments = parser.parse_args()
    try:
        found = check_tree(arguments.tree, system_dlls())
    except PeError as error:
        print(error, file=sys.stderr)
        return 1
    for missing in found.missing:
        print(missing)
    print(
        f"{len(found.files)} programs and libraries, {len(found.system)} libraries of Windows, "
        f"{len(found.missing)} missing"
    )
    return 1 if found.missing else 0


if __name__ == "__main__":
    sys.exit(main())
