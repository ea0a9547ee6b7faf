"""Writes of one file that fail: by a full disk, by what the disk reports."""

import errno
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from writing_store import WritingStore, close_databases

from spark_desktop.adapters.disk import Disk
from spark_desktop.domain.errors import FileError, ReadOnlyFileError
from spark_desktop.domain.text import SourceText, digest_of

OLD = "old\n" * 1000
NEW = "new\n" * 1000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "workspace").mkdir()
    return tmp_path / "workspace"


@pytest.fixture(autouse=True)
async def closed() -> AsyncIterator[None]:
    yield
    await close_databases()


def names_in(root: Path) -> list[str]:
    return sorted(path.name for path in root.iterdir())


def failing_disk(call: str, code: int) -> Disk:
    def fail(*_: object) -> int:
        raise OSError(code, os.strerror(code))

    def half(handle: int, data: bytes) -> int:
        if len(data) < len(NEW):
            fail()
        return os.write(handle, data[: len(data) // 2])

    return {"write": Disk(write=half), "fsync": Disk(fsync=fail), "replace": Disk(replace=fail)}[
        call
    ]


@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
@pytest.mark.parametrize(
    ("code", "error", "told"),
    [
        (errno.ENOSPC, FileError, "the disk is full"),
        (errno.EDQUOT, FileError, "the disk is full"),
        (errno.EIO, FileError, "input/output error"),
        (errno.EROFS, ReadOnlyFileError, "read-only file system"),
        (errno.EPERM, ReadOnlyFileError, "not permitted"),
    ],
)
async def test_a_failing_disk_leaves_the_old_file_and_nothing_else(
    root: Path, call: str, code: int, error: type[FileError], told: str
) -> None:
    (root / "a.py").write_text(OLD)
    store = WritingStore(root, disk=failing_disk(call, code))
    with pytest.raises(error, match=told) as caught:
        await store.replace("a.py", SourceText(NEW), digest_of(OLD.encode()))
    assert "a.py" in caught.value.message
    assert caught.value.next_step
    assert (root / "a.py").read_text() == OLD
    assert names_in(root) == ["a.py"]
    assert not store.is_own_write("a.py", digest_of(NEW.encode()))


async def test_a_failed_write_does_not_forget_the_one_before(root: Path) -> None:
    (root / "a.py").write_text("0\n")
    results = iter([None, OSError(errno.EIO, "broken")])

    def replace(source: Path, target: Path) -> None:
        if (error := next(results)) is not None:
            raise error
        source.replace(target)

    store = WritingStore(root, disk=Disk(replace=replace))
    first = await store.replace("a.py", SourceText("1\n"), digest_of(b"0\n"))
    with pytest.raises(FileError):
        await store.replace("a.py", SourceText("2\n"), first.digest)
    assert store.is_own_write("a.py", first.digest)


async def test_a_folder_that_cannot_be_synced_is_no_failed_write(root: Path) -> None:
    (root / "a.py").write_text(OLD)

    def fsync(handle: int) -> None:
        if Path(f"/proc/self/fd/{handle}").is_dir():
            raise OSError(errno.EINVAL, "not supported")

    store = WritingStore(root, disk=Disk(fsync=fsync))
    written = await store.replace("a.py", SourceText(NEW), digest_of(OLD.encode()))
    assert written.text.content == NEW


async def test_a_file_removed_right_after_our_write_is_reported_as_written(root: Path) -> None:
    (root / "a.py").write_text(OLD)

    def replace(source: Path, target: Path) -> None:
        source.replace(target)
        target.unlink()

    store = WritingStore(root, disk=Disk(replace=replace))
    written = await store.replace("a.py", SourceText(NEW), digest_of(OLD.encode()))
    assert written.digest == digest_of(NEW.encode())
