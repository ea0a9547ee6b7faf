"""From a streamed answer's events to chunks with our times, the same for every server."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Protocol

from spark_desktop.adapters.sse import SseEvent
from spark_desktop.domain.completion import Chunk, Finished, FinishReason, Timing
from spark_desktop.domain.errors import (
    EndpointError,
    EndpointUnreachableError,
    IncompleteStreamError,
)
from spark_desktop.domain.words import say


class Streamed(Protocol):
    """An answer that has begun, over HTTP or WebSocket."""

    @property
    def events(self) -> AsyncIterator[SseEvent]:
        """Return what comes."""
        ...

    @property
    def connect(self) -> float | None:
        """Return the seconds that opening the connection took, 0 where an open one was used."""
        ...


class Reading(Protocol):
    """What has come of one answer."""

    @property
    def reason(self) -> FinishReason | None:
        """Return why the answer ended; None until it did."""
        ...

    @property
    def is_over(self) -> bool:
        """Return whether nothing that may follow is wanted."""
        ...

    @property
    def has_begun(self) -> bool:
        """Return whether the model has said anything: text, reasoning or a tool call."""
        ...

    def take(self, data: str) -> list[Chunk]:
        """Return the chunks in one event's data. Raises EndpointError for an error told in it."""
        ...

    def rest(self) -> list[Chunk]:
        """Return what was held back, as nothing follows."""
        ...

    def finished(self, timing: Timing) -> Finished:
        """Return the end."""
        ...


async def chunks_in(
    streamed: Streamed, reading: Reading, passed: Callable[[], float]
) -> AsyncGenerator[Chunk, None]:
    """Yield the chunks of an answer, Finished last.

    ``passed`` returns the seconds since the question. Raises EndpointError, where what came before
    has been told, and IncompleteStreamError for an end without a reason.
    """
    first: float | None = None
    failure: EndpointError | None = None
    try:
        async for event in streamed.events:
            chunks = reading.take(event.data)
            if first is None and reading.has_begun:
                # Reasoning and tool calls are tokens, too.
                first = passed()
            for chunk in chunks:
                yield chunk
            if reading.is_over:
                break
    except EndpointError as error:
        failure = error
    if isinstance(failure, EndpointUnreachableError) and reading.reason is not None:
        # The whole answer had come; what follows the reason are numbers.
        failure = None
    for chunk in reading.rest():
        yield chunk
    if failure is not None:
        raise failure
    if reading.reason is None:
        raise IncompleteStreamError(
            say("The answer broke off: the model's server ended it without a finish."),
            say("Try again in a moment."),
        )
    total = passed()
    yield reading.finished(
        Timing(total if first is None else first, total, connect=streamed.connect)
    )
