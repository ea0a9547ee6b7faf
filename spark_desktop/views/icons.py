"""Icons of 16 px, one stroke weight, drawn in a colour of the theme."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

import spark_resources
from spark_desktop.viewmodels.notice import Tone
from spark_desktop.views.theme import Theme

_SIZE = 16


def icon(name: str, color: str) -> QIcon:
    """Return the icon ``name`` in ``color``. Raises FileNotFoundError for an unknown one."""
    made = QIcon(pixmap(name, color, 2.0))
    # Else a selected row would tint it.
    made.addPixmap(pixmap(name, color, 2.0), QIcon.Mode.Selected)
    return made


@lru_cache(maxsize=256)
def pixmap(name: str, color: str, ratio: float = 1.0) -> QPixmap:
    """Return the icon as pixels, for a screen with ``ratio`` device pixels a pixel."""
    source = spark_resources.resource("icons", f"{name}.svg").read_text(encoding="utf-8")
    renderer = QSvgRenderer(QByteArray(source.replace("#000", color).encode()))
    image = QPixmap(round(_SIZE * ratio), round(_SIZE * ratio))
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


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
