"""Runs CMake and the compiler, with all they say in a log file."""

import errno
import re
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from inference_core.machine.errors import BuildFolderError, BuildStepError

# Of the output, for the error: the compiler's complaint comes some lines before make's.
_LAST_LINES = 40
_NO_ROOM = "No space left on device"
# '[ 57%] Building …' of make, '[12/90] Building …' of ninja.
_PERCENT = re.compile(r"^\[\s*(\d+)%\]")
_COUNT = re.compile(r"^\[(\d+)/(\d+)\]")
_NICE = 10

Progress = Callable[[int], None]


class Compilation:
    """The steps of one build; ``log`` gets their output, ``progress`` percents."""

    def __init__(self, cmake: Path, log: Path, progress: Progress = lambda percent: None) -> None:
        self._cmake = str(cmake)
        self._log = log
        self._progress = progress

    def configure(self, source: Path, build: Path) -> None:
        """Prepare a build of the library alone, for this CPU. Raises BuildError."""
        # The libraries find each other where they lie, since they are moved after their check.
        beside = "@loader_path" if sys.platform == "darwin" else "$ORIGIN"
        options = {
            "CMAKE_BUILD_TYPE": "Release",
            "BUILD_SHARED_LIBS": "ON",
            "GGML_NATIVE": "ON",
            "CMAKE_BUILD_WITH_INSTALL_RPATH": "ON",
            "CMAKE_INSTALL_RPATH": beside,
            "LLAMA_BUILD_COMMON": "OFF",
            "LLAMA_BUILD_APP": "OFF",
            # Nothing is downloaded by the build: what it would fetch is for the server's page.
            "LLAMA_USE_PREBUILT_UI": "OFF",
        }
        words = [f"-D{name}={value}" for name, value in options.items()]
        self._run("it was configured", ["-S", str(source), "-B", str(build), *words])

    def compile(self, build: Path, jobs: int) -> None:
        """Build the library. Raises BuildError."""
        target = ["--target", "llama", "--config", "Release", "--parallel", str(jobs)]
        self._run("it was compiled", ["--build", str(build), *target])

    def _run(self, step: str, arguments: Sequence[str]) -> None:
        last: deque[str] = deque(maxlen=_LAST_LINES)
        try:
            with (
                self._log.open("a", encoding="utf-8") as log,
                _child([self._cmake, *arguments]) as child,
            ):
                assert child.stdout is not None  # a pipe was asked for
                for line in child.stdout:
                    log.write(line)
                    last.append(line.strip())
                    self._tell(line)
                code = child.wait()
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise BuildFolderError(self._log.parent, "the disk is full") from error
            raise BuildStepError(step, error.strerror or str(error), self._log) from error
        if code == 0:
            return
        if any(_NO_ROOM in line for line in last):
            raise BuildFolderError(self._log.parent, "the disk is full")
        raise BuildStepError(step, complaint(last, code), self._log)

    def _tell(self, line: str) -> None:
        if percent := _PERCENT.match(line):
            self._progress(int(percent[1]))
        elif count := _COUNT.match(line):
            self._progress(100 * int(count[1]) // max(1, int(count[2])))


def complaint(lines: Sequence[str], code: int) -> str:
    """Return the first error among the last lines of output, else how the program ended."""
    for line in lines:
        if re.search(r"\berror\b", line, re.IGNORECASE):
            return line
    return f"exit code {code}"


@contextmanager
def _child(command: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """Run a program that steps back for others; with the block, it and all it started end."""
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    with child:  # closes the pipe, waits
        try:
            _step_back(child.pid)
            yield child
        finally:
            _kill_tree(child.pid)


def _step_back(pid: int) -> None:
    with suppress(psutil.Error):
        if sys.platform == "win32":
            psutil.Process(pid).nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
        else:
            psutil.Process(pid).nice(_NICE)


def _kill_tree(pid: int) -> None:
    """Kill a program and what it started: make does not end its compilers when CMake ends."""
    try:
        process = psutil.Process(pid)
        family = [*process.children(recursive=True), process]
    except psutil.NoSuchProcess:
        return
    for member in family:
        with suppress(psutil.NoSuchProcess):
            member.kill()
