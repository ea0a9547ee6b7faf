"""What is built in which order: the trees first, then the packages of each kind, of each size.

A kind that cannot be built here leaves the others alone: what was missing is told at the end.
"""

import importlib
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from spark_dist import archive, build_system, compliance, tree
from spark_dist.facts import Build, DistError, Facts, Size

T = TypeVar("T")

# The module of each kind: it has ``build(build) -> tuple[Path, ...]``.
LINUX = {"tar": "spark_dist.archive", "run": "spark_dist.run_file", "deb": "spark_dist.deb"}
WINDOWS = {"windows": "spark_dist.nsis"}
KINDS = (*LINUX, *WINDOWS)
# How one of them ends that the program at hand cannot do anything about.
_FAILURES = (DistError, OSError, subprocess.CalledProcessError)


@dataclass(slots=True)
class Made:
    """The files that were built, and for each kind that was not, the reason and the next step."""

    files: list[Path] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)


def make(facts: Facts, kinds: Sequence[str], sizes: Sequence[Size], dist: Path, work: Path) -> Made:
    """Build these kinds in these sizes into ``dist``; ``work`` is for what lies between.

    Raises DistError where the model is missing that a full size needs.
    """
    made = Made(failures=build_system.prepare(kinds))
    dist.mkdir(parents=True, exist_ok=True)
    model = first_model() if Size.FULL in sizes else None
    for system, modules in (("linux", LINUX), ("windows", WINDOWS)):
        wanted = [kind for kind in kinds if kind in modules and kind not in made.failures]
        if not wanted:
            continue
        try:
            frozen = _timed(f"tree {system}", partial(_frozen, system, facts, work))
            for size in sizes:
                ready = work / f"{system}-{size.value}"
                build = Build(facts, tree.assembled(frozen, ready, size, model), size, dist)
                made.files.append(_described(build, system))
                _build_kinds(made, build, {kind: modules[kind] for kind in wanted})
        except _FAILURES as failure:
            made.failures |= dict.fromkeys(wanted, str(failure))
    archive.write_sums(dist)
    return made


def _described(build: Build, system: str) -> Path:
    """Add the licences and the bill of materials; return the bill that lies beside the packages."""
    compliance.add(build.tree, build.facts)
    _tell(f"tree {system} {build.size.value}", _bytes_of(build.tree))
    return compliance.publish(build, system)


def _build_kinds(made: Made, build: Build, modules: Mapping[str, str]) -> None:
    for kind, module in modules.items():
        if kind in made.failures:
            continue
        try:
            made.files += built(kind, module, build)
        except _FAILURES as failure:
            made.failures[kind] = str(failure)


def built(kind: str, module: str, build: Build) -> tuple[Path, ...]:
    """Make one package of a finished tree; what the module raises passes through."""
    maker: Callable[[Build], tuple[Path, ...]] = importlib.import_module(module).build
    # How it came to this machine, for whoever looks for updates.
    marker = build.tree / tree.MARKER
    marker.write_text(tree.marker_text(kind, build), encoding="utf-8", newline="\n")
    try:
        files = _timed(f"{kind} {build.size.value}", lambda: maker(build))
    finally:
        marker.unlink()
    for file in files:
        _tell(file.name, file.stat().st_size)
    return files


def first_model() -> Path:
    """Return the first model's verified file, fetched by the product's own code where needed."""
    from inference_core.domain.errors import CoreError
    from inference_core.models.catalogue import Catalogue
    from inference_core.models.store import ModelStore

    try:
        return ModelStore.default().ensure(Catalogue.load().default)
    except CoreError as error:
        raise DistError(f"{error.message} {error.next_step}") from error


def _frozen(system: str, facts: Facts, work: Path) -> Path:
    if system == "linux":
        return tree.freeze(facts, work / "freeze")
    made: Path = importlib.import_module("spark_dist.windows_tree").windows_tree(
        facts, work / "windows"
    )
    return made


def _timed(name: str, work: Callable[[], T]) -> T:
    started = time.monotonic()
    result = work()
    print(f"{name:<56} {time.monotonic() - started:>8.1f} s", flush=True)
    return result


def _tell(name: str, size: int) -> None:
    print(f"{name:<56} {size / 1e6:>8.1f} MB", flush=True)


def _bytes_of(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())
