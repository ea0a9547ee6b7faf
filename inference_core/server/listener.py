"""The socket on which the core answers: loopback, unless its user lets others in."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from inference_core.domain.errors import UsageError
from inference_core.server.guard import is_loopback


@contextmanager
def bound_listener(host: str, port: int, remote: bool = False) -> Iterator[socket.socket]:
    """Yield a bound socket, at a loopback address unless ``remote``. Raises UsageError."""
    if not host or not (remote or is_loopback(host)):
        raise UsageError(
            f"The core answers on loopback addresses only, not on {host!r}.",
            "Use --host 127.0.0.1, ::1 or localhost; or let others in with --allow-remote and a "
            "key (--api-key-file).",
        )
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        listener = _listener(found[0][0], found[0][4])
    except OSError as error:
        raise UsageError(
            f"The core cannot listen on {host} port {port}: {error.strerror or error}.",
            "Use --port 0 for a free port.",
        ) from error
    with listener:
        yield listener


def _listener(family: int, address: Any) -> socket.socket:
    # With the protocol named, asyncio switches Nagle's algorithm off for the connections. Without,
    # every answer that is written in two pieces waited 40 ms for the client's delayed ACK.
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


def url_of(listener: socket.socket) -> str:
    """Return the address of a bound socket as a URL that this machine can use."""
    host, port = listener.getsockname()[:2]
    # "Every address" is none to connect to; the loopback is one of them.
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
