"""When a replayed answer's pieces are due."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

# Returns at a deadline, in seconds of time.monotonic(); at once where that is past.
Wait = Callable[[float], Awaitable[None]]


async def wait_until(deadline: float) -> None:
    """Return at a moment of ``time.monotonic()``, as precisely as the event loop can."""
    left = deadline - time.monotonic()
    if left > 0:
        await asyncio.sleep(left)


@dataclass(frozen=True, slots=True)
class Pace:
    """``factor`` times as fast as it was recorded; None is at once.

    Deadlines are counted from the request, not from one another: errors do not add up.
    """

    factor: float | None = 1.0

    def deadline(self, asked: float, seconds: float) -> float:
        """Return when is due what came ``seconds`` after the request, which came at ``asked``."""
        return asked if self.factor is None else asked + seconds / self.factor
