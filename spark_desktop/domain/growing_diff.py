"""The difference between lines of a file and lines that are still being written."""

from bisect import bisect_left
from collections.abc import Callable

from spark_desktop.domain.file_lines import FileLines, key_of
from spark_desktop.domain.patch import Hunk

# A line of fewer characters, blanks apart, says too little to know a place by.
_TELLING = 6
# Places of a line that are tried.
_TRIED = 8


class GrowingDiff:
    """Takes the new lines of a part of a file one by one; each costs the same, however many came.

    What it decides stays: lines of the file that were passed over are removed, lines that were not
    among them are added. So nothing below the line that is being written changes, and what stands
    above it stays where it is. The smallest difference is for when all lines are there.
    """

    def __init__(
        self, file: FileLines, start: int, number: int, indented: Callable[[str], str] | None = None
    ) -> None:
        self._file = file
        self._at = start
        self._number = number
        self._indented = indented
        self._closed: list[Hunk] = []
        self._open: list[str] = []
        self._compared: list[str] = []

    def feed(self, line: str, end: int) -> None:
        """Take a line, without its ending; the part of the file reaches to line ``end``."""
        compared = line if self._indented is None else key_of(line)
        if not self._open and self._at < end and self._line(self._at) == compared:
            self._at += 1
            return
        self._open.append((self._indented(line) if self._indented else line) + self._file.newline)
        self._compared.append(compared)
        self._meet(end)

    def hunks(self) -> tuple[Hunk, ...]:
        """Return the changes so far."""
        if not self._open:
            return tuple(self._closed)
        return (*self._closed, self._hunk(self._at, len(self._open)))

    def _meet(self, end: int) -> None:
        """Go on below a line of the file where the last new line, or the last two, stand."""
        last = self._compared[-1]
        spots = self._spots(last, end)
        if len(spots) == 1 and len(key_of(last)) >= _TELLING:
            self._close(spots[0], 1)
            return
        if len(self._compared) < 2:
            return
        before = self._compared[-2]
        for spot in spots:
            if spot > self._at and self._line(spot - 1) == before and key_of(last + before):
                self._close(spot - 1, 2)
                return

    def _spots(self, compared: str, end: int) -> list[int]:
        """Return the first lines, from the one that is next, that are the same."""
        if self._indented is None:
            spots = self._file.exact_spots.get(compared, [])
            first = bisect_left(spots, self._at)
            return [spot for spot in spots[first : first + _TRIED] if spot < end]
        places = self._file.spots.get(compared, [])
        written = self._file.written
        first = bisect_left(places, bisect_left(written, self._at))
        return [written[one] for one in places[first : first + _TRIED] if written[one] < end]

    def _close(self, spot: int, met: int) -> None:
        added = len(self._open) - met
        if added or spot > self._at:
            self._closed.append(self._hunk(spot, added))
        self._at = spot + met
        self._open.clear()
        self._compared.clear()

    def _hunk(self, end: int, added: int) -> Hunk:
        old = tuple(self._file.lines[self._at : end])
        return Hunk(f"{self._at + 1}-{self._number}", self._at, old, tuple(self._open[:added]))

    def _line(self, number: int) -> str:
        return (
            self._file.bare[number] if self._indented is None else key_of(self._file.bare[number])
        )
