"""A region that a model writes anew, against what stood there: as hunks that grow at the end."""

from collections.abc import Sequence

from spark_desktop.domain.patch import Hunk
from spark_desktop.domain.trigger import Span
from spark_desktop.viewmodels.diff_rows import AddedRow
from spark_desktop.viewmodels.diff_sheet import Sheet
from spark_desktop.viewmodels.diff_sheets import Layout, Sheets, Shown, lines_of

# How far ahead a streamed line is looked for in the lines that were there before.
_LOOKAHEAD = 60


class StreamedRegion:
    """Lines of the old text against what is written of them so far.

    A written line is looked for only a little ahead, in order, so that rows already shown hardly
    move; old lines that were passed over count as removed, and those behind the last written one
    as not written yet. What is written already is not looked at again.
    """

    def __init__(self, lines: Sequence[str], region: Span) -> None:
        self._lines, self._region = lines, region
        self._sheets = Sheets()
        self._begin()

    def _begin(self) -> None:
        self._text = ""
        self._read = 0
        self._old = list(self._lines[self._region.start : self._region.end])
        self._position = self._written = 0
        self._hunks: list[Hunk] = []
        self._run: list[str] = []
        self._open = ""

    def write(self, text: str) -> None:
        """Take all that was written so far; usually it is what was there before and more."""
        if not text.startswith(self._text):
            self._begin()
        self._text = text
        end = text.rfind("\n") + 1
        # A carriage return at the very end may be half of an ending.
        end = max(end, text.rfind("\r", 0, max(0, len(text) - 1)) + 1)
        if end > self._read:
            for line in lines_of(text[self._read : end]):
                self._add(line)
            self._read = end
        self._open = text[self._read :].rstrip("\r")

    def shown(self) -> Shown:
        """Return the region as far as it is written, as a diff of the whole file."""
        hunks, run = list(self._hunks), list(self._run)
        rest = self._old[self._position : self._position + 1]
        if self._open and not (rest and rest[0].startswith(self._open)):
            run.append(self._open)
        here = self._region.start + self._position
        if run:
            hunks.append(Hunk("", here, (), tuple(run)))
        return Shown(
            self._lines,
            hunks,
            region=self._region,
            unwritten=Span(here, self._region.end),
        )

    def sheet(self, layout: Layout) -> tuple[Sheet, int]:
        """Return the rows, and the row that the stream stands at."""
        shown = self.shown()
        sheet = self._sheets.sheet(shown, layout)
        here = self._region.start + self._position
        last = shown.hunks[-1] if shown.hunks else None
        if last and last.start == here and not last.old:
            written = self._region.start + self._written + len(last.new) - len(self._run) - 1
            return sheet, sheet.near(AddedRow(max(written, 0), ""))
        return sheet, sheet.near_old(max(self._region.start, here - 1)) if len(sheet) else 0

    def _add(self, line: str) -> None:
        self._written += 1
        found = self._find(line)
        if found is None:
            self._run.append(line)
            return
        if self._run or found > self._position:
            start = self._region.start + self._position
            passed = self._old[self._position : found]
            self._hunks.append(Hunk("", start, tuple(passed), tuple(self._run)))
            self._run = []
        self._position = found + 1

    def _find(self, line: str) -> int | None:
        # A blank line or a brace occurs everywhere: far ahead it is not the same one.
        reach = _LOOKAHEAD if len(line.strip()) > 2 else 1
        try:
            return self._old.index(line, self._position, self._position + reach)
        except ValueError:
            return None
