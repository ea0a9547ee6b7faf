"""Server-sent events: bytes in, events out, no I/O.

The line rules are those of the HTML standard, section "Server-sent events".
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SseEvent:
    """One event; ``kind`` is its ``event`` field, ``message`` where it has none."""

    data: str
    kind: str = "message"


class SseParser:
    """Takes a stream's bytes, cut anywhere, and returns the events that are complete.

    An event without its closing blank line is never returned: it may be cut off.
    """

    def __init__(self) -> None:
        # A damaged byte must not end an answer; the JSON in the event says what it says.
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._line: list[str] = []
        self._after_return = False
        self._at_start = True
        self._data: list[str] = []
        self._kind = ""

    def feed(self, data: bytes) -> list[SseEvent]:
        """Return the events that ``data`` completes."""
        text = self._decoder.decode(data)
        if text and self._at_start:
            self._at_start = False
            text = text.removeprefix("\ufeff")
        events = (self._take(line) for line in self._lines(text))
        return [event for event in events if event is not None]

    def _lines(self, text: str) -> Iterator[str]:
        # A line ends at once with its \r: waiting for a possible \n would hold an event back.
        if self._after_return and text:
            text = text.removeprefix("\n")
            self._after_return = False
        pieces = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for piece in pieces[:-1]:
            yield "".join((*self._line, piece))
            self._line.clear()
        if pieces[-1]:
            self._line.append(pieces[-1])
        self._after_return = self._after_return or text.endswith("\r")

    def _take(self, line: str) -> SseEvent | None:
        if not line:
            return self._dispatch()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._kind = value
        return None

    def _dispatch(self) -> SseEvent | None:
        event = SseEvent("\n".join(self._data), self._kind or "message") if self._data else None
        self._data.clear()
        self._kind = ""
        return event
