"""Runs one program with limits, and ends it with all that it has started.

The limits that the kernel keeps for each process (size of data, of a file, processor time) are set
by the shell that becomes the program. What counts for all of its processes together is looked at
fifty times a second while it runs: their number, their memory, what they add to the disk. Their
number is bounded by the kernel, too: for root, whom no ``ulimit`` binds, by a control group.
"""

import contextlib
import io
import math
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time

from spark_desktop.adapters.process_end import MARK, handle_of, kill, kill_marked, waiting
from spark_desktop.adapters.process_start import (
    Start,
    creation_flags,
    most_tasks,
    shell_words,
    tasks_now,
)
from spark_desktop.adapters.process_told import Status, Tail
from spark_desktop.adapters.process_use import Watch
from spark_desktop.adapters.task_groups import TaskGroup, bounded_tasks
from spark_desktop.domain.project_checks import NotRun, Outcome, Ran
from spark_desktop.domain.sandboxing import Limits
from spark_desktop.domain.words import Said, say

_TICK_S = 0.02
# After the program's end, for what it has written.
_REST_S = 1.0


class LimitedProcess:
    """One run: ``result`` in an OS thread of its own, ``stop`` from any."""

    def __init__(self, start: Start, limits: Limits) -> None:
        self._start, self._limits = start, limits
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._inner: int | None = None
        self._stopped: NotRun | None = None
        self._output = Tail(limits.output, limits.flood)
        self._mark = f"{os.getpid()}-{time.monotonic_ns()}"

    def result(self, data: bytes = b"") -> Outcome:
        """Run to the end; ``data`` is the standard input.

        NotRun says why there is no result. Raises OSError where it cannot be started.
        """
        with bounded_tasks(most_tasks(self._limits)) as group:
            return self._result(data, group)

    def _result(self, data: bytes, group: TaskGroup | None) -> Outcome:
        status_read, status_write = os.pipe()
        with io.FileIO(status_read) as file:
            status = Status(file)
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

    def _follow(self, process: "subprocess.Popen[bytes]", status: Status) -> None:
        inner = status.inner_pid() if self._start.sandbox else None
        with handle_of(inner) as handle:
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
                kill(self._process)

    def _started(
        self, data: bytes, status: int, group: TaskGroup | None
    ) -> "subprocess.Popen[bytes]":
        start = self._start
        words = list(start.words)
        if sys.platform != "win32":
            others = 0 if start.sandbox else tasks_now()
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
                creationflags=creation_flags(),
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
        with waiting(process) as ended:
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
                kill(process)
            process.wait()
            return
        kill(process)
        process.wait()
        kill_marked(self._mark)

    def _outcome(self, code: int, status: Status) -> Outcome:
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


def _give_way(number: int) -> None:
    """Let the window, and the model that writes meanwhile, go first."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, number, 5)
