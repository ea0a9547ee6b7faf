"""Paces what streams in to the screen, however fast the model is."""

from PySide6.QtCore import QObject, QTimer, Signal

# One frame at 60 Hz, in milliseconds.
FRAME = 16


class Frames(QObject):
    """Emits ``frame`` once per interval in which something was requested; else it rests."""

    frame = Signal()

    def __init__(self, parent: QObject, interval: int = FRAME) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(interval)
        self._timer.timeout.connect(self.frame)

    def request(self) -> None:
        """Ask for a frame; it comes at most one interval later."""
        if not self._timer.isActive():
            self._timer.start()

    def flush(self) -> None:
        """Emit a requested frame now."""
        if self._timer.isActive():
            self._timer.stop()
            self.frame.emit()
