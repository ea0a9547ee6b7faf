from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from spark_desktop.domain.completion import Timing
from spark_desktop.domain.errors import FileError
from spark_desktop.domain.events import (
    ChangeApplied,
    ProposalChanged,
    ProposalStreamed,
    TurnChanged,
    TurnStreamed,
)
from spark_desktop.domain.proposal import Streaming
from spark_desktop.domain.stage_times import Stage
from spark_desktop.services.bus import Bus
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.times import TimesViewModel
from tests.fakes import EMULATION
from tests.interface_fakes import NOON, TIMING, USAGE, change, proposal, turn, until

ANSWERED = replace(turn(), usage=USAGE, timing=replace(TIMING, connect=0.0, queue=0.05))


class Exports:
    def __init__(self) -> None:
        self.written: dict[Path, bytes] = {}
        self.error: FileError | None = None

    async def export(self, path: Path, data: bytes) -> None:
        if self.error is not None:
            raise self.error
        self.written[path] = data


class World:
    def __init__(self) -> None:
        self.bus, self.exports, self.scope = Bus(), Exports(), TaskScope("test")
        self.seconds = 10.0
        self.times = TimesViewModel(
            self.bus, self.exports, self.scope, lambda: NOON, lambda: self.seconds
        )


@pytest.fixture
async def world(qapp: object) -> AsyncIterator[World]:
    made = World()
    yield made
    await made.scope.close()


async def test_a_turn_is_a_row_with_its_stages(world: World) -> None:
    assert world.times.notice is not None
    assert "No turn ended yet" in world.times.notice.text
    world.bus.publish(TurnChanged("th1", turn()))
    assert world.times.rows == ()
    world.bus.publish(TurnChanged("th1", ANSWERED))
    world.bus.publish(TurnChanged("th1", ANSWERED))
    (row,) = world.times.rows
    assert (row.title, row.total, row.speed) == ("Why?", "1.3 s", "50 tokens/s")
    assert (row.cached, row.cost) == ("75 %", "local")
    assert [stage for stage, _ in row.stages] == [
        Stage.CONNECT,
        Stage.QUEUE,
        Stage.PREFILL,
        Stage.DECODE,
    ]
    assert "paint: not measured." in row.tip
    assert world.times.notice is None


async def test_paint_is_from_the_first_piece_to_its_repaint(world: World) -> None:
    awaited: list[float] = []
    world.times.paint_awaited.connect(lambda: awaited.append(world.seconds))
    world.bus.publish(TurnStreamed("th1", "t1", "a"))
    await until(lambda: bool(awaited))
    world.seconds += 0.02
    world.times.painted()
    world.seconds += 1
    world.bus.publish(TurnStreamed("th1", "t1", "b"))
    world.times.painted()
    world.bus.publish(TurnChanged("th1", ANSWERED))
    (row,) = world.times.rows
    assert dict(row.stages)[Stage.PAINT] == pytest.approx(0.02)


async def test_a_window_that_draws_nothing_leaves_paint_unmeasured(world: World) -> None:
    awaited: list[float] = []
    world.times.paint_awaited.connect(lambda: awaited.append(world.seconds))
    world.bus.publish(TurnStreamed("th1", "t1", "a"))
    await until(lambda: len(awaited) == 1)
    world.bus.publish(TurnStreamed("th1", "t2", "a"))
    await until(lambda: len(awaited) == 2)
    world.seconds += 100
    world.times.painted()
    world.bus.publish(TurnChanged("th1", ANSWERED))
    assert Stage.PAINT not in dict(world.times.rows[0].stages)


async def test_an_answer_that_ends_before_its_first_picture_is_measured_too(world: World) -> None:
    world.bus.publish(TurnStreamed("th1", "t1", "a"))
    world.bus.publish(TurnChanged("th1", ANSWERED))
    world.times.paint_awaited.connect(world.times.painted)
    await until(lambda: Stage.PAINT in dict(world.times.rows[0].stages))


async def test_applying_is_added_to_the_files_newest_proposal(world: World) -> None:
    done = replace(proposal(), usage=USAGE, timing=TIMING)
    world.bus.publish(ProposalChanged(replace(done, state=Streaming(), timing=None)))
    world.bus.publish(ProposalStreamed("p1", "text", 1, 0.0))
    world.bus.publish(ProposalChanged(done))
    world.bus.publish(ChangeApplied(change(), 0.25))
    world.bus.publish(ChangeApplied(change(), 0.5))
    world.bus.publish(ChangeApplied(change("other.py"), 7.0))
    world.bus.publish(ChangeApplied(change()))
    (row,) = world.times.rows
    assert row.title == "src/parser.py"
    assert dict(row.stages)[Stage.APPLY] == 0.75


async def test_percentiles_are_of_the_session_without_emulated_turns(world: World) -> None:
    for number in range(20):
        timing = Timing(0.1, number + 1.0, 0.5, decode=1.0)
        world.bus.publish(TurnChanged("th1", replace(ANSWERED, id=str(number), timing=timing)))
    slow = replace(ANSWERED, id="e", timing=Timing(0.1, 99.0, 9.0, 90.0), emulation=EMULATION)
    world.bus.publish(TurnChanged("th1", slow))
    assert world.times.rows[0].cost == "emulated"
    assert world.times.rows[0].is_emulated
    sums = {name: (p50, p95) for name, p50, p95 in world.times.sums}
    assert sums["prefill"] == ("500 ms", "500 ms")
    assert sums["apply"] == ("not measured", "not measured")
    assert sums["whole turn"] == ("10.0 s", "19.0 s")


async def test_the_turns_are_exported(world: World) -> None:
    world.bus.publish(TurnChanged("th1", ANSWERED))
    world.times.export("/home/me/times.csv")
    await until(lambda: world.times.notice is not None)
    assert b"prefill_s" in world.exports.written[Path("/home/me/times.csv")]
    world.exports.error = FileError("It cannot be written.", "Choose another place.")
    world.times.export("/home/me/times.csv")
    await until(lambda: world.times.notice is not None and "cannot" in world.times.notice.text)


async def test_a_long_session_forgets_its_oldest_turns(world: World) -> None:
    for number in range(1005):
        world.bus.publish(TurnChanged("th1", replace(ANSWERED, id=str(number))))
    assert len(world.times.turns) == 1000
    assert world.times.turns[-1].id == "5"


@pytest.mark.parametrize(("cost", "text"), [(0.0042, "$0.0042"), (1.5, "$1.50"), (None, "Fast")])
async def test_a_remote_turn_says_what_it_cost_or_who_answered(
    world: World, cost: float | None, text: str
) -> None:
    world.bus.publish(TurnChanged("th1", replace(ANSWERED, endpoint="Fast", cost=cost)))
    (row,) = world.times.rows
    assert row.cost == text
