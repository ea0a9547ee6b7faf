"""A small widget that is painted at 60 Hz, and sees how late each of its frames comes."""

import time

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

FRAME_MS = 1000 / 60
_SIZE = 24


class Ticker(QWidget):
    """Lies in the corner of a window; ``begin`` counts anew."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setGeometry(0, 0, _SIZE, _SIZE)
        self.raise_()
        self.show()
        self._painted: list[float] = []
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(round(FRAME_MS))
        self._timer.timeout.connect(self.update)

    def begin(self) -> None:
        """Paint on, and count from now on."""
        self._painted = [time.perf_counter()]
        self._timer.start()

    def figures(self) -> dict[str, object]:
        """Return frames a second, the longest stall and the share of frames that were missed.

        In milliseconds between two paintings, for what came since ``begin``; the timer stops.
        """
        self._timer.stop()
        end = time.perf_counter()
        gaps = [
            (later - earlier) * 1000
            for earlier, later in zip(self._painted, [*self._painted[1:], end], strict=True)
        ]
        late = sorted(gaps)
        missed = sum(max(round(gap / FRAME_MS) - 1, 0) for gap in gaps)
        return {
            "fps": round(len(gaps) * 1000 / sum(gaps), 1),
            "gap_p99_ms": round(late[min(len(late) - 1, int(len(late) * 0.99))], 1),
            "stall_ms": round(late[-1], 1),
            "missed_frames": missed,
        }

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        self._painted.append(time.perf_counter())
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor.fromHsv(len(self._painted) % 360, 200, 200))
        painter.end()
