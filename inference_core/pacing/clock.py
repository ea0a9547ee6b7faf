"""The clock that deadlines are kept by: a port, and the real one."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from inference_core.pacing.alarms import Alarm, monotonic_s, open_alarm


class Clock(Protocol):
    """A monotonic clock, in seconds from any moment."""

    def now(self) -> float:
        """Return the moment that it is."""

    async def sleep_until(self, deadline: float) -> None:
        """Return at ``deadline`` or a little after it; at once where it has passed."""


class LoopClock:
    """The system's monotonic clock, for the coroutines of one event loop."""

    def __init__(self, alarm: Alarm, loop: asyncio.AbstractEventLoop) -> None:
        self._alarm = alarm
        self._loop = loop

    # The function itself: it is called several times for each token.
    now = staticmethod(monotonic_s)

    async def sleep_until(self, deadline: float) -> None:
        """Return at ``deadline`` or a little after it; at once where it has passed."""
        if deadline <= monotonic_s():
            return
        sleeper = self._loop.create_future()
        self._alarm.add(deadline, sleeper)
        await sleeper


@contextmanager
def loop_clock() -> Iterator[LoopClock]:
    """Open a clock for the running event loop, to be shared by all of its streams.

    On the way out whoever still sleeps by it is cancelled.
    """
    loop = asyncio.get_running_loop()
    alarm = open_alarm(loop)
    try:
        yield LoopClock(alarm, loop)
    finally:
        alarm.close()
