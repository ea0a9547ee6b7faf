"""A bar of how full the model's context would be, and what would be left out of it."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from spark_desktop.viewmodels.gauge import Gauge
from spark_desktop.viewmodels.plain_tip import plain_tip
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.theme import Theme

_GAP = 1


class BudgetBar(QWidget):
    """Paints one segment a part; the last, kept for the answer, stands at the right end."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.shares: tuple[float, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the bar's size, in pixels."""
        return QSize(80, 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ground, the parts from the left, the answer's room from the right."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.line))
        painter.drawRoundedRect(QRectF(self.rect()), 2, 2)
        theme = self.theme
        colors = (theme.text_secondary, theme.link, theme.accent, theme.text)
        left = 0.0
        for share, color in zip(self.shares[:-1], colors, strict=False):
            # What is there at all is seen.
            width = max(2.0, share * self.width()) if share > 0 else 0.0
            painter.fillRect(QRectF(left, 0, max(0.0, width - _GAP), self.height()), QColor(color))
            left += width
        if self.shares:
            width = self.shares[-1] * self.width()
            ground = QColor(theme.text_secondary)
            ground.setAlphaF(0.5)
            painter.fillRect(QRectF(self.width() - width, 0, width, self.height()), ground)
        painter.end()


class BudgetGauge(QWidget):
    """Bar and number; below it a line only where something would be left out."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.bar = BudgetBar(theme)
        self.number = QLabel()
        self.number.setProperty("quiet", True)
        self.left_out = QLabel()
        self.left_out.setWordWrap(True)
        self.left_out.setTextFormat(Qt.TextFormat.PlainText)
        self.left_out.setProperty("small", True)
        # A long name must not make the panel wider.
        self.left_out.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.bar, 1)
        row.addWidget(self.number)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.left_out)
        self.show_gauge(Gauge())

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self.bar.theme = theme
        self.bar.update()

    def show_gauge(self, gauge: Gauge) -> None:
        """Show other numbers; nothing without any."""
        said = gauge.problem or gauge.left_out
        self.setVisible(bool(gauge.text or said))
        self.number.setText(gauge.text)
        self.bar.setVisible(bool(gauge.text))
        if self.bar.shares != gauge.shares:
            self.bar.shares = gauge.shares
            self.bar.update()
        self.setToolTip(plain_tip(gauge.tooltip))
        self.setAccessibleName(tr("Context"))
        self.setAccessibleDescription(gauge.tooltip)
        self.left_out.setText(said)
        self.left_out.setVisible(bool(said))
        tone = "problem" if gauge.problem else "warning"
        if self.left_out.property("tone") != tone:
            self.left_out.setProperty("tone", tone)
            self.left_out.style().unpolish(self.left_out)
            self.left_out.style().polish(self.left_out)
