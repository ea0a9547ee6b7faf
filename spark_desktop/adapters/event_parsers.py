"""Bodies of answers that are no stream of server-sent events: JSON in one piece, JSON in lines."""

import json

from spark_desktop.adapters.sse import SseEvent, SseParser
from spark_desktop.domain.errors import AnswerTooLargeError, IncompleteStreamError
from spark_desktop.domain.words import say

# In bytes; see sse.py, where the same sizes are counted in characters.
_LONGEST = 16 * 1024 * 1024
_MOST = 2_000_000
_BLANK = b" \t\r\n"
_MARK = b"\xef\xbb\xbf"


class EventsOrJson:
    """Reads events; an answer that begins as JSON is taken whole, as one event.

    Some gateways answer in one piece although a stream was asked for.
    """

    def __init__(self, longest: int = _LONGEST) -> None:
        self._longest = longest
        self._events = SseParser()
        self._begin = b""
        self._whole = bytearray()
        self._is_known = False

    def feed(self, data: bytes) -> list[SseEvent]:
        """Return the events that ``data`` completes. Raises AnswerTooLargeError."""
        if not self._is_known:
            data, self._begin = self._begin + data, b""
            if _MARK.startswith(data):
                self._begin = data
                return []
            start = data.removeprefix(_MARK).lstrip(_BLANK)
            if not start:
                # Blank lines mean nothing in either form, and may keep a connection open for long.
                return []
            self._is_known = True
            if start[:1] not in b"{[":
                return self._events.feed(data)
        elif not self._whole:
            return self._events.feed(data)
        self._whole += data
        if len(self._whole) > self._longest:
            raise too_large(self._longest)
        return []

    def end(self) -> list[SseEvent]:
        """Return the whole JSON. Raises IncompleteStreamError where it is cut off."""
        if not self._whole:
            return self._events.end()
        event = _event(self._whole)
        if _is_json(event.data):
            return [event]
        raise IncompleteStreamError(
            say("The answer broke off: the model's server sent half of it."),
            say("Try again in a moment."),
        )


class JsonLines:
    """Takes a stream's bytes, cut anywhere, and returns its lines, each of which is JSON.

    ``longest`` is the most bytes of one line, ``most`` the most lines of one answer.
    """

    def __init__(self, longest: int = _LONGEST, most: int = _MOST) -> None:
        self._longest = longest
        self._most = most
        self._line = bytearray()
        self._count = 0

    def feed(self, data: bytes) -> list[SseEvent]:
        """Return the lines that ``data`` completes. Raises AnswerTooLargeError."""
        events = []
        *ends, rest = data.split(b"\n")
        for end in ends:
            self._keep(end)
            if self._line.strip(_BLANK):
                events.append(_event(self._line))
            self._line.clear()
        self._keep(rest)
        self._count += len(events)
        if self._count > self._most:
            raise AnswerTooLargeError(
                say(
                    "The model's server sent more than {count:,} events and did not stop.",
                    count=self._most,
                ),
                say("Try again; if it stays so, ask who runs the server."),
            )
        return events

    def end(self) -> list[SseEvent]:
        """Return the last line where only its end is missing."""
        event = _event(self._line)
        return [event] if _is_json(event.data) else []

    def _keep(self, piece: bytes) -> None:
        self._line += piece
        if len(self._line) > self._longest:
            raise too_large(self._longest)


def too_large(longest: int) -> AnswerTooLargeError:
    """Return the error for one event of more than so many bytes."""
    return AnswerTooLargeError(
        say(
            "The model's server sent one event of more than {millions:.0f} million characters.",
            millions=longest / 1_000_000,
        ),
        say("Try again; if it stays so, ask who runs the server."),
    )


def _event(line: bytearray) -> SseEvent:
    return SseEvent(line.removeprefix(_MARK).strip(_BLANK).decode("utf-8", "replace"))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
