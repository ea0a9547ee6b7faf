"""Stretches of a diff: runs of rows of one kind, each of which makes a row on demand."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from spark_desktop.domain.patch import Hunk
from spark_desktop.domain.proposal import Decision
from spark_desktop.domain.trigger import Span
from spark_desktop.viewmodels.diff_rows import (
    AddedRow,
    ContextRow,
    FoldRow,
    PairRow,
    RemovedRow,
    Row,
    UnwrittenRow,
    bare,
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
        if not self.hunk.old or not self.hunk.new:
            return False
        old, new = ({line[len(bare(line)) :] for line in lines} for lines in self._sides())
        return old != new

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
