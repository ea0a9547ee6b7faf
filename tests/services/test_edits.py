"""Applying, undoing and redoing, also around the user's own edits."""

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
