"""What a diff view finds out after it has painted: colours, heights of broken lines, its map."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from spark_desktop.views.diff_colors import SLICE
from spark_desktop.views.diff_map import marks_of
from spark_desktop.views.frames import FRAME, single_shot
from spark_desktop.views.minimap import MapMark

if TYPE_CHECKING:
    from spark_desktop.views.diff_view import DiffView

# Milliseconds: the map need not follow a stream from frame to frame.
_MAP = 150
# Seconds after the last move.
_CALM = 0.1
# Seconds of colours in one frame while rows move: the frame is theirs.
_MOVING = 0.0025
# Milliseconds behind the painting of a frame that half of it was needed for.
_BEHIND = 12
# Seconds for which colours wait for frames that draw everything, one after another.
_PATIENCE = 0.06


class DiffWork:
    """Works for ``view`` a slice at a time, each in a tick of its own."""

    def __init__(self, view: "DiffView") -> None:
        self._view = view
        self._moved_at = 0.0
        self._color_timer = single_shot(view, 0, self._color)
        self._height_timer = single_shot(view, FRAME, self._find_heights)
        self._map_timer = single_shot(view, _MAP, self._map)
        self._map_found: list[MapMark] = []
        self._map_pieces: Iterator[list[MapMark]] | None = None
        self._map_is_old = False
        self._colored_at = 0.0

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
        self._map_is_old = True
        if not self._map_timer.isActive():
            self._map_timer.start(_MAP)

    def yield_frame(self) -> None:
        """Let the frame that draws everything be without colours, unless they waited long."""
        moving = self._color_timer.isActive()
        if moving and time.perf_counter() - self._colored_at < _PATIENCE:
            self._color_timer.start(FRAME)

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

    def wait_for_frame(self) -> None:
        """Let colours begin in the frame after the one that was just painted."""
        if self._color_timer.isActive():
            self._color_timer.start(_BEHIND)

    def _map(self) -> None:
        """Find a piece of what is on the map; show it once everything is found."""
        view = self._view
        if self._map_pieces is None:
            self._map_pieces = marks_of(view.content, view.rows, view.marks)
            self._map_found = []
            self._map_is_old = False
        piece = next(self._map_pieces, None)
        if piece is not None:
            self._map_found += piece
            self._map_timer.start(FRAME)
            return
        self._map_pieces = None
        if self._map_is_old:
            self.map_soon()
        view.minimap.show_marks(self._map_found, len(view.content.hunks_by_id))
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
        # While rows move their frames come first.
        self._colored_at = time.perf_counter()
        is_calm = self._colored_at - self._moved_at > _CALM
        # What grows leaves every other frame to them.
        is_free = is_calm or self._view.content.cursor is not None
        if not self.color_rows(SLICE if is_free else _MOVING):
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
