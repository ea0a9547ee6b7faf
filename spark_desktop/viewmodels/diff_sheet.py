"""All rows of a diff without making them: stretches of it, each of which makes a row on demand.

A diff of 50,000 lines has thousands of stretches at most, so that building one takes milliseconds;
what is never looked at never becomes a row.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, overload

from spark_desktop.domain.patch import Hunk
from spark_desktop.domain.proposal import Decision
from spark_desktop.domain.trigger import Span
from spark_desktop.viewmodels.diff_rows import (
    AddedRow,
    CommentRow,
    ContextRow,
    FoldRow,
    PairRow,
    RemovedRow,
    Row,
    UnwrittenRow,
    bare,
    new_line,
    old_line,
    owner_of,
)
from spark_desktop.viewmodels.translation import tr


class Stretch(Protocol):
    """``count`` rows in a run that begins before line ``old`` and line ``new``."""

    @property
    def old(self) -> int:
        """Return the first line's number in the old text."""

    @property
    def new(self) -> int:
        """Return the first line's number in the new text."""

    @property
    def count(self) -> int:
        """Return how many rows it has."""

    def row(self, index: int, lines: Sequence[str]) -> Row:
        """Return a row of it; ``lines`` is the old text."""

    def index_of(self, old: int | None, new: int) -> int:
        """Return the place of a line, by its old number or else by its new one."""


@dataclass(slots=True)
class Unchanged:
    """Lines that stay."""

    old: int
    new: int
    count: int

    def row(self, index: int, lines: Sequence[str]) -> Row:
        """Return a row of it; ``lines`` is the old text."""
        line = self.old + index
        return ContextRow(line, self.new + index, lines[line])

    def index_of(self, old: int | None, new: int) -> int:
        """Return the place of a line, by its old number or else by its new one."""
        return new - self.new if old is None else old - self.old


@dataclass(slots=True)
class Unwritten:
    """Lines that a stream has not come to."""

    old: int
    new: int
    count: int

    def row(self, index: int, lines: Sequence[str]) -> Row:
        """Return a row of it; ``lines`` is the old text."""
        return UnwrittenRow(self.old + index, lines[self.old + index])

    def index_of(self, old: int | None, new: int) -> int:
        """Return the place of a line by its old number."""
        return 0 if old is None else old - self.old


@dataclass(slots=True)
class Folded:
    """``hidden`` lines behind one row."""

    old: int
    new: int
    hidden: int
    count: int = 1

    def row(self, index: int, lines: Sequence[str]) -> Row:
        """Return the fold."""
        return FoldRow(Span(self.old, self.old + self.hidden))

    def index_of(self, old: int | None, new: int) -> int:
        """Return the place of the fold."""
        return 0


@dataclass(slots=True)
class Fixed:
    """Rows that belong to no line of the texts."""

    old: int
    new: int
    rows: tuple[Row, ...]

    @property
    def count(self) -> int:
        """Return how many rows it has."""
        return len(self.rows)

    def row(self, index: int, lines: Sequence[str]) -> Row:
        """Return a row of it."""
        return self.rows[index]

    def index_of(self, old: int | None, new: int) -> int:
        """Return its last row, which is next to the line."""
        return len(self.rows) - 1


@dataclass(frozen=True)
class HunkLines:
    """A hunk's lines as rows; ``new`` is where its new lines begin in the new text."""

    hunk: Hunk
    new: int
    decision: Decision = Decision.PENDING

    def removed(self, index: int) -> RemovedRow:
        """Return the row of an old line."""
        hunk, line = self.hunk, self.hunk.old[index]
        old = hunk.start + index
        return RemovedRow(old, bare(line), hunk.id, index, self.decision, self._note(line))

    def added(self, index: int) -> AddedRow:
        """Return the row of a new line."""
        hunk, line = self.hunk, self.hunk.new[index]
        new = self.new + index
        return AddedRow(new, bare(line), hunk.id, index, self.decision, self._note(line))

    @cached_property
    def _has_notes(self) -> bool:
        # An ending is worth a word only where it is part of the change.
        old, new = ({line[len(bare(line)) :] for line in lines} for lines in self._sides())
        return bool(old) and bool(new) and old != new

    def _sides(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return self.hunk.old, self.hunk.new

    def _note(self, line: str) -> str:
        if not self._has_notes:
            return ""
        ending = line[len(bare(line)) :]
        return {"": tr("no newline at end"), "\r\n": "CRLF", "\r": "CR", "\n": "LF"}[ending]


@dataclass(slots=True)
class Removed:
    """Old lines of a hunk, from its line ``first`` on."""

    lines: HunkLines
    first: int
    count: int

    @property
    def old(self) -> int:
        """Return the first line's number."""
        return self.lines.hunk.start + self.first

    @property
    def new(self) -> int:
        """Return where the hunk's new lines begin."""
        return self.lines.new

    def row(self, index: int, lines: Sequence[str]) -> Row:
        """Return a row of it."""
        return self.lines.removed(self.first + index)

    def index_of(self, old: int | None, new: int) -> int:
        """Return the place of an old line."""
        return 0 if old is None else old - self.old


@dataclass(slots=True)
class Added:
    """New lines of a hunk, from its line ``first`` on."""

    lines: HunkLines
    first: int
    count: int

    @property
    def old(self) -> int:
        """Return the line behind the hunk's old ones."""
        return self.lines.hunk.end

    @property
    def new(self) -> int:
        """Return the first line's number."""
        return self.lines.new + self.first

    def row(self, index: int, lines: Sequence[str]) -> Row:
        """Return a row of it."""
        return self.lines.added(self.first + index)

    def index_of(self, old: int | None, new: int) -> int:
        """Return the place of a new line."""
        return new - self.new if old is None else 0


@dataclass(slots=True)
class Paired:
    """Old and new lines of a hunk beside one another, from the pair ``first`` on."""

    lines: HunkLines
    first: int
    count: int

    @property
    def old(self) -> int:
        """Return the number of the first old line."""
        hunk = self.lines.hunk
        return min(hunk.start + self.first, hunk.end)

    @property
    def new(self) -> int:
        """Return the number of the first new line."""
        return self.lines.new + min(self.first, len(self.lines.hunk.new))

    def row(self, index: int, lines: Sequence[str]) -> Row:
        """Return a row of it."""
        place, hunk = self.first + index, self.lines.hunk
        return PairRow(
            self.lines.removed(place) if place < len(hunk.old) else None,
            self.lines.added(place) if place < len(hunk.new) else None,
        )

    def index_of(self, old: int | None, new: int) -> int:
        """Return the place of a line, by its old number or else by its new one."""
        place = new - self.lines.new if old is None else old - self.lines.hunk.start
        return place - self.first


class Sheet(Sequence[Row]):
    """The rows of a diff; ``blocks`` says which of them a hunk or a failed block has."""

    def __init__(
        self,
        lines: Sequence[str],
        stretches: Sequence[Stretch],
        starts: Sequence[int],
        blocks: Mapping[str, Span],
        same: int = 0,
    ) -> None:
        self.lines = lines
        self.stretches = stretches
        # The first row of each stretch.
        self.starts = starts
        self.blocks = blocks
        # How many rows, from the first, are those of the sheet before.
        self.same = same
        self._count = starts[-1] + stretches[-1].count if starts else 0

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Row: ...

    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...

    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        if isinstance(index, slice):
            first, last, step = index.indices(self._count)
            rows = list(self._rows(first, last))
            return rows if step == 1 else rows[::step]
        number = index + self._count if index < 0 else index
        if not 0 <= number < self._count:
            raise IndexError(index)
        place = bisect_right(self.starts, number) - 1
        return self.stretches[place].row(number - self.starts[place], self.lines)

    def __iter__(self) -> Iterator[Row]:
        for stretch in self.stretches:
            for index in range(stretch.count):
                yield stretch.row(index, self.lines)

    def _rows(self, first: int, last: int) -> Iterator[Row]:
        place = bisect_right(self.starts, first) - 1
        while first < last:
            stretch, start = self.stretches[place], self.starts[place]
            end = min(start + stretch.count, last)
            for index in range(first - start, end - start):
                yield stretch.row(index, self.lines)
            first, place = end, place + 1

    def near(self, row: Row) -> int:
        """Return the row that shows what ``row`` of another sheet showed, or what is near."""
        owner = owner_of(row)
        if isinstance(row, CommentRow):
            line = row.line
            return self.near_new(line) if row.is_new_side else self.near_old(line)
        old, new = old_line(row), new_line(row)
        if old is not None:
            return self.near_old(old)
        if new is not None:
            return self.near_new(new)
        block = self.blocks.get(owner or "")
        return block.start if block else 0

    def near_old(self, line: int) -> int:
        """Return the row of a line of the old text, or the one that it is folded behind."""
        return self._place(bisect_right(self.stretches, line, key=_old_of) - 1, line, 0)

    def near_new(self, line: int) -> int:
        """Return the row of a line of the new text, or the one that it is folded behind."""
        return self._place(bisect_right(self.stretches, line, key=_new_of) - 1, None, line)

    def _place(self, place: int, old: int | None, new: int) -> int:
        if not self.stretches:
            return 0
        place = max(0, place)
        stretch = self.stretches[place]
        index = min(max(0, stretch.index_of(old, new)), stretch.count - 1)
        return self.starts[place] + index


def _old_of(stretch: Stretch) -> int:
    return stretch.old


def _new_of(stretch: Stretch) -> int:
    return stretch.new
