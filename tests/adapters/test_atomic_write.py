import os
import sys
import time
from pathlib import Path

import pytest

from spark_desktop.adapters.atomic_write import write_atomically
from spark_desktop.adapters.disk import Disk

DEAD = 2**22 + 1  # above the largest process id that Linux gives


def write(target: Path, data: bytes, disk: Disk | None = None) -> None:
    write_atomically(target, data, lambda: None, disk or Disk())


def test_a_short_write_is_continued(tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"old")
    write(target, b"0123456789", Disk(write=lambda handle, data: os.write(handle, data[:3])))
    assert target.read_bytes() == b"0123456789"


def test_file_and_folder_are_synced_around_the_rename(tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"old")
    calls: list[str] = []

    def fsync(handle: int) -> None:
        calls.append("folder" if Path(f"/proc/self/fd/{handle}").is_dir() else "file")

    def replace(source: Path, destination: Path) -> None:
        calls.append("rename")
        source.replace(destination)

    write(target, b"new", Disk(fsync=fsync, replace=replace))
    assert calls == ["file", "rename", "folder"]


def test_the_temporary_file_of_a_dead_process_is_removed_and_others_are_kept(
    tmp_path: Path,
) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"old")
    dead = tmp_path / f".spark-{DEAD}-00ff.tmp"
    living = tmp_path / f".spark-{os.getpid()}-00ff.tmp"
    ancient = tmp_path / f".spark-{os.getpid()}-ff00.tmp"
    foreign = tmp_path / ".spark-notes.tmp"
    for path in (dead, living, ancient, foreign):
        path.write_bytes(b"x")
    os.utime(ancient, (time.time() - 7200,) * 2)
    write(target, b"new")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["a", living.name, foreign.name]
    )


@pytest.mark.skipif(sys.platform != "linux", reason="extended attributes are asked for on Linux")
def test_extended_attributes_are_kept(tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"old")
    try:
        os.setxattr(target, "user.note", b"mine")
    except OSError:
        pytest.skip("the file system has no extended attributes")
    write(target, b"new")
    assert os.getxattr(target, "user.note") == b"mine"


def test_another_name_of_the_file_keeps_the_old_bytes(tmp_path: Path) -> None:
    target, other = tmp_path / "a", tmp_path / "b"
    target.write_bytes(b"old")
    other.hardlink_to(target)
    write(target, b"new")
    assert (target.read_bytes(), other.read_bytes()) == (b"new", b"old")
