"""What a diff view shows at one time: its rows, where its hunks are, and their colours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from spark_desktop.domain.patch import FilePatch, apply
from spark_desktop.domain.proposal import Decision
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Span
from spark_desktop.viewmodels.diff_rows import (
    AddedRow,
    FoldRow,
    RemovedRow,
    Row,
    bare,
    file_rows,
    old_line,
    rows_of,
    streaming_rows,
)
from spark_desktop.views.diff_colors import DiffColors
from spark_desktop.views.diff_layouts import columns_of


@dataclass(frozen=True)
class DiffContent:
    """Rows with all that is derived from them; ``cursor`` is the row a stream writes at."""

    rows: tuple[Row, ...]
    colors: DiffColors
    path: str
    is_diff: bool = True
    cursor: int | None = None
    hunks: Mapping[str, Span] = field(default_factory=dict)

    @property
    def columns(self) -> int:
        """Return the columns of the longest row."""
        return max((columns_of(row.text) for row in self.rows), default=0)

    @property
    def last_number(self) -> int:
        """Return the largest line number in the gutter, from 1."""
        last = 0
        for row in self.rows:
            match row:
                case AddedRow(new=line):
                    last = max(last, line)
                case FoldRow(lines=lines):
                    last = max(last, lines.end)
                case _:
                    last = max(last, old_line(row) or 0)
        return last + 1

    def hunk_at(self, row: int) -> str | None:
        """Return the id of the hunk that the row belongs to; None outside of hunks."""
        found = self.rows[row] if 0 <= row < len(self.rows) else None
        if isinstance(found, AddedRow | RemovedRow) and found.hunk_id:
            return found.hunk_id
        return None

    def decision(self, hunk_id: str) -> Decision:
        """Return what was decided about the hunk."""
        row = self.rows[self.hunks[hunk_id].start]
        return row.decision if isinstance(row, AddedRow | RemovedRow) else Decision.PENDING

    def lines(self, rows: Span) -> Span | None:
        """Return the lines of the old text in a span of rows; None where all are added."""
        found = [
            line for row in self.rows[rows.start : rows.end] if (line := old_line(row)) is not None
        ]
        if not found:
            return None
        last = self.rows[rows.end - 1]
        end = last.lines.end if isinstance(last, FoldRow) else found[-1] + 1
        return Span(found[0], end)

    def text(self, rows: Span) -> str:
        """Return the rows' texts, one a line; folds are left out."""
        kept = [
            row.text for row in self.rows[rows.start : rows.end] if not isinstance(row, FoldRow)
        ]
        return "\n".join(kept)

    def row_near(self, row: Row) -> int:
        """Return the row that shows what ``row`` of a former content showed, or what is near."""
        if isinstance(row, AddedRow):
            for index, found in enumerate(self.rows):
                if isinstance(found, AddedRow) and found.new >= row.new:
                    return index
            return max(0, len(self.rows) - 1)
        wanted = old_line(row) or 0
        for index, found in enumerate(self.rows):
            line = found.lines.end - 1 if isinstance(found, FoldRow) else old_line(found)
            if line is not None and line >= wanted:
                return index
        return max(0, len(self.rows) - 1)


def file_content(path: str, text: str) -> DiffContent:
    """Return a file as it is."""
    rows = file_rows(text)
    lines = [row.text for row in rows]
    return DiffContent(rows, DiffColors(path, lines, ()), path, is_diff=False)


@dataclass(frozen=True)
class PatchSource:
    """A patch on a text; builds its content anew as hunks are decided and folds opened."""

    path: str
    before: str
    patch: FilePatch | None
    colors: DiffColors

    @staticmethod
    def of(path: str, before: str, patch: FilePatch | None) -> "PatchSource":
        """Return the source with colours for the text before and after."""
        hunks = patch.hunks if patch else ()
        old = [bare(line) for line in split_lines(before)]
        new = [bare(line) for line in split_lines(apply(before, hunks))]
        return PatchSource(path, before, patch, DiffColors(path, old, new, hunks))

    def shows(self, path: str, before: str, patch: FilePatch | None) -> bool:
        """Return whether this is the source of just that patch."""
        return (self.path, self.before, self.patch) == (path, before, patch)

    def content(self, decisions: Mapping[str, Decision], unfolded: frozenset[int]) -> DiffContent:
        """Return the rows with these decisions and open folds."""
        rows = rows_of(self.before, self.patch, decisions, unfolded=unfolded)
        has_hunks = self.patch is not None and bool(self.patch.hunks)
        return DiffContent(rows, self.colors, self.path, has_hunks, None, _hunks_of(rows))


class StreamSource:
    """A region being written; what is known of its colours stays from frame to frame."""

    def __init__(self, path: str, before: str, region: Span) -> None:
        self.path = path
        self.before = before
        self.region = region
        self._old = split_lines(before)
        self._head = [bare(line) for line in self._old[: region.start]]
        self._colors = DiffColors(path, [bare(line) for line in self._old], self._head)

    def shows(self, path: str, before: str, region: Span) -> bool:
        """Return whether this is the source of just that region."""
        return (self.path, self.before, self.region) == (path, before, region)

    def content(self, text: str) -> DiffContent:
        """Return the rows for what was written so far."""
        streamed = streaming_rows(self._old, self.region, text)
        self._colors.extend(self._head + [bare(line) for line in split_lines(text)])
        return DiffContent(streamed.rows, self._colors, self.path, True, streamed.cursor)


def _hunks_of(rows: Sequence[Row]) -> dict[str, Span]:
    hunks: dict[str, Span] = {}
    for index, row in enumerate(rows):
        if isinstance(row, AddedRow | RemovedRow):
            first = hunks[row.hunk_id].start if row.hunk_id in hunks else index
            hunks[row.hunk_id] = Span(first, index + 1)
    return hunks
