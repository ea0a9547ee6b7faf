"""What the desktop tells while the user looks elsewhere."""

from dataclasses import replace

import pytest
from fakes import FakeClock

from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.events import ProposalChanged, TurnChanged
from spark_desktop.domain.proposal import (
    Cancelled,
    Closed,
    Conflict,
    Failed,
    Queued,
    Ready,
    State,
    Streaming,
    Withheld,
)
from spark_desktop.services.bus import Bus
from spark_desktop.services.desktop_notices import Attention, DesktopNotices
from tests.interface_fakes import proposal, turn


class Desk:
    """A user who looks as the test says, and what they are told."""

    def __init__(self, attention: Attention) -> None:
        self.attention = attention
        self.told: list[tuple[str, str]] = []
        self.clock = FakeClock()
        self.bus = Bus()
        DesktopNotices(self.bus, self.clock, self, lambda: self.attention)

    def notify(self, title: str, body: str) -> None:
        self.told.append((title, body))

    def propose(self, seconds: float, *states: State) -> None:
        self.bus.publish(ProposalChanged(proposal(Queued())))
        self.bus.publish(ProposalChanged(proposal(Streaming())))
        self.clock.seconds += seconds
        for state in states:
            self.bus.publish(ProposalChanged(proposal(state)))

    def answer(self, seconds: float, state: TurnState, path: str | None = "src/parser.py") -> None:
        self.bus.publish(TurnChanged("th1", turn(state=TurnState.STREAMING)))
        self.clock.seconds += seconds
        self.bus.publish(TurnChanged("th1", replace(turn(answer="code", state=state), path=path)))


WAITS = [("A proposal waits", "parser.py")]


@pytest.mark.parametrize(
    ("attention", "seconds", "told"),
    [
        (Attention.HIDDEN, 0.5, WAITS),
        (Attention.IN_SIGHT, 0.5, []),
        (Attention.IN_USE, 0.5, []),
        (Attention.HIDDEN, 9.0, WAITS),
        (Attention.IN_SIGHT, 9.0, WAITS),
        (Attention.IN_USE, 9.0, []),
    ],
)
def test_a_waiting_proposal_is_told_to_who_cannot_see_it(
    attention: Attention, seconds: float, told: list[tuple[str, str]]
) -> None:
    desk = Desk(attention)
    desk.propose(seconds, Ready())
    assert desk.told == told


@pytest.mark.parametrize(
    ("state", "title"),
    [
        (Withheld("no"), "A proposal was withheld"),
        (Failed("no"), "A proposal failed"),
        (Conflict("no"), "A proposal failed"),
    ],
)
def test_what_went_wrong_is_told_after_a_long_turn_only(state: State, title: str) -> None:
    desk = Desk(Attention.HIDDEN)
    desk.propose(1.0, state)
    assert desk.told == []
    desk.propose(5.0, state)
    assert desk.told == [(title, "parser.py")]


def test_what_the_user_ended_or_decided_is_not_told() -> None:
    desk = Desk(Attention.HIDDEN)
    desk.propose(9.0, Cancelled("stopped"))
    desk.propose(9.0, Closed(1))
    desk.answer(9.0, TurnState.STOPPED)
    assert desk.told == []


def test_a_proposal_is_told_once_whatever_becomes_of_it() -> None:
    desk = Desk(Attention.HIDDEN)
    desk.propose(9.0, Ready(), Ready(), Conflict("saved"), Ready())
    assert desk.told == WAITS


def test_what_was_withheld_and_then_shown_by_the_user_is_not_told_again() -> None:
    desk = Desk(Attention.HIDDEN)
    desk.propose(9.0, Withheld("no"), Ready(), Ready())
    assert desk.told == [("A proposal was withheld", "parser.py")]
    desk.propose(1.0, Withheld("no"), Ready())
    assert len(desk.told) == 1


def test_one_that_was_seen_when_it_came_is_not_told_later() -> None:
    desk = Desk(Attention.IN_USE)
    desk.propose(9.0, Ready())
    desk.attention = Attention.HIDDEN
    desk.bus.publish(ProposalChanged(proposal(Ready())))
    assert desk.told == []


def test_a_second_try_counts_from_the_first() -> None:
    desk = Desk(Attention.IN_SIGHT)
    desk.propose(4.0, Streaming(2))
    desk.clock.seconds += 2.0
    desk.bus.publish(ProposalChanged(proposal(Ready())))
    assert desk.told == WAITS


def test_a_long_answer_is_told_by_its_files_name_and_never_by_its_words() -> None:
    desk = Desk(Attention.IN_SIGHT)
    desk.answer(1.0, TurnState.DONE)
    desk.answer(6.0, TurnState.DONE)
    desk.answer(6.0, TurnState.FAILED, path=None)
    assert desk.told == [("An answer is complete", "parser.py"), ("An answer failed", "")]


def test_an_answer_that_is_watched_is_not_told() -> None:
    desk = Desk(Attention.IN_USE)
    desk.answer(60.0, TurnState.DONE)
    assert desk.told == []
