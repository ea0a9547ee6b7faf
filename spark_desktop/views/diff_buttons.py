"""Where the buttons of a diff's hunks are."""

from PySide6.QtCore import QPoint, QRect

from spark_desktop.domain.proposal import Decision
from spark_desktop.views.diff_content import DiffContent
from spark_desktop.views.diff_geometry import RowGeometry

MARGIN = 8
# Pixels at the usual size of code.
WIDTH = 38
_GAP = 4

# A hunk's id and the action: accept or reject.
Button = tuple[str, str]


class HunkButtons:
    """Buttons, ``width`` wide each, at the right end of each undecided hunk's first visible row."""

    def __init__(self, rows: RowGeometry) -> None:
        self._rows = rows
        self.width = WIDTH

    def rect(self, content: DiffContent, button: Button, width: int) -> QRect | None:
        """Return where a button is in a viewport ``width`` wide.

        None while its hunk is decided or out of view.
        """
        hunk_id, action = button
        rows = content.hunks.get(hunk_id)
        first, last = self._rows.visible()
        if rows is None or content.decision(hunk_id) is not Decision.PENDING:
            return None
        if rows.end <= first or rows.start >= last:
            return None
        # A hunk that is cut off at the top keeps its buttons in view.
        top = max(self._rows.top_of(rows.start), min(0, self._rows.top_of(rows.end - 1)))
        right = width - MARGIN - self.width
        left = right if action == "reject" else right - _GAP - self.width
        return QRect(left, top + 1, self.width, self._rows.row_height - 2)

    def at(self, content: DiffContent, place: QPoint, width: int) -> Button | None:
        """Return the button at a place of the viewport, if there is one."""
        row = self._rows.row_at(place)
        hunk_id = content.hunk_at(row) if row is not None else None
        for action in ("accept", "reject"):
            rect = self.rect(content, (hunk_id, action), width) if hunk_id else None
            if hunk_id and rect and rect.contains(place):
                return hunk_id, action
        return None
