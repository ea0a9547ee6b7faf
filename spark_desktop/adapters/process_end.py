"""Waits for the end of a program, and ends it with all that it has started."""

import contextlib
import math
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import psutil

# Looking for what left its group, until nothing is found.
_ROUNDS = 20
# In the environment of what runs without a sandbox, so that what leaves its group is found.
MARK = "SPARK_CHECK_RUN"


@contextlib.contextmanager
def handle_of(number: int | None) -> Iterator[int | None]:
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
def waiting(process: "subprocess.Popen[bytes]") -> Iterator[Callable[[float], bool]]:
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


def kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill a program with all that is in its group, or below it."""
    if sys.platform == "win32":
        with contextlib.suppress(psutil.Error):
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def kill_marked(mark: str) -> None:
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
