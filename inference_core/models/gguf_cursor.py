"""Reading a GGUF file's header piece by piece, never past its end and never much at once."""

import struct
from typing import BinaryIO, NoReturn

from inference_core.models.errors import BadGgufError

# Bytes in memory at once; every value that is kept fits many times.
WINDOW_BYTES = 256 * 1024
# The largest headers known (vocabularies of 262,144 tokens with merges) take about 20 MB.
HEADER_LIMIT_BYTES = 256 * 1024 * 1024
# Texts in arrays, in all: the largest vocabularies known have 0.8 million tokens and merges. A
# million take about 0.25 s, so this bounds the time, too.
TEXTS_LIMIT = 2 * 1024 * 1024
# A token is a few bytes long; nobody's is longer than this.
ARRAY_TEXT_LIMIT_BYTES = 64 * 1024

_U32 = struct.Struct("<I")
_U64 = struct.Struct("<Q")


class Cursor:
    """A place in a file of ``size`` bytes, from the first byte on; ``name`` is for the errors.

    Every method that reads takes the words for what it reads, and raises BadGgufError with the
    offset where the file has not that much, and OSError.
    """

    def __init__(self, stream: BinaryIO, size: int, name: str) -> None:
        self.position = 0
        self.size = size
        self.name = name
        self._stream = stream
        self._window = b""
        self._window_at = 0
        self._texts = 0

    def fail(self, reason: str, at: int | None = None) -> NoReturn:
        """Raise BadGgufError for the byte ``at``, or else for the present one."""
        raise BadGgufError(self.name, reason, self.position if at is None else at)

    def u32(self, what: str) -> int:
        """Return a number of 4 bytes."""
        return int(self.number(_U32, what))

    def u64(self, what: str) -> int:
        """Return a number of 8 bytes."""
        return int(self.number(_U64, what))

    def number(self, layout: struct.Struct, what: str) -> int | float | bool:
        """Return one value of this layout."""
        at = self._fill(layout.size, what)
        value: int | float | bool = layout.unpack_from(self._window, at)[0]
        self.position += layout.size
        return value

    def raw(self, count: int, what: str) -> bytes:
        """Return so many bytes, at most as many as the window has."""
        at = self._fill(count, what)
        self.position += count
        return self._window[at : at + count]

    def length(self, limit: int, what: str) -> int:
        """Return the length that stands before a text, at most ``limit`` bytes."""
        begun = self.position
        length = self.u64(f"the length of {what}")
        if length > limit:
            self.fail(f"{what} has {length:,} bytes, more than {limit:,}", begun)
        return length

    def plain_text(self, limit: int, what: str) -> str:
        """Return a text that must be printable ASCII and not empty, as all names are."""
        begun = self.position
        text = self.raw(self.length(limit, what), what).decode("latin-1")
        if not text or not text.isascii() or not text.isprintable():
            self.fail(f"{what} is no plain text: {text[:40]!r}", begun)
        return text

    def skip(self, count: int, what: str) -> None:
        """Go on after so many bytes, which are not looked at."""
        if count > self._end - self.position:
            self._cut(what)
        self.position += count

    def skip_texts(self, count: int, what: str) -> None:
        """Go on after so many texts with their lengths before them."""
        self._texts += count
        if self._texts > TEXTS_LIMIT:
            self.fail(f"{what} has {count:,} texts; {TEXTS_LIMIT:,} are the most in one file")
        while count:
            at = self._fill(_U64.size, what)
            window, last = self._window, len(self._window) - _U64.size
            # A loop of its own: 300,000 texts of a usual vocabulary shall not take a second.
            while count and at <= last:
                (length,) = _U64.unpack_from(window, at)
                if length > ARRAY_TEXT_LIMIT_BYTES:
                    self.fail(f"{what} has a text of {length:,} bytes", self._window_at + at)
                at += _U64.size + length
                count -= 1
            self.position = self._window_at + at
            if self.position > self._end:
                self._cut(what)

    @property
    def _end(self) -> int:
        return min(self.size, HEADER_LIMIT_BYTES)

    def _fill(self, count: int, what: str) -> int:
        """Have so many bytes in the window; returns where in it they begin."""
        at = self.position - self._window_at
        if at >= 0 and at + count <= len(self._window):
            return at
        if count > self._end - self.position:
            self._cut(what)
        self._stream.seek(self.position)
        self._window = self._stream.read(min(WINDOW_BYTES, self._end - self.position))
        self._window_at = self.position
        if len(self._window) < count:
            self._cut(what)  # the file became shorter while it was read
        return 0

    def _cut(self, what: str) -> NoReturn:
        if self._end < self.size:
            self.fail(f"the header is larger than {HEADER_LIMIT_BYTES:,} bytes, in {what}")
        self.fail(f"the file ends within {what}, after {self.size:,} bytes")
