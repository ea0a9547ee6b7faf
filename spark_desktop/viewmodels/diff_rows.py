"""The rows of a diff, a file or a streamed region: what stands where, not how it is drawn.

All line numbers count from 0, as in ``Span``; texts carry no line ending.
"""

from dataclasses import dataclass
from enum import Enum

from spark_desktop.domain.proposal import Decision
from spark_desktop.domain.trigger import Span
from spark_desktop.viewmodels.translation import tr


@dataclass(frozen=True, slots=True)
class LineComment:
    """What the user wrote about a line of the old text, or with ``is_new_side`` of the new one."""

    line: int
    is_new_side: bool
    text: str


@dataclass(frozen=True, slots=True)
class ContextRow:
    """A line that stays; ``old`` and ``new`` are its numbers before and after."""

    old: int
    new: int
    text: str


@dataclass(frozen=True, slots=True)
class RemovedRow:
    """A line that goes; ``index`` is its place among the hunk's old lines, ``note`` its ending."""

    old: int
    text: str
    hunk_id: str = ""
    index: int = 0
    decision: Decision = Decision.PENDING
    note: str = ""


@dataclass(frozen=True, slots=True)
class AddedRow:
    """A line that comes; ``index`` is its place among the hunk's new lines, ``note`` its ending."""

    new: int
    text: str
    hunk_id: str = ""
    index: int = 0
    decision: Decision = Decision.PENDING
    note: str = ""


@dataclass(frozen=True, slots=True)
class PairRow:
    """Side by side, a line that goes and one that comes; one of them may be missing."""

    old: RemovedRow | None
    new: AddedRow | None

    @property
    def text(self) -> str:
        """Return the text of the new line, or of the old one where nothing comes."""
        row = self.new or self.old
        return row.text if row else ""


@dataclass(frozen=True, slots=True)
class UnwrittenRow:
    """A line of the region that the stream has not come to yet."""

    old: int
    text: str


@dataclass(frozen=True, slots=True)
class FoldRow:
    """Unchanged lines ``lines`` of the old text, hidden; ``lines.start`` names the fold."""

    lines: Span

    @property
    def text(self) -> str:
        """Return the label, with line numbers from 1."""
        lines = f"{self.lines.start + 1}\N{EN DASH}{self.lines.end}"
        return tr("unchanged {lines}", lines=lines)


class Part(Enum):
    """Which part of a conflict, or of a block without a place, a row belongs to."""

    CONFLICT = "conflict"
    DISK = "disk"
    MINE = "mine"
    BASE = "base"
    FAILED = "failed"
    NEAREST = "nearest"
    SOUGHT = "sought"
    WRITTEN = "written"


@dataclass(frozen=True, slots=True)
class HeadRow:
    """A line of words over a part of the hunk or failed block ``owner_id``."""

    text: str
    owner_id: str
    part: Part


@dataclass(frozen=True, slots=True)
class QuotedRow:
    """A line that stands in neither text: what a conflict was made for, what a model wrote."""

    text: str
    owner_id: str
    part: Part
    index: int = 0


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A line of the user's comment on the line above it; ``index`` is its place in the comment."""

    text: str
    line: int
    is_new_side: bool
    index: int = 0


ChangedRow = RemovedRow | AddedRow
# Rows that are drawn from one edge to the other, also side by side.
WideRow = FoldRow | HeadRow | QuotedRow | CommentRow
Row = ContextRow | RemovedRow | AddedRow | PairRow | UnwrittenRow | WideRow


def bare(line: str) -> str:
    """Return the line without its ending."""
    return line.rstrip("\r\n")


def old_line(row: Row) -> int | None:
    """Return the row's line in the old text; None where it has none. A fold's is its first."""
    match row:
        case ContextRow(old=old) | RemovedRow(old=old) | UnwrittenRow(old=old):
            return old
        case FoldRow(lines=lines):
            return lines.start
        case PairRow(old=RemovedRow(old=old)):
            return old
        case _:
            return None


def new_line(row: Row) -> int | None:
    """Return the row's line in the new text; None where it has none."""
    match row:
        case ContextRow(new=new) | AddedRow(new=new) | PairRow(new=AddedRow(new=new)):
            return new
        case _:
            return None


def owner_of(row: Row) -> str | None:
    """Return the id of the hunk or the failed block that the row belongs to."""
    match row:
        case RemovedRow() | AddedRow():
            return row.hunk_id or None
        case PairRow():
            side = row.new or row.old
            return side.hunk_id or None if side else None
        case HeadRow(owner_id=owner_id) | QuotedRow(owner_id=owner_id):
            return owner_id
        case _:
            return None


def decision_of(row: Row) -> Decision:
    """Return what was decided about the row's hunk; PENDING for a row outside of hunks."""
    match row:
        case RemovedRow(decision=decision) | AddedRow(decision=decision):
            return decision
        case PairRow():
            side = row.new or row.old
            return side.decision if side else Decision.PENDING
        case _:
            return Decision.PENDING
