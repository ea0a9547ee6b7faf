"""Plays time: where all lanes are, in seconds from the request."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from spark_desktop.viewmodels.frames import FRAME

# Milliseconds between two pictures where the user wants little motion.
_CALM = 250


class LabPlayer(QObject):
    """``moved`` comes once a frame while time runs, ``changed`` when play or loop is switched.

    No timer runs while it is paused or not shown. ``clock`` gives seconds that never go back.
    """

    moved = Signal()
    changed = Signal()

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._began = 0.0
        self._is_shown = False
        self.position = 0.0
        self.duration = 0.0
        self.is_playing = False
        self.is_looping = False
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME)
        self._timer.timeout.connect(self.tick)

    @property
    def is_ticking(self) -> bool:
        """Return whether a timer runs."""
        return self._timer.isActive()

    def load(self, duration: float) -> None:
        """Take lanes that last ``duration`` seconds, at their end: what came of them is seen."""
        self.duration = duration
        self.position = duration
        self._set_playing(False)
        self.moved.emit()

    def toggle(self) -> None:
        """Play or pause; at the end, play from the start."""
        if not self.is_playing and self.position >= self.duration:
            self.seek(0.0)
        self._set_playing(not self.is_playing and self.duration > 0)

    def seek(self, seconds: float) -> None:
        """Go to a moment; what plays goes on from there."""
        self.position = min(max(0.0, seconds), self.duration)
        self._began = self._clock() - self.position
        self.moved.emit()

    def set_looping(self, is_looping: bool) -> None:
        """Begin again at the end, or stop there."""
        self.is_looping = is_looping
        self.changed.emit()

    def set_shown(self, is_shown: bool) -> None:
        """Say whether anyone sees it; time stands still where nobody does."""
        self._is_shown = is_shown
        self._run()

    def set_calm(self, is_calm: bool) -> None:
        """Show four pictures a second instead of sixty."""
        self._timer.setInterval(_CALM if is_calm else FRAME)

    def tick(self) -> None:
        """Go to where time is now."""
        elapsed = self._clock() - self._began
        if elapsed < self.duration:
            self.position = elapsed
        elif self.is_looping:
            self.position = 0.0
            self._began = self._clock()
        else:
            self.position = self.duration
            self._set_playing(False)
        self.moved.emit()

    def _set_playing(self, is_playing: bool) -> None:
        if is_playing != self.is_playing:
            self.is_playing = is_playing
            self._run()
            self.changed.emit()

    def _run(self) -> None:
        if self.is_playing and self._is_shown:
            self._began = self._clock() - self.position
            self._timer.start()
        else:
            self._timer.stop()
