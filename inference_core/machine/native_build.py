"""Builds the engine for this machine's CPU, checks it, and only then lets it be used.

Everything happens in a folder of its own, which goes away when anything fails or the build is
interrupted; the last step is the one that makes the engine the one in use.
"""

import errno
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from inference_core.machine.active_engine import BuiltEngine, activate
from inference_core.machine.build_plan import BuildPlan, refuse_without_room
from inference_core.machine.compilation import Compilation
from inference_core.machine.errors import BuildError, BuildFolderError
from inference_core.machine.hardware import Hardware
from inference_core.machine.installed import source_version
from inference_core.machine.self_check import Checked
from inference_core.machine.source_archive import fetch_source, sha256_of, unpack

_SCRATCH = "building"
_LOCK = "build.lock"
LOG = "build.log"

# CMake's names, by system; Visual Studio adds a folder for the configuration.
_LIBRARIES = {"win32": "llama.dll", "darwin": "libllama.dylib"}
_PATTERNS = {"win32": "*.dll", "darwin": "*.dylib"}

Check = Callable[[Path, Path], Checked]
Fetch = Callable[[str, Path], Path]


@dataclass(frozen=True, slots=True)
class Listener:
    """Hears of each step as a line, and of the compiler's percents."""

    step: Callable[[str], None] = lambda line: None
    percent: Callable[[int], None] = lambda percent: None


class NativeBuild:
    """One build; ``check`` takes a library and a model, ``fetch`` a version and a folder."""

    def __init__(
        self,
        plan: BuildPlan,
        hardware: Hardware,
        check: Check,
        listener: Listener,
        fetch: Fetch = fetch_source,
    ) -> None:
        self._plan = plan
        self._hardware = hardware
        self._check = check
        self._listener = listener
        self._fetch = fetch

    def run(self) -> tuple[BuiltEngine, Path]:
        """Return what was built, and its library, which is in use now; takes minutes.

        Raises BuildError. The log file stays when the build fails.
        """
        folder = self._plan.folder
        refuse_without_room(folder)
        with _folder_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            with _only_one(folder):
                # Of a build whose process was killed.
                scratch = folder / _SCRATCH
                shutil.rmtree(scratch, ignore_errors=True)
                scratch.mkdir()
                try:
                    return self._build(scratch)
                finally:
                    shutil.rmtree(scratch, ignore_errors=True)

    def _build(self, scratch: Path) -> tuple[BuiltEngine, Path]:
        plan, say = self._plan, self._listener.step
        version = source_version(plan.version)
        say("Fetching the source" if plan.source is None else "Reading the source")
        archive = plan.source or self._fetch(version, scratch / "fetched")
        digest = sha256_of(archive)
        source = unpack(archive, version, scratch / "source")
        log = plan.folder / LOG
        log.unlink(missing_ok=True)
        compilation = Compilation(plan.toolchain.cmake, log, self._listener.percent)
        say(f"Compiling; the output is in {log}")
        compilation.configure(source, scratch / "objects")
        compilation.compile(scratch / "objects", plan.jobs)
        prepared = scratch / "engine"
        library = collect(scratch / "objects", prepared)
        shutil.copyfile(source / "LICENSE", prepared / "LICENSE")
        say("Checking it against the installed engine")
        checked = self._check(library, plan.model)
        built = BuiltEngine(
            version=plan.version,
            cpu=self._hardware.cpu_fingerprint,
            source_sha256=digest,
            library=library.name,
            library_bytes=library.stat().st_size,
            model=plan.model.name,
            prefill_gain=checked.prefill_gain,
            decode_gain=checked.decode_gain,
            agreement=checked.agreement,
            built_at=round(time.time(), 1),
        )
        return built, activate(plan.folder, prepared, built)


def collect(objects: Path, target: Path, platform: str = sys.platform) -> Path:
    """Copy the libraries that were built into a new folder and return the engine's.

    Raises BuildError where there is none, and OSError.
    """
    name = _LIBRARIES.get(platform, "libllama.so")
    found = next((path for path in sorted(objects.rglob(name)) if path.exists()), None)
    if found is None:
        raise BuildError(
            f"The build made no {name}.", "Report it, with the output of 'spark-core info'."
        )
    target.mkdir()
    for library in found.parent.glob(_PATTERNS.get(platform, "*.so*")):
        # Links as links: libllama.so, .so.0 and .so.0.6 are one file.
        shutil.copy2(library, target / library.name, follow_symlinks=False)
    return target / name


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    try:
        with FileLock(folder / _LOCK, timeout=0):
            yield
    except Timeout as error:
        raise BuildError(
            "Another process is building the engine.", "Wait until it is done, or stop it."
        ) from error


@contextmanager
def _folder_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        full = error.errno == errno.ENOSPC
        reason = "the disk is full" if full else error.strerror or str(error)
        raise BuildFolderError(folder, reason) from error
