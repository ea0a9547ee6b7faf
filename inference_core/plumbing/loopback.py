"""Names and sockets of this machine's loopback interface."""

import ipaddress
import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from inference_core.domain.errors import UsageError

# A name or an address, and a port. What a URL may have beside them is not in this header; a reader
# of URLs would find a name of ours in "127.0.0.1/evil.example".
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s/?#@\\\[\]:]+)(:\d{0,5})?")


def is_loopback(host: str) -> bool:
    """Return whether a host name or address, without port, is this machine's loopback."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def host_name(header: str) -> str:
    """Return the name in a Host header, empty for what is no name with or without a port."""
    if not _HOST.fullmatch(header):
        return ""
    try:
        return (urlsplit(f"//{header}").hostname or "").rstrip(".")
    except ValueError:
        return ""


@contextmanager
def bound_socket(host: str, port: int) -> Iterator[socket.socket]:
    """Yield a socket that is bound to an address, with 0 to a free port. Raises UsageError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        listener = _bound(found[0][0], found[0][4])
    except OSError as error:
        raise UsageError(
            f"Cannot listen on {host} port {port}: {error.strerror or error}.",
            "Use --port 0 for a free port.",
        ) from error
    with listener:
        yield listener


def _bound(family: int, address: Any) -> socket.socket:
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
