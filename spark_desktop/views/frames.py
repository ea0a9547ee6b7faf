"""The pace of a view that draws what streams in."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer

# Milliseconds between two frames of a stream: 60 Hz.
FRAME = 16


def single_shot(parent: QObject, milliseconds: int, slot: Callable[[], None]) -> QTimer:
    """Return a stopped timer that calls ``slot`` once each time it is started."""
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.setInterval(milliseconds)
    timer.timeout.connect(slot)
    return timer
