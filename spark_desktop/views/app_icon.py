"""The program's own icon, as its windows and the desktop's notices show it."""

from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

import spark_resources

# Pixels that task bars, window frames and switchers ask for.
SIZES = (16, 24, 32, 48, 64, 128)


@lru_cache(maxsize=1)
def app_icon() -> QIcon:
    """Return the icon, drawn at each size by itself; it brings its own ground, for any theme."""
    drawing = QSvgRenderer(str(spark_resources.resource("icons", "app.svg")))
    made = QIcon()
    for size in SIZES:
        image = QPixmap(size, size)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        drawing.render(painter)
        painter.end()
        made.addPixmap(image)
    return made
