"""The badge of an emulated answer, where it is painted and not a label."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter

from spark_desktop.viewmodels.emulation_words import badge
from spark_desktop.views.theme import Theme

_PAD = 6
_HEIGHT = 18
_SIZE = 12


def badge_font(font: QFont) -> QFont:
    """Return the font of the badge's word."""
    small = QFont(font)
    small.setPixelSize(_SIZE)
    return small


def badge_rect(font: QFont, left: int, top: int, height: int) -> QRect:
    """Return the badge's place at ``left``, in the middle of a line ``height`` high at ``top``."""
    width = QFontMetrics(badge_font(font)).horizontalAdvance(badge()) + 2 * _PAD
    return QRect(left, top + (height - _HEIGHT) // 2, width, _HEIGHT)


def draw_badge(painter: QPainter, font: QFont, rect: QRect, theme: Theme) -> None:
    """Draw the word in its frame, both in the colour of what is emulated."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(badge_font(font))
    painter.setPen(QColor(theme.emulated))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, badge())
    painter.restore()
