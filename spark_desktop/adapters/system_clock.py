"""Time as the machine tells it."""

import asyncio
import time
from datetime import datetime


class SystemClock:
    """The machine's clocks; a Clock."""

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()

    def now(self) -> datetime:
        """Return the time of day, with the machine's zone."""
        return datetime.now().astimezone()

    async def sleep(self, seconds: float) -> None:
        """Wait that many seconds."""
        await asyncio.sleep(seconds)
