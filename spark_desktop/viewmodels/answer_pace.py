"""How an answer comes along while it is awaited and written."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.events import TurnChanged, TurnStreamed
from spark_desktop.services.bus import Bus
from spark_desktop.viewmodels.amounts import rate_of
from spark_desktop.viewmodels.translation import tr

# Milliseconds: a number that changes faster cannot be read.
_INTERVAL = 250


@dataclass(slots=True)
class _Run:
    began: float
    pieces: int = 0
    first: float = 0.0
    last: float = 0.0
    emulation: Emulation | None = None


class AnswerPace(QObject):
    """``changed`` carries a turn's id and its text, a few times a second while it runs.

    ``clock`` gives seconds that never go back.
    """

    changed = Signal(str, str)

    def __init__(self, bus: Bus, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._runs: dict[str, _Run] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL)
        self._timer.timeout.connect(self.tell)
        bus.subscribe(TurnChanged, self._on_turn)
        bus.subscribe(TurnStreamed, self._on_streamed)

    @property
    def rate(self) -> float | None:
        """Return the pieces per second of the answer that is written now; None without one.

        The core sends each token as a piece of its own.
        """
        for run in self._runs.values():
            if run.pieces:
                return rate_of(run.pieces, run.last - run.first)
        return None

    @property
    def emulation(self) -> Emulation | None:
        """Return what ``rate`` imitates; None where it is measured, or there is none."""
        return next((run.emulation for run in self._runs.values() if run.pieces), None)

    def text(self, turn_id: str) -> str:
        """Return how far a turn is; empty for one that does not run."""
        run = self._runs.get(turn_id)
        if run is None:
            return ""
        if not run.pieces:
            waiting, seconds = _waiting(run.emulation), self._clock() - run.began
            return tr("{waiting}… {seconds:.0f} s", waiting=waiting, seconds=seconds)
        rate = rate_of(run.pieces, run.last - run.first)
        return tr("writing…") if rate is None else tr("writing… {rate:.0f} t/s", rate=rate)

    def tell(self) -> None:
        """Emit ``changed`` for each turn that runs."""
        for turn_id in tuple(self._runs):
            self.changed.emit(turn_id, self.text(turn_id))

    def _on_turn(self, event: TurnChanged) -> None:
        if event.turn.state is not TurnState.STREAMING:
            self._runs.pop(event.turn.id, None)
        elif event.turn.id not in self._runs:
            self._runs[event.turn.id] = _Run(self._clock())
        if event.turn.id in self._runs:
            self._runs[event.turn.id].emulation = event.turn.emulation
        if not self._runs:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()

    def _on_streamed(self, event: TurnStreamed) -> None:
        run = self._runs.get(event.turn_id)
        if run is None:
            return
        run.last = self._clock()
        run.pieces += 1
        if run.pieces == 1:
            run.first = run.last
            # The word for waiting must not stand beside the first words of the answer.
            self.changed.emit(event.turn_id, self.text(event.turn_id))


def _waiting(emulation: Emulation | None) -> str:
    if emulation is not None and emulation.source == "buffered":
        # This time is the real model's, whatever the pace that follows.
        return tr("the real model writes first")
    return tr("waiting for the first token")
