"""Draws the tray's icon: a tile with the spark, and a badge in the corner for the state.

The panel's colour is not known, so the icon brings its own ground. Each badge has a form of its
own, since not everybody tells the colours apart.
"""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

import spark_resources
from spark_desktop.viewmodels.tray import TrayState
from spark_desktop.views.theme import Theme

# Pixels that panels ask for, at one and at two device pixels a pixel.
SIZES = (16, 18, 20, 22, 24, 32, 44, 48, 64)
_BADGES = (TrayState.WORKING, TrayState.WAITING, TrayState.PAUSED, TrayState.PROBLEM)
# In the grid of 16: where a count stands in its badge.
_COUNT_AT = QRectF(6.5, 6.5, 9.0, 9.0)
_MOST_COUNTED = 9


@lru_cache(maxsize=64)
def tray_icon(state: TrayState, waiting: int, theme: Theme) -> QIcon:
    """Return the icon of a state; ``waiting`` proposals are counted up to nine."""
    made = QIcon()
    for size in SIZES:
        made.addPixmap(_pixmap(state, waiting, theme, size))
    return made


def color_of_state(state: TrayState, theme: Theme) -> str:
    """Return the theme's colour of a state's badge."""
    match state:
        case TrayState.WORKING:
            return theme.link
        case TrayState.WAITING:
            return theme.accent
        case TrayState.PROBLEM:
            return theme.problem
        case _:
            return theme.text


def _pixmap(state: TrayState, waiting: int, theme: Theme, size: int) -> QPixmap:
    is_muted = state in (TrayState.IDLE, TrayState.PAUSED)
    image = QPixmap(size, size)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _draw(painter, "tray-tile", theme.window, theme.line)
    _draw(painter, "tray-bolt", theme.text_secondary if is_muted else theme.accent, theme.window)
    if state in _BADGES:
        _draw(painter, f"tray-{state.value}", color_of_state(state, theme), theme.window)
    if state is TrayState.WAITING:
        _draw_count(painter, waiting, theme, size / 16)
    painter.end()
    return image


def _draw(painter: QPainter, name: str, color: str, ground: str) -> None:
    source = spark_resources.resource("icons", f"{name}.svg").read_text(encoding="utf-8")
    # In one go: a theme may have the ground in "#fff..." or the colour in "#000...".
    tinted = source.replace("#fff", "GROUND").replace("#000", color).replace("GROUND", ground)
    QSvgRenderer(QByteArray(tinted.encode())).render(painter)


def _draw_count(painter: QPainter, waiting: int, theme: Theme, scale: float) -> None:
    text = str(waiting) if waiting <= _MOST_COUNTED else "+"
    font = QFont(painter.font())
    font.setBold(True)
    font.setPixelSize(round(8 * scale))
    painter.setFont(font)
    painter.setPen(QColor(theme.window))
    place = QRectF(
        _COUNT_AT.x() * scale,
        _COUNT_AT.y() * scale,
        _COUNT_AT.width() * scale,
        _COUNT_AT.height() * scale,
    )
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
