"""Quiet mode holds back what nobody typed; a snooze everything, for a while."""

import asyncio
from datetime import timedelta

import pytest
from fakes import Answer, FakeClock, MemoryFiles

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import ChangeIgnored, RestChanged, SaveSettled, WatchingChanged
from spark_desktop.domain.inbox_entry import Outcome
from spark_desktop.domain.proposal import Ready
from spark_desktop.domain.rest import Rest
from spark_desktop.domain.trigger import EditComment, FailingTest, Repair, Span, Stub, title_of
from spark_desktop.domain.workspace import IgnoreReason
from spark_desktop.services.quiet import Quiet

BOTH = "def one():\n    pass\n\n\n# two AI!\nX = 1\n"


class HeldClock(FakeClock):
    """A clock that the test moves; who sleeps waits for that."""

    def __init__(self) -> None:
        super().__init__()
        self._moved = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        await self._moved.wait()
        self._moved.clear()

    async def move(self, minutes: float) -> None:
        self.seconds += 60 * minutes
        self._moved.set()
        for _ in range(4):
            await asyncio.sleep(0)


@pytest.fixture
async def world(world_of):
    made = world_of(MemoryFiles(a__py=BOTH), Answer(hangs=True))
    made.held = HeldClock()
    made.quiet = Quiet(made.held, made.seen_bus, made.scope)
    return made


def reasons(world):
    return [event.ignored.reason for event in world.seen.of(ChangeIgnored)]


async def test_in_quiet_mode_a_comment_starts_and_a_stub_is_offered(world):
    world.quiet.use(True)
    await world.inbox.saved(["a.py"])
    assert [type(one.trigger) for one in world.turns.proposals()] == [EditComment]
    assert reasons(world) == [IgnoreReason.QUIET]
    (entry,) = (event.entry for event in world.seen.of(SaveSettled))
    assert (entry.outcome, [title_of(one) for one in entry.offered]) == (
        Outcome.QUEUED,
        ["stub one()"],
    )


async def test_what_quiet_mode_held_back_can_be_started(world_of):
    world = world_of(MemoryFiles(a__py="def one():\n    pass\n"), "return 1\n")
    Quiet(FakeClock(), world.seen_bus, world.scope).use(True)
    await world.inbox.saved(["a.py"])
    (entry,) = (event.entry for event in world.seen.of(SaveSettled))
    assert entry.reason == "quiet mode: nothing starts unasked: stub one()"
    world.inbox.start(entry.id)
    await world.turns.idle()
    assert [one.state for one in world.turns.proposals()] == [Ready()]


async def test_after_quiet_mode_the_next_save_takes_what_it_held_back(world):
    world.quiet.use(True)
    await world.inbox.saved(["a.py"])
    world.quiet.use(False)
    await world.inbox.saved(["a.py"])
    assert [type(one.trigger) for one in world.turns.proposals()] == [EditComment, Stub]


@pytest.mark.parametrize("kind", [Repair, FailingTest])
async def test_in_quiet_mode_no_repair_and_no_failing_test_starts(world, kind):
    snapshot = world.files.snapshot("a.py")
    found = (
        Repair(snapshot, Span(0, 1), "open")
        if kind is Repair
        else FailingTest(snapshot, None, "test_one", "it failed")
    )
    world.quiet.use(True)
    entry = world.inbox.found("a.py", [found])
    assert (entry.cause, entry.offered) == (IgnoreReason.QUIET, (found,))
    world.quiet.use(False)
    assert world.inbox.found("a.py", [found]).outcome is Outcome.QUEUED
    assert world.inbox.found("a.py", []) is None


async def test_during_a_snooze_nothing_starts_and_the_inbox_says_until_when(world):
    until = world.quiet.snooze(20)
    await world.inbox.saved(["a.py"])
    assert world.turns.proposals() == ()
    (entry,) = (event.entry for event in world.seen.of(SaveSettled))
    assert entry.cause is IgnoreReason.SNOOZED
    assert entry.reason.endswith(f"until {until:%H:%M}")


async def test_a_snooze_is_told_and_ends_by_itself_with_what_was_saved_meanwhile(world):
    until = world.quiet.snooze(20)
    assert until == world.held.now() + timedelta(minutes=20)
    await asyncio.sleep(0)
    await world.inbox.saved(["a.py"])
    await world.held.move(19)
    assert world.quiet.rest == Rest(until=until)
    await world.held.move(1)
    assert world.quiet.rest == Rest()
    assert world.seen.of(RestChanged) == [RestChanged(Rest(until=until)), RestChanged(Rest())]
    assert world.seen.of(WatchingChanged) == [WatchingChanged(False, ("a.py",))]
    await world.inbox.saved(["a.py"])
    assert len(world.turns.proposals()) == 2


async def test_a_snooze_can_be_ended_and_replaced(world):
    world.quiet.snooze(20)
    later = world.quiet.snooze(60)
    assert world.quiet.rest.until == later
    world.quiet.wake()
    assert world.quiet.rest == Rest()
    await world.held.move(60)
    assert len(world.seen.of(RestChanged)) == 3


async def test_a_snooze_keeps_quiet_mode(world):
    world.quiet.use(True)
    until = world.quiet.snooze(5)
    assert world.quiet.rest == Rest(is_quiet=True, until=until)
    world.quiet.wake()
    assert world.quiet.rest == Rest(is_quiet=True)


async def test_a_failing_test_during_a_snooze_is_offered(world):
    found = FailingTest(world.files.snapshot("a.py"), None, "test_one", "it failed")
    world.quiet.snooze(5)
    entry = world.inbox.found("a.py", [found])
    assert (entry.cause, entry.offered) == (IgnoreReason.SNOOZED, (found,))


async def test_a_pause_that_ends_during_a_snooze_tells_what_was_saved_when_that_is_over(world):
    world.inbox.pause()
    world.quiet.snooze(5)
    await world.inbox.saved(["a.py"])
    assert world.inbox.resume() == ()
    world.quiet.wake()
    assert world.seen.of(WatchingChanged)[-1] == WatchingChanged(False, ("a.py",))


async def test_a_snooze_that_ends_during_a_pause_starts_nothing(world):
    world.inbox.pause()
    world.quiet.snooze(5)
    await world.inbox.saved(["a.py"])
    world.quiet.wake()
    assert world.turns.proposals() == ()
    assert world.inbox.resume() == ("a.py",)


@pytest.mark.parametrize("minutes", [0, -5, 24 * 60 + 1])
async def test_a_snooze_of_no_time_or_of_days_is_refused(world, minutes):
    with pytest.raises(SparkError, match=str(minutes)) as caught:
        world.quiet.snooze(minutes)
    assert "1 to 1440" in caught.value.next_step
    assert world.quiet.rest == Rest()
