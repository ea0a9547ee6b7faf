"""Puts texts of a transcript on the clipboard; a long one takes a few frames."""

import time
from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from spark_desktop.views.frames import single_shot
from spark_desktop.views.highlighting import SLICE


class Clipboard(QObject):
    """``copied`` carries what was put there."""

    copied = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pieces: Iterator[str] | None = None
        self._made: list[str] = []
        self._timer = single_shot(self, 0, self._go_on)

    @property
    def is_waiting(self) -> bool:
        """Return whether a text is still being made."""
        return self._timer.isActive()

    def put(self, text: str) -> None:
        """Copy a text; an empty one leaves the clipboard as it is."""
        if text:
            QGuiApplication.clipboard().setText(text)
            self.copied.emit(text)

    def put_pieces(self, pieces: Iterator[str]) -> None:
        """Copy a text that is made piece by piece; it takes the place of one that is not made."""
        self._pieces, self._made = pieces, []
        self._go_on()

    def clear(self) -> None:
        """Give up the text that is being made."""
        self._pieces = None
        self._timer.stop()

    def _go_on(self) -> None:
        until = time.perf_counter() + SLICE
        for piece in self._pieces or ():
            self._made.append(piece)
            if time.perf_counter() >= until:
                self._timer.start()
                return
        self._pieces = None
        self.put("".join(self._made))
