"""How long a server may say nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Silence:
    """Ends the waiting for a server that has said nothing for ``seconds``, in any of its answers.

    In any, because a core lets a suggestion wait without a word for as long as it answers a
    question; what it says there shows that it lives.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._broken = 0.0
        self._waits: set[asyncio.Timeout] = set()

    def broken(self) -> None:
        """Note that the server said something just now."""
        self._broken = asyncio.get_running_loop().time()
        for wait in self._waits:
            if not wait.expired():
                wait.reschedule(self._broken + self.seconds)

    @asynccontextmanager
    async def limit(self, since: float) -> AsyncIterator[None]:
        """Bound what is awaited inside, which began at ``since`` by the loop's clock.

        Raises TimeoutError.
        """
        async with asyncio.timeout_at(max(since, self._broken) + self.seconds) as wait:
            self._waits.add(wait)
            try:
                yield
            finally:
                self._waits.discard(wait)
