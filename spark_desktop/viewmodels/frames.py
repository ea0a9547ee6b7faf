"""Paces what streams in to the screen, however fast the model is."""

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

# One frame at 60 Hz, in milliseconds.
FRAME = 16


class Frames(QObject):
    """Emits ``frame`` once per interval in which something was requested; else it rests.

    After a rest the first one comes at once: to wait then would only show it later.
    """

    frame = Signal()

    def __init__(self, parent: QObject, interval: int = FRAME) -> None:
        super().__init__(parent)
        self._interval = interval
        self._clock = QElapsedTimer()
        self._clock.start()
        # Milliseconds of the clock: for when the frame is meant that was requested, and when the
        # next one may come.
        self._meant = self._next = 0.0
        self._is_due = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        if interval <= FRAME:
            self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._emit)

    def request(self) -> None:
        """Ask for a frame; it comes at most one interval later."""
        # Asked for with each token: a look at the timer itself would take four times as long.
        if not self._is_due:
            self._is_due = True
            now = self._clock.nsecsElapsed() / 1e6
            self._meant = max(now, self._next)
            self._timer.start(round(self._meant - now))

    def flush(self) -> None:
        """Emit a requested frame now."""
        if self._is_due:
            self._timer.stop()
            self._emit()

    def _emit(self) -> None:
        # Counted from when it was meant: one that a busy loop held up does not hold up the next,
        # which would then have to show the pieces of two.
        self._next = self._meant + self._interval
        self._is_due = False
        self.frame.emit()
