"""Archives whose bytes depend on their contents alone."""

import os
import shutil
import tarfile
from io import BytesIO
from pathlib import Path

from spark_dist import archive
from spark_dist.facts import Facts

FACTS = Facts("1.2.3", "a" * 40, 1_700_000_000, "x86_64")


def planted(folder: Path) -> Path:
    (folder / "inner").mkdir(parents=True)
    (folder / "spark").write_text("program")
    (folder / "spark").chmod(0o755)
    (folder / "inner" / "data").write_text("data")
    (folder / "inner" / "link").symlink_to("data")
    return folder


def packed(folder: Path) -> bytes:
    raw = BytesIO()
    archive.write_tar_gz(raw, folder, "spark-desktop-1.2.3", FACTS.epoch)
    return raw.getvalue()


def test_neither_time_nor_umask_nor_place_show_in_an_archive(tmp_path: Path) -> None:
    one = planted(tmp_path / "one")
    other = planted(tmp_path / "elsewhere" / "other")
    for path in (other, *other.rglob("*")):
        if not path.is_symlink():
            os.utime(path, (1, 1))
    (other / "inner" / "data").chmod(0o600)
    assert packed(one) == packed(other)


def test_an_archive_holds_the_tree(tmp_path: Path) -> None:
    data = packed(planted(tmp_path / "one"))
    with tarfile.open(fileobj=BytesIO(data)) as opened:
        members = {member.name: member for member in opened.getmembers()}
        top = "spark-desktop-1.2.3"
        assert sorted(members) == [
            top,
            f"{top}/inner",
            f"{top}/inner/data",
            f"{top}/inner/link",
            f"{top}/spark",
        ]
        assert members[f"{top}/spark"].mode == 0o755
        assert members[f"{top}/inner/data"].mode == 0o644
        assert members[f"{top}/inner/link"].linkname == "data"
        assert {(one.uid, one.uname, one.mtime) for one in members.values()} == {
            (0, "root", FACTS.epoch)
        }


def test_a_file_of_two_names_is_in_the_archive_twice(tmp_path: Path) -> None:
    linked, copied = planted(tmp_path / "linked"), planted(tmp_path / "copied")
    os.link(linked / "spark", linked / "twin")
    shutil.copy2(copied / "spark", copied / "twin")
    assert packed(linked) == packed(copied)


def test_the_sums_are_those_of_the_files(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"b")
    (tmp_path / "a").write_bytes(b"a")
    archive.write_sums(tmp_path)
    text = archive.write_sums(tmp_path).read_text()
    assert [line.split("  ")[1] for line in text.splitlines()] == ["a", "b"]
    assert text.startswith("ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb  a")


def test_what_differs_between_two_builds_is_named(tmp_path: Path) -> None:
    one, other = planted(tmp_path / "one"), planted(tmp_path / "other")
    assert archive.differences(one, other) == []
    (other / "inner" / "data").write_text("else")
    (other / "more").touch()
    (other / "spark").chmod(0o644)
    assert archive.differences(one, other) == ["inner/data", "more", "spark"]
