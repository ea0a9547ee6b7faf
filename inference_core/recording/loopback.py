"""Serving on this machine alone: the socket, who may ask, and the time between start and end."""

import asyncio
import ipaddress
import logging
import os
import re
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import uvicorn
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from inference_core.domain.errors import CoreError, ForeignHostError, RequestError, UsageError
from inference_core.recording.envelope import error_response

# Answers are told to end at once; what has not ended by then is cut off.
_GRACE_S = 2

# A name or an address, and a port; a reader of URLs would find more in it.
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s/?#@\\\[\]:]+)(?::\d{0,5})?")


def is_loopback(host: str) -> bool:
    """Return whether a name or an address, without port, is this machine's loopback."""
    host = host.strip("[]").lower().rstrip(".")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


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
    name = _HOST.fullmatch(host)
    if name is None or not is_loopback(name.group(1)):
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


@contextmanager
def loopback_listener(host: str, port: int) -> Iterator[socket.socket]:
    """Yield a socket that is bound to a loopback address. Raises UsageError."""
    if not is_loopback(host):
        raise UsageError(
            f"Recordings are made and served on loopback addresses only, not on {host!r}.",
            "Use --host 127.0.0.1, ::1 or localhost.",
        )
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
        listener = _bound(found[0][0], found[0][4])
    except OSError as error:
        raise UsageError(
            f"Cannot listen on {host} port {port}: {error.strerror or error}.",
            "Use --port 0 for a free port.",
        ) from error
    with listener:
        yield listener


def _bound(family: int, address: Any) -> socket.socket:
    # With the protocol named, asyncio switches Nagle's algorithm off: chunks leave when written.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            # On Windows this would let another program take the port over.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError:
        listener.close()
        raise
    return listener


async def serve_until(
    app: ASGIApp, listener: socket.socket, closing: asyncio.Event, ready: Callable[[str], None]
) -> None:
    """Answer until ``closing`` is set, which SIGINT and SIGTERM do; ``ready`` gets the URL.

    Foreign hosts and pages are refused before the application.
    """
    server = _Server(
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
    with _ending_signals(closing), _quiet_about_cuts():
        serving = asyncio.create_task(server.serve([listener]), name="serve HTTP")
        try:
            await _either(serving, server.listening)
            if not serving.done():
                ready(_url_of(listener))
                await _either(serving, closing)
        finally:
            closing.set()
            server.should_exit = True
            await serving


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers, and with a word when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone: uvicorn would raise them again at its end."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self.listening.set()


async def _either(task: "asyncio.Task[None]", event: asyncio.Event) -> None:
    """Return when the task has ended or the event is set; the task goes on."""
    waiting = asyncio.create_task(event.wait())
    try:
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()


def _url_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def _ending_signals(closing: asyncio.Event) -> Iterator[None]:
    """Set ``closing`` on SIGINT and SIGTERM (Windows: also Ctrl+Break), instead of an exception."""
    loop = asyncio.get_running_loop()
    numbers = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGBREAK"):
        numbers.append(signal.SIGBREAK)

    def on_signal(number: int, frame: object) -> None:
        loop.call_soon_threadsafe(closing.set)

    before = {number: signal.signal(number, on_signal) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


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
