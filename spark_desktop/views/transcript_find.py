"""Finds words in a whole thread: in its texts, a slice at a time; documents only where it is seen.

A unit that is not laid out is searched as it was written, less the marks of its markup; what is
seen is searched as it reads, which corrects the count.
"""

import re
import time
from collections.abc import Sequence

from PySide6.QtGui import QTextDocument

from spark_desktop.views.transcript_column import Placed
from spark_desktop.views.transcript_copy import source_of
from spark_desktop.views.transcript_units import Text
from spark_desktop.views.utf16 import utf16_spans

_LINK = re.compile(r"\[([^\]\n]*)\]\([^)\n]*\)")
_MARKS = re.compile(r"[*_`~\\]|^#{1,6} |^> ", re.MULTILINE)
_UNITS_PER_CLOCK = 16


class Find:
    """Where a text occurs; ``current`` is a unit's number and which of its matches."""

    def __init__(self) -> None:
        self.query = ""
        self.current: tuple[int, int] | None = None
        self.total = 0
        self._pattern: re.Pattern[str] | None = None
        # How many matches each unit has, as far as was searched.
        self._counts: list[int] = []

    @property
    def searched(self) -> int:
        """Return how many units, from the first, are searched."""
        return len(self._counts)

    @property
    def ordinal(self) -> int:
        """Return which of all matches is the current one, from 1; 0 without one."""
        if self.current is None:
            return 0
        number, match = self.current
        return sum(self._counts[:number]) + match + 1

    def start(self, query: str) -> None:
        """Search for another text, in any case of its letters; nothing is found yet."""
        self.query, self.current = query, None
        self._pattern = re.compile(re.escape(query), re.IGNORECASE) if query else None
        self._counts, self.total = [], 0

    def forget(self, number: int) -> None:
        """Search again from a unit on, because units became others."""
        if number < len(self._counts):
            self.total -= sum(self._counts[number:])
            del self._counts[number:]
        if self.current is not None and self.current[0] >= number:
            self.current = None

    def advance(self, placed: Sequence[Placed], budget: float) -> bool:
        """Search for ``budget`` seconds; return whether everything is searched."""
        if self._pattern is None:
            return True
        until = time.perf_counter() + budget
        while len(self._counts) < len(placed):
            for found in placed[len(self._counts) : len(self._counts) + _UNITS_PER_CLOCK]:
                self._count(len(self._pattern.findall(_plain(found))))
            if time.perf_counter() >= until:
                break
        return len(self._counts) >= len(placed)

    def ranges(self, number: int, document: QTextDocument) -> list[tuple[int, int]]:
        """Return (start, length) of each match in a unit's document, in Qt's characters."""
        if self._pattern is None:
            return []
        text = document.toPlainText()
        spans = [(found.start(), len(found[0])) for found in self._pattern.finditer(text)]
        if number < len(self._counts) and self._counts[number] != len(spans):
            self.total += len(spans) - self._counts[number]
            self._counts[number] = len(spans)
        return utf16_spans(text, spans) if spans else []

    def step(self, by: int, start: int) -> int | None:
        """Go to the next match, or with -1 to the one before, round the ends.

        Without a current match it begins at the unit ``start``. Return the match's unit; None
        without any.
        """
        if not self.total:
            self.current = None
            return None
        number, match = self.current or (start, -1 if by > 0 else self._of(start))
        match += by
        for _ in range(len(self._counts) + 1):
            number %= len(self._counts)
            if 0 <= match < self._counts[number]:
                self.current = (number, match)
                return number
            number = (number + by) % len(self._counts)
            match = 0 if by > 0 else self._counts[number] - 1
        self.current = None
        return None

    def _of(self, number: int) -> int:
        return self._counts[number] if number < len(self._counts) else 0

    def _count(self, matches: int) -> None:
        self._counts.append(matches)
        self.total += matches


def _plain(placed: Placed) -> str:
    text = source_of(placed.unit)
    if isinstance(placed.unit, Text):
        text = _MARKS.sub("", _LINK.sub(r"\1", text))
    return text
