"""Applying several files as one, undoing and redoing any of it, around the user's own edits."""

import asyncio

import pytest
from fakes import MemoryFiles

from spark_desktop.domain.errors import (
    FileChangedError,
    NothingToUndoError,
    PatchError,
    ReadOnlyFileError,
    StoreError,
    UndoBlockedError,
    UnknownStepError,
)
from spark_desktop.domain.events import (
    ChangeApplied,
    ChangeReverted,
    EditsRecovered,
    HistoryFull,
    StepApplied,
    StepReverted,
)
from spark_desktop.domain.history import FileChange, StepKind
from spark_desktop.domain.operation import Recovered, RecoveryOutcome
from spark_desktop.domain.patch import ABSENT, FileKind, Hunk, compute
from spark_desktop.domain.step_log import flips_of
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.workspace import Snapshot

BEFORE = "one\ntwo\nthree\nfour\nfive\nsix\n"
AFTER = "one\nTWO\nthree\nfour\nfive\nsix\n"
UPPER = "ONE\ntwo\nTHREE\nfour\nFIVE\nsix\n"


def change_to(world, after, path="a.txt"):
    snapshot = world.files.snapshot(path)
    patch = compute(path, snapshot.digest, snapshot.text.content, after)
    return FileChange(snapshot, patch.hunks)


async def applied(world, after=AFTER, path="a.txt", title="upper case", origin=""):
    return await world.edits.apply([change_to(world, after, path)], title, origin)


def a_new(path, content):
    snapshot = Snapshot(path, SourceText(""), ABSENT)
    lines = tuple(content.splitlines(keepends=True))
    hunks = (Hunk("new", 0, (), lines),) if lines else ()
    return FileChange(snapshot, hunks, FileKind.CREATE)


def a_removal(world, path):
    snapshot = world.files.snapshot(path)
    hunks = compute(path, snapshot.digest, snapshot.text.content, "").hunks
    return FileChange(snapshot, hunks, FileKind.DELETE)


def a_rename(world, path, target, after=None):
    snapshot = world.files.snapshot(path)
    hunks = compute(path, "", snapshot.text.content, after or snapshot.text.content).hunks
    return FileChange(snapshot, hunks, FileKind.RENAME, target)


def ids(step):
    return [hunk.id for hunk in step.changes[0].hunks]


async def test_applying_writes_and_keeps_the_step(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    step = await applied(world)
    assert world.files.text("a.txt") == AFTER
    assert await world.edits.steps() == (step,)
    assert world.seen.of(ChangeApplied) == [ChangeApplied(step.changes[0])]
    assert world.seen.of(StepApplied) == [StepApplied(step)]


async def test_several_files_are_one_step_that_goes_and_comes_as_one(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE, b__txt="b\n", gone__txt="x\n", old__txt="o\n"))
    changes = [
        change_to(world, AFTER),
        a_new("new.txt", "n\n"),
        a_removal(world, "gone.txt"),
        a_rename(world, "old.txt", "moved.txt", "O\n"),
    ]
    before = dict(world.files.data)
    await world.edits.apply(changes, "much")
    after = dict(world.files.data)
    assert after == {
        "a.txt": AFTER.encode(),
        "b.txt": b"b\n",
        "new.txt": b"n\n",
        "moved.txt": b"O\n",
    }
    assert (await world.edits.undo()).undone
    assert world.files.data == before
    assert not (await world.edits.redo()).undone
    assert world.files.data == after
    await world.edits.undo()
    assert world.files.data == before


async def test_undo_and_redo_bring_every_byte_back(world_of):
    world = world_of(MemoryFiles(a__txt=b"\xef\xbb\xbfone\r\ntwo"))
    await applied(world, "one\r\nTWO")
    undone = await world.edits.undo()
    assert undone.undone
    assert world.files.data["a.txt"] == b"\xef\xbb\xbfone\r\ntwo"
    redone = await world.edits.redo()
    assert not redone.undone
    assert world.files.data["a.txt"] == b"\xef\xbb\xbfone\r\nTWO"
    assert world.seen.of(ChangeReverted) == [
        ChangeReverted(undone.changes[0]),
        ChangeReverted(redone.changes[0]),
    ]
    assert world.seen.of(StepReverted) == [StepReverted(undone), StepReverted(redone)]


async def test_undo_keeps_what_the_user_changed_since(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    await applied(world)
    world.files.write("a.txt", AFTER.replace("six", "SIX by hand"))
    await world.edits.undo()
    assert world.files.text("a.txt") == BEFORE.replace("six", "SIX by hand")
    await world.edits.redo()
    assert world.files.text("a.txt") == AFTER.replace("six", "SIX by hand")


async def test_undo_of_lines_that_the_user_changed_since_says_where_and_writes_nothing(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    await applied(world)
    by_hand = "zero\n" + AFTER.replace("TWO", "two and a half")
    world.files.write("a.txt", by_hand)
    with pytest.raises(UndoBlockedError, match=r"a\.txt, line 3: .* by hand") as caught:
        await world.edits.undo()
    assert (caught.value.path, caught.value.line, caught.value.step_id) == ("a.txt", 3, "")
    assert world.files.text("a.txt") == by_hand
    assert not (await world.edits.steps())[0].undone


async def test_undo_without_a_step_says_so(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    with pytest.raises(NothingToUndoError):
        await world.edits.undo()
    with pytest.raises(NothingToUndoError):
        await world.edits.redo()
    with pytest.raises(UnknownStepError, match="no kept step nine"):
        await world.edits.undo("nine")


async def test_an_earlier_step_is_undone_while_a_later_one_on_the_next_line_stands(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    first = await applied(world)
    await applied(world, AFTER.replace("three", "THREE"))
    await world.edits.undo(first.id)
    assert world.files.text("a.txt") == BEFORE.replace("three", "THREE")
    await world.edits.undo()
    assert world.files.text("a.txt") == BEFORE
    await world.edits.redo(first.id)
    assert world.files.text("a.txt") == AFTER


async def test_lines_that_two_steps_inserted_one_after_the_other_come_back_in_their_order(world_of):
    world = world_of(MemoryFiles(a__txt="1\n2\n"))
    first = await applied(world, "1\nA\n2\n")
    second = await applied(world, "1\nA\nB\n2\n")
    await world.edits.undo(first.id)
    assert world.files.text("a.txt") == "1\nB\n2\n"
    await world.edits.undo(second.id)
    await world.edits.redo(first.id)
    await world.edits.redo(second.id)
    assert world.files.text("a.txt") == "1\nA\nB\n2\n"


async def test_a_step_is_not_undone_under_a_later_one_on_the_same_line_which_is_named(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    first = await applied(world)
    second = await applied(world, AFTER.replace("TWO", "Two"), title="milder")
    with pytest.raises(UndoBlockedError, match=r"a\.txt, line 2: the later step “milder”") as told:
        await world.edits.undo(first.id)
    assert told.value.step_id == second.id
    assert "Undo that step first" in told.value.next_step
    await world.edits.undo(second.id)
    await world.edits.undo(first.id)
    assert world.files.text("a.txt") == BEFORE
    with pytest.raises(UndoBlockedError, match="“upper case”") as told:
        await world.edits.redo(second.id)
    assert told.value.step_id == first.id
    assert "Redo that step first" in told.value.next_step


async def test_a_step_is_undone_though_one_that_changed_its_lines_came_and_went_meanwhile(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    first = await applied(world)
    second = await applied(world, AFTER.replace("TWO", "Two"))
    await applied(world, AFTER.replace("TWO", "Two").replace("six", "SIX"))
    await world.edits.undo(second.id)
    await world.edits.undo(first.id)
    assert world.files.text("a.txt") == BEFORE.replace("six", "SIX")


async def test_hunks_are_undone_one_by_one_and_then_the_step(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    step = await applied(world, UPPER)
    change = step.changes[0]
    partly = await world.edits.undo(step.id, {change.id: [ids(step)[1]]})
    assert world.files.text("a.txt") == UPPER.replace("THREE", "three")
    assert partly.partly_undone
    assert partly.changes[0].undone_hunks == {ids(step)[1]}
    assert world.seen.of(ChangeReverted)[0].hunks == {ids(step)[1]}
    await world.edits.undo(step.id, {change.id: [ids(step)[0]]})
    assert (await world.edits.undo(step.id)).undone
    assert world.files.text("a.txt") == BEFORE
    await world.edits.redo(step.id, {change.id: [ids(step)[2]]})
    assert world.files.text("a.txt") == BEFORE.replace("five", "FIVE")
    assert not (await world.edits.redo(step.id)).partly_undone
    assert world.files.text("a.txt") == UPPER


async def test_a_step_comes_back_as_it_stood_before_it_was_undone_and_then_whole(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    step = await applied(world, UPPER)
    await world.edits.undo(step.id, {step.changes[0].id: [ids(step)[1]]})
    before = world.files.text("a.txt")
    await world.edits.undo(step.id)
    assert (await world.edits.redo(step.id)).partly_undone
    assert world.files.text("a.txt") == before
    assert not (await world.edits.redo(step.id)).partly_undone
    assert world.files.text("a.txt") == UPPER


async def test_a_file_that_was_taken_back_alone_stays_so_when_its_step_comes_back(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    changes = [a_new("b.txt", "n\n"), change_to(world, UPPER)]
    step = await world.edits.apply(changes, "two files")
    await world.edits.undo(step.id, {step.changes[0].id: ["new"]})
    await world.edits.undo(step.id)
    await world.edits.redo(step.id)
    assert world.files.data == {"a.txt": UPPER.encode()}


async def test_redo_brings_back_the_one_hunk_that_was_undone_last(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    step = await applied(world, UPPER)
    await world.edits.undo(step.id, {step.changes[0].id: [ids(step)[1]]})
    await world.edits.redo()
    assert world.files.text("a.txt") == UPPER


async def test_a_hunk_that_is_not_there_is_named(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    step = await applied(world)
    with pytest.raises(PatchError, match="no change nine"):
        await world.edits.undo(step.id, {step.changes[0].id: ["nine"]})
    with pytest.raises(PatchError, match="no change ten"):
        await world.edits.undo(step.id, {"ten": ids(step)})


async def test_what_is_undone_or_stands_already_is_said(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    step = await applied(world)
    with pytest.raises(NothingToUndoError, match="stands already"):
        await world.edits.redo(step.id)
    await world.edits.undo()
    with pytest.raises(NothingToUndoError, match="undone already"):
        await world.edits.undo(step.id)


async def test_what_was_undone_before_a_newer_step_is_redone_only_by_its_name(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    step = await applied(world)
    await world.edits.undo()
    await applied(world, BEFORE.replace("six", "SIX"))
    with pytest.raises(NothingToUndoError, match="no undone change"):
        await world.edits.redo()
    await world.edits.redo(step.id)
    assert world.files.text("a.txt") == AFTER.replace("six", "SIX")


async def test_steps_that_were_undone_in_a_row_are_redone_in_turn(world_of):
    world = world_of(MemoryFiles(a__txt="0\n"))
    for number in range(1, 4):
        await applied(world, f"{number}\n")
    for number in (2, 1, 0):
        await world.edits.undo()
        assert world.files.text("a.txt") == f"{number}\n"
    for number in (1, 2, 3):
        await world.edits.redo()
        assert world.files.text("a.txt") == f"{number}\n"


async def test_a_step_that_the_user_took_back_by_hand_is_marked_and_can_come_back(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    await applied(world)
    world.files.write("a.txt", BEFORE.replace("six", "by hand"))
    assert (await world.edits.undo()).undone
    assert world.steps.commits[-1].writes == ()
    assert world.files.text("a.txt") == BEFORE.replace("six", "by hand")
    await world.edits.redo()
    assert world.files.text("a.txt") == AFTER.replace("six", "by hand")


async def test_a_file_that_the_user_took_away_is_told_from_one_that_comes_in_its_place(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    first = await world.edits.apply([a_new("c.txt", "c\n")], "make it")
    between = await applied(world)
    await world.edits.undo(first.id)
    second = await world.edits.apply([a_new("c.txt", "c\n")], "make it again")
    await world.edits.restore(between.id)
    del world.files.data["c.txt"]
    await world.edits.undo()
    assert world.files.text("c.txt") == "c\n"
    by = {flip.change_id: flip.by for flip in flips_of(world.steps.kept[-1])}
    assert not by[first.changes[0].id]
    assert by[second.changes[0].id]


async def test_a_turn_of_several_steps_goes_and_comes_as_one(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE, b__txt="b\n"))
    await applied(world, origin="turn")
    await applied(world, BEFORE.replace("two", "Two"), origin="turn")
    await applied(world, "B\n", "b.txt", origin="turn")
    await applied(world, "B\nmore\n", "b.txt", origin="other")
    after = dict(world.files.data)
    undone = await world.edits.undo_origin("turn")
    assert [step.undone for step in undone] == [True, True, True]
    assert (world.files.text("a.txt"), world.files.text("b.txt")) == (BEFORE, "b\nmore\n")
    with pytest.raises(NothingToUndoError, match="turn"):
        await world.edits.undo_origin("turn")
    assert len(await world.edits.redo_origin("turn")) == 3
    assert world.files.data == after
    with pytest.raises(NothingToUndoError, match="turn"):
        await world.edits.redo_origin("turn")


async def test_a_turn_that_is_blocked_in_one_file_is_not_undone_in_another(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE, b__txt="b\n"))
    await applied(world, origin="turn")
    await applied(world, "B\n", "b.txt", origin="turn")
    world.files.write("a.txt", "by hand\n")
    before = dict(world.files.data)
    with pytest.raises(UndoBlockedError, match=r"a\.txt"):
        await world.edits.undo_origin("turn")
    assert world.files.data == before
    assert not any(step.undone for step in await world.edits.steps())


async def test_a_created_file_goes_only_while_its_content_is_ours(world_of):
    world = world_of(MemoryFiles())
    await world.edits.apply([a_new("new.txt", "ours\n")], "make it")
    world.files.write("new.txt", "ours\nand mine\n")
    with pytest.raises(UndoBlockedError, match="removing it would lose that"):
        await world.edits.undo()
    assert world.files.text("new.txt") == "ours\nand mine\n"
    world.files.write("new.txt", "ours\n")
    await world.edits.undo()
    assert world.files.data == {}
    world.files.write("new.txt", "another\n")
    with pytest.raises(UndoBlockedError, match="another file"):
        await world.edits.redo()
    del world.files.data["new.txt"]
    await world.edits.redo()
    assert world.files.text("new.txt") == "ours\n"


async def test_a_created_file_stays_under_a_later_step_which_is_named(world_of):
    world = world_of(MemoryFiles())
    first = await world.edits.apply([a_new("new.txt", "ours\n")], "make it")
    second = await applied(world, "ours\nmore\n", "new.txt", "more of it")
    with pytest.raises(UndoBlockedError, match="“more of it”") as told:
        await world.edits.undo(first.id)
    assert told.value.step_id == second.id
    await world.edits.undo()
    await world.edits.undo()
    assert world.files.data == {}


async def test_an_empty_file_is_created_and_removed(world_of):
    world = world_of(MemoryFiles())
    await world.edits.apply([a_new("empty.txt", "")], "make it")
    assert world.files.data == {"empty.txt": b""}
    await world.edits.undo()
    assert world.files.data == {}
    await world.edits.redo()
    assert world.files.data == {"empty.txt": b""}


async def test_a_removed_file_comes_back_unless_another_is_there(world_of):
    world = world_of(MemoryFiles(a__txt=b"\xff\xfea\x00\n\x00"))
    was = dict(world.files.data)
    await world.edits.apply([a_removal(world, "a.txt")], "remove it")
    assert world.files.data == {}
    world.files.write("a.txt", "another\n")
    with pytest.raises(UndoBlockedError, match="another file"):
        await world.edits.undo()
    world.files.data.clear()
    await world.edits.undo()
    assert world.files.data == was
    world.files.write("a.txt", "changed by hand\n")
    with pytest.raises(UndoBlockedError, match="by hand"):
        await world.edits.redo()


async def test_a_renamed_file_goes_back_with_what_the_user_wrote_since(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    step = await world.edits.apply([a_rename(world, "a.txt", "b.txt", AFTER)], "move it")
    world.files.write("b.txt", AFTER + "mine\n")
    await world.edits.undo(step.id, {step.changes[0].id: ids(step)})
    assert world.files.text("b.txt") == BEFORE + "mine\n"
    await world.edits.undo(step.id)
    assert world.files.data == {"a.txt": (BEFORE + "mine\n").encode()}
    await world.edits.redo(step.id)
    assert world.files.data == {"b.txt": (BEFORE + "mine\n").encode()}
    await world.edits.redo(step.id)
    assert world.files.data == {"b.txt": (AFTER + "mine\n").encode()}
    world.files.write("a.txt", "another\n")
    with pytest.raises(UndoBlockedError, match=r"a\.txt: another file"):
        await world.edits.undo()


async def test_an_edit_is_undone_in_the_file_that_a_later_step_moved(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    first = await applied(world)
    second = await world.edits.apply([a_rename(world, "a.txt", "b.txt")], "move it")
    await world.edits.undo(first.id)
    assert world.files.data == {"b.txt": BEFORE.encode()}
    await world.edits.redo(first.id)
    await world.edits.undo(second.id)
    assert world.files.data == {"a.txt": AFTER.encode()}
    await world.edits.redo(second.id)
    third = await world.edits.apply([a_rename(world, "b.txt", "c.txt")], "move it on")
    with pytest.raises(UndoBlockedError, match="“move it on”") as told:
        await world.edits.undo(second.id)
    assert told.value.step_id == third.id


async def test_a_file_that_the_user_moved_back_by_hand_is_only_changed(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    await world.edits.apply([a_rename(world, "a.txt", "b.txt", AFTER)], "move it")
    world.files.data["a.txt"] = world.files.data.pop("b.txt")
    assert (await world.edits.undo()).undone
    assert world.files.data == {"a.txt": BEFORE.encode()}


async def test_undo_in_a_file_that_is_gone_says_so(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE, b__txt="b\n"))
    first = await applied(world)
    second = await world.edits.apply([a_removal(world, "a.txt")], "remove it")
    with pytest.raises(UndoBlockedError, match="“remove it”") as told:
        await world.edits.undo(first.id)
    assert told.value.step_id == second.id
    await world.edits.undo(second.id)
    del world.files.data["a.txt"]
    with pytest.raises(UndoBlockedError, match="not there any more"):
        await world.edits.undo(first.id)


async def test_a_restore_goes_back_before_a_step_around_the_users_changes(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE, b__txt="b\n"))
    await applied(world, "ONE" + BEFORE[3:])
    second = await applied(world, "ONE\nTWO\n" + BEFORE[8:])
    third = await applied(world, "B\n", "b.txt")
    await world.edits.apply([a_new("new.txt", "n\n")], "make it")
    world.files.write("a.txt", world.files.text("a.txt") + "mine\n")
    full = dict(world.files.data)
    restored = await world.edits.restore(second.id)
    assert restored.kind is StepKind.RESTORE
    assert world.files.data == {
        "a.txt": ("ONE" + BEFORE[3:] + "mine\n").encode(),
        "b.txt": b"b\n",
    }
    steps = await world.edits.steps()
    assert [step.undone for step in steps] == [False, True, True, True, False]
    assert steps[-1] == restored
    with pytest.raises(PatchError, match="as a whole"):
        await world.edits.undo(restored.id, {restored.changes[0].id: ["1-0"]})
    await world.edits.undo()
    assert world.files.data == full
    assert [step.undone for step in await world.edits.steps()] == [False] * 4 + [True]
    await world.edits.redo()
    assert world.files.text("b.txt") == "b\n"
    # Before the third the second stood, so it is brought back.
    await world.edits.restore(third.id)
    assert world.files.data == {
        "a.txt": ("ONE\nTWO\n" + BEFORE[8:] + "mine\n").encode(),
        "b.txt": b"b\n",
    }


async def test_a_restore_with_nothing_to_do_says_so(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    step = await applied(world)
    await world.edits.undo()
    with pytest.raises(NothingToUndoError, match="“upper case”"):
        await world.edits.restore(step.id)
    await world.edits.redo()
    world.files.write("a.txt", BEFORE)
    await world.edits.restore(step.id)
    assert [one.kind for one in await world.edits.steps()] == [StepKind.EDIT]
    assert (await world.edits.steps())[0].undone


async def test_a_step_that_a_restore_took_back_is_redone_alone(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    first = await applied(world)
    second = await applied(world, AFTER.replace("six", "SIX"))
    restored = await world.edits.restore(first.id)
    await world.edits.redo(second.id)
    assert world.files.text("a.txt") == BEFORE.replace("six", "SIX")
    await world.edits.undo(restored.id)
    assert world.files.text("a.txt") == AFTER.replace("six", "SIX")


async def test_a_file_that_changed_is_not_written_and_nothing_is_kept(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    change = change_to(world, AFTER)
    world.files.write("a.txt", "saved by the editor\n")
    with pytest.raises(FileChangedError):
        await world.edits.apply([change], "upper case")
    assert world.files.text("a.txt") == "saved by the editor\n"
    assert await world.edits.steps() == ()


async def test_a_file_that_is_saved_while_it_is_undone_is_looked_at_again(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    await applied(world)
    world.files.before_replace = [AFTER + "mine\n"]
    await world.edits.undo()
    assert world.files.text("a.txt") == BEFORE + "mine\n"


async def test_a_file_that_is_saved_again_and_again_is_given_up(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    await applied(world)
    world.files.before_replace = [AFTER + f"{number}\n" for number in range(9)]
    with pytest.raises(FileChangedError):
        await world.edits.undo()
    assert len(world.files.before_replace) == 6


async def test_a_write_that_fails_leaves_no_step_behind(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    world.files.error_on_replace = ReadOnlyFileError("a.txt may not be written.")
    with pytest.raises(ReadOnlyFileError):
        await applied(world)
    assert await world.edits.steps() == ()


async def test_a_write_that_fails_leaves_what_can_be_redone(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    step = await applied(world)
    await world.edits.undo()
    world.files.error_on_replace = ReadOnlyFileError("a.txt may not be written.")
    with pytest.raises(ReadOnlyFileError):
        await applied(world, BEFORE + "seven\n")
    world.files.error_on_replace = None
    assert (await world.edits.redo()).id == step.id
    assert world.files.text("a.txt") == AFTER


async def test_missing_kept_bytes_are_said_and_the_file_stays(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    await applied(world)
    world.steps.contents.clear()
    with pytest.raises(StoreError, match="missing"):
        await world.edits.undo()
    assert world.files.text("a.txt") == AFTER


async def test_undo_does_without_the_bytes_of_a_later_step(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    first = await applied(world)
    await applied(world, AFTER.replace("six", "SIX"))
    third = await applied(world, AFTER.replace("six", "SIX").replace("five", "FIVE"))
    del world.steps.contents[third.changes[0].after]
    await world.edits.undo(first.id)
    assert world.files.text("a.txt") == BEFORE.replace("six", "SIX").replace("five", "FIVE")


async def test_two_changes_of_one_file_or_none_at_all_are_refused(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    with pytest.raises(PatchError, match=r"a\.txt is changed twice"):
        await world.edits.apply([change_to(world, AFTER), a_removal(world, "a.txt")], "both")
    with pytest.raises(PatchError, match="nothing to write"):
        await world.edits.apply([], "none")
    half = FileChange(world.files.snapshot("a.txt"), (), FileKind.DELETE)
    with pytest.raises(PatchError, match="text left"):
        await world.edits.apply([half], "half")


async def test_a_line_that_gets_an_ending_by_what_is_put_behind_it_is_undone_to_the_byte(world_of):
    world = world_of(MemoryFiles(a__txt="one\ntwo"))
    change = FileChange(world.files.snapshot("a.txt"), (Hunk("h", 2, (), ("three",)),))
    await world.edits.apply([change], "more")
    assert world.files.text("a.txt") == "one\ntwo\nthree"
    world.files.write("a.txt", "ONE\ntwo\nthree")
    await world.edits.undo()
    assert world.files.text("a.txt") == "ONE\ntwo"


async def test_a_write_whose_caller_is_cancelled_is_finished_and_kept(world_of):
    world = world_of(SlowFiles(a__txt=BEFORE))
    task = asyncio.create_task(applied(world))
    await world.files.writing.wait()
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    world.files.may_write.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    (step,) = await world.edits.steps()
    assert not step.undone
    assert world.seen.of(StepApplied) == [StepApplied(step)]
    assert world.files.text("a.txt") == AFTER


async def test_an_undo_whose_caller_is_cancelled_is_finished_and_kept(world_of):
    world = world_of(SlowFiles(a__txt=BEFORE))
    world.files.may_write.set()
    await applied(world)
    world.files.writing.clear()
    world.files.may_write.clear()
    task = asyncio.create_task(world.edits.undo())
    await world.files.writing.wait()
    task.cancel()
    world.files.may_write.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await world.edits.steps())[0].undone
    assert world.files.text("a.txt") == BEFORE


async def test_what_fails_after_its_caller_was_cancelled_is_logged(world_of, caplog):
    world = world_of(SlowFiles(a__txt=BEFORE))
    task = asyncio.create_task(applied(world))
    await world.files.writing.wait()
    task.cancel()
    world.files.error_on_replace = ReadOnlyFileError("a.txt may not be written.")
    world.files.may_write.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert "cancelled caller" in caplog.text
    assert await world.edits.steps() == ()


async def test_what_a_crash_cut_short_is_told_when_the_project_is_open(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    world.steps.cut_short = (Recovered("op", "t", RecoveryOutcome.COMPLETED, ("a.txt",)),)
    await world.edits.recover()
    assert world.seen.of(EditsRecovered) == []
    await world.edits.tell()
    await world.edits.tell()
    (event,) = world.seen.of(EditsRecovered)
    assert event.recovered[0].files == ("a.txt",)


async def test_the_oldest_steps_are_dropped_only_after_it_was_said(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    world.steps.limit = 6 * len(BEFORE)
    for number in range(3):
        await applied(world, BEFORE.replace("six", f"si{number}"), title=f"step {number}")
    assert world.seen.of(HistoryFull) == []
    await applied(world, BEFORE.replace("six", "si3"), title="step 3")
    (event,) = world.seen.of(HistoryFull)
    assert [step.title for step in event.steps] == ["step 0"]
    assert len(await world.edits.steps()) == 4
    await applied(world, BEFORE.replace("six", "si4"), title="step 4")
    assert (await world.edits.steps())[0].title == "step 1"


class SlowFiles(MemoryFiles):
    """A disk that waits for leave before it writes."""

    def __init__(self, **contents):
        super().__init__(**contents)
        self.writing, self.may_write = asyncio.Event(), asyncio.Event()

    async def replace(self, path, text, base):
        self.writing.set()
        await self.may_write.wait()
        return await super().replace(path, text, base)
