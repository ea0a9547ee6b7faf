"""Where a second start of the program meets the running one: open to this user alone.

On Linux and macOS a Unix socket in a folder of mode 0700; the kernel tells whose process is at the
other end. On Windows asyncio offers no named pipes in its public interface, so there it is a port
of the loopback interface, and a token in a file of the user's profile proves who may speak.
"""

import asyncio
import json
import os
import socket
import stat
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from spark_desktop.adapters.whole_file import write_whole
from spark_desktop.domain.handover import MOST_BYTES
from spark_desktop.domain.words import say

# Bytes: macOS takes 103, Linux 107.
_LONGEST_SOCKET = 100
# Not TMPDIR: two programs of one user need not have the same.
_SHORT_FOLDER = Path("/tmp")
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Accept = Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]


class MeetingPlace(Protocol):
    """One for each data folder."""

    async def serve(self, accept: Accept) -> asyncio.Server:
        """Listen, in the place of one that was killed. Raises OSError."""
        ...

    async def admits(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Return whether who connected is this user; reads what they say of themselves."""
        ...

    async def connect(self) -> Streams:
        """Connect and say who we are. Raises OSError where nobody listens."""
        ...

    def clear(self) -> None:
        """Leave nothing behind."""
        ...


def meeting_place(data_dir: Path) -> MeetingPlace:
    """Return the one of a data folder, for this system."""
    folder = data_dir / "run"
    return LoopbackPlace(folder) if sys.platform == "win32" else UnixPlace(folder)


class UnixPlace:
    """A socket in ``folder``, or in a folder of our own where that path is too long for one."""

    def __init__(self, folder: Path, short: Path = _SHORT_FOLDER) -> None:
        self.socket = folder / "app.sock"
        if len(os.fsencode(self.socket)) > _LONGEST_SOCKET:
            import hashlib

            digest = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
            self.socket = short / f"spark-{os.getuid()}-{digest}" / "app.sock"

    async def serve(self, accept: Accept) -> asyncio.Server:
        """Listen, in the place of one that was killed. Raises OSError."""
        self.socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._is_ours():
            self.socket.parent.chmod(0o700)
        if not self._is_private():
            raise PermissionError(
                0, say("{parent} is not this user's alone", parent=self.socket.parent)
            )
        self.socket.unlink(missing_ok=True)
        return await asyncio.start_unix_server(accept, self.socket, limit=MOST_BYTES)

    async def admits(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Return whether who connected is this user."""
        return _is_this_user(writer)

    async def connect(self) -> Streams:
        """Connect. Raises OSError where nobody listens, or somebody else."""
        if not self._is_private():
            raise PermissionError(
                0, say("{parent} is not this user's alone", parent=self.socket.parent)
            )
        reader, writer = await asyncio.open_unix_connection(self.socket)
        if not _is_this_user(writer):
            writer.close()
            raise PermissionError(0, say("{socket} is served by somebody else", socket=self.socket))
        return reader, writer

    def clear(self) -> None:
        """Remove the socket."""
        self.socket.unlink(missing_ok=True)

    def _is_ours(self) -> bool:
        status = self.socket.parent.lstat()
        return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()

    def _is_private(self) -> bool:
        return self._is_ours() and not self.socket.parent.lstat().st_mode & 0o077


class LoopbackPlace:
    """A port of the loopback interface; the file in ``folder`` tells it, with the token."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "app.json"
        self._token = ""

    async def serve(self, accept: Accept) -> asyncio.Server:
        """Listen, and tell the port. Raises OSError."""
        server = await asyncio.start_server(accept, "127.0.0.1", 0, limit=MOST_BYTES)
        self._token = os.urandom(32).hex()
        port = server.sockets[0].getsockname()[1]
        told = json.dumps({"port": port, "token": self._token}).encode()
        try:
            await asyncio.to_thread(write_whole, self._file, told)
        except OSError:
            server.close()
            raise
        return server

    async def admits(self, reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> bool:
        """Return whether the first line is the token."""
        import hmac

        line = await reader.readuntil(b"\n")
        return hmac.compare_digest(line.rstrip(b"\n"), self._token.encode())

    async def connect(self) -> Streams:
        """Connect and send the token. Raises OSError where nobody listens."""
        port, token = await asyncio.to_thread(self._told)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        _let_it_come_to_the_front()
        writer.write(token.encode() + b"\n")
        return reader, writer

    def clear(self) -> None:
        """Remove the file."""
        self._file.unlink(missing_ok=True)

    def _told(self) -> tuple[int, str]:
        try:
            told: Any = json.loads(self._file.read_text(encoding="utf-8"))
            port, token = told["port"], told["token"]
        except (ValueError, TypeError, KeyError) as error:
            raise ConnectionRefusedError(0, say("{file} tells no port", file=self._file)) from error
        if type(port) is not int or not 0 < port < 65536 or not isinstance(token, str):
            raise ConnectionRefusedError(0, say("{file} tells no port", file=self._file))
        return port, token


def _let_it_come_to_the_front() -> None:
    # Windows lets only the program that the user just started put a window in front.
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.AllowSetForegroundWindow(-1)


def _is_this_user(writer: asyncio.StreamWriter) -> bool:
    uid = _peer_uid(writer.get_extra_info("socket"))
    # Where the kernel does not tell, the folder's mode has kept everybody else out.
    return uid is None or uid == os.getuid()


def _peer_uid(peer: socket.socket) -> int | None:
    ask = _PEER_UIDS.get(sys.platform)
    return None if ask is None else ask(peer)


def _peer_uid_on_linux(peer: socket.socket) -> int:
    # struct ucred: pid, uid, gid.
    size = struct.calcsize("3i")
    return int(struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))[1])


def _peer_uid_on_macos(peer: socket.socket) -> int:
    # LOCAL_PEERCRED of SOL_LOCAL gives struct xucred: version, uid, then groups.
    return int(struct.unpack_from("2I", peer.getsockopt(0, 1, 76))[1])


_PEER_UIDS: dict[str, Callable[[socket.socket], int]] = {
    "linux": _peer_uid_on_linux,
    "darwin": _peer_uid_on_macos,
}
