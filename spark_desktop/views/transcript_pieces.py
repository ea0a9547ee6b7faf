"""What streams into a transcript between two of its frames."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QElapsedTimer, QObject

from spark_desktop.views.frames import FRAME, single_shot


@dataclass(slots=True)
class Unseen:
    """What came behind the view while it stood elsewhere."""

    characters: int = 0

    def clear(self) -> None:
        """Everything is seen."""
        self.characters = 0


class Pieces:
    """Pieces of answers, which ``draw`` is called to take; ``frames`` counts how often."""

    def __init__(self, parent: QObject, draw: Callable[[], None]) -> None:
        self.frames = 0
        self._draw = draw
        self._waiting: dict[str, list[str]] = {}
        self._timer = single_shot(parent, FRAME, self._frame)
        self._begun = QElapsedTimer()
        self._begun.start()
        # Milliseconds of the last frame's work.
        self._took = 0

    @property
    def is_waiting(self) -> bool:
        """Return whether a frame is to come."""
        return self._timer.isActive()

    @property
    def spent(self) -> int:
        """Return the milliseconds since the last frame began."""
        return self._begun.elapsed()

    def add(self, turn_id: str, piece: str) -> None:
        """Add to a turn's answer; it is drawn at once, with what else came meanwhile.

        The pieces are paced by who brings them; on a slow machine half of the time is left to the
        keys.
        """
        self._waiting.setdefault(turn_id, []).append(piece)
        pause = max(0, 2 * self._took - self._begun.elapsed())
        if not self._timer.isActive() or self._timer.remainingTime() > pause:
            self._timer.start(pause)

    def touch(self, turn_id: str) -> None:
        """Have a turn drawn with the pieces of the next frame: each is laid out and painted."""
        self._waiting.setdefault(turn_id, [])
        if not self._timer.isActive():
            self._timer.start(FRAME)

    def take(self) -> dict[str, str]:
        """Return what came for each turn since the last call."""
        waiting, self._waiting = self._waiting, {}
        return {turn_id: "".join(parts) for turn_id, parts in waiting.items()}

    def clear(self) -> None:
        """Forget what came."""
        self._timer.stop()
        self._waiting = {}

    def _frame(self) -> None:
        self.frames += 1
        self._begun.start()
        self._draw()
        self._took = self._begun.elapsed()
