import os
from pathlib import Path

import pytest

from spark_desktop.adapters.atomic_write import (
    RisingTimes,
    appear,
    discard,
    stage,
    take_place,
    write_over,
)
from spark_desktop.adapters.disk import Disk
from spark_desktop.adapters.file_attributes import attributes_of


def test_a_short_write_is_continued(tmp_path: Path) -> None:
    disk = Disk(write=lambda handle, data: os.write(handle, data[:3]))
    stage(tmp_path / "a", b"0123456789", None, disk)
    assert (tmp_path / "a").read_bytes() == b"0123456789"


def test_bytes_are_synced_before_anybody_can_see_them_in_place(tmp_path: Path) -> None:
    calls: list[str] = []

    def fsync(handle: int) -> None:
        calls.append(Path(f"/proc/self/fd/{handle}").readlink().name)

    def replace(source: Path, target: Path) -> None:
        calls.append("rename")
        source.replace(target)

    disk = Disk(fsync=fsync, replace=replace)
    (tmp_path / "a").write_bytes(b"old")
    stage(tmp_path / "staged", b"new", None, disk)
    take_place(tmp_path / "staged", tmp_path / "a", disk, RisingTimes())
    disk.sync_folder(tmp_path)
    assert calls == ["staged", "rename", tmp_path.name]
    assert (tmp_path / "a").read_bytes() == b"new"


def test_a_file_takes_the_attributes_that_the_one_in_its_place_has_by_then(tmp_path: Path) -> None:
    target, staged = tmp_path / "a", tmp_path / "staged"
    target.write_bytes(b"old")
    stage(staged, b"new", attributes_of(target), Disk())
    target.chmod(0o751)
    take_place(staged, target, Disk(), RisingTimes())
    assert target.stat().st_mode & 0o777 == 0o751


def test_a_new_file_takes_no_name_that_is_taken(tmp_path: Path) -> None:
    target, staged = tmp_path / "a", tmp_path / "staged"
    target.write_bytes(b"theirs")
    staged.write_bytes(b"new")
    with pytest.raises(FileExistsError):
        appear(staged, target, Disk(), RisingTimes())
    assert target.read_bytes() == b"theirs"


@pytest.mark.parametrize("new", [b"n", b"a longer text"])
def test_a_file_that_is_written_over_stays_the_same_file(tmp_path: Path, new: bytes) -> None:
    target, other = tmp_path / "a", tmp_path / "b"
    target.write_bytes(b"old")
    other.hardlink_to(target)
    write_over(target, new, target.stat().st_ino, Disk(), RisingTimes())
    assert target.read_bytes() == other.read_bytes() == new


def test_a_name_that_is_another_file_by_now_is_not_written_over(tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"theirs")
    with pytest.raises(FileNotFoundError):
        write_over(target, b"new", target.stat().st_ino + 1, Disk(), RisingTimes())
    assert target.read_bytes() == b"theirs"


def test_what_is_gone_already_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    assert discard(tmp_path / "a", Disk())
    assert not discard(tmp_path / "a", Disk())


def test_times_rise_and_a_file_of_another_owner_is_no_failure(tmp_path: Path) -> None:
    times, files = RisingTimes(), [tmp_path / name for name in "abc"]
    for file in files:
        file.touch()
        times.stamp(file)
    stamps = [file.stat().st_mtime_ns for file in files]
    assert stamps == sorted(set(stamps))
    times.stamp(tmp_path / "gone")


def test_a_folder_that_is_gone_is_not_synced(tmp_path: Path) -> None:
    Disk().sync_folder(tmp_path / "gone")
