"""The pace at which a diff that grows is drawn: what came in between is drawn together."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject

from spark_desktop.views.frames import FRAME, single_shot

# Milliseconds from a drawing of what grows to the next: with the drawing, every other frame. The
# frames between are for colours, the map and the user's own scrolling.
GROWTH = 24
# A machine that takes longer for a drawing gets more time until the next, by its share.
_REST = 1.5


class DiffPace:
    """Calls the latest of what it was given, ``GROWTH`` after the last was painted."""

    def __init__(self, parent: QObject) -> None:
        self._draw: Callable[[], None] | None = None
        self._next_at = 0.0
        self._began_at: float | None = None
        self._timer = single_shot(parent, GROWTH, self._tick)

    def is_busy(self) -> bool:
        """Return whether something is still to be drawn."""
        return self._timer.isActive()

    def draw(self, draw: Callable[[], None]) -> None:
        """Draw at once where the last time is long ago, else together with what comes till then."""
        self._draw = draw
        if self._timer.isActive():
            return
        if wait := self._wait():
            self._timer.start(wait)
        else:
            self._tick()

    def draw_later(self, draw: Callable[[], None]) -> None:
        """Draw together with what else comes in a frame's time or longer."""
        self._draw = draw
        if not self._timer.isActive():
            self._timer.start(max(FRAME, self._wait()))

    def stop(self) -> None:
        """Forget what was to be drawn: there is something else now."""
        self._timer.stop()
        self._draw = None

    def painted(self) -> bool:
        """Take it that the view was painted; return whether what was drawn had to be."""
        if self._began_at is None:
            return False
        self._rest(1000 * (time.perf_counter() - self._began_at))
        self._began_at = None
        return True

    def _wait(self) -> int:
        return max(0, round(1000 * (self._next_at - time.perf_counter())))

    def _rest(self, took: float) -> None:
        self._next_at = time.perf_counter() + max(GROWTH, _REST * took) / 1000

    def _tick(self) -> None:
        draw, self._draw = self._draw, None
        if draw is not None:
            self._began_at = time.perf_counter()
            draw()
            self._rest(1000 * (time.perf_counter() - self._began_at))
