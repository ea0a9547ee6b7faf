"""Icons of 16 px, one stroke weight, drawn in a colour of the theme."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

import spark_resources
from spark_desktop.viewmodels.notice import Tone
from spark_desktop.views.theme import Theme

_SIZE = 16
_SIZES = (16, 20, 24, 32, 64)


def icon(name: str, color: str) -> QIcon:
    """Return the icon ``name`` in ``color``. Raises FileNotFoundError for an unknown one.

    It is drawn anew at each size that a screen and a size of type can ask for: enlarged or
    shrunk, its strokes would blur.
    """
    made = QIcon()
    for pixels in _SIZES:
        made.addPixmap(pixmap(name, color, 1.0, pixels))
        # Else a selected row would tint it.
        made.addPixmap(pixmap(name, color, 1.0, pixels), QIcon.Mode.Selected)
    return made


@lru_cache(maxsize=1024)
def pixmap(name: str, color: str, ratio: float = 1.0, size: int = _SIZE) -> QPixmap:
    """Return the icon ``size`` pixels wide, for a screen with ``ratio`` device pixels a pixel."""
    drawing = _drawing(name, color)
    image = QPixmap(round(size * ratio), round(size * ratio))
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    drawing.render(painter)
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


@lru_cache(maxsize=256)
def _drawing(name: str, color: str) -> QSvgRenderer:
    source = spark_resources.resource("icons", f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(source.replace("#000", color).encode()))


def color_of(tone: Tone, theme: Theme) -> str:
    """Return the theme's colour of a tone."""
    match tone:
        case Tone.PLAIN:
            return theme.text
        case Tone.MUTED:
            return theme.text_secondary
        case Tone.BUSY:
            return theme.link
        case Tone.GOOD:
            return theme.added_text
        case Tone.WARNING:
            return theme.warning
        case Tone.PROBLEM:
            return theme.problem
