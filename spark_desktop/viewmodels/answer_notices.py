"""What is told while endpoints are asked: who refused, who answers instead, how long is waited."""

import math
import time
from collections.abc import Callable, Collection
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from spark_desktop.domain.answer_notices import sentences_of
from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import AccessRefusedError
from spark_desktop.domain.events import (
    AnswerMeasured,
    AnswerRerouted,
    AnswerWaits,
    PromptCut,
    ProposalChanged,
    TurnChanged,
)
from spark_desktop.domain.proposal import Streaming
from spark_desktop.domain.words import say
from spark_desktop.services.bus import Bus
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone
from spark_desktop.viewmodels.translation import in_language, tr

_SECOND_MS = 1000
# Turns whose notices are remembered.
_KEPT = 100


class AnswerNotices(QObject):
    """Follows the work of some kinds; a notice belongs to the turn or proposal that was made then.

    ``now`` gives monotonic seconds.
    """

    changed = Signal()

    def __init__(
        self,
        bus: Bus,
        kinds: Collection[WorkKind],
        parent: QObject,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._kinds, self._now = kinds, now
        self._running = ""
        self._notices: dict[str, Notice] = {}
        self._refused: set[str] = set()
        self._waiting: AnswerWaits | None = None
        self._until = 0.0
        self._ticking = QTimer(self)
        self._ticking.setInterval(_SECOND_MS)
        self._ticking.timeout.connect(self.changed)
        bus.subscribe(AnswerRerouted, self._on_rerouted)
        bus.subscribe(AnswerWaits, self._on_wait)
        bus.subscribe(PromptCut, self._on_cut)
        bus.subscribe(AnswerMeasured, self._on_measured)
        if WorkKind.CHAT in kinds:
            bus.subscribe(TurnChanged, self._on_turn)
        else:
            bus.subscribe(ProposalChanged, self._on_proposal)

    @property
    def waiting(self) -> Notice | None:
        """Return what is waited for, with the seconds that are left; None while nothing is."""
        waits = self._waiting
        if waits is None:
            return None
        left = max(0, math.ceil(self._until - self._now()))
        text, hint = sentences_of(replace(waits, seconds=float(max(1, left))))
        if not left:
            hint = say("It is asked again now.")
        stop = Action(tr("Stop"), Intent.STOP)
        return Notice(in_language(text), Tone.BUSY, in_language(hint), stop)

    def told_of(self, about: str) -> Notice | None:
        """Return what was told last of a turn or a proposal, by its id."""
        return self._notices.get(about)

    def is_refused(self, about: str) -> bool:
        """Return whether a key was refused, or missing, on the way to this answer."""
        return about in self._refused

    def dismiss(self, about: str) -> None:
        """Take away what was told."""
        if self._notices.pop(about, None) is not None:
            self.changed.emit()

    def _on_turn(self, event: TurnChanged) -> None:
        if event.turn.state is TurnState.STREAMING:
            self._begin(event.turn.id)
        elif event.turn.id == self._running:
            self._running = ""

    def _on_proposal(self, event: ProposalChanged) -> None:
        if isinstance(event.proposal.state, Streaming):
            self._begin(event.proposal.id)

    def _begin(self, about: str) -> None:
        if about != self._running:
            self._running = about
            self._notices.pop(about, None)
            self._refused.discard(about)

    def _on_rerouted(self, event: AnswerRerouted) -> None:
        if event.kind in self._kinds:
            if event.is_refused:
                self._refused.add(self._running)
            text, hint = sentences_of(event)
            tone = Tone.MUTED if event.hedged else Tone.WARNING
            self._tell(text, hint, tone)

    def _on_cut(self, event: PromptCut) -> None:
        if event.kind in self._kinds:
            self._tell(*sentences_of(event), Tone.WARNING)

    def _on_measured(self, event: AnswerMeasured) -> None:
        record = event.record
        if record.kind in self._kinds and record.error == AccessRefusedError.__name__:
            self._refused.add(self._running)

    def _on_wait(self, event: AnswerWaits) -> None:
        if event.kind not in self._kinds:
            return
        self._waiting = event if event.seconds else None
        self._until = self._now() + event.seconds
        if self._waiting is None:
            self._ticking.stop()
        else:
            self._ticking.start()
        self.changed.emit()

    def _tell(self, text: str, hint: str, tone: Tone) -> None:
        if self._running in self._refused:
            action = Action(tr("Enter the key"), Intent.ENDPOINTS)
        else:
            action = Action(tr("Dismiss"), Intent.DISMISS)
        self._notices.pop(self._running, None)
        self._notices[self._running] = Notice(in_language(text), tone, in_language(hint), action)
        while len(self._notices) > _KEPT:
            del self._notices[next(iter(self._notices))]
        self.changed.emit()
