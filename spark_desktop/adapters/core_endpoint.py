"""The core's endpoint: it waits for an engine that is being started again."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager

from spark_desktop.domain.completion import Chunk, ModelInfo, Request
from spark_desktop.domain.errors import EngineDownError
from spark_desktop.services.ports import Clock, Endpoint

# A core that names a longer time does not start its engine again.
_PATIENCE_S = 5.0

Waiting = Callable[[EngineDownError, float], AbstractContextManager[None]]
Lost = Callable[[EngineDownError], EngineDownError]


class CoreEndpoint:
    """Asks ``served``, and asks once more where the core's engine was down before the answer began.

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
            try:
                chunks = await held.enter_async_context(self._served.stream(request))
            except EngineDownError as error:
                seconds = error.retry_after
                if seconds is None:
                    raise
                if seconds > _PATIENCE_S:
                    raise self._lost(error) from error
                with self._waiting(error, seconds):
                    await self._clock.sleep(seconds)
                    chunks = await held.enter_async_context(self._served.stream(request))
            yield chunks

    async def count_tokens(self, text: str) -> int:
        """Return the number of tokens of ``text``. Raises EndpointError."""
        return await self._served.count_tokens(text)
