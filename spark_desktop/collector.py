"""Python's garbage collector, held to the OS thread that Qt's objects belong to."""

import gc

from PySide6.QtCore import QObject, Qt, QTimer

# Milliseconds between two looks at what has gathered.
_EVERY = 1000


class Collector(QObject):
    """Collects in the thread that made it, and nowhere else, until ``end``.

    By itself Python collects in whichever OS thread makes the next object. A worker that reads a
    file would then destroy widgets that lie about in cycles, while the window's thread paints:
    Qt allows neither, and the program ends without a word.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._timer.setInterval(_EVERY)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> int | None:
        """Collect the oldest generation that is due, as Python would; return which, or None."""
        due = zip(gc.get_count(), gc.get_threshold(), strict=True)
        generations = [number for number, (count, most) in enumerate(due) if count > most > 0]
        if not generations:
            return None
        gc.collect(generations[-1])
        return generations[-1]

    def end(self) -> None:
        """Let Python collect by itself again."""
        self._timer.stop()
        gc.enable()


def spare_the_collector() -> None:
    """Keep the garbage collector from what is imported already, which never becomes garbage.

    A full collection took 35 to 42 ms, mostly over imported modules. Only the first call does so:
    a later one would keep for good what of an open project is in use just then.
    """
    if not gc.get_freeze_count():
        gc.collect()
        gc.freeze()
