"""The socket on which the core answers: loopback, unless its user lets others in."""

import socket
from contextlib import AbstractContextManager

from inference_core.domain.errors import UsageError
from inference_core.plumbing.loopback import bound_socket, is_loopback


def bound_listener(
    host: str, port: int, remote: bool = False
) -> AbstractContextManager[socket.socket]:
    """Return a bound socket, at a loopback address unless ``remote``. Raises UsageError."""
    if not host or not (remote or is_loopback(host)):
        raise UsageError(
            f"The core answers on loopback addresses only, not on {host!r}.",
            "Use --host 127.0.0.1, ::1 or localhost; or let others in with --allow-remote and a "
            "key (--api-key-file).",
        )
    return bound_socket(host, port)
