"""Text that changes with every frame: painted, since a label would have its layout done anew."""

from itertools import cycle

from PySide6.QtCore import QRect, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from spark_desktop.views.theme import Theme

# Pixels at the usual size of type.
_SIZE = 12
_LINE = 18

# Milliseconds between two paintings: faster nobody reads, and text is the dearest thing to draw.
# Different ones, so that several of these seldom fall into the same frame.
_PAUSES = cycle((53, 61, 71, 83))


# Between two figures of a line.
_DOT = " · "


class Figures(QWidget):
    """Some lines of text, cut at the right where they do not fit; no wider than it is made.

    ``lines`` are always the last ones that were set; what is painted may be a moment older. Lines
    whose longest text is known (``reserve``) go on in a second row where one is too narrow.
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
        self._line, self._width, self._width_hint = _LINE, width, width
        self._hint = QSize(width, lines * _LINE)
        self._longest: tuple[str, ...] = ()
        self._rows = (1,) * lines
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
        self._width_hint = theme.px(self._width)
        self._make_rows()
        self.update()

    def reserve(self, longest: tuple[str, ...]) -> None:
        """Keep the room that these texts need, whatever is shown: a height that changes jumps."""
        self._longest = longest
        self._make_rows()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take a second row where one is too narrow now."""
        super().resizeEvent(event)
        self._make_rows()

    def _make_rows(self) -> None:
        metrics, width = QFontMetrics(self.font()), self.width()
        self._rows = tuple(
            2 if _DOT in text and metrics.horizontalAdvance(text) > width else 1
            for text in self._longest
        ) or (1,) * len(self.lines)
        hint = QSize(self._width_hint, sum(self._rows) * self._line)
        if hint != self._hint:
            self._hint = hint
            self.updateGeometry()

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
        top = 0
        for text, color, rows in zip(self.lines, self._colors, self._rows, strict=True):
            painter.setPen(QColor(color))
            for part in broken(text, metrics, self.width()) if rows > 1 else (text,):
                shown = metrics.elidedText(part, Qt.TextElideMode.ElideRight, self.width())
                place = QRect(0, top, self.width(), self._line)
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)
                top += self._line
        painter.end()


def broken(text: str, metrics: QFontMetrics, width: int) -> tuple[str, ...]:
    """Return the text in two rows, the first as full as the width (in pixels) allows."""
    parts = text.split(_DOT)
    for count in range(len(parts) - 1, 0, -1):
        first = _DOT.join(parts[:count])
        if count == 1 or metrics.horizontalAdvance(first) <= width:
            return first, _DOT.join(parts[count:])
    return text, ""
