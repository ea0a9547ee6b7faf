"""Serving on this machine alone: the socket, who may ask, and the time between start and end."""

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, cast

import uvicorn
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from inference_core.domain.errors import CoreError, ForeignHostError, RequestError, UsageError
from inference_core.plumbing.loopback import bound_socket, host_name, is_loopback, url_of
from inference_core.plumbing.running import ListeningServer, ending_signals
from inference_core.recording.envelope import error_response

# Answers are told to end at once; what has not ended by then is cut off.
_GRACE_S = 2


class Guard:
    """ASGI middleware: the Host header must name the loopback, and no foreign page may ask.

    A web page can make its own name lead to 127.0.0.1 (DNS rebinding); its browser then sends that
    name as Host. Or it asks 127.0.0.1 itself; then its browser sends its Origin.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 403."""
        problem = _foreign(Headers(scope=scope))
        answer = self._app if problem is None else error_response(problem)
        await answer(scope, receive, send)


def _foreign(headers: Headers) -> CoreError | None:
    host = headers.get("host", "")
    if not is_loopback(host_name(host)):
        return ForeignHostError(host[:128])
    for origin in headers.getlist("origin"):
        if origin != f"http://{host}":
            return ForeignOriginError(origin[:128])
    return None


class ForeignOriginError(RequestError):
    """A web page asks, through its reader's browser."""

    status = 403
    kind = "permission_error"

    def __init__(self, origin: str) -> None:
        super().__init__(
            f"Pages of {origin!r} may not ask here.",
            code="origin_not_allowed",
            next_step="Ask from a program, not from a web page.",
        )


def loopback_listener(host: str, port: int) -> AbstractContextManager[socket.socket]:
    """Return a socket that is bound to a loopback address. Raises UsageError."""
    host = host.strip("[]")
    if not is_loopback(host):
        raise UsageError(
            f"Recordings are made and served on loopback addresses only, not on {host!r}.",
            "Use --host 127.0.0.1, ::1 or localhost.",
        )
    return bound_socket(host, port)


async def serve_until(
    app: ASGIApp, listener: socket.socket, closing: asyncio.Event, ready: Callable[[str], None]
) -> None:
    """Answer until ``closing`` is set, which SIGINT and SIGTERM do; ``ready`` gets the URL.

    Foreign hosts and pages are refused before the application.
    """
    server = ListeningServer(
        uvicorn.Config(
            cast(Any, Guard(app)),  # starlette and uvicorn have types of their own for the same
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            # These are the recorded server's to say.
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=_GRACE_S,
        )
    )
    with ending_signals(closing), _quiet_about_cuts():
        serving = asyncio.create_task(server.serve([listener]), name="serve HTTP")
        try:
            await _either(serving, server.listening)
            if not serving.done():
                ready(url_of(listener))
                await _either(serving, closing)
        finally:
            closing.set()
            server.should_exit = True
            await serving


async def _either(task: "asyncio.Task[None]", event: asyncio.Event) -> None:
    """Return when the task has ended or the event is set; the task goes on."""
    waiting = asyncio.create_task(event.wait())
    try:
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()


@contextmanager
def _quiet_about_cuts() -> Iterator[None]:
    """Keep uvicorn from calling it an error that an answer is cut where the upstream's was."""
    log = logging.getLogger("uvicorn.error")

    def is_news(record: logging.LogRecord) -> bool:
        return "returned without completing response" not in record.getMessage()

    log.addFilter(is_news)
    try:
        yield
    finally:
        log.removeFilter(is_news)
