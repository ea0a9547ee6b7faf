"""Text that changes with every frame: painted, since a label would have its layout done anew."""

from itertools import cycle

from PySide6.QtCore import QRect, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from spark_desktop.views.theme import Theme

# Pixels at the usual size of type.
_SIZE = 12
_LINE = 18

# Milliseconds between two paintings: faster nobody reads, and text is the dearest thing to draw.
# Different ones, so that several of these seldom fall into the same frame.
_PAUSES = cycle((53, 61, 71, 83))


class Figures(QWidget):
    """Some lines of text, cut at the right where they do not fit; no wider than it is made.

    ``lines`` are always the last ones that were set; what is painted may be a moment older.
    """

    def __init__(self, lines: int, width: int = 0) -> None:
        super().__init__()
        self.lines: tuple[str, ...] = ("",) * lines
        self._colors: tuple[str, ...] = ("#000000",) * lines
        wide = QSizePolicy.Policy.Fixed if width else QSizePolicy.Policy.Ignored
        self.setSizePolicy(wide, QSizePolicy.Policy.Fixed)
        self._ground = "#000000"
        # Else Qt draws all that lies behind it first, by the style sheet, in every frame.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._line, self._width = _LINE, width
        self._hint = QSize(width, lines * _LINE)
        self._is_stale = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(next(_PAUSES))
        self._pause.timeout.connect(self._refresh)

    def sizeHint(self) -> QSize:
        """Return the size that does not depend on the text."""
        return self._hint

    def set_theme(self, theme: Theme, ground: str) -> None:
        """Paint on another ground, in type of the theme's size."""
        self._ground = ground
        font = self.font()
        font.setPixelSize(theme.px(_SIZE))
        self.setFont(font)
        self._line = theme.px(_LINE)
        self._hint = QSize(theme.px(self._width), len(self.lines) * self._line)
        self.updateGeometry()
        self.update()

    def set_lines(self, lines: tuple[str, ...], colors: tuple[str, ...]) -> None:
        """Show other lines, each in its colour."""
        if (lines, colors) != (self.lines, self._colors):
            self.lines, self._colors = lines, colors
            self._is_stale = True
            if not self._pause.isActive():
                self._refresh()

    def _refresh(self) -> None:
        """Paint what was set since the last time; where nothing was, no timer runs on."""
        if self._is_stale:
            self._is_stale = False
            self.update()
            self._pause.start()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the lines."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._ground))
        metrics = painter.fontMetrics()
        for number, (text, color) in enumerate(zip(self.lines, self._colors, strict=True)):
            painter.setPen(QColor(color))
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, self.width())
            place = QRect(0, number * self._line, self.width(), self._line)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()
