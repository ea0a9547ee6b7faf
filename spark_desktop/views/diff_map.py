"""What a diff's map shows: its hunks, what was found, and the part in view."""

from collections.abc import Iterator

from spark_desktop.domain.proposal import Decision
from spark_desktop.views.diff_content import DiffContent
from spark_desktop.views.diff_geometry import RowGeometry
from spark_desktop.views.diff_stage import Marks
from spark_desktop.views.minimap import Kind, MapMark

_PENDING = Decision.PENDING
# Hunks that are looked at in one go: half a millisecond.
_PIECE = 300


def marks_of(content: DiffContent, rows: RowGeometry, marks: Marks) -> Iterator[list[MapMark]]:
    """Yield the marks of all hunks, failed blocks and matches, a piece at a time."""
    # Between two pieces the view may come to show something else.
    about = rows.heights.about if rows.heights else int
    total = max(about(len(content.rows)), 1, rows.page() / rows.row_height)
    hunks, decisions = content.hunks_by_id, content.shown.decisions
    found: list[MapMark] = []
    for owner, span in content.hunks.items():
        if len(found) >= _PIECE:
            yield found
            found = []
        start, end = about(span.start) / total, about(span.end) / total
        if owner == marks.current:
            found.append((start, end, Kind.CURRENT))
        decision, hunk = decisions.get(owner, _PENDING), hunks.get(owner)
        if hunk is None:
            found.append((start, end, Kind.FAILED))
        elif decision is _PENDING:
            if hunk.old:
                found.append((start, end, Kind.REMOVED))
            if hunk.new:
                found.append((start, end, Kind.ADDED))
        else:
            is_conflict = decision is Decision.CONFLICTING
            found.append((start, end, Kind.CONFLICT if is_conflict else Kind.DECIDED))
    for row in marks.search.rows(content.rows) if marks.search.matches else ():
        found.append((about(row) / total, about(row + 1) / total, Kind.MATCH))
    yield found
