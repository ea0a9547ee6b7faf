"""llama.dll: the engine for Windows, from the source of the very version that is locked.

On Windows xllamacpp's own library exports nothing (docs/decisions/0008), so llama.cpp is compiled
by itself, by a compiler for Windows that runs here. What was built before of the same things is
taken again.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from inference_core.engine.llama_library import exported_functions
from inference_core.machine.errors import BuildError
from inference_core.machine.installed import PACKAGE
from inference_core.machine.source_archive import fetch_source, unpack
from spark_dist.facts import ROOT, DistError
from spark_dist.lock import Lock, read_lock
from spark_dist.pe_file import read_pe
from spark_dist.pe_imports import system_dlls
from spark_dist.wheel_closure import windows_environment
from spark_dist.wheels import sha256

RECIPE = Path(__file__).parent.parent / "windows" / "engine"
COMPILER = "x86_64-w64-mingw32-g++-posix"
NAME = "llama.dll"
# What the core calls besides: how an engine tells what it was built for.
_ALSO = ("llama_print_system_info",)
_MOST_JOBS = 8
_LAST_LINES = 15


@dataclass(frozen=True, slots=True)
class EngineSource:
    """The source distribution of one version."""

    version: str
    archive: Path


def engine_source(lock: Lock, shelf: Path) -> EngineSource:
    """Return the locked version's source, kept in the shelf's folder; its hash is the lock's.

    Raises DistError.
    """
    entry = lock[PACKAGE]
    kept = shelf / f"{PACKAGE}-{entry.version}.tar.gz"
    if not (kept.is_file() and sha256(kept) in entry.hashes):
        shelf.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as scratch:
            try:
                fetched = fetch_source(entry.version, Path(scratch, "source"))
            except BuildError as error:
                raise DistError(f"{error.message} {error.next_step}") from error
            if sha256(fetched) not in entry.hashes:
                raise DistError(f"The source of {PACKAGE} {entry.version} is not the locked one.")
            shutil.copyfile(fetched, kept)
    return EngineSource(entry.version, kept)


def build_engine(source: EngineSource, shelf: Path, jobs: int | None = None) -> Path:
    """Return the engine, built now (minutes) or before of the same source, recipe and compiler.

    Raises DistError where a tool is missing, the compiler complains, or the result would need
    something that Windows does not have.
    """
    for tool in (COMPILER, "cmake", "ninja"):
        if shutil.which(tool) is None:
            raise DistError(
                f"{tool} is not here; on Debian and Ubuntu: apt install cmake ninja-build "
                "g++-mingw-w64-x86-64-posix."
            )
    kept = shelf / "engines" / _key(source) / NAME
    if kept.is_file():
        return kept
    with tempfile.TemporaryDirectory() as scratch:
        built = _compile(source, Path(scratch), jobs or min(_MOST_JOBS, os.cpu_count() or 1))
        check_engine(built)
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(built, kept)
    return kept


def check_engine(library: Path) -> None:
    """Raise DistError unless it needs only Windows' own, and has all that the core calls."""
    file = read_pe(library)
    needs = {*file.imports, *file.delayed} - system_dlls()
    if needs:
        raise DistError(f"{library.name} would need {', '.join(sorted(needs))}, which nobody has.")
    lacks = set(_exports()) - set(file.exports)
    if lacks:
        raise DistError(f"{library.name} does not export {', '.join(sorted(lacks))}.")


def definition() -> str:
    """Return the list of exports, as the linker reads it."""
    lines = "".join(f"    {name}\n" for name in _exports())
    return f"LIBRARY {NAME}\nEXPORTS\n{lines}"


def _exports() -> list[str]:
    return sorted({*exported_functions(), *_ALSO})


def _key(source: EngineSource) -> str:
    """Return a name for what goes into a build, so that another build has another one."""
    told = subprocess.run([COMPILER, "--version"], capture_output=True, text=True, check=True)
    digest = hashlib.sha256()
    for text in (sha256(source.archive), told.stdout, definition()):
        digest.update(f"{text}\0".encode())
    for path in sorted(RECIPE.iterdir()):
        digest.update(path.read_bytes())
    return f"{source.version}-{digest.hexdigest()[:16]}"


def _compile(source: EngineSource, scratch: Path, jobs: int) -> Path:
    try:
        llama = unpack(source.archive, source.version, scratch / "llama.cpp")
    except BuildError as error:
        raise DistError(f"{error.message} {error.next_step}") from error
    exports = scratch / "exports.def"
    exports.write_text(definition(), encoding="ascii")
    build = scratch / "build"
    options = {
        "CMAKE_TOOLCHAIN_FILE": RECIPE / "toolchain.cmake",
        "CMAKE_BUILD_TYPE": "Release",
        "LLAMA_SOURCE": llama,
        "ENGINE_EXPORTS": exports,
        "ENGINE_VERSION": source.version,
    }
    configure = ["cmake", "-G", "Ninja", "-S", str(RECIPE), "-B", str(build)]
    _run([*configure, *(f"-D{name}={value}" for name, value in options.items())], scratch)
    _run(["ninja", "-C", str(build), f"-j{jobs}", "engine"], scratch)
    return build / "out" / NAME


def _run(command: Sequence[str], scratch: Path) -> None:
    # Minutes of all cores: others go first. No git is asked about whatever lies around.
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(scratch), "SOURCE_DATE_EPOCH": "0"}
    words = ["nice", "-n", "10", *command] if shutil.which("nice") else [*command]
    done = subprocess.run(words, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-_LAST_LINES:])
        raise DistError(f"The engine for Windows could not be built: {command[0]} said:\n{last}")


def main() -> int:
    """Build the engine alone; ``--again`` forgets what was built before."""
    parser = argparse.ArgumentParser(description="Build llama.dll for Windows.")
    parser.add_argument("target", type=Path, help="the folder it is copied to")
    parser.add_argument("--shelf", type=Path, default=ROOT / "build" / "windows")
    parser.add_argument("--again", action="store_true", help="even where it was built before")
    parser.add_argument("--jobs", type=int)
    given = parser.parse_args()
    lock = read_lock(ROOT / "requirements.lock", windows_environment("3.13.0"), [])
    if given.again:
        shutil.rmtree(given.shelf / "engines", ignore_errors=True)
    try:
        source = engine_source(lock, given.shelf)
        library = build_engine(source, given.shelf, given.jobs)
    except DistError as failure:
        print(failure, file=sys.stderr)
        return 1
    given.target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(library, given.target / NAME)
    print(f"{given.target / NAME}: {library.stat().st_size / 1e6:.1f} MB, {sha256(library)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
