"""What is told while the user looks elsewhere: a long turn that ended, a proposal that waits."""

from collections.abc import Callable
from enum import IntEnum
from pathlib import PurePosixPath
from typing import Protocol

from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.events import ProposalChanged, TurnChanged
from spark_desktop.domain.proposal import (
    Conflict,
    Failed,
    Proposal,
    Queued,
    Ready,
    Streaming,
    Withheld,
)
from spark_desktop.domain.words import Said, say
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import Clock

# Seconds: whoever waited that long has begun something else.
LONG_TURN_S = 5.0


class Attention(IntEnum):
    """How much of the window the user sees."""

    HIDDEN = 0
    IN_SIGHT = 1
    IN_USE = 2


class Notifier(Protocol):
    """Shows a notice of the desktop."""

    def notify(self, title: str, body: str) -> None:
        """Show it, where there is somebody to show it; a click on it shows the window."""
        ...


class DesktopNotices:
    """Follows one project's bus. Only the kind and the file's name are told, never code."""

    def __init__(
        self, bus: Bus, clock: Clock, notifier: Notifier, attention: Callable[[], Attention]
    ) -> None:
        self._clock = clock
        self._notifier = notifier
        self._attention = attention
        self._began: dict[str, float] = {}
        # Of proposals that were told, or that the user could see when they came.
        self._settled: set[str] = set()
        bus.subscribe(ProposalChanged, lambda event: self._on_proposal(event.proposal))
        bus.subscribe(TurnChanged, lambda event: self._on_turn(event.turn))

    def _on_proposal(self, proposal: Proposal) -> None:
        match proposal.state:
            case Queued():
                self._settled.discard(proposal.id)
            case Streaming():
                self._began.setdefault(proposal.id, self._clock.monotonic())
            case Ready():
                # A short one beside the editor is seen; behind it, it would wait unseen.
                self._end(proposal, say("A proposal waits"), short_below=Attention.IN_SIGHT)
            case Withheld():
                self._end(proposal, say("A proposal was withheld"))
            case Failed() | Conflict():
                self._end(proposal, say("A proposal failed"))
            case _:
                self._began.pop(proposal.id, None)

    def _on_turn(self, turn: Turn) -> None:
        if turn.state is TurnState.STREAMING:
            self._began.setdefault(turn.id, self._clock.monotonic())
            return
        long = self._was_long(turn.id)
        if long and turn.state is not TurnState.STOPPED and self._attention() < Attention.IN_USE:
            failed = turn.state is TurnState.FAILED
            title = say("An answer failed") if failed else say("An answer is complete")
            self._notifier.notify(title, _name(turn.path or ""))

    def _end(
        self, proposal: Proposal, title: Said, short_below: Attention = Attention.HIDDEN
    ) -> None:
        long = self._was_long(proposal.id)
        if proposal.id in self._settled:
            return
        # Each decision on a hunk, and each save of the file, says again that it is ready.
        self._settled.add(proposal.id)
        if self._attention() < (Attention.IN_USE if long else short_below):
            self._notifier.notify(title, proposal.trigger.snapshot.name)

    def _was_long(self, name: str) -> bool:
        began = self._began.pop(name, None)
        return began is not None and self._clock.monotonic() - began >= LONG_TURN_S


def _name(path: str) -> str:
    return PurePosixPath(path).name
