"""The socket on which the core answers: loopback, and nothing else."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from inference_core.domain.errors import UsageError
from inference_core.server.guard import is_loopback


@contextmanager
def bound_listener(host: str, port: int) -> Iterator[socket.socket]:
    """Yield a socket that is bound to a loopback address. Raises UsageError."""
    if not is_loopback(host):
        raise UsageError(
            f"The core answers on loopback addresses only, not on {host!r}.",
            "Use --host 127.0.0.1, ::1 or localhost.",
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
    """Return the address of a bound socket as a URL."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
