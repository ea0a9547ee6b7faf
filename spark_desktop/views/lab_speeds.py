"""The live chart: time to first token and tokens per second, a point an answer."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from spark_desktop.domain.lab_words import kind_text
from spark_desktop.domain.words import say
from spark_desktop.viewmodels.amounts import duration_text
from spark_desktop.viewmodels.lab_speeds import LabSpeedsViewModel, Sample, Series
from spark_desktop.viewmodels.translation import in_language, number_text, tr
from spark_desktop.views.theme import Theme

# Pixels at the usual size of type.
_SIZE = 12
_PAD, _LEFT, _LINE = 12, 64, 20
_DOT = 3.5
# So that the last point is not cut off.
_DOT_ROOM = 8
_TICKS = 4
_SHORTEST_S = 60.0
_EMPTY = say(
    "Nothing measured yet. Each answer of this session becomes a point here: ask "
    "a question, or save a comment that ends in AI!"
)


@dataclass(frozen=True, slots=True)
class _Plot:
    """One of the two charts: where, what it shows of a sample, and how a value is written."""

    rect: QRect
    heading: str
    value: Callable[[Sample], float | None]
    text: Callable[[float], str]


class SpeedsPage(QWidget):
    """Draws a series an endpoint; emulated ones are dashed and in their own colour."""

    def __init__(self, model: LabSpeedsViewModel, theme: Theme) -> None:
        super().__init__()
        self._model, self._theme = model, theme
        self._scale()
        self.setToolTip(
            tr(
                "By this app's clock: from sending the request to the first piece, and the "
                "tokens after the first divided by the time since it. Measured answers only; "
                "emulated ones are dashed, in a series of their own."
            )
        )
        model.changed.connect(self.render_state)
        self.render_state()

    def sizeHint(self) -> QSize:
        """Return a size at which points can be told apart."""
        return QSize(400, 360)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        self._scale()
        self.update()

    def _scale(self) -> None:
        self._left, self._line = self._theme.px(_LEFT), self._theme.px(_LINE)
        font = QFont(self.font())
        font.setPixelSize(self._theme.px(_SIZE))
        self.setFont(font)

    def render_state(self) -> None:
        """Show the newest samples."""
        self.setAccessibleName(tr("Speed of each endpoint"))
        self.setAccessibleDescription("; ".join(_words(one) for one in self._model.series))
        self.update()

    def colors(self) -> dict[str, str]:
        """Return the colour of each series by its name."""
        theme = self._theme
        measured = (theme.link, theme.accent, theme.text)
        colors: dict[str, str] = {}
        for series in self._model.series:
            own = measured[len(colors) % len(measured)]
            colors[series.name] = theme.emulated if series.is_emulated else own
        return colors

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw both charts over the names of the series."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.window))
        series = self._model.series
        if not series:
            painter.setPen(QColor(self._theme.text_secondary))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(48, 0, -48, 0), int(flags), in_language(_EMPTY))
            painter.end()
            return
        colors = self.colors()
        legend = len(series) * self._line + _PAD
        height = (self.height() - legend - 2 * _PAD) // 2
        width = self.width() - 2 * _PAD
        plots = (
            _Plot(
                QRect(_PAD, _PAD, width, height),
                tr("Time to first token"),
                lambda sample: sample.first_token,
                duration_text,
            ),
            _Plot(
                QRect(_PAD, _PAD + height, width, height),
                tr("Tokens per second"),
                lambda sample: sample.rate,
                lambda value: number_text(value, ",.0f"),
            ),
        )
        for plot in plots:
            self._draw_plot(painter, plot, series, colors)
        self._draw_names(painter, series, colors, self.height() - legend)
        painter.end()

    def _draw_plot(
        self, painter: QPainter, plot: _Plot, series: tuple[Series, ...], colors: dict[str, str]
    ) -> None:
        theme, rect = self._theme, plot.rect
        field = QRectF(rect.adjusted(self._left, self._line + 10, -_DOT_ROOM, -self._line))
        values = [plot.value(sample) for one in series for sample in one.samples]
        top = _round_up(max((value for value in values if value is not None), default=0.0))
        painter.setPen(QColor(theme.text))
        painter.drawText(
            QRect(rect.left(), rect.top(), rect.width(), self._line),
            Qt.AlignmentFlag.AlignVCenter,
            plot.heading,
        )
        for tick in range(_TICKS + 1):
            y = field.bottom() - field.height() * tick / _TICKS
            painter.setPen(QColor(theme.line))
            painter.drawLine(QPointF(field.left(), y), QPointF(field.right(), y))
            painter.setPen(QColor(theme.text_secondary))
            place = QRectF(rect.left(), y - self._line / 2, self._left - 8, self._line)
            painter.drawText(
                place,
                int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter),
                plot.text(top * tick / _TICKS),
            )
        span = max(_SHORTEST_S, max(sample.at for one in series for sample in one.samples))
        under = QRectF(field.left(), field.bottom(), field.width(), self._line)
        painter.drawText(under, int(Qt.AlignmentFlag.AlignLeft), "0 s")
        painter.drawText(
            under,
            int(Qt.AlignmentFlag.AlignRight),
            tr("{span} of session", span=duration_text(span)),
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for one in series:
            points = [
                QPointF(
                    field.left() + field.width() * sample.at / span,
                    field.bottom() - field.height() * value / top,
                )
                for sample in one.samples
                if (value := plot.value(sample)) is not None
            ]
            _draw_line(painter, points, QColor(colors[one.name]), one.is_emulated)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _draw_names(
        self, painter: QPainter, series: tuple[Series, ...], colors: dict[str, str], top: int
    ) -> None:
        for number, one in enumerate(series):
            middle = top + number * self._line + self._line / 2
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            ends = [QPointF(_PAD + 4, middle), QPointF(_PAD + 36, middle)]
            _draw_line(painter, ends, QColor(colors[one.name]), one.is_emulated)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(QColor(self._theme.text))
            place = QRect(_PAD + 48, top + number * self._line, self.width() - 72, self._line)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, _words(one))


def _draw_line(painter: QPainter, points: list[QPointF], color: QColor, is_emulated: bool) -> None:
    style = Qt.PenStyle.DashLine if is_emulated else Qt.PenStyle.SolidLine
    painter.setPen(QPen(color, 1.5, style))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if len(points) > 1:
        painter.drawPolyline(points)
    painter.setPen(QPen(color, 1.5))
    # Hollow where it is emulated, so that it can be told also without colours.
    painter.setBrush(Qt.BrushStyle.NoBrush if is_emulated else color)
    for point in points:
        painter.drawEllipse(point, _DOT, _DOT)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _round_up(value: float) -> float:
    """Return the next 1, 2 or 5 times a power of ten, 1 for nothing."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value)


def _words(series: Series) -> str:
    last = series.samples[-1]
    kind = kind_text("emulated" if series.is_emulated else "measured")
    rate = "" if last.rate is None else tr(", {rate:,.0f} tokens/s", rate=last.rate)
    return tr(
        "{series} ({kind}): first token {first_token}{rate}",
        series=series.name,
        kind=kind,
        first_token=duration_text(last.first_token),
        rate=rate,
    )
