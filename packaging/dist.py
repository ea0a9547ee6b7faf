"""Builds the packages that this machine can, into ``dist/``; ``dev.py dist`` starts it.

    python dev.py dist                      everything, in both sizes
    python dev.py dist deb run --size slim  some of it
    python dev.py dist reproducible         twice, in two folders, and what differs

Kinds: tar, run, deb, windows. packaging/README.md says what each one is.
"""

import argparse
import importlib
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from spark_dist import archive, build_system, tree
from spark_dist.facts import Build, DistError, Facts, Size, facts_here

T = TypeVar("T")

# The module of each kind: it has ``build(build) -> tuple[Path, ...]``.
LINUX = {"tar": "spark_dist.archive", "run": "spark_dist.run_file", "deb": "spark_dist.deb"}
KINDS = (*LINUX, "windows")
REPRODUCIBLE = "reproducible"


def main(words: Sequence[str]) -> int:
    """Build what is asked for; return 0, or 1 where something could not be built."""
    parser = argparse.ArgumentParser(prog="dev.py dist", description=__doc__.split("\n\n")[0])
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join((*KINDS, REPRODUCIBLE)))
    sizes = [size.value for size in Size]
    parser.add_argument("--size", choices=sizes, action="append", help="default: both")
    parser.add_argument("--output", type=Path, help="default: dist/ of the checkout")
    given = parser.parse_args(words)
    if unknown := set(given.kinds) - {*KINDS, REPRODUCIBLE}:
        parser.error(f"there is no kind {', '.join(sorted(unknown))}")
    chosen = tuple(Size(name) for name in given.size or sizes)
    try:
        facts = facts_here()
        if REPRODUCIBLE in given.kinds:
            return _twice(facts, [kind for kind in given.kinds if kind in KINDS] or list(KINDS))
        dist = given.output or facts.root / "dist"
        make(facts, given.kinds or list(KINDS), chosen, dist, facts.root / "build" / "dist")
    except DistError as failure:
        print(f"dist: {failure}", file=sys.stderr)
        return 1
    return 0


def make(
    facts: Facts, kinds: Sequence[str], sizes: Sequence[Size], dist: Path, work: Path
) -> tuple[Path, ...]:
    """Build these kinds in these sizes; return the files. Raises DistError."""
    if not sys.platform.startswith("linux"):
        raise DistError("This builds on Linux; packaging/README.md says how on Windows and macOS.")
    build_system.prepare(("tree", *kinds))
    dist.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    model = _model() if Size.FULL in sizes else None
    if linux := [kind for kind in kinds if kind in LINUX]:
        frozen = _timed("tree", lambda: tree.freeze(facts, work / "linux"))
        for size in sizes:
            ready = tree.assembled(frozen, work / f"tree-{size.value}", size, model)
            _say(f"tree {size.value}", _bytes_of(ready))
            for kind in linux:
                made += _built(kind, LINUX[kind], Build(facts, ready, size, dist), work)
    if "windows" in kinds:
        from spark_dist.windows_tree import windows_tree

        frozen = _timed("tree windows", lambda: windows_tree(facts, work / "windows"))
        for size in sizes:
            ready = tree.assembled(frozen, work / f"windows-{size.value}", size, model)
            _say(f"tree windows {size.value}", _bytes_of(ready))
            made += _built("windows", "spark_dist.nsis", Build(facts, ready, size, dist), work)
    archive.write_sums(dist)
    return tuple(made)


def _built(kind: str, module: str, build: Build, work: Path) -> tuple[Path, ...]:
    maker: Callable[[Build], tuple[Path, ...]] = importlib.import_module(module).build
    # How it came to this machine, for whoever looks for updates.
    marker = build.tree / tree.MARKER
    marker.write_text(tree.marker_text(kind, build), encoding="utf-8", newline="\n")
    try:
        files = _timed(f"{kind} {build.size.value}", lambda: maker(build))
    finally:
        marker.unlink()
    for file in files:
        _say(file.name, file.stat().st_size)
    return files


def _twice(facts: Facts, kinds: Sequence[str]) -> int:
    """Build everything in two places, and say what differs."""
    base = facts.root / "build" / REPRODUCIBLE
    shutil.rmtree(base, ignore_errors=True)
    places = [base / name for name in ("first", "another/place")]
    for place in places:
        make(facts, kinds, tuple(Size), place / "dist", place / "work")
    differing = archive.differences(*(place / "dist" for place in places))
    for name in differing:
        print(f"differs: {name}")
    count = len(list((places[0] / "dist").iterdir()))
    print(f"{count - len(differing)} of {count} files have the same bytes in both")
    return 1 if differing else 0


def _model() -> Path:
    """Return the first model's verified file, fetched by the product's own code where needed."""
    from inference_core.domain.errors import CoreError
    from inference_core.models.catalogue import Catalogue
    from inference_core.models.store import ModelStore

    try:
        return ModelStore.default().ensure(Catalogue.load().default)
    except CoreError as error:
        raise DistError(f"{error.message} {error.next_step}") from error


def _timed(name: str, work: Callable[[], T]) -> T:
    started = time.monotonic()
    result = work()
    print(f"{name:<24} {time.monotonic() - started:>8.1f} s", flush=True)
    return result


def _say(name: str, size: int) -> None:
    print(f"{name:<56} {size / 1e6:>8.1f} MB", flush=True)


def _bytes_of(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
