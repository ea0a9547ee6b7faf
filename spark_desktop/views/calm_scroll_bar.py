"""A scroll bar that is drawn again only when it looks different."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractSlider, QScrollBar, QWidget

# Of a pixel: the style, which knows the least length of a handle, rounds another sum.
_PARTS = 4


class CalmScrollBar(QScrollBar):
    """A vertical scroll bar for contents that grow with each frame.

    Beside a long text a line more moves its handle by less than a pixel; Qt would draw the bar,
    and what shines through it, all the same: a tenth of such a frame.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._shown = (-1, -1)
        self._placing = False

    def place(self, page: int, most: int, value: int) -> None:
        """Take all three at one time: between them the handle would seem to move to and fro."""
        self._placing = True
        self.setPageStep(page)
        self.setRange(0, most)
        self.setValue(value)
        self._placing = False
        if self._handle() != self._shown:
            self._shown = self._handle()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar where there is something to scroll; its room stays in any case."""
        if self.maximum() > self.minimum():
            super().paintEvent(event)

    def sliderChange(self, change: QAbstractSlider.SliderChange) -> None:
        """Draw the bar, unless ``place`` does so if need be."""
        if not self._placing:
            self._shown = self._handle()
            super().sliderChange(change)

    def _handle(self) -> tuple[int, int]:
        """Return where the handle is and how long, in quarters of a pixel."""
        span, page = _PARTS * self.height(), self.pageStep()
        whole = max(1, self.maximum() - self.minimum() + page)
        return round(span * (self.value() - self.minimum()) / whole), round(span * page / whole)
