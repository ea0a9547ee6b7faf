"""Applying, undoing and restoring on a real disk and database; also inside a git work tree."""

import asyncio
import os
import subprocess

import pytest

from spark_desktop.adapters.database import Database
from spark_desktop.adapters.file_store import LocalFileStore
from spark_desktop.adapters.ignore_rules import IgnoreRules
from spark_desktop.adapters.step_store import SqliteStepStore
from spark_desktop.adapters.system_clock import SystemClock
from spark_desktop.domain.errors import UndoBlockedError
from spark_desktop.domain.history import FileChange, StepKind
from spark_desktop.domain.patch import ABSENT, FileKind, Hunk, compute
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.bus import Bus
from spark_desktop.services.edits import EditService

BEFORE = b"\xef\xbb\xbfone\r\ntwo\nthree"


class Folder:
    """A folder with its edit service; ``reopened`` is what the next start has."""

    def __init__(self, root, data):
        self.root, self.data = root, data
        self.files = LocalFileStore(root, IgnoreRules(root))

    async def __aenter__(self):
        self.database = Database(self.data / "spark.db")
        await self.database.open()
        store = SqliteStepStore(self.database, self.files.folder)
        self.edits = EditService(self.files, store, Bus(), SystemClock())
        await self.edits.recover()
        return self

    async def __aexit__(self, *_error):
        await self.database.close()

    async def changed(self, path, after):
        snapshot = await self.files.read(path)
        hunks = compute(path, "", snapshot.text.content, after).hunks
        return FileChange(snapshot, hunks)

    async def much(self):
        """Change, make, remove and rename files in one step."""
        gone, moved = await self.files.read("gone.txt"), await self.files.read("old.txt")
        made = Snapshot("new.txt", SourceText(""), ABSENT)
        return await self.edits.apply(
            [
                await self.changed("a.txt", "one\r\nTWO\nthree"),
                FileChange(made, (Hunk("new", 0, (), ("n\n",)),), FileKind.CREATE),
                FileChange(gone, compute("", "", "x\n", "").hunks, FileKind.DELETE),
                FileChange(moved, (), FileKind.RENAME, "moved.txt"),
            ],
            "much",
        )

    def all(self):
        return {
            path.name: (path.read_bytes(), path.stat().st_mode)
            for path in self.root.iterdir()
            if path.is_file()
        }


@pytest.fixture
def root(tmp_path):
    """A folder with four files, one of which may be run."""
    found = tmp_path / "project"
    found.mkdir()
    (found / "a.txt").write_bytes(BEFORE)
    (found / "gone.txt").write_text("x\n")
    (found / "old.txt").write_text("o\n")
    (found / "gone.txt").chmod(0o755)
    return found


async def test_much_at_once_goes_and_comes_across_restarts_to_the_byte_and_the_mode(root, tmp_path):
    async with Folder(root, tmp_path) as folder:
        before = folder.all()
        await folder.much()
        after = folder.all()
        assert set(after) == {"a.txt", "new.txt", "moved.txt"}
    async with Folder(root, tmp_path) as folder:
        assert (await folder.edits.undo()).undone
        assert folder.all() == before
    async with Folder(root, tmp_path) as folder:
        await folder.edits.redo()
        assert folder.all() == after
        (step,) = await folder.edits.steps()
        assert not step.undone
        restored = await folder.edits.restore(step.id)
        assert folder.all() == before
        assert restored.kind is StepKind.RESTORE
    async with Folder(root, tmp_path) as folder:
        assert [one.kind for one in await folder.edits.steps()] == [StepKind.EDIT, StepKind.RESTORE]
        await folder.edits.undo()
        assert folder.all() == after
        assert [one.undone for one in await folder.edits.steps()] == [False, True]


async def test_hunks_and_marks_by_hand_last_across_restarts(root, tmp_path):
    async with Folder(root, tmp_path) as folder:
        await folder.edits.apply([await folder.changed("a.txt", "ONE\r\ntwo\nTHREE")], "two hunks")
    async with Folder(root, tmp_path) as folder:
        (step,) = await folder.edits.steps()
        change = step.changes[0]
        await folder.edits.undo(step.id, {change.id: [change.hunks[0].id]})
        assert (root / "a.txt").read_bytes() == b"\xef\xbb\xbfone\r\ntwo\nTHREE"
        (root / "a.txt").write_bytes(BEFORE)
    async with Folder(root, tmp_path) as folder:
        assert (await folder.edits.steps())[0].partly_undone
        assert (await folder.edits.undo(step.id)).undone
        assert (root / "a.txt").read_bytes() == BEFORE
    async with Folder(root, tmp_path) as folder:
        assert (await folder.edits.redo(step.id)).partly_undone
        assert (root / "a.txt").read_bytes() == b"\xef\xbb\xbfone\r\ntwo\nTHREE"
        await folder.edits.redo(step.id)
        assert (root / "a.txt").read_bytes() == b"\xef\xbb\xbfONE\r\ntwo\nTHREE"


async def test_a_file_that_another_program_made_meanwhile_is_not_overwritten(root, tmp_path):
    async with Folder(root, tmp_path) as folder:
        await folder.much()
        (root / "gone.txt").write_text("another\n")
        with pytest.raises(UndoBlockedError, match=r"gone\.txt: another file"):
            await folder.edits.undo()
        assert (root / "gone.txt").read_text() == "another\n"
        assert (root / "moved.txt").exists()


async def test_index_and_refs_of_a_git_work_tree_are_left_alone(root, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)

    async def git(*arguments):
        named = ("-c", "user.name=t", "-c", "user.email=t@example.org")
        return await asyncio.to_thread(
            subprocess.run, ["git", *named, *arguments], cwd=root, check=True, capture_output=True
        )

    await git("init", "-q")
    await git("add", "a.txt", "gone.txt")
    await git("commit", "-q", "-m", "first")
    await git("add", "old.txt")

    def kept():
        return {
            path.relative_to(root): (path.read_bytes(), path.stat().st_mtime_ns)
            for path in (root / ".git").rglob("*")
            if path.is_file()
        }

    before = kept()
    assert any(path.name == "index" for path in before)
    async with Folder(root, tmp_path) as folder:
        step = await folder.much()
        await folder.edits.undo()
        await folder.edits.redo()
        await folder.edits.restore(step.id)
        await folder.edits.undo()
    assert kept() == before
