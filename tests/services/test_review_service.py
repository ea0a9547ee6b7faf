"""Accepting and rejecting, on the file as it is by then."""

import asyncio

import pytest
from fakes import MemoryFiles

from spark_desktop.domain.errors import ConflictError, FileChangedError, SparkError
from spark_desktop.domain.patch import ABSENT, FileKind, FilePatch, compute
from spark_desktop.domain.proposal import Closed, Conflict, Decision, Proposal, Queued, Ready
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import EditComment, Instruction, Span
from spark_desktop.domain.workspace import Snapshot

BEFORE = "".join(f"line {n}\n" for n in range(1, 21))
AFTER = BEFORE.replace("line 3\n", "LINE 3\n").replace("line 12\n", "LINE 12\n")


def proposed(world, after=AFTER, trigger=None):
    """Put a ready proposal for the whole file on the board."""
    snapshot = world.files.snapshot("a.txt")
    trigger = trigger or Instruction(snapshot, None, "upper case")
    patch = compute("a.txt", snapshot.digest, snapshot.text.content, after)
    proposal = Proposal("p1", trigger, Ready(), Span(0, 20), patch)
    world.board.put(proposal)
    return proposal


@pytest.fixture
def world(world_of):
    return world_of(MemoryFiles(a__txt=BEFORE))


async def test_accepting_all_writes_every_hunk_and_closes_the_proposal(world):
    proposed(world)
    await world.review.accept("p1")
    assert world.files.text("a.txt") == AFTER
    assert world.board.get("p1").state == Closed(2)


async def test_accepting_one_hunk_keeps_the_other_to_be_decided(world):
    first, second = proposed(world).patch.hunks
    await world.review.accept("p1", [second.id])
    assert world.files.text("a.txt") == BEFORE.replace("line 12", "LINE 12")
    left = world.board.get("p1")
    assert left.state == Ready()
    assert [hunk.id for hunk in left.patch.hunks] == [first.id]
    await world.review.accept("p1", [first.id])
    assert world.files.text("a.txt") == AFTER


async def test_rejecting_one_hunk_keeps_the_others(world):
    first, second = proposed(world).patch.hunks
    world.review.reject("p1", [first.id])
    await world.review.accept("p1")
    assert world.files.text("a.txt") == BEFORE.replace("line 12", "LINE 12")
    closed = world.board.get("p1")
    assert closed.state == Closed(1)
    assert closed.decision(first.id) is Decision.REJECTED
    assert closed.decision(second.id) is Decision.ACCEPTED


async def test_rejecting_all_writes_nothing(world):
    proposed(world)
    world.review.reject("p1")
    assert world.files.text("a.txt") == BEFORE
    assert world.board.get("p1").state == Closed(0)


async def test_a_file_changed_elsewhere_is_rebased_and_both_edits_stand(world):
    proposed(world)
    world.files.write("a.txt", "new first line\n" + BEFORE)
    await world.review.accept("p1")
    assert world.files.text("a.txt") == "new first line\n" + AFTER


async def test_a_file_changed_in_the_same_place_is_a_conflict_with_nothing_written(world):
    proposed(world)
    by_hand = BEFORE.replace("line 3\n", "line three\n")
    world.files.write("a.txt", by_hand)
    with pytest.raises(ConflictError, match=r"a\.txt, line 3"):
        await world.review.accept("p1")
    assert world.files.text("a.txt") == by_hand
    first, second = world.board.get("p1").patch.hunks
    assert world.board.get("p1").decision(first.id) is Decision.CONFLICTING
    with pytest.raises(ConflictError):
        await world.review.accept("p1", [first.id, second.id])


async def test_a_save_moves_the_proposal_before_anyone_accepts(world):
    proposed(world)
    world.files.write("a.txt", "new first line\n" + BEFORE)
    await world.review.file_changed("a.txt")
    moved = world.board.get("p1")
    assert [hunk.start for hunk in moved.patch.hunks] == [3, 12]
    assert moved.region == Span(1, 21)
    assert moved.trigger.snapshot.text.content.startswith("new first line")


async def test_a_save_in_the_same_place_makes_the_conflict_visible_at_once(world):
    proposed(world)
    world.files.write("a.txt", BEFORE.replace("line 3\n", "line three\n"))
    await world.review.file_changed("a.txt")
    proposal = world.board.get("p1")
    assert proposal.decision(proposal.patch.hunks[0].id) is Decision.CONFLICTING


async def test_a_deleted_file_makes_a_conflict(world):
    proposed(world)
    del world.files.data["a.txt"]
    await world.review.file_changed("a.txt")
    assert world.board.get("p1").state == Conflict("There is no file a.txt.")


async def test_a_save_during_the_write_is_looked_at_again(world):
    proposed(world)
    world.files.before_replace = ["new first line\n" + BEFORE]
    await world.review.accept("p1")
    assert world.files.text("a.txt") == "new first line\n" + AFTER


async def test_a_file_saved_again_and_again_is_given_up_with_nothing_of_ours_written(world):
    proposed(world)
    saves = [f"{n} new first line\n" + BEFORE for n in range(5)]
    world.files.before_replace = list(saves)
    with pytest.raises(FileChangedError, match="saved again"):
        await world.review.accept("p1")
    assert world.files.text("a.txt") in saves


async def test_what_the_user_already_did_by_hand_closes_the_hunk(world):
    proposed(world)
    world.files.write("a.txt", AFTER)
    await world.review.file_changed("a.txt")
    assert world.board.get("p1").state == Closed(0)


async def test_the_comment_that_asked_goes_with_the_first_accepted_hunk(world):
    text = BEFORE.replace("line 8\n", "line 8\n# upper case AI!\n")
    world.files.write("a.txt", text)
    comment = EditComment(world.files.snapshot("a.txt"), Span(8, 9), "upper case")
    first = proposed(world, AFTER, comment).patch.hunks[0]
    await world.review.accept("p1", [first.id])
    assert world.files.text("a.txt") == BEFORE.replace("line 3\n", "LINE 3\n")


async def test_only_a_ready_proposal_can_be_decided(world):
    world.board.put(Proposal("p2", Instruction(world.files.snapshot("a.txt"), None, "x"), Queued()))
    with pytest.raises(SparkError, match="not ready"):
        await world.review.accept("p2")
    with pytest.raises(SparkError, match="gone"):
        world.review.reject("p3")


async def test_accepting_a_decided_hunk_again_says_that_nothing_is_left(world):
    first, _second = proposed(world).patch.hunks
    await world.review.accept("p1", [first.id])
    with pytest.raises(SparkError, match="nothing left"):
        await world.review.accept("p1", [first.id])


async def test_a_conflict_ends_when_the_file_fits_again(world):
    proposed(world)
    world.files.write("a.txt", BEFORE.replace("line 3\n", "line three\n"))
    await world.review.file_changed("a.txt")
    world.files.write("a.txt", "new first line\n" + BEFORE)
    await world.review.file_changed("a.txt")
    assert world.board.get("p1").state == Ready()
    await world.review.accept("p1")
    assert world.files.text("a.txt") == "new first line\n" + AFTER


async def test_a_file_that_an_editor_removes_and_writes_again_keeps_its_proposal(world):
    proposed(world)
    del world.files.data["a.txt"]
    await world.review.file_changed("a.txt")
    world.files.write("a.txt", BEFORE)
    await world.review.file_changed("a.txt")
    assert world.board.get("p1").state == Ready()


async def test_a_hunk_rejected_while_another_is_written_stays_rejected(world_of):
    world = world_of(HeldFiles(a__txt=BEFORE))
    first, second = proposed(world).patch.hunks
    accepting = asyncio.create_task(world.review.accept("p1", [first.id]))
    await world.files.writing.wait()
    world.review.reject("p1", [second.id])
    world.files.may_write.set()
    await accepting
    closed = world.board.get("p1")
    assert closed.state == Closed(1)
    assert closed.decision(second.id) is Decision.REJECTED


async def test_a_proposal_dismissed_while_it_is_written_does_not_come_back(world_of):
    world = world_of(HeldFiles(a__txt=BEFORE))
    proposed(world)
    accepting = asyncio.create_task(world.review.accept("p1"))
    await world.files.writing.wait()
    world.turns.dismiss("p1")
    world.files.may_write.set()
    await accepting
    assert world.board.all() == ()
    assert world.files.text("a.txt") == AFTER


async def test_a_proposal_dismissed_before_it_is_written_is_not_written(world_of):
    world = world_of(HeldFiles(a__txt=BEFORE))
    proposed(world)
    world.files.may_read.clear()
    accepting = asyncio.create_task(world.review.accept("p1"))
    await world.files.reading.wait()
    world.turns.dismiss("p1")
    world.files.may_read.set()
    with pytest.raises(SparkError, match="taken back"):
        await accepting
    assert world.files.text("a.txt") == BEFORE


async def test_an_accept_whose_caller_is_cancelled_is_noted_on_the_proposal(world_of):
    world = world_of(HeldFiles(a__txt=BEFORE))
    proposed(world)
    accepting = asyncio.create_task(world.review.accept("p1"))
    await world.files.writing.wait()
    accepting.cancel()
    world.files.may_write.set()
    with pytest.raises(asyncio.CancelledError):
        await accepting
    assert world.board.get("p1").state == Closed(2)


async def test_accepting_one_hunk_writes_no_other_that_changes_code_beside_the_comment(world):
    text = BEFORE.replace("line 3\n", "# upper case AI!\nline 3\n")
    world.files.write("a.txt", text)
    comment = EditComment(world.files.snapshot("a.txt"), Span(2, 3), "upper case")
    _first, second = proposed(world, AFTER, comment).patch.hunks
    await world.review.accept("p1", [second.id])
    assert world.files.text("a.txt") == text.replace("line 12", "LINE 12")
    assert world.board.get("p1").state == Ready()


class HeldFiles(MemoryFiles):
    """A disk that waits for leave before it reads or writes."""

    def __init__(self, **contents):
        super().__init__(**contents)
        self.writing, self.may_write = asyncio.Event(), asyncio.Event()
        self.reading, self.may_read = asyncio.Event(), asyncio.Event()
        self.may_read.set()

    async def read(self, path):
        self.reading.set()
        await self.may_read.wait()
        return await super().read(path)

    async def replace(self, path, text, base):
        self.writing.set()
        await self.may_write.wait()
        return await super().replace(path, text, base)


async def test_an_undone_proposal_says_so_until_it_is_redone(world):
    proposed(world)
    await world.review.accept("p1")
    await world.edits.undo()
    assert world.board.get("p1").state == Closed(2, undone=True)
    await world.edits.redo()
    assert world.board.get("p1").state == Closed(2)


async def test_undoing_one_of_two_accepted_hunks_marks_the_proposal_as_undone(world):
    first, second = proposed(world).patch.hunks
    await world.review.accept("p1", [first.id])
    await world.review.accept("p1", [second.id])
    await world.edits.undo()
    assert world.board.get("p1").state == Closed(2, undone=True)


def about_file(world, path, kind, after="", target="", group="", proposal_id="p1"):
    """Put a proposal on the board that creates, deletes or renames a file."""
    is_new = kind is FileKind.CREATE
    snapshot = Snapshot(path, SourceText(""), ABSENT) if is_new else world.files.snapshot(path)
    hunks = compute(path, snapshot.digest, snapshot.text.content, after).hunks
    patch = FilePatch(path, snapshot.digest, hunks, kind, target)
    trigger = Instruction(snapshot, None, "files")
    world.board.put(Proposal(proposal_id, trigger, Ready(), patch=patch, group=group))


async def test_files_of_an_answer_come_go_and_move_as_one_step_and_back(world):
    world.files.write("old.txt", "o\n")
    world.files.write("gone.txt", "g\n")
    about_file(world, "new.txt", FileKind.CREATE, "n\n", group="g")
    about_file(world, "gone.txt", FileKind.DELETE, group="g", proposal_id="p2")
    about_file(world, "old.txt", FileKind.RENAME, "O\n", "moved.txt", "g", "p3")
    about_file(world, "a.txt", FileKind.CHANGE, AFTER, group="g", proposal_id="p4")
    before = dict(world.files.data)
    step = await world.review.accept_group("g")
    assert len(step.changes) == 4
    assert set(world.files.data) == {"a.txt", "moved.txt", "new.txt"}
    assert world.files.text("moved.txt") == "O\n"
    for proposal_id in ("p1", "p2", "p3", "p4"):
        await world.review.undo_decision(proposal_id)
    assert world.files.data == before
    await world.review.accept_group("g")
    assert world.files.text("new.txt") == "n\n"
    assert world.files.text("a.txt") == AFTER


async def test_a_hunk_that_is_reconsidered_is_undone_alone_and_accepted_again(world):
    first, second = proposed(world).patch.hunks
    await world.review.accept("p1")
    await world.review.reconsider("p1", [first.id])
    assert world.files.text("a.txt") == BEFORE.replace("line 12", "LINE 12")
    assert world.board.get("p1").state == Ready()
    world.review.edit("p1", first.id, "mine")
    await world.review.accept("p1")
    assert world.files.text("a.txt") == AFTER.replace("LINE 3\n", "mine\n")
    assert world.board.get("p1").state == Closed(2)
    assert world.board.get("p1").decision(second.id) is Decision.ACCEPTED


async def test_parts_of_a_hunk_are_accepted_undone_and_redone_one_by_one(world):
    world.files.write("a.txt", "a = 1\nb = 1\nend\n")
    proposed(world, "a = 2\nb = 2\nnew = 3\nend\n")
    parts = world.review.split("p1", "1-0")
    parts = (*world.review.split("p1", parts[0]), *parts[1:])
    for part in reversed(parts):
        await world.review.accept("p1", [part])
    assert world.files.text("a.txt") == "a = 2\nb = 2\nnew = 3\nend\n"
    for part in parts:
        await world.review.reconsider("p1", [part])
    assert world.files.text("a.txt") == "a = 1\nb = 1\nend\n"
    await world.review.accept("p1")
    assert world.files.text("a.txt") == "a = 2\nb = 2\nnew = 3\nend\n"


async def test_a_hunk_that_cannot_be_undone_stays_accepted_and_the_file_as_it_is(world):
    first, _second = proposed(world).patch.hunks
    await world.review.accept("p1")
    by_hand = AFTER.replace("LINE 3\n", "by hand\n")
    world.files.write("a.txt", by_hand)
    with pytest.raises(SparkError):
        await world.review.reconsider("p1", [first.id])
    assert world.files.text("a.txt") == by_hand
    assert world.board.get("p1").decision(first.id) is Decision.ACCEPTED
