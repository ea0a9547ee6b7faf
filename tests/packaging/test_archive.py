"""Archives whose bytes depend on their contents alone, and the driver that makes them."""

import os
import shutil
import sys
import tarfile
from io import BytesIO
from pathlib import Path

import pytest
from spark_dist import archive, build_system, tree
from spark_dist.facts import Build, DistError, Facts, Size

import dist

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


def test_each_package_tells_how_it_was_installed(tmp_path: Path) -> None:
    ready = planted(tmp_path / "tree")
    built = dist._built(
        "tar", "spark_dist.archive", Build(FACTS, ready, Size.SLIM, tmp_path), tmp_path
    )
    assert [path.name for path in built] == ["spark-desktop-1.2.3-linux-x86_64-slim.tar.gz"]
    assert not (ready / tree.MARKER).exists()
    with tarfile.open(built[0]) as opened:
        marker = opened.extractfile(f"spark-desktop-1.2.3/{tree.MARKER}")
        assert marker is not None
        assert b'format = "tar"\nsize = "slim"\n' in marker.read()


def test_an_unknown_kind_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        dist.main(["floppy"])
    assert "floppy" in capsys.readouterr().err


def test_what_cannot_be_built_is_told_with_the_next_step(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(kinds: object) -> None:
        raise DistError("Packages are missing; type: sudo apt-get install nsis")

    monkeypatch.setattr(build_system, "prepare", refuse)
    assert dist.main(["tar", "--size", "slim"]) == 1
    assert "sudo apt-get install nsis" in capsys.readouterr().err


def test_other_systems_are_sent_to_their_description(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert dist.main(["tar"]) == 1
    assert "packaging/README.md" in capsys.readouterr().err


def test_missing_programs_are_named_by_their_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_system.shutil, "which", lambda name: name if "apt" in name else None)
    monkeypatch.setattr(build_system.os, "geteuid", lambda: 1000)
    with pytest.raises(DistError, match=r"sudo apt-get install .*binutils dpkg"):
        build_system.prepare(("tree", "deb"))


def test_without_apt_the_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_system.shutil, "which", lambda name: None)
    with pytest.raises(DistError, match="binutils"):
        build_system.prepare(("tree",))


def test_nothing_is_installed_where_all_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_system.shutil, "which", lambda name: name)
    build_system.prepare(dist.KINDS)
