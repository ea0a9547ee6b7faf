"""The lab's service: recorded turns and the profiles they are compared with."""

from dataclasses import replace

import pytest
from fakes import ENDED, FakeClock, MemoryExports, MemoryProfiles, MemoryThreads

from spark_desktop.domain.completion import Usage
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.errors import StoreError
from spark_desktop.services.lab import LabService


@pytest.fixture
async def threads():
    """Two threads: one with two answers, one with a question that was stopped."""
    clock = FakeClock()
    made = MemoryThreads(clock)
    first, second = await made.create(""), await made.create("")
    turn = Turn(
        *("t1", "Why?", "So.", TurnState.DONE, clock.now()), usage=ENDED.usage, timing=ENDED.timing
    )
    await made.save_turn(first.id, turn)
    await made.save_turn(first.id, replace(turn, id="t2"))
    stopped = replace(turn, id="t3", state=TurnState.STOPPED, usage=None, timing=None)
    await made.save_turn(second.id, stopped)
    return made


async def test_the_newest_thread_comes_first_with_its_turns(threads):
    found = await LabService(threads, MemoryProfiles(), MemoryExports()).threads()
    assert [[turn.id for turn in thread.turns] for thread in found] == [["t3"], ["t1", "t2"]]


async def test_the_report_covers_the_project_or_one_thread(threads):
    lab = LabService(threads, MemoryProfiles(), MemoryExports())
    whole = await lab.report()
    assert (whole.answers, whole.left_out) == (2, 1)
    second, first = await threads.threads()
    assert (await lab.report(first.id)).answers == 2
    assert (await lab.report(second.id)).answers == 0


async def test_an_unknown_thread_is_an_error(threads):
    with pytest.raises(StoreError):
        await LabService(threads, MemoryProfiles(), MemoryExports()).report("nothing")


async def test_a_schedule_is_asked_for_once(threads):
    profiles = MemoryProfiles()
    lab = LabService(threads, profiles, MemoryExports())
    usage = Usage(10, 5, 0)
    first = await lab.schedules(["codex", "codex-spark"], usage)
    assert [schedule.tokens for schedule in first] == [5, 5]
    assert await lab.schedules(["codex-spark", "codex"], usage) == (first[1], first[0])
    assert [name for name, _, _ in profiles.asked] == ["codex", "codex-spark"]


async def test_an_export_is_written_where_the_user_wants_it(threads, tmp_path):
    exports = MemoryExports()
    await LabService(threads, MemoryProfiles(), exports).export(tmp_path / "a.csv", b"x")
    assert exports.written == {tmp_path / "a.csv": b"x"}
