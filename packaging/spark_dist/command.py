"""The command that builds the packages which this machine can, into ``dist/``.

    python dev.py dist                      everything, in both sizes
    python dev.py dist deb run --size slim  some of it
    python dev.py dist reproducible         the commit twice, in two folders, and what differs

Kinds: tar, run, deb, windows. packaging/README.md says what each one is.
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from spark_dist import archive
from spark_dist.facts import DistError, Facts, Size, checked_out, facts_here
from spark_dist.pipeline import KINDS, Made, make

REPRODUCIBLE = "reproducible"


def main(words: Sequence[str]) -> int:
    """Build what is asked for; return 0, or 1 where something could not be built."""
    given = _arguments(words)
    kinds = [kind for kind in given.kinds if kind != REPRODUCIBLE] or list(KINDS)
    sizes = tuple(Size(name) for name in dict.fromkeys(given.size or [size.value for size in Size]))
    try:
        if not sys.platform.startswith("linux"):
            raise DistError(
                "This builds on Linux, for Windows too; packaging/README.md tells of macOS."
            )
        facts = facts_here()
        if REPRODUCIBLE in given.kinds:
            return _twice(facts, kinds, sizes)
        dist = given.output or facts.root / "dist"
        return _told(make(facts, kinds, sizes, dist, facts.root / "build" / "dist"))
    except DistError as failure:
        print(f"dist: {failure}", file=sys.stderr)
        return 1


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="dev.py dist", description="Builds the packages that this machine can."
    )
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join((*KINDS, REPRODUCIBLE)))
    sizes = [size.value for size in Size]
    parser.add_argument("--size", choices=sizes, action="append", help="default: both")
    parser.add_argument("--output", type=Path, help="default: dist/ of the checkout")
    given = parser.parse_args(words)
    if unknown := set(given.kinds) - {*KINDS, REPRODUCIBLE}:
        parser.error(f"there is no kind {', '.join(sorted(unknown))}")
    return given


def _twice(facts: Facts, kinds: Sequence[str], sizes: Sequence[Size]) -> int:
    """Build everything from the commit in two places, and say what differs."""
    base = facts.root / "build" / REPRODUCIBLE
    shutil.rmtree(base, ignore_errors=True)
    places = [base / name for name in ("first", "another/place")]
    code = 0
    for place in places:
        there = checked_out(facts, place / "source")
        code |= _told(make(there, kinds, sizes, place / "dist", place / "work"))
    differing = archive.differences(*(place / "dist" for place in places))
    for name in differing:
        print(f"differs: {name}")
    for tree in sorted(path.name for path in (places[0] / "work").glob("*-*") if path.is_dir()):
        for name in archive.differences(*(place / "work" / tree for place in places)):
            print(f"differs inside of the tree {tree}: {name}")
    count = len(list((places[0] / "dist").iterdir()))
    print(f"{count - len(differing)} of {count} files have the same bytes in both")
    return 1 if differing else code


def _told(made: Made) -> int:
    for kind, reason in made.failures.items():
        print(f"dist: {kind} was not built: {reason}", file=sys.stderr)
    return 1 if made.failures else 0
