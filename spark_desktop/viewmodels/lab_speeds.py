"""Time to first token and tokens per second of each endpoint, since the project was opened."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.completion import Timing, Usage
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.events import ProposalChanged, TurnChanged
from spark_desktop.services.bus import Bus
from spark_desktop.viewmodels.amounts import rate_of
from spark_desktop.viewmodels.translation import tr

# A day's work; what is older leaves the chart.
_KEPT = 400


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer: when it ended and its time to first token, in seconds, and tokens a second."""

    at: float
    first_token: float
    rate: float | None


@dataclass(frozen=True, slots=True)
class Series:
    """The samples of one endpoint; emulated ones are a series of their own."""

    name: str
    is_emulated: bool
    samples: tuple[Sample, ...]


class LabSpeedsViewModel(QObject):
    """``changed`` says that an answer was added. ``clock`` gives seconds that never go back."""

    changed = Signal()

    def __init__(self, bus: Bus, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._began = clock()
        self._samples: dict[tuple[str, str | None], deque[Sample]] = {}
        self._known: dict[str, Timing] = {}
        bus.subscribe(TurnChanged, self._on_turn)
        bus.subscribe(ProposalChanged, self._on_proposal)

    @property
    def series(self) -> tuple[Series, ...]:
        """Return the measured series, then the emulated ones."""
        made = [
            Series(
                model
                if profile is None
                else tr("{model}, emulated as {profile}", model=model, profile=profile),
                profile is not None,
                tuple(samples),
            )
            for (model, profile), samples in self._samples.items()
        ]
        return tuple(sorted(made, key=lambda one: one.is_emulated))

    @property
    def elapsed(self) -> float:
        """Return the seconds since the project was opened."""
        return self._clock() - self._began

    def _on_turn(self, event: TurnChanged) -> None:
        turn = event.turn
        self._add(turn.id, turn.model, turn.usage, turn.timing, turn.emulation)

    def _on_proposal(self, event: ProposalChanged) -> None:
        made = event.proposal
        self._add(made.id, made.model, made.usage, made.timing, made.emulation)

    def _add(
        self,
        source: str,
        model: str,
        usage: Usage | None,
        timing: Timing | None,
        emulation: Emulation | None,
    ) -> None:
        # A proposal is published again with each decision on it.
        if usage is None or timing is None or self._known.get(source) == timing:
            return
        self._known[source] = timing
        key = (model, None if emulation is None else emulation.profile)
        sample = Sample(self.elapsed, timing.first_token, _rate(usage, timing))
        self._samples.setdefault(key, deque(maxlen=_KEPT)).append(sample)
        self.changed.emit()


def _rate(usage: Usage, timing: Timing) -> float | None:
    """Return tokens per second by our clock, which is the same for every server."""
    return rate_of(usage.completion_tokens, timing.total - timing.first_token)
