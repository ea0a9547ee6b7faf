"""The lab's service: recorded turns and the profiles they are compared with."""

from dataclasses import replace

import pytest
from fakes import ENDED, FakeClock, MemoryExports, MemoryProfiles, MemoryProposalLog, MemoryThreads
from interface_fakes import proposal

from spark_desktop.domain.completion import Usage
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.events import ProposalChanged
from spark_desktop.domain.proposal import Decision, Streaming
from spark_desktop.services.bus import Bus
from spark_desktop.services.lab import LabService
from spark_desktop.services.lab_proposals import LabProposals
from spark_desktop.services.tasks import TaskScope


def lab_of(threads, profiles=None, exports=None, log=None, bus=None):
    proposals = LabProposals(log or MemoryProposalLog(), bus or Bus(), TaskScope("test"))
    return LabService(threads, profiles or MemoryProfiles(), exports or MemoryExports(), proposals)


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
    found = await lab_of(threads).threads()
    assert [[turn.id for turn in thread.turns] for thread in found] == [["t3"], ["t1", "t2"]]


async def test_the_report_covers_the_project_or_one_thread(threads):
    lab = lab_of(threads)
    whole = await lab.report()
    assert (whole.answers, whole.left_out) == (2, 1)
    second, first = await threads.threads()
    assert (await lab.report(first.id)).answers == 2
    assert (await lab.report(second.id)).answers == 0


async def test_an_unknown_thread_is_an_error(threads):
    with pytest.raises(StoreError):
        await lab_of(threads).report("nothing")


async def test_a_schedule_is_asked_for_once(threads):
    profiles = MemoryProfiles()
    lab = lab_of(threads, profiles)
    usage = Usage(10, 5, 0)
    first = await lab.schedules(["codex", "codex-spark"], usage)
    assert [schedule.tokens for schedule in first] == [5, 5]
    assert await lab.schedules(["codex-spark", "codex"], usage) == (first[1], first[0])
    assert [name for name, _, _ in profiles.asked] == ["codex", "codex-spark"]


async def test_an_export_is_written_where_the_user_wants_it(threads, tmp_path):
    exports = MemoryExports()
    await lab_of(threads, exports=exports).export(tmp_path / "a.csv", b"x")
    assert exports.written == {tmp_path / "a.csv": b"x"}


def written(state=None, **fields):
    return replace(proposal(state), model="m", **fields)


async def test_what_a_proposal_took_is_kept_once_and_in_the_whole_projects_report(threads):
    log, bus = MemoryProposalLog(), Bus()
    lab = lab_of(threads, log=log, bus=bus)
    bus.publish(ProposalChanged(written(Streaming())))
    assert await lab.proposals() == ()
    done = written(usage=Usage(50, 9, 0), timing=ENDED.timing)
    bus.publish(ProposalChanged(done))
    bus.publish(ProposalChanged(replace(done, decisions={"h1": Decision.ACCEPTED})))
    report = await lab.report()
    assert (report.answers, report.proposals) == (3, 1)
    assert report.usage.completion_tokens == 2 * ENDED.usage.completion_tokens + 9
    assert list(log.known) == ["p1"]
    (_, first) = await threads.threads()
    assert (await lab.report(first.id)).proposals == 0


async def test_a_second_attempt_replaces_the_figures_of_the_first(threads):
    log, bus = MemoryProposalLog(), Bus()
    lab = lab_of(threads, log=log, bus=bus)
    bus.publish(ProposalChanged(written(Streaming(2), usage=Usage(50, 9, 0))))
    bus.publish(ProposalChanged(written(usage=Usage(100, 18, 0))))
    assert [each.usage.completion_tokens for each in await lab.proposals()] == [18]


class FullLog(MemoryProposalLog):
    """A log on a full disk."""

    async def keep(self, figures):
        raise StoreError("The disk is full.", "Free space.")


async def test_figures_that_cannot_be_kept_stop_nothing(threads, caplog):
    bus = Bus()
    lab = lab_of(threads, log=FullLog(), bus=bus)
    bus.publish(ProposalChanged(written(usage=Usage(50, 9, 0))))
    assert (await lab.report()).answers == 2
    assert "figures failed" in caplog.text
