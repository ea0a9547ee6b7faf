"""Writes that are cut short: by a kill, by a full disk, by what the disk reports."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from spark_desktop.adapters.disk import Disk
from spark_desktop.adapters.file_store import LocalFileStore
from spark_desktop.adapters.ignore_rules import IgnoreRules
from spark_desktop.domain.errors import FileError, ReadOnlyFileError
from spark_desktop.domain.text import SourceText, digest_of

OLD = "old\n" * 1000
NEW = "new\n" * 1000

# Replaces a.py, and stops for good in the call that argument 2 names, after saying so.
CHILD = """
import asyncio, os, sys, time
from pathlib import Path
from spark_desktop.adapters.disk import Disk
from spark_desktop.adapters.file_store import LocalFileStore
from spark_desktop.adapters.ignore_rules import IgnoreRules
from spark_desktop.domain.text import SourceText

def stop(*_):
    print("stopped", flush=True)
    time.sleep(600)

def half(handle, data):
    os.write(handle, data[: len(data) // 2])
    stop()

root = Path(sys.argv[1])
disk = {"write": Disk(write=half), "fsync": Disk(fsync=stop), "replace": Disk(replace=stop)}
store = LocalFileStore(root, IgnoreRules(root), disk=disk[sys.argv[2]])

async def main():
    snapshot = await store.read("a.py")
    await store.replace("a.py", SourceText("new\\n" * 1000), snapshot.digest)

asyncio.run(main())
"""


def names_in(root: Path) -> list[str]:
    return sorted(path.name for path in root.iterdir())


def kill_in(call: str, root: Path) -> None:
    arguments = [sys.executable, "-c", CHILD, str(root), call]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "stopped\n"
        child.send_signal(signal.SIGKILL)


@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
async def test_a_kill_before_the_rename_leaves_the_old_file_and_the_next_write_tidies_up(
    tmp_path: Path, call: str
) -> None:
    (tmp_path / "a.py").write_text(OLD)
    kill_in(call, tmp_path)
    assert (tmp_path / "a.py").read_text() == OLD
    assert len(names_in(tmp_path)) == 2, "the kill was to leave a temporary file"

    rules = IgnoreRules(tmp_path)
    assert rules.files() == ("a.py",)
    await LocalFileStore(tmp_path, rules).replace("a.py", SourceText(NEW), digest_of(OLD.encode()))
    assert (tmp_path / "a.py").read_text() == NEW
    assert names_in(tmp_path) == ["a.py"]


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
    tmp_path: Path, call: str, code: int, error: type[FileError], told: str
) -> None:
    (tmp_path / "a.py").write_text(OLD)
    store = LocalFileStore(tmp_path, IgnoreRules(tmp_path), disk=failing_disk(call, code))
    with pytest.raises(error, match=told) as caught:
        await store.replace("a.py", SourceText(NEW), digest_of(OLD.encode()))
    assert "a.py" in caught.value.message
    assert caught.value.next_step
    assert (tmp_path / "a.py").read_text() == OLD
    assert names_in(tmp_path) == ["a.py"]
    assert not store.is_own_write("a.py", digest_of(NEW.encode()))


async def test_a_failed_write_does_not_forget_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("0\n")
    results = iter([None, OSError(errno.EIO, "broken")])

    def replace(source: Path, target: Path) -> None:
        if (error := next(results)) is not None:
            raise error
        source.replace(target)

    store = LocalFileStore(tmp_path, IgnoreRules(tmp_path), disk=Disk(replace=replace))
    first = await store.replace("a.py", SourceText("1\n"), digest_of(b"0\n"))
    with pytest.raises(FileError):
        await store.replace("a.py", SourceText("2\n"), first.digest)
    assert store.is_own_write("a.py", first.digest)


async def test_a_folder_that_cannot_be_synced_is_no_failed_write(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(OLD)

    def fsync(handle: int) -> None:
        if Path(f"/proc/self/fd/{handle}").is_dir():
            raise OSError(errno.EINVAL, "not supported")

    store = LocalFileStore(tmp_path, IgnoreRules(tmp_path), disk=Disk(fsync=fsync))
    written = await store.replace("a.py", SourceText(NEW), digest_of(OLD.encode()))
    assert written.text.content == NEW


async def test_a_file_removed_right_after_our_write_is_reported_as_written(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(OLD)

    def replace(source: Path, target: Path) -> None:
        source.replace(target)
        target.unlink()

    store = LocalFileStore(tmp_path, IgnoreRules(tmp_path), disk=Disk(replace=replace))
    written = await store.replace("a.py", SourceText(NEW), digest_of(OLD.encode()))
    assert written.digest == digest_of(NEW.encode())
