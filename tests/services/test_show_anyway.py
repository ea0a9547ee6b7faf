"""A withheld proposal that the user has shown: as any other, but never taken along unseen."""

from dataclasses import replace

import pytest
from fakes import MemoryFiles

from spark_desktop.domain.errors import ConflictError, SparkError
from spark_desktop.domain.patch import apply, compute
from spark_desktop.domain.proposal import (
    Check,
    Closed,
    Conflict,
    Decision,
    Proposal,
    Queued,
    Ready,
    Withheld,
)
from spark_desktop.domain.track_record import Tally, Way
from spark_desktop.domain.trigger import FollowUp, Instruction, Span
from spark_desktop.domain.withheld import has_failed_checks
from tests.interface_fakes import AFTER, BEFORE

FAILED = (Check("differs", True), Check("parses", False, "It has 1 error."))
COMMENT = """\
def mean(values):
    # round it AI!
    return sum(values)


def other():
    return 1
"""
LAZY = "```python\ndef mean(values):\n    # ... rest of code\n    return 0\n```\n"
SAME = "```python\ndef mean(values):\n    return sum(values)\n```\n"
FIRST = BEFORE.replace("line 3\n", "three\n")


class Noted:
    """A track record that notes each change of it."""

    def __init__(self) -> None:
        self.noted: list[tuple[str, str, Way, bool]] = []

    async def keep(self, model: str, kind: str, way: Way, passed: bool) -> None:
        self.noted.append((model, kind, way, passed))

    async def tallies(self, model: str, kind: str) -> dict[Way, Tally]:
        return {}


@pytest.fixture
def world(world_of):
    return world_of(MemoryFiles(a__txt=BEFORE, b__txt="x\ny\n"))


def withheld(world, name="p1", path="a.txt", after=AFTER, group=""):
    """Put a proposal on the board that failed its checks."""
    snapshot = world.files.snapshot(path)
    patch = compute(path, snapshot.digest, snapshot.text.content, after)
    trigger = Instruction(snapshot, None, "numbers")
    if group:
        trigger = FollowUp(snapshot, Span(0, 1), "numbers", "use numbers")
    one = Proposal(name, trigger, Withheld("no"), Span(0, 20), patch, evidence=FAILED, group=group)
    world.board.put(one)
    return one


def followed(world):
    """Put a follow-up of two files on the board, of which the second failed its checks."""
    withheld(world, group="g")
    good = world.board.get("p1")
    world.board.put(replace(good, state=Ready(), evidence=(Check("parses", True),)))
    withheld(world, "p2", "b.txt", "x\nY\n", group="g")


async def test_it_is_ready_with_what_failed_in_its_evidence(world):
    one = withheld(world)
    await world.review.show_anyway("p1")
    assert world.board.get("p1") == replace(one, state=Ready())
    assert world.files.text("a.txt") == BEFORE


async def test_it_is_accepted_rejected_and_undone_as_any_other(world):
    first, *_, last = withheld(world).patch.hunks
    await world.review.show_anyway("p1")
    world.review.reject("p1", [last.id])
    await world.review.accept("p1", [first.id])
    assert world.files.text("a.txt") == FIRST
    await world.review.undo_decision("p1")
    await world.review.undo_decision("p1")
    assert world.files.text("a.txt") == BEFORE
    await world.review.accept("p1")
    assert world.files.text("a.txt") == AFTER
    assert world.board.get("p1").state == Closed(3)


async def test_a_second_press_changes_nothing(world):
    withheld(world)
    await world.review.show_anyway("p1")
    world.review.reject("p1", ["1-0"])
    before = world.board.get("p1")
    await world.review.show_anyway("p1")
    assert world.board.get("p1") == before


@pytest.mark.parametrize("change", [{"patch": None}, {"state": Closed(0)}])
async def test_where_there_is_nothing_to_look_at_all_stays_as_it_is(world, change):
    one = replace(withheld(world), **change)
    world.board.put(one)
    with pytest.raises(SparkError, match="nothing here to look at"):
        await world.review.show_anyway("p1")
    assert world.board.get("p1") == one


async def test_a_file_that_changed_meanwhile_keeps_what_was_written_there(world):
    withheld(world)
    mine = "mine\n" + BEFORE.replace("line 3\n", "three, by hand\n")
    world.files.write("a.txt", mine)
    await world.review.file_changed("a.txt")
    await world.review.show_anyway("p1")
    shown = world.board.get("p1")
    first, second, _third = shown.patch.hunks
    assert shown.trigger.snapshot.text.content == mine
    assert shown.decision(first.id) is Decision.CONFLICTING
    assert second.start == 9
    with pytest.raises(ConflictError):
        await world.review.accept("p1", [first.id])
    assert world.files.text("a.txt") == mine
    await world.review.accept("p1")
    assert world.files.text("a.txt") == "mine\n" + AFTER.replace("three\n", "three, by hand\n")


async def test_a_file_that_changes_once_it_is_shown_is_looked_at_again(world):
    withheld(world)
    await world.review.show_anyway("p1")
    world.files.before_replace = ["mine\n" + BEFORE]
    await world.review.accept("p1")
    assert world.files.text("a.txt") == "mine\n" + AFTER


async def test_where_the_file_is_gone_it_is_a_conflict_until_it_is_back(world):
    one = withheld(world)
    del world.files.data["a.txt"]
    await world.review.show_anyway("p1")
    assert world.board.get("p1").state == Conflict("There is no file a.txt.")
    world.files.write("a.txt", BEFORE)
    await world.review.file_changed("a.txt")
    assert world.board.get("p1") == replace(one, state=Ready())


async def test_accepting_a_group_leaves_what_failed_to_be_accepted_by_itself(world):
    followed(world)
    await world.review.show_anyway("p2")
    step = await world.review.accept_group("g")
    assert [change.path for change in step.changes] == ["a.txt"]
    assert world.files.text("b.txt") == "x\ny\n"
    with pytest.raises(SparkError, match="failed its checks"):
        await world.review.accept_group("g")
    await world.review.accept("p2")
    assert world.files.text("b.txt") == "x\nY\n"


async def test_what_the_user_wrote_over_it_is_accepted_with_its_group(world):
    followed(world)
    await world.review.show_anyway("p2")
    (hunk,) = world.board.get("p2").patch.hunks
    world.review.edit("p2", hunk.id, "mine\n")
    await world.review.accept_group("g")
    assert world.files.text("b.txt") == "x\nmine\n"


async def test_with_a_hunk_that_nobody_edited_it_is_still_left(world):
    followed(world)
    withheld(world, "p3", "a.txt", AFTER, group="g")
    await world.review.show_anyway("p3")
    first, *_ = world.board.get("p3").patch.hunks
    world.review.edit("p3", first.id, "mine\n")
    world.review.reject("p1")
    with pytest.raises(SparkError, match="failed its checks"):
        await world.review.accept_group("g")
    await world.review.undo_decision("p3")
    assert has_failed_checks(world.board.get("p3"))


async def test_where_the_file_holds_it_by_now_nothing_was_rejected(world):
    withheld(world)
    world.files.write("a.txt", AFTER)
    await world.review.show_anyway("p1")
    shown = world.board.get("p1")
    assert shown.state == Closed(0)
    assert set(shown.decisions.values()) == {Decision.STALE}


async def test_one_whose_file_is_gone_does_not_hold_the_rest_of_its_group(world):
    followed(world)
    del world.files.data["b.txt"]
    await world.review.show_anyway("p2")
    await world.review.accept_group("g")
    assert world.files.text("a.txt") == AFTER


async def test_rejecting_a_group_takes_what_was_shown_along(world):
    followed(world)
    await world.review.show_anyway("p2")
    world.review.reject_group("g")
    assert [world.board.get(one).state for one in ("p1", "p2")] == [Closed(0), Closed(0)]


async def test_what_a_model_wrote_is_shown_and_the_record_of_its_ways_stays(world_of):
    world = world_of(MemoryFiles(a__py=COMMENT), *[LAZY] * 9)
    record = world.suggester.ways.record = Noted()
    one = await world.ready(*world.triggers("a.py"))
    assert isinstance(one.state, Withheld)
    noted = list(record.noted)
    assert noted
    await world.review.show_anyway(one.id)
    shown = world.board.get(one.id)
    assert "# ... rest of code" in apply(COMMENT, shown.patch.hunks)
    assert shown.evidence == one.evidence
    await world.review.accept(one.id)
    assert "AI!" not in world.files.text("a.py")
    assert record.noted == noted


async def test_the_comment_that_would_go_is_nothing_that_a_model_wrote(world_of):
    world = world_of(MemoryFiles(a__py=COMMENT), *[SAME] * 9)
    one = await world.ready(*world.triggers("a.py"))
    assert isinstance(one.state, Withheld)
    with pytest.raises(SparkError, match="nothing here to look at"):
        await world.review.show_anyway(one.id)


async def test_it_can_be_asked_for_once_more(world_of):
    world = world_of(MemoryFiles(a__py=COMMENT), *[LAZY] * 18)
    one = await world.ready(*world.triggers("a.py"))
    await world.review.show_anyway(one.id)
    again = world.turns.repeat(one.id)
    assert one.id not in world.board
    assert isinstance(world.board.get(again).state, Queued)
    await world.turns.idle()
    assert isinstance(world.board.get(again).state, Withheld)
