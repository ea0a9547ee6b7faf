"""A bar of two parts, as wide as a word."""

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget


class ShareBar(QWidget):
    """Paints ``share`` (0 to 1) in the first colour and the rest in the second.

    ``has_share`` says whether there is any; it is kept for whoever shows and hides the bar.
    """

    def __init__(self) -> None:
        super().__init__()
        self._share = 0.0
        self.has_share = False
        self._colors = ("#000000", "#000000")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        """Return the bar's fixed size, in pixels."""
        return QSize(48, 6)

    def set_share(self, share: float) -> None:
        """Show another share."""
        if share != self._share:
            self._share = share
            self.update()

    def set_colors(self, first: str, rest: str) -> None:
        """Paint in other colours."""
        self._colors = (first, rest)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw both parts."""
        painter = QPainter(self)
        # A share above nothing shows at least one pixel.
        width = max(1, round(self.width() * self._share)) if self._share > 0 else 0
        painter.fillRect(self.rect(), QColor(self._colors[1]))
        painter.fillRect(QRect(0, 0, width, self.height()), QColor(self._colors[0]))
        painter.end()
