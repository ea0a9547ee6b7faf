"""What a diff view shows at one time: its rows, where its hunks are, and their colours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from spark_desktop.domain.errors import ConflictError
from spark_desktop.domain.patch import FilePatch, Hunk
from spark_desktop.domain.proposal import Decision, FailedBlock
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.words import say
from spark_desktop.viewmodels.diff_rows import FoldRow, Row, bare, old_line, owner_of
from spark_desktop.viewmodels.diff_sheet import Sheet
from spark_desktop.viewmodels.diff_sheets import (
    Layout,
    Sheets,
    Shown,
    in_order,
    lines_of,
    new_lines,
    shared_hunks,
    sheet_of,
)
from spark_desktop.viewmodels.diff_streaming import StreamedRegion
from spark_desktop.views.diff_colors import DiffColors
from spark_desktop.views.diff_layouts import columns_of_lines


@dataclass(frozen=True)
class DiffContent:
    """Rows with all that is derived from them; ``cursor`` is the row a stream writes at."""

    rows: Sheet
    shown: Shown
    colors: DiffColors
    path: str
    is_split: bool = False
    cursor: int | None = None

    @property
    def is_diff(self) -> bool:
        """Return whether changes are shown, or only a file."""
        return self.shown.is_diff

    @property
    def hunks(self) -> Mapping[str, Span]:
        """Return the rows of each hunk and of each failed block, by its id."""
        return self.rows.blocks

    @cached_property
    def failed(self) -> Mapping[str, FailedBlock]:
        """Return the blocks without a place."""
        return {block.id: block for block in self.shown.failed}

    @cached_property
    def firsts(self) -> frozenset[int]:
        """Return the first row of each hunk and failed block."""
        return frozenset(span.start for span in self.rows.blocks.values())

    @cached_property
    def hunks_by_id(self) -> Mapping[str, Hunk]:
        """Return the hunks that can be decided on."""
        return {hunk.id: hunk for hunk in self.shown.hunks if hunk.id}

    @cached_property
    def last_number(self) -> int:
        """Return the largest line number in the gutter, from 1."""
        grown = sum(len(hunk.new) - len(hunk.old) for hunk in self.shown.hunks)
        return len(self.shown.lines) + max(0, grown)

    def hunk_at(self, row: int) -> str | None:
        """Return the id of the hunk that the row belongs to; None outside of hunks."""
        owner = self.block_at(row)
        return owner if owner in self.hunks_by_id else None

    def block_at(self, row: int) -> str | None:
        """Return the id of the hunk or the failed block that the row belongs to."""
        return owner_of(self.rows[row]) if 0 <= row < len(self.rows) else None

    def decision(self, hunk_id: str) -> Decision:
        """Return what was decided about the hunk."""
        return self.shown.decisions.get(hunk_id, Decision.PENDING)

    def lines(self, rows: Span) -> Span | None:
        """Return the lines of the old text in a span of rows; None where all are added."""
        ahead = range(rows.start, rows.end)
        first = next((row for row in map(self._with_line, ahead) if row is not None), None)
        last = next((row for row in map(self._with_line, reversed(ahead)) if row is not None), None)
        if first is None or last is None:
            return None
        return Span(first.start, last.end)

    def _with_line(self, number: int) -> Span | None:
        row = self.rows[number]
        line = old_line(row)
        if line is None:
            return None
        return row.lines if isinstance(row, FoldRow) else Span(line, line + 1)

    def row_near(self, row: Row) -> int:
        """Return the row that shows what ``row`` of a former content showed, or what is near."""
        return self.rows.near(row)


class FileSource:
    """A file as it is; a source has its longest line's ``columns``, and that of its blocks'."""

    block_columns = 0

    def __init__(self, path: str, text: str) -> None:
        self.path, self.text = path, text
        lines = lines_of(text)
        self.columns = columns_of_lines(lines)
        self._shown = Shown(lines)
        self._colors = DiffColors(path, lines, ())

    def content(self, layout: Layout) -> DiffContent:
        """Return its rows; a file has no sides."""
        rows = sheet_of(self._shown, Layout())
        return DiffContent(rows, self._shown, self._colors, self.path)


class PatchSource:
    """A patch on a text; builds its content anew as hunks are decided and folds opened."""

    def __init__(self, path: str, before: str) -> None:
        self.path, self.before = path, before
        self._lines = lines_of(before)
        self._new = list(self._lines)
        self._by_id: dict[str, Hunk] = {}
        self.columns = self._line_columns = columns_of_lines(self._lines)
        self.block_columns = self._hunk_columns = 0
        self.patch: FilePatch | None = None
        self.shown = Shown(self._lines)
        self._hunks: list[Hunk] = []
        self._grown = ""
        self._colors = DiffColors(path, self._lines, self._new)
        self._sheets = Sheets()

    def is_of(self, path: str, before: str) -> bool:
        """Return whether this is a patch on just that text."""
        return self.path == path and (self.before is before or self.before == before)

    def check(self, patch: FilePatch | None) -> None:
        """Raise ConflictError, naming the line, where a patch was made for another text."""
        if patch is not self.patch:
            hunks = in_order(patch.hunks if patch else ())
            _check(self._lines, hunks[max(0, shared_hunks(self._hunks, hunks) - 1) :])

    def take(self, patch: FilePatch | None, shown: Shown) -> str:
        """Show this patch, and of ``shown`` what else there is to it.

        Return the id of the last hunk that was not there before just like this, "" without one.
        Raises ConflictError, naming the line, where it was made for another text.
        """
        if patch is not self.patch and patch != self.patch:
            self._take_hunks(in_order(patch.hunks if patch else ()))
        self.patch = patch
        others = [line for lines in shown.conflicts.values() for line in lines]
        others += [line for block in shown.failed for line in (*block.old, *block.new)]
        others += [line for comment in shown.comments for line in comment.text.splitlines()]
        block_columns = columns_of_lines(others)
        self.columns = max(self._line_columns, block_columns)
        self.block_columns = max(self._hunk_columns, block_columns)
        self.shown = replace(shown, lines=self._lines, hunks=self._hunks)
        return self._grown

    def content(self, layout: Layout) -> DiffContent:
        """Return the rows in this layout."""
        is_split = layout.is_split and self.shown.is_diff
        rows = self._sheets.sheet(self.shown, layout)
        return DiffContent(rows, self.shown, self._colors, self.path, is_split)

    def _take_hunks(self, hunks: list[Hunk]) -> None:
        # While a patch grows all but its last hunk is the same from frame to frame.
        same = shared_hunks(self._hunks, hunks)
        _check(self._lines, hunks[max(0, same - 1) :])
        known = self._take_lines(hunks, same)
        before = {hunk.id: hunk for hunk in self._hunks[same:]}
        rest = reversed(hunks[same:])
        self._grown = next((h.id for h in rest if before.get(h.id) != h), "")
        # The colours hold this mapping too: it changes in place, by the few hunks that changed.
        for hunk_id in before:
            self._by_id.pop(hunk_id, None)
        self._by_id.update((hunk.id, hunk) for hunk in hunks[same:])
        self._colors.change(self._new, known, self._by_id, before)
        added = [bare(line) for hunk in hunks[same:] for line in hunk.new]
        removed = [bare(line) for hunk in hunks[same:] for line in hunk.old]
        self._line_columns = max(self._line_columns, columns_of_lines(added))
        self._hunk_columns = max(self._hunk_columns, columns_of_lines([*added, *removed]))
        self._hunks = hunks

    def _take_lines(self, hunks: list[Hunk], same: int) -> int:
        """Make the new text, whose first ``same`` hunks are as before; return where it differs."""
        position = hunks[same - 1].end if same else 0
        known = position + sum(len(hunk.new) - len(hunk.old) for hunk in hunks[:same])
        # What stands below every hunk, before and now, stays where it is in the list.
        end = max(hunks[-1].end if hunks else 0, self._hunks[-1].end if self._hunks else 0)
        between = new_lines(self._lines, hunks[same:], position, end)
        last = len(self._new) - (len(self._lines) - end)
        pairs = zip(self._new[known:last], between, strict=False)
        first = next((place for place, (old, new) in enumerate(pairs) if old != new), None)
        self._new[known:last] = between
        return known + (min(last - known, len(between)) if first is None else first)


class StreamSource:
    """A region being written; what is known of its colours stays from frame to frame."""

    block_columns = 0

    def __init__(self, path: str, before: str, region: Span) -> None:
        self.path, self.before, self.region = path, before, region
        self._lines = lines_of(before)
        self._streamed = StreamedRegion(self._lines, region)
        self._head = self._lines[: region.start]
        self._colors = DiffColors(path, self._lines, self._head)
        self.columns = columns_of_lines(self._lines)
        self._written: list[str] = []

    def shows(self, path: str, before: str, region: Span) -> bool:
        """Return whether this is the source of just that region."""
        return (self.path, self.region) == (path, region) and self.before == before

    def write(self, text: str) -> None:
        """Take all that is written so far."""
        self._streamed.write(text)
        written = lines_of(text)
        same = max(0, min(len(written), len(self._written)) - 1)
        if written[:same] != self._written[:same]:
            same = 0
        self.columns = max(self.columns, columns_of_lines(written[same:]))
        self._written = written
        self._colors.change([*self._head, *written], len(self._head) + same, {})

    def content(self, layout: Layout) -> DiffContent:
        """Return the rows for what was written so far."""
        rows, cursor = self._streamed.sheet(layout)
        shown = self._streamed.shown()
        return DiffContent(rows, shown, self._colors, self.path, layout.is_split, cursor)


Source = FileSource | PatchSource | StreamSource


def _check(lines: Sequence[str], hunks: Sequence[Hunk]) -> None:
    for hunk in hunks:
        is_there = lines[hunk.start : hunk.end] == [bare(line) for line in hunk.old]
        if not is_there or hunk.end > len(lines):
            raise _conflict(hunk)
    for first, second in pairwise(hunks):
        if second.start < first.end:
            raise _conflict(second)


def _conflict(hunk: Hunk) -> ConflictError:
    return ConflictError(
        say("Line {start} is not what the change was made for.", start=hunk.start + 1),
        say("Ask for a new proposal."),
    )
