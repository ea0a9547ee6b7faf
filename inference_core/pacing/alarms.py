"""Waking the event loop at a moment, more finely than its own timers do.

asyncio's timers end in ``epoll_wait``, which counts whole milliseconds and rounds up: measured at
1,000 to 5,000 tokens/s they are 0.6 ms late in the median and 1.1 to 2.3 ms in the 99th percentile
on a machine with other load. A timer of the kernel as a file descriptor that the loop watches
(Linux) measured 0.05 ms and 0.04 to 0.8 ms, for half of the processor time of an OS thread that
sleeps and calls into the loop, which is what other systems get. A spin before the deadline gained
nothing that counts, and takes a core. docs/profiles.md has the table.
"""

import asyncio
import ctypes
import heapq
import os
import threading
import time
from collections.abc import Callable
from typing import Protocol

# Sleepers beside others are woken on a common grid, in seconds; many of them on a wider one. With
# 16 streams of 5,000 tokens/s grids of 0.25 and 0.5 ms brought the processor time from 0.83 of a
# core to 0.43 and 0.29, and the 99th percentile of lateness from 0.07 ms to 0.34 and 0.53.
GRID_S = 0.00025
WIDE_GRID_S = 0.0005
MANY = 8

Sleeper = asyncio.Future[None]

# CLOCK_MONOTONIC on Linux, and fine-grained on every system.
monotonic_s: Callable[[], float] = time.perf_counter


class Alarm(Protocol):
    """Ends futures at their moments, a little late and never early."""

    def add(self, deadline: float, sleeper: Sleeper) -> None:
        """End the future at ``deadline``, in seconds of ``monotonic_s``."""

    def close(self) -> None:
        """Stop; futures that have not ended are cancelled."""


class _Waiting:
    """The sleepers by deadline."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Sleeper]] = []
        self._added = 0

    def add(self, deadline: float, sleeper: Sleeper) -> float:
        """Keep a sleeper, and return the moment at which it will be woken."""
        if self._heap:
            grid = GRID_S if len(self._heap) < MANY else WIDE_GRID_S
            deadline = -(-deadline // grid) * grid
        self._added += 1
        heapq.heappush(self._heap, (deadline, self._added, sleeper))
        return deadline

    def next(self) -> float | None:
        """Return the earliest moment, None where nobody sleeps."""
        return self._heap[0][0] if self._heap else None

    def due(self) -> list[Sleeper]:
        """Return, and forget, all whose moment has come."""
        found: list[Sleeper] = []
        moment = monotonic_s()
        while self._heap and self._heap[0][0] <= moment:
            found.append(heapq.heappop(self._heap)[2])
        return found

    def clear(self) -> list[Sleeper]:
        """Return, and forget, all of them."""
        found = [entry[2] for entry in self._heap]
        self._heap.clear()
        return found


def _wake(sleepers: list[Sleeper]) -> None:
    for sleeper in sleepers:
        if not sleeper.done():
            sleeper.set_result(None)


class _TimeSpec(ctypes.Structure):
    """``struct itimerspec``: an interval, which stays zero, and the moment."""

    _fields_ = [
        ("interval_s", ctypes.c_long),
        ("interval_ns", ctypes.c_long),
        ("moment_s", ctypes.c_long),
        ("moment_ns", ctypes.c_long),
    ]


class KernelAlarm:
    """A Linux timerfd that the loop watches: no other OS thread, no hand-over of the interpreter.

    Raises OSError where the system has none (``os.timerfd_create`` came with Python 3.13 only, so
    libc is asked).
    """

    _MONOTONIC = 1
    _ABSOLUTE = 1

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            libc = ctypes.CDLL(None, use_errno=True)
            create, self._set_time = libc.timerfd_create, libc.timerfd_settime
        except (AttributeError, TypeError) as error:
            raise OSError("this system has no timerfd") from error
        self._descriptor = create(self._MONOTONIC, os.O_NONBLOCK | os.O_CLOEXEC)
        if self._descriptor < 0:
            raise OSError(ctypes.get_errno(), "timerfd_create failed")
        self._loop = loop
        self._waiting = _Waiting()
        self._spec = _TimeSpec()
        self._armed: float | None = None
        loop.add_reader(self._descriptor, self._ring)

    def add(self, deadline: float, sleeper: Sleeper) -> None:
        """End the future at ``deadline``; see Alarm."""
        moment = self._waiting.add(deadline, sleeper)
        if self._armed is None or moment < self._armed:
            self._arm(moment)

    def close(self) -> None:
        """Stop; futures that have not ended are cancelled."""
        self._loop.remove_reader(self._descriptor)
        os.close(self._descriptor)
        for sleeper in self._waiting.clear():
            sleeper.cancel()

    def _arm(self, moment: float) -> None:
        self._armed = moment
        seconds = int(moment)
        self._spec.moment_s = seconds
        # Upwards: a moment early would be a wake-up for nothing.
        self._spec.moment_ns = min(int((moment - seconds) * 1e9) + 1, 999_999_999)
        self._set_time(self._descriptor, self._ABSOLUTE, ctypes.byref(self._spec), None)

    def _ring(self) -> None:
        try:
            os.read(self._descriptor, 8)
        except BlockingIOError:
            return  # set anew between the loop's look and this one
        self._armed = None
        _wake(self._waiting.due())
        following = self._waiting.next()
        if following is not None:
            self._arm(following)


class ThreadAlarm:
    """One OS thread that sleeps until the next deadline and calls into the loop: every system.

    ``coarse_s`` is how much a wait with a timeout may be late here. Within that of a deadline the
    OS thread sleeps instead, in naps, after each of which it looks for an earlier deadline.
    """

    _NAP_S = 0.001

    def __init__(self, loop: asyncio.AbstractEventLoop, coarse_s: float | None = None) -> None:
        # A wait on Windows counts ticks of up to 15.6 ms; time.sleep has a finer timer there.
        self._coarse_s = (0.02 if os.name == "nt" else 0.0) if coarse_s is None else coarse_s
        self._loop = loop
        self._waiting = _Waiting()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="pacing-alarm", daemon=True)
        self._thread.start()

    def add(self, deadline: float, sleeper: Sleeper) -> None:
        """End the future at ``deadline``; see Alarm."""
        with self._changed:
            if self._waiting.add(deadline, sleeper) == self._waiting.next():
                self._changed.notify()

    def close(self) -> None:
        """Stop, and wait for the OS thread; futures that have not ended are cancelled."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()
        for sleeper in self._waiting.clear():
            sleeper.cancel()

    def _run(self) -> None:
        while True:
            with self._changed:
                nap = self._wait()
                if self._closed:
                    return
                due = self._waiting.due()
                if due:
                    self._loop.call_soon_threadsafe(_wake, due)
            if nap:
                time.sleep(nap)

    def _wait(self) -> float:
        """Wait until a deadline is near, or what is known changes; return how long to nap."""
        moment = self._waiting.next()
        if self._closed:
            return 0.0
        if moment is None:
            self._changed.wait()
            return 0.0
        left = moment - monotonic_s()
        if left > self._coarse_s:
            self._changed.wait(left - self._coarse_s)
            return 0.0
        return min(max(left, 0.0), self._NAP_S)


def open_alarm(loop: asyncio.AbstractEventLoop) -> Alarm:
    """Return the best alarm of this system; the caller closes it while the loop still runs."""
    try:
        return KernelAlarm(loop)
    except (OSError, NotImplementedError):
        return ThreadAlarm(loop)
