"""What a running program tells: the end of its output, and what the sandbox says of itself."""

import io
import json
import os
import select

_START_S = 10.0


class Tail:
    """The end of an output."""

    def __init__(self, most: int, flood: int) -> None:
        self._most, self._flood = most, flood
        self._kept = bytearray()
        self._size = 0

    def add(self, piece: bytes) -> bool:
        """Take a piece; return False where there is more than anybody reads."""
        self._kept += piece
        self._size += len(piece)
        if len(self._kept) > 2 * self._most:
            del self._kept[: -self._most]
        return self._size <= self._flood

    @property
    def text(self) -> str:
        """Return what is kept."""
        return bytes(self._kept[-self._most :]).decode("utf-8", "replace")


class Status:
    """What the sandbox tells of itself, one line after another."""

    def __init__(self, file: io.FileIO) -> None:
        self._file = file
        self._told = b""

    def inner_pid(self) -> int | None:
        """Return the number of its first process out here; None where none began."""
        while b"\n" not in self._told:
            ready, _, _ = select.select([self._file], [], [], _START_S)
            piece = os.read(self._file.fileno(), 4096) if ready else b""
            if not piece:
                return None
            # Of a program that ends at once this has its end, too.
            self._told += piece
        found = json.loads(self._told.partition(b"\n")[0]).get("child-pid")
        return found if isinstance(found, int) else None

    def has_run(self) -> bool:
        """Return whether a program ran in it, to its end; ask when everything has ended."""
        self._told += self._file.read() or b""
        return b'"exit-code"' in self._told
