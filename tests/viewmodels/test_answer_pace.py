from dataclasses import replace

import pytest
from fakes import EMULATION

from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.events import TurnChanged, TurnStreamed
from spark_desktop.services.bus import Bus
from spark_desktop.viewmodels.answer_pace import AnswerPace
from spark_desktop.viewmodels.project import ProjectViewModels
from tests.interface_fakes import FakeProject, turn, until


class Seconds:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
def pace(qapp: object, bus: Bus, clock: Seconds) -> AnswerPace:
    return AnswerPace(bus, clock)


def begin(bus: Bus) -> None:
    bus.publish(TurnChanged("th1", turn(state=TurnState.STREAMING)))


def test_the_wait_for_the_first_token_is_counted(
    bus: Bus, clock: Seconds, pace: AnswerPace
) -> None:
    begin(bus)
    clock.now += 3.2
    assert pace.text("t1") == "waiting for the first token… 3 s"
    assert pace.rate is None


def test_the_wait_before_a_buffered_answer_is_said_to_be_the_real_models(
    bus: Bus, clock: Seconds, pace: AnswerPace
) -> None:
    buffered = replace(EMULATION, source="buffered")
    begin(bus)
    marked = replace(turn(state=TurnState.STREAMING), emulation=buffered)
    bus.publish(TurnChanged("th1", marked))
    clock.now += 4
    assert pace.text("t1") == "the real model writes first… 4 s"


def test_the_rate_counts_from_the_second_piece(bus: Bus, clock: Seconds, pace: AnswerPace) -> None:
    begin(bus)
    clock.now += 2
    bus.publish(TurnStreamed("th1", "t1", "a"))
    assert pace.text("t1") == "writing…"
    for _piece in range(10):
        clock.now += 0.05
        bus.publish(TurnStreamed("th1", "t1", "a"))
    assert pace.text("t1") == "writing… 20 t/s"
    assert pace.rate == pytest.approx(20)


def test_the_first_piece_is_told_at_once(bus: Bus, pace: AnswerPace) -> None:
    told: list[tuple[str, str]] = []
    pace.changed.connect(lambda turn_id, text: told.append((turn_id, text)))
    begin(bus)
    bus.publish(TurnStreamed("th1", "t1", "a"))
    assert told == [("t1", "writing…")]


def test_a_turn_that_is_over_has_no_pace(bus: Bus, pace: AnswerPace) -> None:
    begin(bus)
    bus.publish(TurnChanged("th1", turn()))
    bus.publish(TurnStreamed("th1", "t1", "late"))
    assert pace.text("t1") == ""
    assert pace.rate is None


def test_asking_again_begins_to_count_anew(bus: Bus, clock: Seconds, pace: AnswerPace) -> None:
    begin(bus)
    bus.publish(TurnStreamed("th1", "t1", "a"))
    bus.publish(TurnChanged("th1", turn(state=TurnState.FAILED)))
    clock.now += 60
    begin(bus)
    assert pace.text("t1") == "waiting for the first token… 0 s"


async def test_it_is_told_while_it_runs(project: FakeProject, models: ProjectViewModels) -> None:
    told: list[str] = []
    models.chat.pace.changed.connect(lambda _turn_id, text: told.append(text))
    begin(project.bus)
    await until(lambda: bool(told))
    assert told[0].startswith("waiting for the first token")


async def test_the_status_bar_shows_the_speed_of_an_answer_too(
    project: FakeProject, models: ProjectViewModels
) -> None:
    begin(project.bus)
    for _piece in range(3):
        project.bus.publish(TurnStreamed("th1", "t1", "a"))
    await until(lambda: models.status.speed.text.endswith("tokens/s"))
    assert "after the first" in models.status.speed.tip
