"""A small widget that is painted at 60 Hz, and sees how late each of its frames comes."""

import time
from itertools import pairwise

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from spark_desktop.viewmodels.frames import FRAME

FRAME_MS = 1000 / 60
_SIZE = 24


class Ticker(QWidget):
    """Lies in the corner of a window; ``begin`` counts anew."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setGeometry(0, 0, _SIZE, _SIZE)
        self.raise_()
        self.show()
        # When each frame was painted, and how much this OS thread had computed by then.
        self._painted: list[float] = []
        self._worked: list[float] = []
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        # As the app paces its own frames.
        self._timer.setInterval(FRAME)
        self._timer.timeout.connect(self.update)

    def begin(self) -> None:
        """Paint on, and count from now on."""
        self._painted, self._worked = [time.perf_counter()], [time.thread_time()]
        self._timer.start()

    def figures(self) -> dict[str, object]:
        """Return frames a second, the longest stall and how many frames were missed.

        In milliseconds between two paintings, for what came since ``begin``; the timer stops.
        ``work_ms`` is the most that this OS thread computed between two of them: the rest of a
        stall is time in which it was not given the processor, or the interpreter.
        """
        self._timer.stop()
        gaps = _gaps([*self._painted, time.perf_counter()])
        work = _gaps([*self._worked, time.thread_time()])
        late = sorted(gaps)
        missed = sum(max(round(gap / FRAME_MS) - 1, 0) for gap in gaps)
        return {
            "fps": round(len(gaps) * 1000 / sum(gaps), 1),
            "gap_p99_ms": round(late[min(len(late) - 1, int(len(late) * 0.99))], 1),
            "stall_ms": round(late[-1], 1),
            "work_ms": round(max(work), 1),
            "missed_frames": missed,
        }

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        self._painted.append(time.perf_counter())
        self._worked.append(time.thread_time())
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor.fromHsv(len(self._painted) % 360, 200, 200))
        painter.end()


def _gaps(times: list[float]) -> list[float]:
    return [(later - earlier) * 1000 for earlier, later in pairwise(times)]
