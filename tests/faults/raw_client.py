"""A client of bare sockets: it can leave, stall and fall silent in ways that no library offers."""

import json
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# Nothing here takes longer than a busy machine needs.
_TIMEOUT_S = 30.0


class RawClient:
    """One connection to a core."""

    def __init__(self, core: Any, receive_buffer: int | None = None) -> None:
        host, port = core.url.removeprefix("http://").split(":")
        self._token = core.token
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.settimeout(_TIMEOUT_S)
        if receive_buffer is not None:
            # Before connecting: afterwards the window has been agreed on.
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.connect((host, int(port)))

    def send_head(self, path: str, length: int) -> None:
        """Send the head of a request whose body is still to come."""
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self._token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        )
        self.socket.sendall(head.encode())

    def ask(self, path: str, body: dict[str, Any]) -> None:
        """Send a whole request."""
        data = json.dumps(body).encode()
        self.send_head(path, len(data))
        self.socket.sendall(data)

    def read_until(self, mark: bytes) -> bytes:
        """Return what came, once ``mark`` is part of it, or when the core closed."""
        got = b""
        while mark not in got:
            piece = self.socket.recv(4096)
            if not piece:
                break
            got += piece
        return got

    def read_all(self) -> bytes:
        """Return what comes until the core closes or resets the connection."""
        got = b""
        try:
            while piece := self.socket.recv(65536):
                got += piece
        except ConnectionResetError:
            pass
        return got

    def half_close(self) -> None:
        """Say that nothing more will be sent, and go on listening."""
        self.socket.shutdown(socket.SHUT_WR)

    def vanish(self) -> None:
        """Reset the connection, as a system does for a program that is gone."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def leave(self) -> None:
        """Close the connection in order."""
        self.socket.close()


@contextmanager
def raw_client(core: Any, receive_buffer: int | None = None) -> Iterator[RawClient]:
    """A connection that is closed at the end, whatever became of it."""
    client = RawClient(core, receive_buffer)
    try:
        yield client
    finally:
        client.leave()
