"""What a diff's map shows: its hunks, what was found, and the part in view."""

from collections.abc import Iterator

from spark_desktop.domain.proposal import Decision
from spark_desktop.domain.trigger import Span
from spark_desktop.views.diff_content import DiffContent
from spark_desktop.views.diff_geometry import RowGeometry
from spark_desktop.views.diff_stage import Marks
from spark_desktop.views.minimap import Kind, MapMark


def marks_of(content: DiffContent, rows: RowGeometry, marks: Marks) -> list[MapMark]:
    """Return the marks of all hunks, failed blocks and matches."""
    total = max(rows.about(len(content.rows)), 1, rows.page())
    found = []
    for owner, span in content.hunks.items():
        for kind in _kinds(content, owner, marks.current):
            found.append(_mark(rows, span, kind, total))
    for row in marks.search.rows(content.rows) if marks.search.matches else ():
        found.append(_mark(rows, Span(row, row + 1), Kind.MATCH, total))
    return found


def _mark(rows: RowGeometry, span: Span, kind: Kind, total: int) -> MapMark:
    return MapMark(rows.about(span.start) / total, rows.about(span.end) / total, kind)


def _kinds(content: DiffContent, owner: str, current: str | None) -> Iterator[Kind]:
    if owner == current:
        yield Kind.CURRENT
    if owner in content.failed:
        yield Kind.FAILED
        return
    decision, hunk = content.decision(owner), content.hunks_by_id[owner]
    if decision is Decision.CONFLICTING:
        yield Kind.CONFLICT
    elif decision is not Decision.PENDING:
        yield Kind.DECIDED
    else:
        if hunk.old:
            yield Kind.REMOVED
        if hunk.new:
            yield Kind.ADDED
