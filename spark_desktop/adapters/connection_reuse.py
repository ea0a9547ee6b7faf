"""What is done so that the next question can use the connection of the one before."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from typing import Any

import httpx

from spark_desktop.adapters.sse import SseEvent
from spark_desktop.domain.errors import EndpointError, EndpointUnreachableError

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


class Opening:
    """Hears from httpcore how long a request's connection took to open.

    ``seconds`` is 0 where an open one was used, None where the transport tells nothing.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._began: float | None = None
        self.seconds: float | None = None

    async def hear(self, event: str, _info: object) -> None:
        """Take one of httpcore's trace events."""
        if event in ("connection.connect_tcp.started", "connection.start_tls.started"):
            self._began = self._now()
        elif event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            if self._began is not None:
                self.seconds = (self.seconds or 0.0) + self._now() - self._began
        elif event.endswith("send_request_headers.started") and self.seconds is None:
            self.seconds = 0.0


async def sent(
    client: httpx.AsyncClient, request: httpx.Request, opening: Opening, *, stream: bool
) -> httpx.Response:
    """Send, and once more where the open connection that was taken was just being closed.

    A server closes what was idle for long, and the core also what waits when it has too many. What
    is asked of a model or its tokenizer changes nothing there, so that asking twice does no harm.
    ``opening`` hears the request's trace. Raises httpx.HTTPError, EndpointError.
    """
    try:
        return await client.send(request, stream=stream)
    except (httpx.NetworkError, httpx.RemoteProtocolError, EndpointUnreachableError):
        # A new connection that breaks has another reason.
        if opening.seconds != 0.0:
            raise
        opening.seconds = None
        return await client.send(request, stream=stream)


async def posted(
    client: httpx.AsyncClient,
    url: str,
    body: Mapping[str, Any],
    timeout_s: float,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """Post a body and return the whole answer; see ``sent`` for what it raises."""
    opening = Opening(time.monotonic)
    request = client.build_request(
        "POST",
        url,
        json=body,
        headers=headers,
        timeout=timeout_s,
        extensions={"trace": opening.hear},
    )
    return await sent(client, request, opening, stream=False)
