"""What a diff view finds out after it has painted: colours, heights of broken lines, its map."""

import time
from typing import TYPE_CHECKING

from spark_desktop.views.diff_colors import SLICE
from spark_desktop.views.diff_map import marks_of
from spark_desktop.views.frames import FRAME, single_shot

if TYPE_CHECKING:
    from spark_desktop.views.diff_view import DiffView

# Milliseconds: the map need not follow a stream from frame to frame.
_MAP = 150
# Seconds after the last move.
_CALM = 0.1


class DiffWork:
    """Works for ``view`` a slice at a time, each in a tick of its own."""

    def __init__(self, view: "DiffView") -> None:
        self._view = view
        self._moved_at = 0.0
        self._color_timer = single_shot(view, 0, self._color)
        self._height_timer = single_shot(view, FRAME, self._find_heights)
        self._map_timer = single_shot(view, _MAP, self.show_map)

    def is_busy(self) -> bool:
        """Return whether something is still to come."""
        timers = (self._color_timer, self._height_timer, self._map_timer)
        return any(timer.isActive() for timer in timers)

    def color_soon(self, milliseconds: int = 0) -> None:
        """Find colours of what is in view after so long."""
        if milliseconds:
            self._moved_at = time.perf_counter()
        if not self._color_timer.isActive():
            self._color_timer.start(milliseconds)

    def heights_soon(self) -> None:
        """Find out how high broken lines are."""
        if self._view.stage.wraps:
            self._height_timer.start(0 if self._view.stage.corrections else FRAME)

    def map_soon(self) -> None:
        """Draw the map anew before long."""
        if not self._map_timer.isActive():
            self._map_timer.start()

    def color_rows(self, budget: float = SLICE) -> bool:
        """Find colours for a while, draw the rows that got some; return whether all are known."""
        view = self._view
        first, last = view.rows.visible()
        rows, both = view.content.rows[first:last], view.content.is_split
        colors = view.content.colors
        before = [colors.look(row, both=both) for row in rows]
        known = colors.advance(rows, budget, both=both)
        after = [colors.look(row, both=both) for row in rows]
        for number, (old, new) in enumerate(zip(before, after, strict=True), first):
            if old != new:
                view.viewport().update(view.stage.rect_of(number))
        return known

    def show_map(self) -> None:
        """Show on the map what there is."""
        view = self._view
        hunks = len(view.content.hunks_by_id)
        view.minimap.show_marks(marks_of(view.content, view.rows, view.marks), hunks)
        self.show_place()

    def show_place(self) -> None:
        """Show on the map which part is in view."""
        rows, top = self._view.rows, self._view.verticalScrollBar().value()
        total = max(rows.height(), rows.page(), 1)
        self._view.minimap.show_view(top / total, min(1.0, (top + rows.page()) / total))

    def go_to_place(self, place: float) -> None:
        """Scroll so that a place of the map, from 0 to 1, is in the middle."""
        rows = self._view.rows
        total = max(rows.height(), rows.page())
        self._view.verticalScrollBar().setValue(round(place * total - rows.page() / 2))

    def _color(self) -> None:
        if not self.color_rows():
            # While rows move their frames come first.
            is_calm = time.perf_counter() - self._moved_at > _CALM
            self._color_timer.start(0 if is_calm else FRAME)

    def _find_heights(self) -> None:
        view, corrections = self._view, self._view.stage.corrections
        heights = view.rows.heights
        if heights is None:
            return
        first, offset = view.rows.visible()[0], view.rows.offset()
        for row, lines in corrections.items():
            if row < len(view.content.rows):
                heights.correct(row, lines)
        if corrections:
            corrections.clear()
            view.refresh()
        heights.advance()
        # What is found above moves the rows, but not those in view.
        view.hold(first, offset)
        if heights.is_known:
            self.map_soon()
        else:
            self._height_timer.start(FRAME)
