"""Deciding hunk by hunk, across the files of an answer, and taking decisions back."""

import asyncio
from dataclasses import dataclass, replace

import pytest
from edit_fakes import FakeEdits
from fakes import MemoryFiles

from spark_desktop.domain.errors import (
    ConflictError,
    FileChangedError,
    FileError,
    NothingToUndoError,
    PatchError,
    SparkError,
)
from spark_desktop.domain.events import ProposalChanged
from spark_desktop.domain.history import WHOLE
from spark_desktop.domain.merge import Side
from spark_desktop.domain.patch import ABSENT, FileKind, FilePatch, Hunk, Owner, compute
from spark_desktop.domain.proposal import (
    Check,
    Closed,
    Conflict,
    Decision,
    FailedBlock,
    Proposal,
    Ready,
    Streaming,
)
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import Instruction, Span
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.board import ProposalBoard
from spark_desktop.services.bus import Bus
from spark_desktop.services.review import ReviewService

BEFORE = "".join(f"line {n}\n" for n in range(1, 21))
AFTER = BEFORE.replace("line 3\n", "LINE 3\n").replace("line 12\n", "LINE 12\n")
THIRD, TWELFTH = "3-0", "12-1"


@dataclass
class World:
    """A review with its files, the edit service faked."""

    files: MemoryFiles
    edits: FakeEdits
    board: ProposalBoard
    review: ReviewService
    seen: list[Proposal]

    def propose(self, path="a.txt", after=AFTER, proposal_id="p1", group="", **more):
        snapshot = self.files.snapshot(path)
        patch = compute(path, snapshot.digest, snapshot.text.content, after)
        trigger = Instruction(snapshot, None, f"change {path}")
        self.board.put(Proposal(proposal_id, trigger, Ready(), patch=patch, group=group, **more))

    def about_file(self, path, kind, content="", target="", proposal_id="p1", group="", after=""):
        """Put a proposal on the board that creates, deletes or renames a file."""
        is_new = kind is FileKind.CREATE
        text = SourceText("") if is_new else self.files.snapshot(path).text
        base = ABSENT if is_new else text.digest
        wanted = content if is_new else after
        hunks = compute(path, base, text.content, wanted).hunks
        patch = FilePatch(path, base, hunks, kind, target)
        trigger = Instruction(Snapshot(path, text, base), None, "files")
        self.board.put(Proposal(proposal_id, trigger, Ready(), patch=patch, group=group))

    def get(self, proposal_id="p1"):
        return self.board.get(proposal_id)

    def decision(self, hunk_id, proposal_id="p1"):
        return self.get(proposal_id).decision(hunk_id)

    async def save(self, content, path="a.txt"):
        """Save as the user's editor does, and tell it."""
        self.files.write(path, content)
        await self.review.file_changed(path)


@pytest.fixture
def world():
    files, bus, seen = MemoryFiles(a__txt=BEFORE), Bus(), []
    bus.subscribe(ProposalChanged, lambda event: seen.append(event.proposal))
    edits, board = FakeEdits(files), ProposalBoard(bus)
    return World(files, edits, board, ReviewService(board, edits, files), seen)


async def test_accepting_returns_the_step_with_its_origin(world):
    world.propose()
    step = await world.review.accept("p1", [THIRD])
    assert step.origin == "p1"
    assert world.files.text("a.txt") == BEFORE.replace("line 3\n", "LINE 3\n")
    assert world.decision(THIRD) is Decision.ACCEPTED
    assert world.get().state == Ready()


async def test_what_collides_is_in_conflict_with_both_versions_and_the_rest_stays(world):
    world.propose()
    await world.save(BEFORE.replace("line 3\n", "line three\n"))
    proposal = world.get()
    assert proposal.state == Ready()
    assert world.decision(THIRD) is Decision.CONFLICTING
    assert world.decision(TWELFTH) is Decision.PENDING
    assert proposal.patch.hunks[0] == Hunk(THIRD, 2, ("line three\n",), ("LINE 3\n",))
    assert proposal.conflicts == {THIRD: ("line 3\n",)}


async def test_a_conflict_that_nobody_saw_stops_the_accept_with_nothing_written(world):
    world.propose()
    by_hand = BEFORE.replace("line 3\n", "line three\n")
    world.files.write("a.txt", by_hand)
    with pytest.raises(ConflictError, match=r"a\.txt, line 3"):
        await world.review.accept("p1")
    assert world.files.text("a.txt") == by_hand


async def test_accepting_all_leaves_a_conflict_that_was_seen_for_later(world):
    world.propose()
    by_hand = BEFORE.replace("line 3\n", "line three\n")
    await world.save(by_hand)
    await world.review.accept("p1")
    assert world.files.text("a.txt") == by_hand.replace("line 12\n", "LINE 12\n")
    assert world.get().state == Ready()
    with pytest.raises(ConflictError, match="line 3: it was changed"):
        await world.review.accept("p1", [THIRD])


@pytest.mark.parametrize(
    ("side", "lines", "decision"),
    [
        (Side.MINE, "LINE 3\n", Decision.PENDING),
        (Side.BOTH, "line three\nLINE 3\n", Decision.PENDING),
        (Side.DISK, "line three\n", Decision.REJECTED),
    ],
)
async def test_a_conflict_is_settled_by_choosing_a_side(world, side, lines, decision):
    world.propose()
    await world.save(BEFORE.replace("line 3\n", "line three\n"))
    world.review.resolve("p1", THIRD, side)
    assert world.decision(THIRD) is decision
    await world.review.accept("p1")
    expected = BEFORE.replace("line 3\n", lines).replace("line 12\n", "LINE 12\n")
    assert world.files.text("a.txt") == expected
    assert isinstance(world.get().state, Closed)


async def test_a_settled_conflict_is_one_again_when_that_is_taken_back(world):
    world.propose()
    await world.save(BEFORE.replace("line 3\n", "line three\n"))
    for side in Side:
        world.review.resolve("p1", THIRD, side)
        assert await world.review.undo_decision("p1") == (THIRD,)
        assert world.decision(THIRD) is Decision.CONFLICTING
        assert world.get().conflicts == {THIRD: ("line 3\n",)}


async def test_a_rejected_conflict_that_is_reconsidered_is_in_conflict_again(world):
    world.propose()
    await world.save(BEFORE.replace("line 3\n", "line three\n"))
    world.review.resolve("p1", THIRD, Side.DISK)
    await world.save("0\n" + BEFORE.replace("line 3\n", "line three\n"))
    await world.review.reconsider("p1", [THIRD])
    assert world.decision(THIRD) is Decision.CONFLICTING
    assert world.get().patch.hunks[0].start == 3


async def test_only_a_conflict_can_be_resolved(world):
    world.propose()
    with pytest.raises(PatchError, match="no conflict"):
        world.review.resolve("p1", THIRD, Side.MINE)


async def test_a_file_that_comes_back_word_for_word_brings_every_hunk_back(world):
    text = "a\nb\nc\nd\ne\n"
    world.files.write("a.txt", text)
    world.propose(after="a\nB\nc\nD\ne\n")
    await world.save("a\nall\nnew\ne\n")
    assert world.decision("4-1") is Decision.STALE
    await world.save(text)
    assert [hunk.id for hunk in world.get().patch.hunks] == ["2-0", "4-1"]
    assert world.get().decisions == {}
    assert world.get().conflicts == {}


async def test_a_hunk_that_the_user_wrote_by_hand_is_stale(world):
    world.propose()
    await world.save(BEFORE.replace("line 3\n", "LINE 3\n"))
    assert world.decision(THIRD) is Decision.STALE
    assert world.get().state == Ready()
    await world.save(AFTER)
    assert world.get().state == Closed(0)


async def test_a_rejected_hunk_can_wait_again_even_where_the_file_changed_elsewhere(world):
    world.propose()
    world.review.reject("p1", [THIRD])
    await world.save("0\n" + BEFORE)
    await world.review.reconsider("p1", [THIRD])
    assert world.decision(THIRD) is Decision.PENDING
    await world.review.accept("p1")
    assert world.files.text("a.txt") == "0\n" + AFTER


async def test_a_rejected_hunk_whose_lines_were_changed_cannot_wait_again(world):
    world.propose()
    world.review.reject("p1", [THIRD])
    await world.save(BEFORE.replace("line 3\n", "mine\n"))
    with pytest.raises(PatchError, match="changed since"):
        await world.review.reconsider("p1", [THIRD])
    assert world.decision(THIRD) is Decision.REJECTED


async def test_an_accepted_hunk_is_undone_on_disk_and_waits_again(world):
    world.propose()
    await world.review.accept("p1")
    assert world.get().state == Closed(2)
    await world.review.reconsider("p1", [TWELFTH])
    assert world.files.text("a.txt") == BEFORE.replace("line 3\n", "LINE 3\n")
    assert world.get().state == Ready()
    assert world.get().patch.hunks == (Hunk(TWELFTH, 11, ("line 12\n",), ("LINE 12\n",)),)
    await world.review.accept("p1")
    assert world.files.text("a.txt") == AFTER


async def test_reconsidering_keeps_what_the_user_wrote_since(world):
    world.propose()
    await world.review.accept("p1")
    await world.save("0\n" + AFTER + "end\n")
    await world.review.reconsider("p1", [THIRD, TWELFTH])
    assert world.files.text("a.txt") == "0\n" + BEFORE + "end\n"
    assert [hunk.start for hunk in world.get().patch.hunks] == [3, 12]


async def test_an_undo_that_fails_leaves_the_hunk_accepted(world):
    world.propose()
    await world.review.accept("p1")
    world.edits.error = FileError("The disk is full.")
    with pytest.raises(FileError):
        await world.review.reconsider("p1", [THIRD])
    assert world.decision(THIRD) is Decision.ACCEPTED
    assert world.get().state == Closed(2)


async def test_of_two_steps_the_first_undo_counts_though_the_second_fails(world):
    world.propose()
    await world.review.accept("p1", [THIRD])
    step = await world.review.accept("p1", [TWELFTH])
    undo = world.edits.undo

    async def first_only(step_id, hunks):
        if step_id == step.id:
            raise FileError("The disk is full.")
        return await undo(step_id, hunks)

    world.edits.undo = first_only
    with pytest.raises(FileError):
        await world.review.reconsider("p1", [THIRD, TWELFTH])
    assert world.decision(THIRD) is Decision.PENDING
    assert world.decision(TWELFTH) is Decision.ACCEPTED
    world.edits.undo = undo
    assert await world.review.undo_decision("p1") == (TWELFTH,)
    assert world.files.text("a.txt") == BEFORE


async def test_a_change_undone_in_the_list_of_changes_can_wait_again(world):
    world.propose()
    step = await world.review.accept("p1")
    world.review.reverted(await world.edits.undo(step.id))
    assert world.get().state == Closed(2, undone=True)
    await world.review.reconsider("p1", [THIRD, TWELFTH])
    assert world.get().state == Ready()
    assert len(world.get().patch.hunks) == 2


async def test_what_was_never_decided_cannot_be_reconsidered(world):
    world.propose()
    with pytest.raises(PatchError, match="not rejected"):
        await world.review.reconsider("p1", [THIRD])


async def test_decisions_are_taken_back_the_last_first(world):
    world.propose()
    world.review.reject("p1", [THIRD])
    await world.review.accept("p1", [TWELFTH])
    assert await world.review.undo_decision("p1") == (TWELFTH,)
    assert world.files.text("a.txt") == BEFORE
    assert world.decision(THIRD) is Decision.REJECTED
    assert await world.review.undo_decision("p1") == (THIRD,)
    assert world.get().decisions == {}
    with pytest.raises(NothingToUndoError):
        await world.review.undo_decision("p1")


async def test_what_was_reconsidered_is_not_taken_back_twice(world):
    world.propose()
    world.review.reject("p1", [THIRD])
    world.review.reject("p1", [TWELFTH])
    await world.review.reconsider("p1", [THIRD])
    assert await world.review.undo_decision("p1") == (TWELFTH,)
    with pytest.raises(NothingToUndoError):
        await world.review.undo_decision("p1")


async def test_a_reconsidered_change_that_is_accepted_again_is_not_shown_as_undone(world):
    world.propose()
    await world.review.accept("p1")
    await world.review.reconsider("p1", [THIRD, TWELFTH])
    world.review.reverted(world.edits.kept[0])
    await world.review.accept("p1")
    world.review.reverted(world.edits.kept[0])
    assert world.get().state == Closed(2)


async def test_an_undone_step_is_shown_on_its_proposal_until_it_is_redone(world):
    world.propose()
    step = await world.review.accept("p1")
    world.review.reverted(await world.edits.undo(step.id))
    assert world.get().state == Closed(2, undone=True)
    world.review.reverted(step)
    assert world.get().state == Closed(2)


async def test_a_split_hunk_is_decided_in_parts_and_joined_by_taking_that_back(world):
    world.files.write("a.txt", "a = 1\nb = 1\nend\n")
    world.propose(after="a = 2\nb = 2\nend\n")
    whole = world.get().patch.hunks
    parts = world.review.split("p1", "1-0")
    assert parts == ("1-0.1", "1-0.2")
    await world.review.accept("p1", [parts[1]])
    assert world.files.text("a.txt") == "a = 1\nb = 2\nend\n"
    assert await world.review.undo_decision("p1") == (parts[1],)
    assert await world.review.undo_decision("p1") == ("1-0",)
    assert world.get().patch.hunks == whole


async def test_a_hunk_with_the_users_text_is_theirs_and_can_be_put_back(world):
    world.propose()
    world.review.edit("p1", THIRD, "mine\nand mine")
    edited = world.get().patch.hunks[0]
    assert (edited.new, edited.owner) == (("mine\n", "and mine\n"), Owner.USER)
    await world.save("0\n" + BEFORE)
    assert await world.review.undo_decision("p1") == (THIRD,)
    assert world.get().patch.hunks[0] == Hunk(THIRD, 3, ("line 3\n",), ("LINE 3\n",))


async def test_the_users_text_settles_a_conflict(world):
    world.propose()
    await world.save(BEFORE.replace("line 3\n", "line three\n"))
    world.review.edit("p1", THIRD, "Line Three")
    assert world.decision(THIRD) is Decision.PENDING
    await world.review.accept("p1", [THIRD])
    assert world.files.text("a.txt") == BEFORE.replace("line 3\n", "Line Three\n")


@pytest.mark.parametrize("work", ["split", "edit"])
async def test_a_decided_or_unknown_hunk_is_not_worked_on(world, work):
    world.propose()
    world.review.reject("p1", [THIRD])
    call = {
        "split": lambda hunk: world.review.split("p1", hunk),
        "edit": lambda hunk: world.review.edit("p1", hunk, "x"),
    }[work]
    with pytest.raises(PatchError, match="decided already"):
        call(THIRD)
    with pytest.raises(PatchError, match="no change 'other'"):
        call("other")


async def test_a_hunk_in_conflict_is_not_split(world):
    world.propose()
    await world.save(BEFORE.replace("line 3\n", "line three\n"))
    with pytest.raises(PatchError, match="in conflict"):
        world.review.split("p1", THIRD)


async def test_a_hunk_that_is_being_written_is_left_alone(world):
    world.propose()
    world.edits.may_write.clear()
    accepting = asyncio.create_task(world.review.accept("p1", [THIRD]))
    await world.edits.writing.wait()
    world.review.reject("p1")
    with pytest.raises(SparkError, match="being written"):
        world.review.edit("p1", THIRD, "x")
    world.edits.may_write.set()
    await accepting
    assert world.decision(THIRD) is Decision.ACCEPTED
    assert world.decision(TWELFTH) is Decision.REJECTED


FAILED = FailedBlock("f1", ("nowhere\n",), ("LINE 5\n",), "It is nowhere.", Span(4, 5), 0.4)


async def test_a_part_without_a_place_is_placed_by_hand(world):
    world.propose(failed=(FAILED,))
    hunk_id = world.review.place("p1", "f1", Span(4, 5))
    assert world.get().failed == ()
    assert [hunk.id for hunk in world.get().patch.hunks] == [THIRD, hunk_id, TWELFTH]
    await world.review.accept("p1")
    assert world.files.text("a.txt") == AFTER.replace("line 5\n", "LINE 5\n")


async def test_placing_is_taken_back(world):
    world.propose(failed=(FAILED,))
    world.review.place("p1", "f1", Span(4, 5))
    assert await world.review.undo_decision("p1") == ()
    assert world.get().failed == (FAILED,)
    assert [hunk.id for hunk in world.get().patch.hunks] == [THIRD, TWELFTH]


UNPLACED = Check("anchored", False, "1 part of the answer found no place.", is_advice=True)


async def test_the_evidence_says_so_when_a_part_was_placed_by_hand(world):
    world.propose(failed=(FAILED,), evidence=(UNPLACED, Check("parses", True)))
    world.review.place("p1", "f1", Span(4, 5))
    by_hand = Check("anchored", True, "by hand, not checked")
    assert world.get().evidence == (by_hand, Check("parses", True))
    await world.review.undo_decision("p1")
    assert world.get().evidence[0] == UNPLACED


async def test_the_advice_on_parts_goes_with_the_last_of_them(world):
    others = (replace(FAILED, id="f2"),)
    world.propose(failed=(FAILED, *others), evidence=(UNPLACED,))
    world.review.drop("p1", "f1")
    assert world.get().evidence == (UNPLACED,)
    world.review.drop("p1", "f2")
    assert world.get().evidence == ()


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (Span(2, 4), "Another change stands at line 3"),
        (Span(19, 40), "no such lines"),
        (Span(5, 4), "no such lines"),
    ],
)
async def test_a_part_is_not_placed_where_it_cannot_stand(world, lines, reason):
    world.propose(failed=(FAILED,))
    with pytest.raises(PatchError, match=reason):
        world.review.place("p1", "f1", lines)
    assert world.get().failed == (FAILED,)


async def test_a_part_that_changes_nothing_there_is_not_placed(world):
    world.propose(failed=(replace(FAILED, new=("line 5\n",)),))
    with pytest.raises(PatchError, match="says this already"):
        world.review.place("p1", "f1", Span(4, 5))


async def test_a_proposal_stays_open_until_its_last_part_is_dropped(world):
    world.propose(failed=(FAILED,))
    await world.review.accept("p1")
    assert world.get().state == Ready()
    world.review.drop("p1", "f1")
    assert world.get().state == Closed(2)
    await world.review.undo_decision("p1")
    assert world.get().failed == (FAILED,)
    with pytest.raises(PatchError, match="no part 'f2'"):
        world.review.drop("p1", "f2")


async def test_rejecting_all_gives_parts_without_a_place_up_too(world):
    world.propose(failed=(FAILED,))
    world.review.reject("p1")
    assert world.get().state == Closed(0)
    assert await world.review.undo_decision("p1") == (THIRD, TWELFTH)
    assert world.get().failed == (FAILED,)


@pytest.fixture
def two_files(world):
    world.files.write("b.txt", "x\ny\n")
    world.propose(group="g")
    world.propose("b.txt", "x\nY\n", "p2", "g")
    return world


async def test_an_answers_files_are_written_as_one_step(two_files):
    step = await two_files.review.accept_group("g")
    assert [change.path for change in step.changes] == ["a.txt", "b.txt"]
    assert step.origin == "g"
    assert two_files.files.text("a.txt") == AFTER
    assert two_files.files.text("b.txt") == "x\nY\n"
    assert [two_files.get(one).state for one in ("p1", "p2")] == [Closed(2), Closed(1)]


async def test_of_an_answer_nothing_is_written_where_one_file_came_into_conflict(two_files):
    two_files.files.write("b.txt", "x\nmine\n")
    with pytest.raises(ConflictError, match=r"b\.txt, line 2"):
        await two_files.review.accept_group("g")
    assert two_files.files.text("a.txt") == BEFORE
    assert two_files.edits.asked == []


async def test_a_file_of_an_answer_that_is_gone_holds_the_group_but_not_the_others(two_files):
    del two_files.files.data["b.txt"]
    with pytest.raises(FileError):
        await two_files.review.accept_group("g")
    assert isinstance(two_files.get("p2").state, Conflict)
    with pytest.raises(ConflictError):
        await two_files.review.accept_group("g")
    await two_files.review.accept("p1")
    assert two_files.files.text("a.txt") == AFTER


async def test_rejecting_an_answer_decides_all_its_files_and_one_can_be_taken_back(two_files):
    two_files.review.reject_group("g")
    assert [two_files.get(one).state for one in ("p1", "p2")] == [Closed(0), Closed(0)]
    await two_files.review.undo_decision("p2")
    assert two_files.get("p2").state == Ready()
    assert two_files.get("p1").state == Closed(0)


async def test_one_file_of_an_accepted_answer_is_taken_back_alone(two_files):
    await two_files.review.accept_group("g")
    assert await two_files.review.undo_decision("p2") == ("2-0",)
    assert two_files.files.text("b.txt") == "x\ny\n"
    assert two_files.files.text("a.txt") == AFTER


async def test_an_answer_that_is_decided_or_unknown_has_nothing_left(two_files):
    two_files.review.reject_group("g")
    for group in ("g", "", "other"):
        with pytest.raises(SparkError, match="nothing left to decide"):
            await two_files.review.accept_group(group)


async def test_a_file_still_being_written_by_the_model_is_no_part_of_the_group_yet(two_files):
    two_files.board.put(replace(two_files.get("p2"), state=Streaming()))
    step = await two_files.review.accept_group("g")
    assert [change.path for change in step.changes] == ["a.txt"]


async def test_a_save_during_the_write_is_looked_at_again_for_all_files(two_files):
    two_files.edits.before_write = [lambda: two_files.files.write("b.txt", "0\nx\ny\n")]
    await two_files.review.accept_group("g")
    assert two_files.files.text("b.txt") == "0\nx\nY\n"
    assert two_files.files.text("a.txt") == AFTER


async def test_a_file_saved_again_and_again_stops_all_of_it(two_files):
    saves = [lambda n=n: two_files.files.write("b.txt", f"{n}\nx\ny\n") for n in range(3)]
    two_files.edits.before_write = list(saves)
    with pytest.raises(FileChangedError, match="saved again"):
        await two_files.review.accept_group("g")
    assert two_files.files.text("a.txt") == BEFORE


async def test_a_new_file_is_created_and_taken_back(world):
    world.about_file("new.txt", FileKind.CREATE, "1\n2\n")
    await world.review.accept("p1")
    assert world.files.text("new.txt") == "1\n2\n"
    assert world.get().state == Closed(1)
    await world.review.undo_decision("p1")
    assert "new.txt" not in world.files.data
    assert world.get().patch == FilePatch(
        "new.txt", ABSENT, (Hunk("1-0", 0, (), ("1\n", "2\n")),), FileKind.CREATE
    )
    await world.review.accept("p1")
    assert world.files.text("new.txt") == "1\n2\n"


async def test_an_empty_file_is_created_and_removed(world):
    world.about_file("new.txt", FileKind.CREATE)
    await world.review.accept("p1")
    assert world.files.text("new.txt") == ""
    assert world.get().state == Closed(1)
    world.about_file("new.txt", FileKind.DELETE, proposal_id="p2")
    world.review.reject("p2")
    assert world.get("p2").state == Closed(0)
    await world.review.reconsider("p2", [WHOLE])
    await world.review.accept("p2")
    assert "new.txt" not in world.files.data


async def test_a_new_file_that_came_to_be_there_is_a_conflict_of_its_text(world):
    world.about_file("new.txt", FileKind.CREATE, "mine\n")
    await world.save("theirs\n", "new.txt")
    assert world.decision("1-0") is Decision.CONFLICTING
    world.review.resolve("p1", "1-0", Side.BOTH)
    await world.review.accept("p1")
    assert world.files.text("new.txt") == "theirs\nmine\n"
    assert world.edits.asked[-1][0][0].kind is FileKind.CHANGE


async def test_a_new_file_whose_place_a_folder_took_is_in_conflict_as_a_whole(world):
    world.about_file("new.txt", FileKind.CREATE, "mine\n")
    world.files.error_on_read["new.txt"] = FileError("new.txt is a folder.")
    await world.review.file_changed("new.txt")
    assert world.get().state == Conflict("new.txt is a folder.")
    world.files.error_on_read.clear()
    await world.review.file_changed("new.txt")
    assert world.get().state == Ready()


async def test_a_file_is_deleted_and_taken_back(world):
    world.about_file("a.txt", FileKind.DELETE)
    await world.review.accept("p1")
    assert "a.txt" not in world.files.data
    assert world.get().state == Closed(1)
    await world.review.undo_decision("p1")
    assert world.files.text("a.txt") == BEFORE
    assert world.get().patch.kind is FileKind.DELETE
    await world.review.accept("p1")
    assert "a.txt" not in world.files.data


async def test_a_file_to_delete_that_the_user_changed_is_a_conflict(world):
    world.about_file("a.txt", FileKind.DELETE)
    await world.save(BEFORE + "mine\n")
    assert world.decision("1-0") is Decision.CONFLICTING
    with pytest.raises(PatchError, match="both kept and deleted"):
        world.review.resolve("p1", "1-0", Side.BOTH)
    world.review.resolve("p1", "1-0", Side.MINE)
    await world.review.accept("p1")
    assert "a.txt" not in world.files.data


async def test_a_file_to_delete_that_is_gone_has_nothing_left_to_decide(world):
    world.files.write("e.txt", "")
    world.about_file("a.txt", FileKind.DELETE)
    world.about_file("e.txt", FileKind.DELETE, proposal_id="p2")
    for path in ("a.txt", "e.txt"):
        del world.files.data[path]
        await world.review.file_changed(path)
    assert world.get().state == Closed(0)
    assert world.get("p2").state == Closed(0)


@pytest.mark.parametrize("kind", [FileKind.CREATE, FileKind.DELETE])
async def test_a_file_is_created_or_deleted_as_a_whole(world, kind):
    path = "new.txt" if kind is FileKind.CREATE else "a.txt"
    world.about_file(path, kind, "1\n\n2\n")
    with pytest.raises(PatchError, match="as a whole"):
        world.review.split("p1", "1-0")


async def test_the_text_of_a_new_file_can_be_edited_but_not_that_of_a_deleted_one(world):
    world.about_file("new.txt", FileKind.CREATE, "1\n")
    world.review.edit("p1", "1-0", "mine\n")
    await world.review.accept("p1")
    assert world.files.text("new.txt") == "mine\n"
    world.about_file("a.txt", FileKind.DELETE, proposal_id="p2")
    with pytest.raises(PatchError, match="has no text"):
        world.review.edit("p2", "1-0", "x")


async def test_a_file_is_renamed_with_its_changes_and_taken_back(world):
    world.about_file("a.txt", FileKind.RENAME, target="b.txt", after=AFTER)
    await world.review.accept("p1")
    assert "a.txt" not in world.files.data
    assert world.files.text("b.txt") == AFTER
    assert world.get().state == Closed(3)
    assert await world.review.undo_decision("p1") == (THIRD, TWELFTH)
    assert world.files.text("a.txt") == BEFORE
    assert world.get().patch.kind is FileKind.RENAME
    assert world.get().patch.target == "b.txt"
    await world.review.accept("p1")
    assert world.files.text("b.txt") == AFTER


async def test_a_rename_and_its_changes_are_decided_apart(world):
    world.about_file("a.txt", FileKind.RENAME, target="b.txt", after=AFTER)
    await world.review.accept("p1", [THIRD])
    assert world.files.text("a.txt") == BEFORE.replace("line 3\n", "LINE 3\n")
    await world.review.accept("p1", [WHOLE])
    assert world.files.text("b.txt") == BEFORE.replace("line 3\n", "LINE 3\n")
    await world.review.accept("p1", [TWELFTH])
    assert world.files.text("b.txt") == AFTER
    assert world.get().state == Closed(3)
    await world.review.reconsider("p1", [TWELFTH])
    assert world.files.text("b.txt") == BEFORE.replace("line 3\n", "LINE 3\n")


async def test_a_rename_onto_a_file_that_is_there_is_refused(world):
    world.files.write("b.txt", "theirs\n")
    world.about_file("a.txt", FileKind.RENAME, target="b.txt", after=BEFORE)
    with pytest.raises(ConflictError, match=r"b\.txt is there already"):
        await world.review.accept("p1")
    assert world.files.text("b.txt") == "theirs\n"
    world.review.reject("p1", [WHOLE])
    assert world.get().state == Closed(0)
