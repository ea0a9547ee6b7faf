"""All rows of a diff without making them: stretches of it, each of which makes a row on demand.

A diff of 50,000 lines has thousands of stretches at most, so that building one takes milliseconds;
what is never looked at never becomes a row.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import overload

from spark_desktop.domain.trigger import Span
from spark_desktop.viewmodels.diff_rows import CommentRow, Row, new_line, old_line, owner_of
from spark_desktop.viewmodels.diff_stretches import Stretch

# More rows than are in view at once.
_SCREEN = 200


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
        # The rows that were asked for last: a frame asks for the visible ones again and again.
        self._last: tuple[int, int, list[Row]] = (0, 0, [])
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
            if last - first > _SCREEN:
                return list(self._rows(first, last))[::step]
            if self._last[:2] != (first, last):
                self._last = first, last, list(self._rows(first, last))
            return self._last[2][::step]
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
