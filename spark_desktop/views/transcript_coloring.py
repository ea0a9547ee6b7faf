"""Colours the code that is seen in a transcript, without holding up what is drawn."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from spark_desktop.views.frames import FRAME, single_shot
from spark_desktop.views.highlighting import SLICE
from spark_desktop.views.transcript_code import CodeColors
from spark_desktop.views.transcript_stage import Stage
from spark_desktop.views.transcript_units import CodePart

# Seconds for the colours of a frame, so that a line that grows does not flash up plain.
_AT_ONCE = 0.0015
# Milliseconds: a frame that laid out so long leaves the colours to the next one.
_MUCH = 5


class Coloring:
    """Lexes what ``stage`` shows in ``viewport``; ``code`` gives a turn's code block by number."""

    def __init__(self, viewport: QWidget, stage: Stage, code: Callable[[str, int], str]) -> None:
        self._viewport, self._stage, self._code = viewport, stage, code
        self._colors = CodeColors()
        self._timer = single_shot(viewport, 0, self._go_on)

    @property
    def is_waiting(self) -> bool:
        """Return whether colours are still to come."""
        return self._timer.isActive()

    def clear(self) -> None:
        """Forget what was lexed."""
        self._colors = CodeColors()

    def in_frame(self, spent: int) -> None:
        """Colour what a frame brought that has taken ``spent`` milliseconds so far."""
        is_full = _MUCH <= spent < FRAME
        if not is_full and self._color(_AT_ONCE):
            self._timer.stop()
        else:
            # The next frame of a stream goes on, so that none is painted twice.
            self._timer.start(4 * FRAME)

    def soon(self) -> None:
        """Colour what is seen, the most of it once it is painted."""
        if not self._color(_AT_ONCE):
            self._timer.start(0)

    def _go_on(self) -> None:
        if not self._color(SLICE):
            self._timer.start(0)

    def _color(self, budget: float) -> bool:
        known = True
        for number in self._stage.visible():
            placed = self._stage.column.placed[number]
            if isinstance(placed.unit, CodePart) and known:
                turn_id, _ = placed.slot
                top, known = self._colors.color(
                    placed,
                    self._stage.documents,
                    partial(self._code, turn_id),
                    budget,
                )
                if top is not None:
                    rect = self._stage.text_rect(number)
                    self._viewport.update(rect.adjusted(0, int(top), 0, 0))
        return known
