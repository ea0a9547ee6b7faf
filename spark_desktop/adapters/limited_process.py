"""Runs one program with limits, and ends it with all that it has started.

The limits that the kernel keeps for each process (size of data, of a file, processor time) are set
by the shell that becomes the program. What counts for all of its processes together is looked at
fifty times a second while it runs: their number, their memory, what they add to the disk. Their
number is bounded by the kernel, too: for root, whom no ``ulimit`` binds, by a control group.
"""

import contextlib
import io
import json
import math
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from spark_desktop.adapters.process_use import THREADS, Watch
from spark_desktop.adapters.task_groups import TaskGroup, bounded_tasks
from spark_desktop.domain.project_checks import NotRun, Outcome, Ran
from spark_desktop.domain.sandboxing import Limits
from spark_desktop.domain.words import Said, say

_TICK_S = 0.02
# After the program's end, for what it has written.
_REST_S = 1.0
_START_S = 10.0
# Looking for what left its group, until nothing is found.
_ROUNDS = 20
# In the environment of what runs without a sandbox, so that what leaves its group is found.
MARK = "SPARK_CHECK_RUN"
# dash calls the number of processes -p, which is something else in bash. A limit that a shell does
# not know is left out.
_SHELL = """\
ulimit -c 0 2>/dev/null
ulimit -t {cpu} 2>/dev/null
ulimit -f {blocks} 2>/dev/null
ulimit -d {data} 2>/dev/null
{processes}exec "$@"
"""
_PROCESSES = "ulimit -u {number} 2>/dev/null || ulimit -p {number} 2>/dev/null\n"


@dataclass(frozen=True, slots=True)
class Start:
    """How a program begins: in ``sandbox`` (the words that lead into one), or without.

    The word "{status}" in ``sandbox`` stands for the number of a descriptor. ``grows`` are the
    folders on the disk that it may write, each with the most bytes that may then be in it.
    """

    words: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    sandbox: tuple[str, ...] = ()
    grows: Mapping[Path, int] = field(default_factory=dict)


def shell_words(words: Sequence[str], limits: Limits, others: int | None) -> tuple[str, ...]:
    """Return the words that run others under the limits which the kernel keeps.

    ``others`` is how many processes and threads count besides, which are all of the user's where
    there is no user namespace; None: nobody knows, their number is not limited.
    """
    number = 0 if others is None else others + _tasks(limits)
    processes = _PROCESSES.format(number=number) if number else ""
    script = _SHELL.format(
        # Several at once may each need as much as the wall's clock gives.
        cpu=math.ceil(limits.seconds * 2) + 1,
        blocks=max(1, limits.file // 512),
        data=max(1, limits.memory // 1024),
        processes=processes,
    )
    return ("/bin/sh", "-c", script, "sh", *words)


class LimitedProcess:
    """One run: ``result`` in an OS thread of its own, ``stop`` from any."""

    def __init__(self, start: Start, limits: Limits) -> None:
        self._start, self._limits = start, limits
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._inner: int | None = None
        self._stopped: NotRun | None = None
        self._output = _Tail(limits.output, limits.flood)
        self._mark = f"{os.getpid()}-{time.monotonic_ns()}"

    def result(self, data: bytes = b"") -> Outcome:
        """Run to the end; ``data`` is the standard input.

        NotRun says why there is no result. Raises OSError where it cannot be started.
        """
        with bounded_tasks(_tasks(self._limits)) as group:
            return self._result(data, group)

    def _result(self, data: bytes, group: TaskGroup | None) -> Outcome:
        status_read, status_write = os.pipe()
        with io.FileIO(status_read) as file:
            status = _Status(file)
            try:
                with self._lock:
                    if self._stopped is not None:
                        return self._stopped
                    process = self._process = self._started(data, status_write, group)
            finally:
                os.close(status_write)
            _give_way(process.pid)
            reader = threading.Thread(target=self._read, args=(process,), name="check", daemon=True)
            reader.start()
            try:
                self._follow(process, status)
            finally:
                self._end(process)
            reader.join(_REST_S)
            return self._outcome(process.returncode, status)

    def _follow(self, process: "subprocess.Popen[bytes]", status: "_Status") -> None:
        inner = status.inner_pid() if self._start.sandbox else None
        with _handle_of(inner) as handle:
            with self._lock:
                self._inner = handle
            try:
                self._wait(process, Watch(self._start.grows, self._limits, process.pid, inner))
            finally:
                with self._lock:
                    self._inner = None

    def stop(self, reason: Said, *, over_limit: bool = False) -> None:
        """Kill the program and what it has started; ``reason`` is then its result."""
        with self._lock:
            self._stopped = self._stopped or NotRun(reason, over_limit)
            if self._inner is not None:
                # The first process of its namespace: with it everything in there goes at once.
                with contextlib.suppress(OSError):
                    signal.pidfd_send_signal(self._inner, signal.SIGKILL)
            if self._process is not None and self._process.poll() is None:
                _kill(self._process)

    def _started(
        self, data: bytes, status: int, group: TaskGroup | None
    ) -> "subprocess.Popen[bytes]":
        start = self._start
        words = list(start.words)
        if sys.platform != "win32":
            others = 0 if start.sandbox else _tasks_now()
            words = list(shell_words(words, self._limits, others))
        entered = group.words(()) if group is not None else ()
        sandbox = [str(status) if word == "{status}" else word for word in start.sandbox]
        with tempfile.TemporaryFile() as given:
            given.write(data)
            given.seek(0)
            return subprocess.Popen(
                [*entered, *sandbox, *words],
                cwd="/" if sandbox else start.folder,
                env={**start.environment, **({} if sandbox else {MARK: self._mark})},
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(status,) if sandbox else (),
                start_new_session=sys.platform != "win32",
                creationflags=_creation_flags(),
            )

    def _read(self, process: "subprocess.Popen[bytes]") -> None:
        output = process.stdout
        if output is None:
            return
        with output:
            while piece := os.read(output.fileno(), 65536):
                if not self._output.add(piece):
                    said = say("not run to its end: it wrote without an end")
                    self.stop(said, over_limit=True)
                    return

    def _wait(self, process: "subprocess.Popen[bytes]", watch: Watch) -> None:
        """Return when it has ended, by itself or since it went over a limit."""
        end = time.monotonic() + self._limits.seconds
        with _waiting(process) as ended:
            while not ended(min(_TICK_S, max(0.0, end - time.monotonic()))):
                reason = watch.excess()
                if reason is None and time.monotonic() >= end:
                    whole = math.ceil(self._limits.seconds)
                    reason = say("not run to its end: it took more than %n second(s)", "", whole)
                if reason is not None:
                    self.stop(reason, over_limit=True)
                    process.wait()
                    return

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        """Leave nothing of it running."""
        if self._start.sandbox:
            # With its first process everything in its namespace goes, by the kernel's hand.
            if process.poll() is None:
                _kill(process)
            process.wait()
            return
        _kill(process)
        process.wait()
        _kill_marked(self._mark)

    def _outcome(self, code: int, status: "_Status") -> Outcome:
        if self._stopped is not None:
            return self._stopped
        text = self._output.text
        if self._start.sandbox and not status.has_run():
            line = text.strip().rpartition("\n")[2] or say("exit code {code}", code=code)
            return NotRun(say("not run: {reason}", reason=line))
        code = code if code >= 0 else 128 - code
        if code == 128 + getattr(signal, "SIGXCPU", -1000):
            return NotRun(say("not run to its end: it took too much of the processor"), True)
        return Ran(code, text)


class _Tail:
    """The end of an output."""

    def __init__(self, most: int, flood: int) -> None:
        self._most, self._flood = most, flood
        self._kept = bytearray()
        self._size = 0

    def add(self, piece: bytes) -> bool:
        """Take a piece; return False where there is more than anybody reads."""
        self._kept += piece
        self._size += len(piece)
        if len(self._kept) > 2 * self._most:
            del self._kept[: -self._most]
        return self._size <= self._flood

    @property
    def text(self) -> str:
        """Return what is kept."""
        return bytes(self._kept[-self._most :]).decode("utf-8", "replace")


def _tasks(limits: Limits) -> int:
    # For the kernel threads count as well.
    return THREADS * limits.processes


def _tasks_now() -> int | None:
    """Return how many there are on the whole machine: no user has more."""
    try:
        return int(Path("/proc/loadavg").read_text("ascii").split()[3].partition("/")[2])
    except (OSError, ValueError, IndexError):
        return None


def _give_way(number: int) -> None:
    """Let the window, and the model that writes meanwhile, go first."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, number, 5)


class _Status:
    """What the sandbox tells of itself, one line after another."""

    def __init__(self, file: io.FileIO) -> None:
        self._file = file
        self._told = b""

    def inner_pid(self) -> int | None:
        """Return the number of its first process out here; None where none began."""
        while b"\n" not in self._told:
            ready, _, _ = select.select([self._file], [], [], _START_S)
            piece = os.read(self._file.fileno(), 4096) if ready else b""
            if not piece:
                return None
            # Of a program that ends at once this has its end, too.
            self._told += piece
        found = json.loads(self._told.partition(b"\n")[0]).get("child-pid")
        return found if isinstance(found, int) else None

    def has_run(self) -> bool:
        """Return whether a program ran in it, to its end; ask when everything has ended."""
        self._told += self._file.read() or b""
        return b'"exit-code"' in self._told


@contextlib.contextmanager
def _handle_of(number: int | None) -> Iterator[int | None]:
    """Give what stands for a process even after its number was given to another one."""
    try:
        handle = os.pidfd_open(number) if number is not None else None
    except (AttributeError, OSError):
        handle = None
    try:
        yield handle
    finally:
        if handle is not None:
            os.close(handle)


@contextlib.contextmanager
def _waiting(process: "subprocess.Popen[bytes]") -> Iterator[Callable[[float], bool]]:
    """Give what waits for the end for so many seconds; it returns whether it has come."""
    try:
        handle = os.pidfd_open(process.pid)
    except (AttributeError, OSError):
        yield lambda seconds: _has_ended(process, seconds)
        return
    # Popen's own wait with a limit sleeps longer and longer between its looks.
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    try:
        yield lambda seconds: bool(poll.poll(math.ceil(seconds * 1000)))
    finally:
        os.close(handle)


def _has_ended(process: "subprocess.Popen[bytes]", seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _kill(process: "subprocess.Popen[bytes]") -> None:
    if sys.platform == "win32":
        with contextlib.suppress(psutil.Error):
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _kill_marked(mark: str) -> None:
    """Kill what left the group of its program; it can be told by its environment."""
    for _ in range(_ROUNDS):
        found = False
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if process.environ().get(MARK) == mark:
                    found = True
                    process.kill()
        if not found:  # nor has anything that it had just started
            return


def _creation_flags() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    return 0
