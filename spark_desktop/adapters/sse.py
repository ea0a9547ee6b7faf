"""Server-sent events: bytes in, events out, no I/O.

The line rules are those of the HTML standard, section "Server-sent events".
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

from spark_desktop.domain.errors import AnswerTooLargeError
from spark_desktop.domain.words import say

# In characters. The longest event that is known is the Responses protocol's last one, with the
# whole answer in it: a million tokens are some 4 million characters.
_LONGEST = 16 * 1024 * 1024
# Of one answer; the longest of any model have some 200,000 tokens.
_MOST = 2_000_000
# Pieces of a line are joined now and then: one that trickles in would be a list of its characters.
_PIECES = 4096
# What a line costs beside its characters, in characters: empty ones are kept all the same.
_A_LINE = 64


@dataclass(frozen=True, slots=True)
class SseEvent:
    """One event; ``kind`` is its ``event`` field, ``message`` where it has none."""

    data: str
    kind: str = "message"


class SseParser:
    """Takes a stream's bytes, cut anywhere, and returns the events that are complete.

    An event without its closing blank line is never returned: it may be cut off. ``longest`` is
    the most characters of one event, ``most`` the most events of one answer: what a server sends
    is bounded before it is kept.
    """

    def __init__(self, longest: int = _LONGEST, most: int = _MOST) -> None:
        self._longest = longest
        self._most = most
        self._events = 0
        self._length = 0
        # A damaged byte must not end an answer; the JSON in the event says what it says.
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._line: list[str] = []
        self._after_return = False
        self._at_start = True
        self._data: list[str] = []
        self._kind = ""

    def feed(self, data: bytes) -> list[SseEvent]:
        """Return the events that ``data`` completes. Raises AnswerTooLargeError."""
        text = self._decoder.decode(data)
        if text and self._at_start:
            self._at_start = False
            text = text.removeprefix("\ufeff")
        events = (self._take(line) for line in self._lines(text))
        return [event for event in events if event is not None]

    def end(self) -> list[SseEvent]:
        """Return nothing: what has no closing line may be cut off."""
        return []

    def _lines(self, text: str) -> Iterator[str]:
        # A line ends at once with its \r: waiting for a possible \n would hold an event back.
        if self._after_return and text:
            text = text.removeprefix("\n")
            self._after_return = False
        pieces = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for piece in pieces[:-1]:
            self._grow(len(piece))
            yield "".join((*self._line, piece))
            self._line.clear()
        if pieces[-1]:
            self._grow(len(pieces[-1]))
            self._line.append(pieces[-1])
            if len(self._line) > _PIECES:
                self._line = ["".join(self._line)]
        self._after_return = self._after_return or text.endswith("\r")

    def _grow(self, length: int) -> None:
        # Counted with the names of fields and with comments: those are kept for a while as well.
        self._length += length
        if self._length > self._longest:
            raise AnswerTooLargeError(
                say(
                    "The model's server sent one event of more than {millions:.0f} million "
                    "characters.",
                    millions=self._longest / 1_000_000,
                ),
                say("Try again; if it stays so, ask who runs the server."),
            )

    def _take(self, line: str) -> SseEvent | None:
        if not line:
            return self._dispatch()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
            self._grow(_A_LINE)
        elif name == "event":
            self._kind = value
        return None

    def _dispatch(self) -> SseEvent | None:
        event = SseEvent("\n".join(self._data), self._kind or "message") if self._data else None
        self._data.clear()
        self._kind = ""
        self._length = 0
        if event is not None:
            self._count()
        return event

    def _count(self) -> None:
        self._events += 1
        if self._events > self._most:
            raise AnswerTooLargeError(
                say(
                    "The model's server sent more than {count:,} events and did not stop.",
                    count=self._most,
                ),
                say("Try again; if it stays so, ask who runs the server."),
            )
