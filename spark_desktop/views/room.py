"""How much room a window has on its screen."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QScreen

# Pixels for the title bar and the borders, which are drawn around what is asked for. How high they
# are is known only once the window was shown.
_FRAME = QSize(8, 40)


def fitting(wanted: QSize, screen: QScreen) -> QSize:
    """Return the size, smaller where the screen has no room for it beside its panels."""
    return wanted.boundedTo(screen.availableGeometry().size() - _FRAME)
