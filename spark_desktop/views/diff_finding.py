"""Going through a diff: from match to match of what was searched, from change to change."""

from typing import TYPE_CHECKING

from spark_desktop.domain.trigger import Span
from spark_desktop.viewmodels.diff_rows import FoldRow
from spark_desktop.viewmodels.diff_search import Match, row_of
from spark_desktop.viewmodels.diff_sheets import CONTEXT
from spark_desktop.views.frames import single_shot

if TYPE_CHECKING:
    from spark_desktop.views.diff_view import DiffView

# Milliseconds: a search need not follow a stream from frame to frame.
_AGAIN = 200


class DiffFinding:
    """Moves ``view`` to what is looked for."""

    def __init__(self, view: "DiffView") -> None:
        self._view = view
        self._search = view.marks.search
        self._timer = single_shot(view, _AGAIN, self._again)

    def is_busy(self) -> bool:
        """Return whether it will be searched again."""
        return self._timer.isActive()

    def find(self, text: str) -> int:
        """Search for a text; go to the first match from the top of the view on."""
        view, search = self._view, self._search
        if text == search.query:
            return len(search.matches)
        count = search.search(text, view.content.rows)
        if search.current is None:
            self._go_to(search.start_at(view.content.rows, view.rows.visible()[0]))
        self._tell()
        return count

    def step(self, by: int) -> None:
        """Go to the next match, or with -1 to the one before."""
        match = self._search.step(by)
        if match is not None:
            self._go_to(match)
            self._tell()

    def soon(self) -> None:
        """Search again in other rows, before long."""
        if self._search.query:
            self._timer.start()

    def step_change(self, by: int) -> None:
        """Go to the next hunk or failed block, or with -1 to the one before."""
        view = self._view
        places = sorted((rows.start, owner) for owner, rows in view.content.hunks.items())
        here = view.selection.cursor
        if here is None:
            here = view.rows.visible()[0] - (1 if by > 0 else 0)
        ahead = [place for place in places if (place[0] > here if by > 0 else place[0] < here)]
        if not ahead:
            return
        row, owner = ahead[0] if by > 0 else ahead[-1]
        view.select(row, row)
        view.scroll_to_hunk(owner)
        view.read_row()
        if owner in view.content.hunks_by_id:
            view.hunk_clicked.emit(owner)

    def _again(self) -> None:
        self._search.search(self._search.query, self._view.content.rows)
        self._tell()

    def _tell(self) -> None:
        view, search = self._view, self._search
        view.matches_changed.emit(search.ordinal, len(search.matches))
        view.refresh()
        view.work.map_soon()

    def _go_to(self, match: Match | None) -> None:
        if match is None:
            return
        view = self._view
        row = row_of(match, view.content.rows)
        if isinstance(view.content.rows[row], FoldRow) and isinstance(match.key, tuple):
            line = match.key[1]
            view.open_lines(Span(max(0, line - CONTEXT), line + CONTEXT + 1))
            row = row_of(match, view.content.rows)
        view.rows.reveal(row, row + 1)
