"""How many lines high each row is once long lines are broken, found where it is looked at.

Rows are counted in runs; a run that nobody looked at counts as unbroken rows. So 50,000 rows are
there at once, and become right a run at a time.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate

# Rows whose heights are found at once: half a millisecond.
_RUN = 256


class RowHeights:
    """Lines of each of ``count`` rows; ``measure`` finds those of rows ``first`` to ``last``."""

    def __init__(self, count: int, measure: Callable[[int, int], Sequence[int]]) -> None:
        self._count = count
        self._measure = measure
        runs = -(-count // _RUN)
        self._known: list[list[int] | None] = [None] * runs
        self._totals = [min(_RUN, count - run * _RUN) for run in range(runs)]
        self._tops = [0, *accumulate(self._totals)]
        self._next = 0

    def take_up(self, other: "RowHeights", same: int) -> None:
        """Take from another one what it knows of the first ``same`` rows, which are the same."""
        runs = min(same // _RUN, len(self._known), len(other._known))
        self._known[:runs] = other._known[:runs]
        self._totals[:runs] = other._totals[:runs]
        self._tops = [0, *accumulate(self._totals)]

    @property
    def total(self) -> int:
        """Return the lines of all rows, as far as they are known."""
        return self._tops[-1]

    @property
    def is_known(self) -> bool:
        """Return whether every row was looked at."""
        return self._next >= len(self._known)

    def top(self, row: int) -> int:
        """Return how many lines stand above a row."""
        run = min(row // _RUN, len(self._known) - 1)
        if run < 0:
            return 0
        return self._tops[run] + self._of(run)[row - run * _RUN]

    def about(self, row: int) -> int:
        """Return how many lines stand above a row as far as is known, without looking."""
        run = min(row // _RUN, len(self._known) - 1)
        if run < 0:
            return 0
        known, place = self._known[run], row - run * _RUN
        return self._tops[run] + (place if known is None else known[place])

    def lines(self, row: int) -> int:
        """Return how many lines a row has."""
        tops = self._of(row // _RUN)
        return tops[row % _RUN + 1] - tops[row % _RUN]

    def row_at(self, line: int) -> int:
        """Return the row that a line belongs to; behind the last one, the last row."""
        if not self._known:
            return 0
        run = -1
        while True:
            found = min(bisect_right(self._tops, line) - 1, len(self._known) - 1)
            if found == run:
                break
            run = found
            # Looking at a run moves those below it, so that the line may be in this one yet.
            self._of(run)
        place = bisect_right(self._of(run), line - self._tops[run]) - 1
        return min(run * _RUN + place, self._count - 1)

    def correct(self, row: int, lines: int) -> None:
        """Take a row's height from what was laid out."""
        run, place = row // _RUN, row % _RUN
        tops = self._of(run)
        grown = lines - (tops[place + 1] - tops[place])
        if grown:
            tops[place + 1 :] = [top + grown for top in tops[place + 1 :]]
            self._take(run, tops)

    def advance(self) -> None:
        """Look at the next run that nobody looked at."""
        while self._next < len(self._known) and self._known[self._next] is not None:
            self._next += 1
        if self._next < len(self._known):
            self._of(self._next)

    def _of(self, run: int) -> list[int]:
        known = self._known[run]
        if known is None:
            first = run * _RUN
            last = min(first + _RUN, self._count)
            known = [0, *accumulate(self._measure(first, last))]
            self._take(run, known)
        return known

    def _take(self, run: int, tops: list[int]) -> None:
        self._known[run] = tops
        if self._totals[run] != tops[-1]:
            self._totals[run] = tops[-1]
            self._tops = [0, *accumulate(self._totals)]
