"""Finds words in a diff: in all of its lines, also in those that are folded away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from spark_desktop.viewmodels.diff_rows import (
    AddedRow,
    ContextRow,
    FoldRow,
    RemovedRow,
    Row,
    UnwrittenRow,
    bare,
)
from spark_desktop.viewmodels.diff_sheet import Sheet
from spark_desktop.viewmodels.diff_stretches import Added, Fixed, Paired, Removed, Stretch

# Of one letter there are more than anybody steps through; those behind are not counted.
MOST = 10_000

# A line by its number in the old or the new text, or a row that stands in neither.
Key = tuple[str, int] | Row


@dataclass(frozen=True, slots=True)
class Match:
    """Where a text stands: columns ``start`` to ``end`` of a line."""

    key: Key
    start: int
    end: int


class DiffSearch:
    """All matches of one query, from top to bottom; ``current`` is the place of one of them."""

    def __init__(self) -> None:
        self.query = ""
        self.matches: list[Match] = []
        self.current: int | None = None
        self._by_key: dict[Key, list[int]] = {}
        self._lines: Sequence[str] = ()
        self._text = ""
        self._starts: list[int] = []

    def search(self, query: str, sheet: Sheet) -> int:
        """Find a text in any case of its letters; return how often it is there, at most MOST.

        The current match stays where it is there still.
        """
        before = self.match
        self.query = query
        self.matches, self._by_key, self.current = [], {}, None
        if query:
            self._prepare(sheet.lines)
            for match in self._found(query.lower(), sheet):
                self._by_key.setdefault(match.key, []).append(len(self.matches))
                self.matches.append(match)
                if len(self.matches) >= MOST:
                    break
            if before is not None and before in (near := self._of(before.key)):
                self.current = self._by_key[before.key][near.index(before)]
        return len(self.matches)

    @property
    def match(self) -> Match | None:
        """Return the current match."""
        return None if self.current is None else self.matches[self.current]

    @property
    def ordinal(self) -> int:
        """Return which match is the current one, from 1; 0 without one."""
        return 0 if self.current is None else self.current + 1

    def step(self, by: int) -> Match | None:
        """Go to the next match, or with -1 to the one before, round the ends."""
        if not self.matches:
            return None
        start = self.current if self.current is not None else (-1 if by > 0 else 0)
        self.current = (start + by) % len(self.matches)
        return self.match

    def start_at(self, sheet: Sheet, row: int) -> Match | None:
        """Make the first match at or below a row the current one, or the very first."""
        if not self.matches:
            return None
        low, high = 0, len(self.matches)
        while low < high:
            middle = (low + high) // 2
            if row_of(self.matches[middle], sheet) < row:
                low = middle + 1
            else:
                high = middle
        self.current = low % len(self.matches)
        return self.match

    def marks(self, row: Row, *, of_new: bool = False) -> tuple[tuple[int, int, bool], ...]:
        """Return (start, end, is the current one) of the matches in a row.

        ``of_new`` is asked for the same line beside it, which has no current one.
        """
        key = key_of(row)
        numbers = self._by_key.get(key) if key is not None else None
        if not numbers:
            return ()
        return tuple(
            (self.matches[n].start, self.matches[n].end, n == self.current and not of_new)
            for n in numbers
        )

    def rows(self, sheet: Sheet) -> list[int]:
        """Return the rows that have matches."""
        return sorted({row_of(Match(key, 0, 0), sheet) for key in self._by_key})

    def _of(self, key: Key) -> list[Match]:
        return [self.matches[number] for number in self._by_key.get(key, ())]

    def _prepare(self, lines: Sequence[str]) -> None:
        if lines is not self._lines:
            self._lines = lines
            self._text = _lower("\n".join(lines))
            self._starts = [0, *accumulate(len(line) + 1 for line in lines)]

    def _found(self, query: str, sheet: Sheet) -> Iterator[Match]:
        for stretch in sheet.stretches:
            if isinstance(stretch, Removed | Added | Paired | Fixed):
                for key, text in _lines_of(stretch):
                    lowered = _lower(text)
                    at = lowered.find(query)
                    while at >= 0:
                        yield Match(key, at, at + len(query))
                        at = lowered.find(query, at + len(query))
            else:
                yield from self._in_old(query, stretch, sheet)

    def _in_old(self, query: str, stretch: Stretch, sheet: Sheet) -> Iterator[Match]:
        row = stretch.row(0, sheet.lines)
        count = len(row.lines) if isinstance(row, FoldRow) else stretch.count
        line, last = stretch.old, stretch.old + count
        end = self._starts[last]
        at = self._text.find(query, self._starts[line], end)
        while at >= 0:
            while self._starts[line + 1] <= at:
                line += 1
            start = at - self._starts[line]
            yield Match(("old", line), start, start + len(query))
            at = self._text.find(query, at + len(query), end)


def key_of(row: Row) -> Key | None:
    """Return what names a row's line; None for a row that is not searched."""
    match row:
        case ContextRow(old=old) | RemovedRow(old=old) | UnwrittenRow(old=old):
            return ("old", old)
        case AddedRow(new=new):
            return ("new", new)
        case FoldRow():
            return None
        case _:
            return row


def row_of(match: Match, sheet: Sheet) -> int:
    """Return the row that a match is in, or the fold that hides it."""
    match match.key:
        case ("old", int(line)):
            return sheet.near_old(line)
        case ("new", int(line)):
            return sheet.near_new(line)
        case row:
            return _row_of_fixed(row, sheet)


def _row_of_fixed(row: object, sheet: Sheet) -> int:
    place = 0
    for stretch in sheet.stretches:
        if isinstance(stretch, Fixed) and row in stretch.rows:
            return place + stretch.rows.index(row)
        place += stretch.count
    return 0


def _lines_of(stretch: Removed | Added | Paired | Fixed) -> Iterator[tuple[Key, str]]:
    if isinstance(stretch, Fixed):
        yield from ((row, row.text) for row in stretch.rows)
        return
    hunk, new = stretch.lines.hunk, stretch.lines.new
    places = range(stretch.first, stretch.first + stretch.count)
    if not isinstance(stretch, Added):
        for index in places:
            if index < len(hunk.old):
                yield ("old", hunk.start + index), bare(hunk.old[index])
    if not isinstance(stretch, Removed):
        for index in places:
            if index < len(hunk.new):
                yield ("new", new + index), bare(hunk.new[index])


def _lower(text: str) -> str:
    lowered = text.lower()
    # A few letters become two in lower case, and everything behind them would be elsewhere.
    return lowered if len(lowered) == len(text) else text
