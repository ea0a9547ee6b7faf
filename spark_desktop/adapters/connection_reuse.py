"""What is done so that the next question can use the connection of the one before."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from spark_desktop.adapters.sse import SseEvent
from spark_desktop.domain.errors import EndpointError

# What follows an answer over HTTP is its end, which servers send along.
_REST_S = 0.5


async def read_out(events: AsyncIterator[SseEvent]) -> None:
    """Read what follows an answer over HTTP, as only a response that is read out frees its way.

    Over TLS and far away, a connection costs three ways there and back. Whoever sends no end in
    half a second is left.
    """
    with suppress(TimeoutError, EndpointError):
        async with asyncio.timeout(_REST_S):
            async for _ in events:
                pass
