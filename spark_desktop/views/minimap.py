"""A strip that shows where in a diff something is, and goes there."""

from collections.abc import Iterator, Sequence
from enum import IntEnum

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.diff_palette import color
from spark_desktop.views.theme import Theme

WIDTH = 14
# Pixels: less could not be seen.
_LEAST = 2
_LEAST_VIEW = 12
# Most marks are no taller.
_SHORT = 16
_VIEW_ALPHA = 46
_DECIDED_ALPHA = 110


class Kind(IntEnum):
    """What a mark stands for; those that come later are drawn over the others."""

    DECIDED = 0
    REMOVED = 1
    ADDED = 2
    CONFLICT = 3
    FAILED = 4
    MATCH = 5
    CURRENT = 6


# From a place to another, both from 0 to 1 of the whole height, and what is there.
MapMark = tuple[float, float, Kind]


class Minimap(QWidget):
    """Painted marks and the part in view; a click or a drag asks to scroll there.

    ``place_wanted`` carries the place, from 0 to 1, that shall be in the middle of the view. The
    keyboard has the keys of the next and the previous hunk instead.
    """

    place_wanted = Signal(float)

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self.marks: tuple[MapMark, ...] = ()
        self.view = (0.0, 1.0)
        self._drawn: QPixmap | None = None
        self._held = False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(tr("Map of the changes"))
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        self._changed()

    def show_marks(self, marks: Sequence[MapMark], hunks: int) -> None:
        """Show where there is something; ``hunks`` is how many of it are hunks."""
        if tuple(marks) != self.marks:
            self.marks = tuple(marks)
            self.setToolTip(tr("%n hunk(s)", "", hunks))
            self.setAccessibleDescription(tr("%n hunk(s)", "", hunks))
            self._changed()

    def show_view(self, start: float, end: float) -> None:
        """Show which part is in view, from 0 to 1."""
        if (start, end) != self.view:
            self.view = (start, end)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the marks, and over them the part in view."""
        painter = QPainter(self)
        if self._drawn is None:
            self._drawn = self._draw()
        painter.drawPixmap(0, 0, self._drawn)
        start, end = self.view
        if end - start < 1:
            height = self.height()
            tall = max(_LEAST_VIEW, round((end - start) * height))
            top = min(round(start * height), height - tall)
            shade = QColor(self._theme.text)
            shade.setAlpha(_VIEW_ALPHA)
            painter.fillRect(0, top, self.width(), tall, shade)
            painter.setPen(color(self._theme.text_secondary))
            painter.drawRect(0, top, self.width() - 1, tall - 1)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw anew for another height."""
        super().resizeEvent(event)
        self._changed()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the place that is clicked."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = True
            self._ask(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse while it is held."""
        if self._held:
            self._ask(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._held = False

    def _ask(self, event: QMouseEvent) -> None:
        place = event.position().y() / max(1, self.height())
        self.place_wanted.emit(min(1.0, max(0.0, place)))

    def _changed(self) -> None:
        self._drawn = None
        self.update()

    def _draw(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        drawn = QPixmap(round(self.width() * ratio), max(1, round(self.height() * ratio)))
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(color(self._theme.surface))
        painter = QPainter(drawn)
        painter.fillRect(0, 0, 1, self.height(), color(self._theme.line))
        height = self.height()
        # Of a long diff many marks fall on the same pixels: they are drawn as one.
        pixels = [bytearray(height) for _kind in Kind]
        lowest, runs = height - _LEAST, [b"\1" * tall for tall in range(_SHORT)]
        for start, end, kind in self.marks:
            top = min(int(start * height), lowest)
            tall = max(_LEAST, int(end * height) - top)
            run = runs[tall] if tall < _SHORT else b"\1" * tall
            pixels[kind][top : top + tall] = run
        for kind, column in zip(Kind, pixels, strict=True):
            for top, tall in _runs(column):
                self._mark(painter, kind, top, tall)
        painter.end()
        return drawn

    def _mark(self, painter: QPainter, kind: Kind, top: int, tall: int) -> None:
        theme, width = self._theme, self.width()
        middle = (width + 1) // 2
        match kind:
            case Kind.REMOVED:
                painter.fillRect(2, top, middle - 2, tall, color(theme.removed_text))
            case Kind.ADDED:
                painter.fillRect(middle, top, width - middle - 1, tall, color(theme.added_text))
            case Kind.CONFLICT:
                painter.fillRect(2, top, width - 3, tall, color(theme.warning))
            case Kind.FAILED:
                # Hollow: it is nowhere yet.
                painter.setPen(color(theme.problem))
                painter.drawRect(QRectF(2.5, top + 0.5, width - 5, max(3, tall - 1)))
            case Kind.DECIDED:
                shade = QColor(theme.text_secondary)
                shade.setAlpha(_DECIDED_ALPHA)
                painter.fillRect(4, top, width - 7, tall, shade)
            case Kind.MATCH:
                painter.fillRect(width - 5, top, 5, tall, color(theme.link))
            case Kind.CURRENT:
                painter.fillRect(0, top - 1, 3, tall + 2, color(theme.accent))


def _runs(column: bytearray) -> Iterator[tuple[int, int]]:
    """Yield (first, length) of each run of pixels that are set."""
    end = 0
    while (start := column.find(1, end)) >= 0:
        end = column.find(0, start)
        if end < 0:
            end = len(column)
        yield start, end - start
