"""Applying, undoing and redoing, also around the user's own edits."""

import asyncio

import pytest
from fakes import MemoryFiles

from spark_desktop.domain.errors import (
    ConflictError,
    FileChangedError,
    NothingToUndoError,
    ReadOnlyFileError,
    StoreError,
)
from spark_desktop.domain.events import ChangeApplied, ChangeReverted
from spark_desktop.domain.patch import compute

BEFORE = "one\ntwo\nthree\nfour\nfive\nsix\n"
AFTER = "one\nTWO\nthree\nfour\nfive\nsix\n"


async def applied(world, before=BEFORE, after=AFTER):
    snapshot = world.files.snapshot("a.txt")
    patch = compute("a.txt", snapshot.digest, before, after)
    return await world.edits.apply(snapshot, patch.hunks, "upper case")


async def test_applying_writes_and_keeps_the_change(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    change = await applied(world)
    assert world.files.text("a.txt") == AFTER
    assert (await world.edits.changes()) == (change,)
    assert world.seen.of(ChangeApplied) == [ChangeApplied(change)]


async def test_undo_and_redo_bring_every_byte_back(world_of):
    world = world_of(MemoryFiles(a__txt=b"\xef\xbb\xbfone\r\ntwo"))
    snapshot = world.files.snapshot("a.txt")
    patch = compute("a.txt", snapshot.digest, snapshot.text.content, "one\r\nTWO")
    await world.edits.apply(snapshot, patch.hunks, "upper case")
    undone = await world.edits.undo()
    assert undone.undone
    assert world.files.data["a.txt"] == b"\xef\xbb\xbfone\r\ntwo"
    redone = await world.edits.redo()
    assert not redone.undone
    assert world.files.data["a.txt"] == b"\xef\xbb\xbfone\r\nTWO"
    assert world.seen.of(ChangeReverted) == [ChangeReverted(undone), ChangeReverted(redone)]


async def test_undo_keeps_what_the_user_changed_since(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    await applied(world)
    world.files.write("a.txt", AFTER.replace("six", "SIX by hand"))
    await world.edits.undo()
    assert world.files.text("a.txt") == BEFORE.replace("six", "SIX by hand")
    await world.edits.redo()
    assert world.files.text("a.txt") == AFTER.replace("six", "SIX by hand")


async def test_undo_of_lines_that_the_user_changed_since_is_a_conflict_and_writes_nothing(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    await applied(world)
    by_hand = AFTER.replace("TWO", "two and a half")
    world.files.write("a.txt", by_hand)
    with pytest.raises(ConflictError, match=r"a\.txt"):
        await world.edits.undo()
    assert world.files.text("a.txt") == by_hand
    assert (await world.edits.changes())[0].undone is False


async def test_undo_without_a_change_says_so(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    with pytest.raises(NothingToUndoError):
        await world.edits.undo()
    with pytest.raises(NothingToUndoError):
        await world.edits.redo()


async def test_a_change_that_the_user_took_back_by_hand_counts_as_undone(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    await applied(world)
    world.files.write("a.txt", BEFORE)
    assert (await world.edits.undo()).undone
    assert world.files.text("a.txt") == BEFORE


async def test_a_file_that_changed_is_not_written_and_nothing_is_kept(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    world.files.before_replace = ["saved by the editor\n"]
    with pytest.raises(FileChangedError):
        await applied(world)
    assert world.files.text("a.txt") == "saved by the editor\n"
    assert await world.edits.changes() == ()


async def test_a_write_that_fails_leaves_no_change_behind(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    world.files.error_on_replace = ReadOnlyFileError("a.txt may not be written.")
    with pytest.raises(ReadOnlyFileError):
        await applied(world)
    assert await world.edits.changes() == ()


async def test_a_change_written_just_before_a_crash_can_be_undone(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    change = await applied(world)
    # The process died after the write and before it could note that the write was done.
    await world.checkpoints.mark(change.id, undone=True)
    await world.edits.undo()
    assert world.files.text("a.txt") == BEFORE


async def test_a_change_recorded_just_before_a_crash_can_be_redone(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    change = await applied(world)
    await world.checkpoints.mark(change.id, undone=True)
    world.files.write("a.txt", BEFORE)
    await world.edits.redo()
    assert world.files.text("a.txt") == AFTER


async def test_missing_kept_bytes_are_said_and_the_file_stays(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    await applied(world)
    world.checkpoints.contents.clear()
    with pytest.raises(StoreError, match="missing"):
        await world.edits.undo()
    assert world.files.text("a.txt") == AFTER


async def test_a_write_that_fails_leaves_what_can_be_redone(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    change = await applied(world)
    await world.edits.undo()
    world.files.error_on_replace = ReadOnlyFileError("a.txt may not be written.")
    with pytest.raises(ReadOnlyFileError):
        await applied(world, after=BEFORE + "seven\n")
    world.files.error_on_replace = None
    assert (await world.edits.redo()).id == change.id
    assert world.files.text("a.txt") == AFTER


async def test_a_change_written_just_before_a_crash_is_kept_when_another_is_applied(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE))
    first = await applied(world)
    await world.checkpoints.mark(first.id, undone=True)
    await applied(world, AFTER, AFTER + "seven\n")
    await world.edits.undo()
    assert (await world.edits.undo()).id == first.id
    assert world.files.text("a.txt") == BEFORE


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
    (change,) = await world.edits.changes()
    assert not change.undone
    assert world.seen.of(ChangeApplied) == [ChangeApplied(change)]
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
    assert (await world.edits.changes())[0].undone
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
    assert await world.edits.changes() == ()


async def test_a_change_that_another_window_dropped_while_it_was_written_is_kept(world_of):
    world = world_of(SlowFiles(a__txt=BEFORE))
    task = asyncio.create_task(applied(world))
    await world.files.writing.wait()
    world.checkpoints.kept.clear()
    world.files.may_write.set()
    await task
    await world.edits.undo()
    assert world.files.text("a.txt") == BEFORE


async def test_undo_after_a_file_went_back_and_forth_does_not_bring_an_undone_change_back(world_of):
    world = world_of(MemoryFiles(a__txt=BEFORE, b__txt="b\n"))
    earlier = world.files.snapshot("b.txt")
    patch = compute("b.txt", earlier.digest, "b\n", "B\n")
    await world.edits.apply(earlier, patch.hunks, "upper case")
    await applied(world)
    await applied(world, AFTER, BEFORE)
    await world.edits.undo()
    await world.edits.undo()
    await world.edits.undo()
    assert (world.files.text("a.txt"), world.files.text("b.txt")) == (BEFORE, "b\n")


class SlowFiles(MemoryFiles):
    """A disk that waits for leave before it writes."""

    def __init__(self, **contents):
        super().__init__(**contents)
        self.writing, self.may_write = asyncio.Event(), asyncio.Event()

    async def replace(self, path, text, base):
        self.writing.set()
        await self.may_write.wait()
        return await super().replace(path, text, base)
