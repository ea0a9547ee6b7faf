"""From a stream's events to the chunks of an answer, the same for protocols and transports."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Protocol

from spark_desktop.adapters.sse import SseEvent
from spark_desktop.domain.completion import Chunk, Finished, TextChunk, Timing
from spark_desktop.domain.errors import IncompleteStreamError
from spark_desktop.domain.words import say


class Answer(Protocol):
    """What has come of one answer in some protocol."""

    @property
    def is_over(self) -> bool:
        """Return whether the server said that it is over, or nothing more of it is wanted."""
        ...

    def take(self, data: str) -> list[Chunk]:
        """Return the chunks in one event's data. Raises EndpointError for an error told in it."""
        ...

    def finished(self, timing: Timing) -> Finished:
        """Return the end."""
        ...


async def chunks_of(
    events: AsyncIterator[SseEvent],
    answer: Answer,
    passed: Callable[[], float],
    connect: Callable[[], float | None],
) -> AsyncGenerator[Chunk, None]:
    """Yield the chunks, the last is Finished.

    ``passed`` returns the seconds since the question, ``connect`` what opening the connection took.
    Raises EndpointError, IncompleteStreamError where the events end too early.
    """
    first: float | None = None
    async for event in events:
        for chunk in answer.take(event.data):
            if first is None and isinstance(chunk, TextChunk):
                first = passed()
            yield chunk
        if answer.is_over:
            break
    if not answer.is_over:
        raise broken_off()
    total = passed()
    yield answer.finished(Timing(total if first is None else first, total, connect=connect()))


def broken_off() -> IncompleteStreamError:
    """Return the error for an answer that ended without saying so; what came of it is kept."""
    return IncompleteStreamError(
        say("The answer broke off: the model's server ended it without a finish."),
        say("Try again in a moment."),
    )
