"""What is selected in a diff, and what of it is copied."""

from collections.abc import Iterator
from dataclasses import replace

from spark_desktop.domain.trigger import Span
from spark_desktop.domain.unified_diff import format_patch
from spark_desktop.viewmodels.diff_rows import (
    AddedRow,
    FoldRow,
    HeadRow,
    PairRow,
    RemovedRow,
    Row,
)
from spark_desktop.views.diff_content import DiffContent, PatchSource, Source
from spark_desktop.views.diff_lanes import Side


class DiffSelection:
    """Rows from ``anchor`` to ``cursor``, both in; side by side, of one of the texts.

    The cursor is the row that the keyboard is at. Without a selection there is none of both.
    """

    def __init__(self) -> None:
        self.anchor: int | None = None
        self.cursor: int | None = None
        self.side = Side.BOTH

    @property
    def rows(self) -> Span | None:
        """Return the selected rows."""
        if self.anchor is None or self.cursor is None:
            return None
        return Span(min(self.anchor, self.cursor), max(self.anchor, self.cursor) + 1)

    def clear(self) -> bool:
        """Select nothing; return whether that is news."""
        was = self.cursor is not None
        self.anchor = self.cursor = None
        return was

    def set(self, anchor: int, cursor: int, side: Side = Side.BOTH) -> bool:
        """Select rows; return whether they are others than before."""
        was = (self.anchor, self.cursor, self.side)
        self.anchor, self.cursor, self.side = anchor, cursor, side
        return was != (anchor, cursor, side)

    def follow(self, before: DiffContent, after: DiffContent) -> None:
        """Keep what was selected where it is in other rows of the same texts."""
        if self.anchor is not None and self.cursor is not None:
            self.anchor = after.row_near(before.rows[self.anchor])
            self.cursor = after.row_near(before.rows[self.cursor])

    def text(self, content: DiffContent) -> str:
        """Return the selected lines as plain code, without numbers and marks.

        Side by side it is the code of one side; folds and headings are left out.
        """
        rows = self.rows
        if rows is None:
            return ""
        chosen = content.rows[rows.start : rows.end]
        return "\n".join(text for row in chosen for text in _code(row, self.side))

    def patch(self, content: DiffContent, source: Source | None) -> str:
        """Return the selected hunks as a unified diff; without a selection all of them."""
        if not isinstance(source, PatchSource) or source.patch is None:
            return ""
        patch, rows = source.patch, self.rows
        if rows is not None:
            owners = {content.hunk_at(row) for row in range(rows.start, rows.end)}
            patch = replace(patch, hunks=tuple(h for h in patch.hunks if h.id in owners))
        return format_patch(patch, source.before)


def _code(row: Row, side: Side) -> Iterator[str]:
    match row:
        case FoldRow() | HeadRow():
            return
        case PairRow(old=old, new=new):
            if old and side is not Side.NEW:
                yield old.text
            if new and side is not Side.OLD:
                yield new.text
        case RemovedRow() if side is Side.NEW:
            return
        case AddedRow() if side is Side.OLD:
            return
        case _:
            yield row.text
