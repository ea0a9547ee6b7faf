"""A diff in words: a row as a reader of the screen says it, and all rows as plain text."""

from collections.abc import Iterable

from spark_desktop.domain.proposal import Decision
from spark_desktop.viewmodels.diff_rows import (
    AddedRow,
    CommentRow,
    ContextRow,
    FoldRow,
    HeadRow,
    PairRow,
    Part,
    QuotedRow,
    RemovedRow,
    Row,
    UnwrittenRow,
    decision_of,
)
from spark_desktop.viewmodels.translation import tr

_WIDTH = 6
_MARKS = {Part.BASE: "~", Part.SOUGHT: "?", Part.WRITTEN: "*"}


def words_of(row: Row) -> str:
    """Return a row as it is read out: its line, what becomes of it, its text."""
    match row:
        case ContextRow(new=new, text=text):
            said = tr("line {number}: {line}", number=new + 1, line=text)
        case RemovedRow(old=old, text=text):
            said = tr("removed, line {number}: {line}", number=old + 1, line=text)
        case AddedRow(new=new, text=text):
            said = tr("added, line {number}: {line}", number=new + 1, line=text)
        case PairRow(old=old_row, new=new_row):
            return ". ".join(words_of(side) for side in (old_row, new_row) if side)
        case UnwrittenRow(old=old, text=text):
            said = tr("not written yet, line {number}: {line}", number=old + 1, line=text)
        case CommentRow(text=text):
            said = tr("your comment: {line}", line=text)
        case FoldRow(text=text):
            said = tr("folded: {line}. Enter opens it.", line=text)
        case HeadRow(text=text) | QuotedRow(text=text):
            said = text
    decided = _decided(decision_of(row))
    return f"{said}, {decided}" if decided else said


def plain_text(rows: Iterable[Row]) -> str:
    """Return the rows as lines of text: old number, new number, a mark, the text.

    Side by side, the old line comes before the new one.
    """
    lines: list[str] = []
    for row in rows:
        if isinstance(row, PairRow):
            lines.extend(_line(side) for side in (row.old, row.new) if side)
        else:
            lines.append(_line(row))
    return "\n".join(lines)


def _line(row: Row) -> str:
    match row:
        case ContextRow(old=old, new=new, text=text):
            return _numbered(old, new, " ", text)
        case RemovedRow(old=old, text=text):
            return _numbered(old, None, "-", text)
        case AddedRow(new=new, text=text):
            return _numbered(None, new, "+", text)
        case UnwrittenRow(old=old, text=text):
            return _numbered(old, None, "?", text)
        case CommentRow(text=text):
            return _numbered(None, None, ">", text)
        case QuotedRow(text=text, part=part):
            return _numbered(None, None, _MARKS.get(part, " "), text)
        case _:
            return f"-- {row.text} --"


def _numbered(old: int | None, new: int | None, mark: str, text: str) -> str:
    numbers = ("" if number is None else str(number + 1) for number in (old, new))
    left, right = (number.rjust(_WIDTH) for number in numbers)
    return f"{left} {right} {mark} {text}".rstrip()


def _decided(decision: Decision) -> str:
    return {
        Decision.ACCEPTED: tr("accepted"),
        Decision.REJECTED: tr("rejected"),
        Decision.STALE: tr("no longer needed"),
        Decision.CONFLICTING: tr("in conflict"),
    }.get(decision, "")
