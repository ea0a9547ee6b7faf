"""Tells when the window has drawn the first piece of an answer."""

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from spark_desktop.viewmodels.times import TimesViewModel


class PaintProbe(QObject):
    """Looks at the window's repaints only from a stream's first piece to its first picture."""

    def __init__(self, window: QWidget, times: TimesViewModel) -> None:
        super().__init__(window)
        self._window = window
        self._times = times
        self._is_looking = False
        # After the repaint that is about to be done: timers come after posted events.
        self._after = QTimer(self)
        self._after.setSingleShot(True)
        self._after.setInterval(0)
        self._after.timeout.connect(times.painted)
        times.paint_awaited.connect(self._look)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note the window's next repaint; it is never held up."""
        if event.type() is QEvent.Type.UpdateRequest:
            self._window.removeEventFilter(self)
            self._is_looking = False
            self._after.start()
        return False

    def _look(self) -> None:
        # A window that is not on the screen draws nothing, and nothing is measured then.
        if not self._is_looking and self._window.isVisible():
            self._is_looking = True
            self._window.installEventFilter(self)
