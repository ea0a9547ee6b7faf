"""The session report as bars: waiting time and price of every line, painted by us."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QImageWriter, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from spark_desktop.domain.lab import Line, Pace
from spark_desktop.domain.lab_words import price_text, title_text, waiting_text
from spark_desktop.viewmodels.translation import in_language, tr
from spark_desktop.views.theme import BASE, Theme

# Pixels at the usual size of type.
_ROW, _BAR, _GAP, _PAD = 24, 10, 12, 12
_SIZE = 12
_TITLE_SHARE = 0.3
# For the amount behind the longest bar: "not published".
_AMOUNT = 96
_EXPORT_WIDTH, _EXPORT_RATIO = 1200, 2


@dataclass(frozen=True, slots=True)
class _Panel:
    """One of the two groups of bars: where, its heading, a value and a text for each line."""

    left: int
    width: int
    heading: str
    values: tuple[float | None, ...]
    texts: tuple[str, ...]


class BarChart(QWidget):
    """A row a line, in the lines' order: title, waiting time, price."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._lines: tuple[Line, ...] = ()
        self._caption = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Bar chart of waiting time and price; the table has its numbers"))

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def set_lines(self, lines: tuple[Line, ...], caption: str) -> None:
        """Show other lines; ``caption`` says what was added up."""
        self._lines, self._caption = lines, caption
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return a size with a row for each line and the headings."""
        return QSize(400, (len(self._lines) + 1) * self._row + 2 * _PAD)

    def minimumSizeHint(self) -> QSize:
        """Return the same: rows do not shrink."""
        return self.sizeHint()

    @property
    def _row(self) -> int:
        return self._theme.px(_ROW)

    def png(self) -> bytes:
        """Return the chart with its caption as a PNG file, for a screen of any kind.

        Its type has the usual size, whatever that of the window is.
        """
        theme, self._theme = self._theme, replace(self._theme, font_size=BASE)
        try:
            return self._picture()
        finally:
            self._theme = theme

    def _picture(self) -> bytes:
        height = self.sizeHint().height() + self._row
        image = QImage(
            QSize(_EXPORT_WIDTH, height) * _EXPORT_RATIO, QImage.Format.Format_ARGB32_Premultiplied
        )
        image.setDevicePixelRatio(_EXPORT_RATIO)
        painter = QPainter(image)
        painter.fillRect(QRect(0, 0, _EXPORT_WIDTH, height), QColor(self._theme.window))
        painter.setFont(self._font())
        painter.setPen(QColor(self._theme.text))
        caption = QRect(_PAD, _PAD // 2, _EXPORT_WIDTH - 2 * _PAD, self._row)
        painter.drawText(caption, Qt.AlignmentFlag.AlignVCenter, self._caption)
        painter.translate(0, self._row)
        self._draw(painter, _EXPORT_WIDTH)
        painter.end()
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        QImageWriter(buffer, QByteArray(b"png")).write(image)
        return bytes(buffer.data().data())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the rows."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.window))
        self._draw(painter, self.width())
        painter.end()

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(self._theme.px(_SIZE))
        return font

    def _draw(self, painter: QPainter, width: int) -> None:
        painter.setFont(self._font())
        titles = round(width * _TITLE_SHARE)
        each = (width - titles - 2 * _PAD - 2 * _GAP) // 2
        lines = self._lines
        waiting = _Panel(
            *(_PAD + titles + _GAP, each, tr("Waiting time")),
            tuple(line.waiting for line in lines),
            tuple(in_language(waiting_text(line)) for line in lines),
        )
        price = _Panel(
            *(waiting.left + each + _GAP, each, tr("Price")),
            tuple(line.price for line in lines),
            tuple(in_language(price_text(line)) for line in lines),
        )
        metrics = painter.fontMetrics()
        for number, line in enumerate(lines):
            painter.setPen(QColor(self._theme.text))
            named = in_language(title_text(line))
            title = metrics.elidedText(named, Qt.TextElideMode.ElideRight, titles)
            row = QRect(_PAD, _PAD + (number + 1) * self._row, titles, self._row)
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, title)
        for panel in (waiting, price):
            self._draw_panel(painter, panel)

    def _draw_panel(self, painter: QPainter, panel: _Panel) -> None:
        theme = self._theme
        painter.setPen(QColor(theme.text_secondary))
        heading = QRect(panel.left, _PAD, panel.width, self._row)
        painter.drawText(heading, Qt.AlignmentFlag.AlignVCenter, panel.heading)
        longest = max((value for value in panel.values if value is not None), default=0.0)
        amount, thick = theme.px(_AMOUNT), theme.px(_BAR)
        room = max(1, panel.width - amount)
        for number, (value, text) in enumerate(zip(panel.values, panel.texts, strict=True)):
            top = _PAD + (number + 1) * self._row
            share = 0.0 if value is None or longest <= 0 else value / longest
            # What is little but not nothing stays visible.
            length = max(2, round(room * share)) if value else 0
            color = theme.link if self._lines[number].pace is Pace.MEASURED else theme.emulated
            bar = QRect(panel.left, top + (self._row - thick) // 2, length, thick)
            painter.fillRect(bar, QColor(color))
            painter.setPen(QColor(theme.text_secondary if value is None else theme.text))
            left = panel.left + length + (6 if length else 0)
            # To the panel's end: words behind no bar may be longer than an amount.
            place = QRect(left, top, panel.left + panel.width - left, self._row)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
