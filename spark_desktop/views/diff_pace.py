"""The pace at which a diff that grows is drawn: what came in between is drawn together."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject

from spark_desktop.views.frames import FRAME, single_shot

# Milliseconds between two drawings of what grows: every other frame. The frames between are for
# colours, the map and the user's own scrolling.
GROWTH = 2 * FRAME


class DiffPace:
    """Calls the latest of what it was given, at most once in ``GROWTH``."""

    def __init__(self, parent: QObject) -> None:
        self._draw: Callable[[], None] | None = None
        self._drawn_at = 0.0
        self._timer = single_shot(parent, GROWTH, self._tick)

    def is_busy(self) -> bool:
        """Return whether something is still to be drawn."""
        return self._timer.isActive()

    def draw(self, draw: Callable[[], None]) -> None:
        """Draw at once where the last time is long ago, else together with what comes till then."""
        self._draw = draw
        if self._timer.isActive():
            return
        wait = GROWTH - 1000 * (time.perf_counter() - self._drawn_at)
        if wait > 0:
            self._timer.start(round(wait))
        else:
            self._tick()

    def draw_later(self, draw: Callable[[], None]) -> None:
        """Draw together with what else comes in a frame's time or longer."""
        self._draw = draw
        if not self._timer.isActive():
            wait = GROWTH - 1000 * (time.perf_counter() - self._drawn_at)
            self._timer.start(max(FRAME, round(wait)))

    def stop(self) -> None:
        """Forget what was to be drawn: there is something else now."""
        self._timer.stop()
        self._draw = None

    def _tick(self) -> None:
        draw, self._draw = self._draw, None
        if draw is not None:
            draw()
            self._drawn_at = time.perf_counter()
