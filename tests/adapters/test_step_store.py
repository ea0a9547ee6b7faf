import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from faults.step_cases import change, digest, step, write

from spark_desktop.adapters.database import Database
from spark_desktop.adapters.disk import Disk
from spark_desktop.adapters.file_store import LocalFileStore
from spark_desktop.adapters.ignore_rules import IgnoreRules
from spark_desktop.adapters.step_store import SqliteStepStore
from spark_desktop.adapters.workspace_folder import WorkspaceFolder
from spark_desktop.domain.errors import (
    FileChangedError,
    FileError,
    FileTooLargeError,
    NotTextError,
    OutsideWorkspaceError,
    ReadOnlyFileError,
    StoreError,
)
from spark_desktop.domain.history import StepKind
from spark_desktop.domain.operation import FileWrite, Operation, RecoveryOutcome
from spark_desktop.domain.patch import Hunk, Owner
from spark_desktop.domain.text import SourceText

OLD, NEW = b"old\r\nmixed\n", b"new\r\nmixed\nmore"


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "workspace"
    folder.mkdir()
    (folder / "a.py").write_bytes(OLD)
    yield folder
    folder.chmod(0o755)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(tmp_path / "spark.db")
    yield database
    await database.close()


@pytest.fixture
def store(database: Database, root: Path) -> SqliteStepStore:
    return SqliteStepStore(database, WorkspaceFolder(root, max_bytes=10_000))


def edit(path: str = "a.py", before: bytes | None = OLD, after: bytes | None = NEW) -> Operation:
    """Return the operation of one change."""
    one = step(f"step of {path} to {digest(after)[:6]}", change(path, before, after))
    return Operation(one.id, (write(path, before, after),), one)


def writes(*those: FileWrite) -> Operation:
    """Return an operation without effect on the steps."""
    return Operation("writes", those)


def tree(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*"))


async def test_a_step_comes_back_as_it_was_kept_with_its_bytes(
    store: SqliteStepStore, root: Path
) -> None:
    hunk = Hunk("1-0", 0, ("old\r\n",), ("é\r\n",), Owner.USER)
    hunks = (hunk, Hunk("2-1", 9, (), ()), Hunk("3-2", 12, ("long\n",) * 300, ()))
    kept = replace(
        step("s", replace(change("a.py", OLD, NEW), hunks=hunks)),
        kind=StepKind.RESTORE,
        origin="answer",
    )
    await store.commit(Operation("s", (write("a.py", OLD, NEW),), kept))
    assert await store.steps() == (kept,)
    assert (root / "a.py").read_bytes() == NEW
    assert await store.content(digest(OLD)) == OLD
    assert await store.content(digest(NEW)) == NEW
    assert await store.content(digest(b"never")) is None


async def test_steps_come_oldest_first_and_marks_replace_each_other(
    store: SqliteStepStore,
) -> None:
    first, second = edit(), edit("b.py", None, OLD)
    await store.commit(first)
    await store.commit(second)
    assert first.step
    assert second.step
    (one,) = first.step.changes
    await store.commit(Operation("m1", (), undone=((one.id, False, frozenset({"1-0"})),)))
    await store.commit(Operation("m2", (), undone=((one.id, True, frozenset()),)))
    marked = replace(first.step, changes=(replace(one, undone=True),))
    assert await store.steps() == (marked, second.step)


async def test_a_changed_file_is_named_and_nothing_is_written_or_kept(
    store: SqliteStepStore, root: Path
) -> None:
    (root / "b.py").write_bytes(b"theirs")
    operation = Operation(
        "o", (write("a.py", OLD, NEW), write("b.py", OLD, NEW)), step("s", change("a.py", OLD, NEW))
    )
    with pytest.raises(FileChangedError, match=r"b\.py was changed meanwhile"):
        await store.commit(operation)
    assert (root / "a.py").read_bytes() == OLD
    assert await store.steps() == ()
    assert await store.content(digest(OLD)) is None


@pytest.mark.parametrize("is_link", [False, True])
async def test_a_new_file_takes_no_name_that_is_taken(
    store: SqliteStepStore, root: Path, is_link: bool
) -> None:
    if is_link:
        (root / "b.py").symlink_to("nowhere")
    else:
        (root / "b.py").write_bytes(b"theirs")
    with pytest.raises(FileChangedError, match=r"b\.py"):
        await store.commit(edit("b.py", None, NEW))
    assert tree(root) == ["a.py", "b.py"]
    assert (root / "b.py").is_symlink() == is_link


async def test_a_file_that_appears_while_we_write_is_not_overwritten(
    database: Database, root: Path
) -> None:
    def link(staged: Path, target: Path) -> None:
        target.write_bytes(b"theirs")
        os.link(staged, target)

    store = SqliteStepStore(database, WorkspaceFolder(root), disk=Disk(link=link))
    with pytest.raises(FileChangedError, match=r"new/b\.py is there already"):
        await store.commit(edit("new/b.py", None, NEW))
    assert (root / "new/b.py").read_bytes() == b"theirs"
    assert tree(root) == ["a.py", "new", "new/b.py"]
    assert await store.steps() == ()


async def test_a_file_system_without_hard_links_gets_new_files_too(
    database: Database, root: Path
) -> None:
    def link(_staged: Path, _target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    store = SqliteStepStore(database, WorkspaceFolder(root), disk=Disk(link=link))
    await store.commit(edit("b.py", None, NEW))
    assert (root / "b.py").read_bytes() == NEW
    assert tree(root) == ["a.py", "b.py"]


async def test_a_new_file_is_as_any_new_file_of_its_folder(
    store: SqliteStepStore, root: Path
) -> None:
    (root / "by hand").touch()
    await store.commit(edit("new/b.py", None, NEW))
    assert (root / "new/b.py").stat().st_mode == (root / "by hand").stat().st_mode


async def test_a_link_is_not_removed_and_two_names_of_one_file_are_not_written(
    store: SqliteStepStore, root: Path
) -> None:
    (root / "link.py").symlink_to("a.py")
    (root / "twin.py").hardlink_to(root / "a.py")
    with pytest.raises(FileError, match=r"link\.py is a link"):
        await store.commit(edit("link.py", OLD, None))
    for other in ("link.py", "twin.py"):
        with pytest.raises(FileError, match=r"a\.py and .*\.py are the same file") as caught:
            await store.commit(writes(write("a.py", OLD, NEW), write(other, OLD, b"x")))
        assert caught.value.next_step
    assert (root / "a.py").read_bytes() == OLD


async def test_a_link_stays_a_link_and_its_target_is_written(
    store: SqliteStepStore, root: Path
) -> None:
    (root / "link.py").symlink_to("a.py")
    await store.commit(edit("link.py"))
    assert (root / "link.py").is_symlink()
    assert (root / "a.py").read_bytes() == NEW


async def test_every_name_of_a_file_shows_the_new_bytes(store: SqliteStepStore, root: Path) -> None:
    (root / "twin.py").hardlink_to(root / "a.py")
    (root / "a.py").chmod(0o640)
    number = (root / "a.py").stat().st_ino
    await store.commit(edit())
    assert (root / "twin.py").read_bytes() == NEW
    for name in ("a.py", "twin.py"):
        assert (root / name).stat().st_ino == number
    assert (root / "a.py").stat().st_mode & 0o777 == 0o640
    assert tree(root) == ["a.py", "twin.py"]


def mode(file: Path) -> int:
    return file.stat().st_mode & 0o7777


async def test_a_renamed_file_keeps_its_mode_and_so_does_a_removed_one_that_comes_back(
    store: SqliteStepStore, root: Path
) -> None:
    (root / "a.py").chmod(0o751)
    await store.commit(writes(write("b.py", None, NEW, like="a.py"), write("a.py", OLD, None)))
    assert tree(root) == ["b.py"]
    assert mode(root / "b.py") == 0o751
    await store.commit(writes(write("b.py", NEW, None)))
    await store.commit(writes(write("b.py", None, NEW)))
    assert mode(root / "b.py") == 0o751
    await store.commit(writes(write("b.py", NEW, None)))
    await store.commit(writes(write("b.py", None, b"another file")))
    assert mode(root / "b.py") != 0o751


@pytest.mark.skipif(sys.platform != "linux", reason="extended attributes are asked for on Linux")
async def test_extended_attributes_are_kept_also_through_rename_and_removal(
    store: SqliteStepStore, root: Path
) -> None:
    try:
        os.setxattr(root / "a.py", "user.note", b"mine \xff")
    except OSError:
        pytest.skip("the file system has no extended attributes")
    await store.commit(writes(write("a.py", OLD, NEW)))
    await store.commit(writes(write("b.py", None, NEW, like="a.py"), write("a.py", NEW, None)))
    await store.commit(writes(write("b.py", NEW, None)))
    await store.commit(writes(write("b.py", None, NEW)))
    assert os.getxattr(root / "b.py", "user.note") == b"mine \xff"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives away")
async def test_the_owner_is_kept(store: SqliteStepStore, root: Path) -> None:
    os.chown(root / "a.py", 1234, 4321)
    await store.commit(writes(write("a.py", OLD, NEW)))
    await store.commit(writes(write("b.py", None, NEW, like="a.py"), write("a.py", NEW, None)))
    status = (root / "b.py").stat()
    assert (status.st_uid, status.st_gid) == (1234, 4321)


async def test_modification_times_rise_in_the_order_of_the_writes_and_never_go_back(
    store: SqliteStepStore, root: Path
) -> None:
    names = ["c.py", "a.py", "b.py", "twin.py", "new.py"]
    for name in ("c.py", "b.py", "twin.py"):
        (root / name).write_bytes(OLD)
    (root / "other name.py").hardlink_to(root / "twin.py")
    in_a_year = 2**60
    os.utime(root / "a.py", ns=(0, in_a_year))
    there = [write(name, OLD, NEW) for name in names[:-1]]
    await store.commit(writes(*there, write("new.py", None, NEW)))
    times = [(root / name).stat().st_mtime_ns for name in names]
    assert times == sorted(set(times))
    assert times[1] > in_a_year
    await store.commit(writes(write("c.py", NEW, OLD)))
    assert (root / "c.py").stat().st_mtime_ns > times[-1]


@pytest.mark.parametrize(
    ("make", "operation", "error", "told"),
    [
        pytest.param(
            lambda root: (root / "a.py").chmod(0o444),
            edit(),
            ReadOnlyFileError,
            "a.py is read-only",
            id="read-only",
        ),
        pytest.param(
            lambda root: (root / "a.py").chmod(0o444),
            edit(after=None),
            ReadOnlyFileError,
            "a.py is read-only",
            id="remove read-only",
        ),
        pytest.param(
            lambda root: root.chmod(0o555),
            edit("b/c.py", None, NEW),
            ReadOnlyFileError,
            "folder of b/c.py is read-only",
            id="read-only folder",
        ),
        pytest.param(
            lambda _root: None,
            edit("../a.py", None, NEW),
            OutsideWorkspaceError,
            "leads out",
            id="outside",
        ),
        pytest.param(
            lambda _root: None,
            edit("b.py", None, b"x" * 20_000),
            FileTooLargeError,
            "20,000 bytes",
            id="too large",
        ),
        pytest.param(
            lambda _root: None,
            writes(FileWrite("a.py", digest(OLD), SourceText("a\0"))),
            NotTextError,
            "a.py: ",
            id="binary",
        ),
        pytest.param(
            lambda root: [(root / "a.py").unlink(), (root / "a.py").mkdir()],
            edit(),
            FileChangedError,
            "a.py is no file any more",
            id="a folder now",
        ),
        pytest.param(
            lambda root: (root / "a.py").unlink(),
            edit(),
            FileChangedError,
            "a.py was removed",
            id="removed",
        ),
        pytest.param(
            lambda _root: None,
            edit("a.py/b.py", None, NEW),
            FileError,
            "a.py/b.py cannot be made: a.py is no folder",
            id="a file for a folder",
        ),
    ],
)
async def test_what_cannot_be_written_is_said_with_nothing_written(
    store: SqliteStepStore,
    root: Path,
    make: Callable[[Path], object],
    operation: Operation,
    error: type[FileError],
    told: str,
) -> None:
    make(root)
    before = tree(root)
    with pytest.raises(error) as caught:
        await store.commit(operation)
    assert told in caught.value.message
    assert caught.value.next_step
    assert tree(root) == before
    assert await store.steps() == ()
    assert await store.recover() == ()


def move(folder: Path, elsewhere: Path) -> None:
    folder.rename(elsewhere)


async def test_a_workspace_that_is_gone_is_not_made_again(
    store: SqliteStepStore, root: Path
) -> None:
    move(root, root.with_name("elsewhere"))
    with pytest.raises(FileChangedError, match="workspace was removed"):
        await store.commit(edit("b.py", None, NEW))
    assert not tree(root)
    move(root.with_name("elsewhere"), root)


async def test_an_unknown_change_or_missing_bytes_stop_an_operation_before_it_writes(
    store: SqliteStepStore, root: Path
) -> None:
    mark = ("nobody", True, frozenset[str]())
    with pytest.raises(StoreError, match="no kept change nobody"):
        await store.commit(Operation("o", (write("a.py", OLD, NEW),), undone=(mark,)))
    other = step("s", change("a.py", OLD, b"other bytes"))
    with pytest.raises(StoreError, match=r"a\.py does not match its bytes"):
        await store.commit(Operation("o", (write("a.py", OLD, NEW),), other))
    assert (root / "a.py").read_bytes() == OLD
    assert await store.recover() == ()


async def test_a_write_that_changes_nothing_touches_no_file_but_its_step_is_kept(
    store: SqliteStepStore, root: Path
) -> None:
    before = (root / "a.py").stat().st_mtime_ns
    await store.commit(edit(after=OLD))
    assert (root / "a.py").stat().st_mtime_ns == before
    assert len(await store.steps()) == 1
    assert await store.content(digest(OLD)) == OLD


async def test_a_watcher_can_tell_our_writes(database: Database, root: Path) -> None:
    files = LocalFileStore(root, IgnoreRules(root))
    store = SqliteStepStore(database, files.folder)
    await store.commit(edit())
    assert files.is_own_write("a.py", digest(NEW))
    (root / "b.py").write_bytes(b"theirs")
    with pytest.raises(FileChangedError):
        await store.commit(writes(write("a.py", NEW, b"x"), write("b.py", OLD, NEW)))
    assert files.is_own_write("a.py", digest(NEW))


async def test_folders_that_were_made_for_a_new_file_go_with_it_and_others_stay(
    store: SqliteStepStore, root: Path
) -> None:
    (root / "theirs").mkdir()
    await store.commit(edit("theirs/x/y/b.py", None, NEW))
    await store.commit(edit("theirs/x/c.py", None, NEW))
    await store.commit(edit("theirs/x/y/b.py", NEW, None))
    assert tree(root) == ["a.py", "theirs", "theirs/x", "theirs/x/c.py"]
    await store.commit(edit("theirs/x/c.py", NEW, None))
    assert tree(root) == ["a.py", "theirs"]


async def test_a_cancelled_commit_is_finished(store: SqliteStepStore, root: Path) -> None:
    task = asyncio.create_task(store.commit(edit()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (root / "a.py").read_bytes() == NEW
    assert len(await store.steps()) == 1


async def test_two_windows_that_write_at_once_keep_every_step_and_one_change_of_a_file(
    store: SqliteStepStore, root: Path, tmp_path: Path
) -> None:
    other_database = Database(tmp_path / "spark.db")
    other = SqliteStepStore(other_database, WorkspaceFolder(root))
    pairs = [(store, "left"), (other, "right")]
    await asyncio.gather(
        *(one.commit(edit(f"{name}{n}.py", None, OLD)) for one, name in pairs for n in range(5))
    )
    told = await asyncio.gather(
        *(one.commit(edit(after=name.encode())) for one, name in pairs), return_exceptions=True
    )
    refused = [error for error in told if error is not None]
    assert len(refused) == 1
    assert isinstance(refused[0], FileChangedError)
    steps = await other.steps()
    await other_database.close()
    assert len(steps) == 11
    assert (root / "a.py").read_bytes() == (b"right" if told[0] else b"left")


async def test_workspaces_do_not_see_each_other_but_share_contents(
    store: SqliteStepStore, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "two").mkdir()
    (tmp_path / "two/a.py").write_bytes(OLD)
    other = SqliteStepStore(database, WorkspaceFolder(tmp_path / "two"))
    await store.commit(edit())
    await other.commit(edit())
    await other.commit(edit("b.py", None, b"b"))
    assert await other.drop_oldest(5) == 1
    assert len(await store.steps()) == len(await other.steps()) == 1
    assert await store.content(digest(NEW)) == NEW


@pytest.mark.parametrize("blob", [b"not compressed", b"x\x9c\x03\x00\x00\x00\x00\x01", None])
async def test_a_damaged_content_is_not_handed_out(
    store: SqliteStepStore, database: Database, blob: bytes | None
) -> None:
    await store.commit(edit())
    text = "not even bytes" if blob is None else blob
    await database.run(lambda db: db.execute("UPDATE contents SET data = ?", (text,)))
    with pytest.raises(StoreError, match="is damaged"):
        await store.content(digest(NEW))


class Broken:
    """A disk that refuses to replace the second file, and everything after, until it is mended."""

    def __init__(self) -> None:
        self.is_broken = False

    def replace(self, staged: Path, target: Path) -> None:
        self.is_broken = self.is_broken or target.name == "b.py"
        if self.is_broken:
            raise OSError(5, "Input/output error")
        staged.replace(target)


async def test_what_cannot_be_taken_back_is_said_and_tried_again(
    database: Database, root: Path
) -> None:
    (root / "b.py").write_bytes(OLD)
    broken = Broken()
    store = SqliteStepStore(database, WorkspaceFolder(root), disk=Disk(replace=broken.replace))
    two = Operation(
        "two",
        (write("a.py", OLD, NEW), write("b.py", OLD, NEW)),
        step("s", change("a.py", OLD, NEW)),
    )
    with pytest.raises(FileError, match="half done") as caught:
        await store.commit(two)
    assert "b.py was not written" in caught.value.message
    (failed,) = await store.recover()
    assert (failed.outcome, failed.title) == (RecoveryOutcome.FAILED, "Title of s")
    assert "input/output error" in failed.error
    broken.is_broken = False
    broken.replace = lambda staged, target: staged.replace(target)  # type: ignore[method-assign]
    await store.commit(edit("c.py", None, NEW))
    (told,) = await store.recover()
    assert told.outcome is RecoveryOutcome.ROLLED_BACK
    assert await store.recover() == ()
    assert (root / "a.py").read_bytes() == OLD
    assert tree(root) == ["a.py", "b.py", "c.py"]
