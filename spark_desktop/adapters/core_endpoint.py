"""The core's endpoint: it waits for an engine that is being started again."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, AsyncExitStack, ExitStack, asynccontextmanager

from spark_desktop.domain.completion import Chunk, ModelInfo, Request
from spark_desktop.domain.errors import EngineDownError
from spark_desktop.services.ports import Clock, Endpoint

# A core that names a longer time does not start its engine again.
_SOON_S = 5.0
# How long a model may take to be loaded again. On two busy cores even the 0.5B model took longer
# than the core's hint of two seconds, so that asking again only once was for nothing.
_LONGEST_S = 60.0

Waiting = Callable[[EngineDownError, float], AbstractContextManager[None]]
Lost = Callable[[EngineDownError], EngineDownError]


class CoreEndpoint:
    """Asks ``served``, and again where the core's engine is down before the answer begins.

    ``waiting`` is entered for as long as that takes, with the reason and the seconds. ``lost`` is
    told that the core has no engine any more, and returns what the user is told.
    """

    def __init__(self, served: Endpoint, clock: Clock, waiting: Waiting, lost: Lost) -> None:
        self._served = served
        self._clock = clock
        self._waiting = waiting
        self._lost = lost

    @property
    def model(self) -> ModelInfo:
        """Return what answers, and what it can do."""
        return self._served.model

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[AsyncIterator[Chunk]]:
        """Open the answer; see the port. Raises EndpointError."""
        async with AsyncExitStack() as held:
            yield await self._opened(request, held)

    async def count_tokens(self, text: str) -> int:
        """Return the number of tokens of ``text``. Raises EndpointError."""
        return await self._served.count_tokens(text)

    async def _opened(self, request: Request, held: AsyncExitStack) -> AsyncIterator[Chunk]:
        end = self._clock.monotonic() + _LONGEST_S
        with ExitStack() as shown:
            first = True
            while True:
                try:
                    return await held.enter_async_context(self._served.stream(request))
                except EngineDownError as error:
                    seconds = self._pause_after(error, end)
                    if first:
                        shown.enter_context(self._waiting(error, seconds))
                first = False
                await self._clock.sleep(seconds)

    def _pause_after(self, error: EngineDownError, end: float) -> float:
        """Return the seconds to wait; raises the error where waiting is for nothing."""
        seconds = error.retry_after
        if seconds is None:
            raise error
        if seconds > _SOON_S:
            raise self._lost(error) from error
        if self._clock.monotonic() + seconds > end:
            raise error
        # A hint of no time at all must not become a loop without a pause.
        return max(seconds, 0.5)
