"""Tags, release notes, gathering packages, and trying a portable archive."""

import io
import sys
import tarfile
from pathlib import Path

import pytest
from spark_dist import release
from spark_dist.archive import SUMS, sha256, write_sums
from spark_dist.facts import DistError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.0"\n', encoding="utf-8")
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changelog\n\n## [Unreleased]\n\n- soon\n\n## [1.2.0] - 2026-12-01\n\n- new\n\n"
        "## [1.1.0] - 2026-11-01\n\n- old\n",
        encoding="utf-8",
    )
    return tmp_path


@pytest.mark.parametrize("ref", ["", "refs/heads/main", "refs/tags/v1.2.0"])
def test_the_version_is_that_of_the_project(root: Path, ref: str) -> None:
    assert release.version(ref, root) == "1.2.0"


def test_a_tag_of_another_version_is_refused(root: Path) -> None:
    with pytest.raises(DistError, match=r"v1\.2 is not v1\.2\.0"):
        release.version("refs/tags/v1.2", root)


def test_the_notes_are_the_part_of_the_changelog(root: Path) -> None:
    assert release.notes("1.2.0", root) == "- new"
    assert release.notes("1.1.0", root) == "- old"
    with pytest.raises(DistError, match=r"says nothing of 2\.0"):
        release.notes("2.0", root)


def test_the_feed_before_is_where_the_apps_look(tmp_path: Path) -> None:
    (tmp_path / "resources").mkdir()
    table = tmp_path / "resources" / "updates.toml"
    table.write_text('feed = "https://hub.example/feed.json"\n', encoding="utf-8")
    assert release.feed_address(tmp_path) == "https://hub.example/feed.json"
    table.write_text('feed = ""\n', encoding="utf-8")
    with pytest.raises(DistError, match="names no feed"):
        release.feed_address(tmp_path)


def part(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_text(f"{folder.name} {name}", encoding="utf-8")
    write_sums(folder)
    return folder


def test_packages_are_gathered_with_one_list_of_sums(tmp_path: Path) -> None:
    part(tmp_path / "parts" / "linux", "a.deb", "a.tar.gz")
    part(tmp_path / "parts" / "windows", "a-setup.exe")
    part(tmp_path / "parts" / "appimage", "a.AppImage")
    made = release.gather(tmp_path / "parts", tmp_path / "dist")
    names = ["a.AppImage", "a.deb", "a.tar.gz", "a-setup.exe"]
    assert [path.name for path in made] == names
    listed = (tmp_path / "dist" / SUMS).read_text(encoding="utf-8")
    assert listed.count("\n") == 4
    assert f"{sha256(tmp_path / 'dist' / 'a.deb')}  a.deb\n" in listed


def test_a_package_that_was_changed_on_the_way_is_refused(tmp_path: Path) -> None:
    folder = part(tmp_path / "parts" / "linux", "a.deb")
    (folder / "a.deb").write_text("another one", encoding="utf-8")
    with pytest.raises(DistError, match=r"a\.deb is not what linux/SHA256SUMS says"):
        release.gather(tmp_path / "parts", tmp_path / "dist")


def test_a_folder_whose_list_was_lost_is_refused(tmp_path: Path) -> None:
    folder = part(tmp_path / "parts" / "linux", "a.deb")
    (folder / SUMS).unlink()
    with pytest.raises(DistError, match="linux has no SHA256SUMS"):
        release.gather(tmp_path / "parts", tmp_path / "dist")


def test_a_package_that_nobody_listed_is_refused(tmp_path: Path) -> None:
    folder = part(tmp_path / "parts" / "linux", "a.deb")
    (folder / "b.deb").write_text("slipped in", encoding="utf-8")
    with pytest.raises(DistError, match=r"b\.deb is not what"):
        release.gather(tmp_path / "parts", tmp_path / "dist")


def test_a_list_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    folder = part(tmp_path / "parts" / "linux", "a.deb")
    (folder / SUMS).write_text("../../etc/passwd\n", encoding="utf-8")
    with pytest.raises(DistError, match="a line that is no sum"):
        release.gather(tmp_path / "parts", tmp_path / "dist")


def test_two_packages_of_one_name_are_refused(tmp_path: Path) -> None:
    part(tmp_path / "parts" / "one", "a.deb")
    part(tmp_path / "parts" / "two", "a.deb")
    with pytest.raises(DistError, match=r"two files named a\.deb"):
        release.gather(tmp_path / "parts", tmp_path / "dist")


def test_nothing_to_gather_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    with pytest.raises(DistError, match="no packages"):
        release.gather(tmp_path / "parts", tmp_path / "dist")


def archive(path: Path, **programs: str) -> Path:
    with tarfile.open(path, "w:gz") as packed:
        for name, script in programs.items():
            member = tarfile.TarInfo(f"spark-desktop-1/{name.replace('_', '-')}")
            content = f"#!/bin/sh\n{script}\n".encode()
            member.size, member.mode = len(content), 0o755
            packed.addfile(member, io.BytesIO(content))
    return path


SELF_TEST = '[ "$1" = --self-test ] && [ "$QT_QPA_PLATFORM" = offscreen ]'


@pytest.mark.skipif(sys.platform == "win32", reason="its programs are shell scripts")
def test_an_archive_is_tried_by_its_self_test(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    good = archive(tmp_path / "a.tar.gz", spark="true", spark_core="true", spark_desktop=SELF_TEST)
    release.try_archive(good)
    bad = archive(tmp_path / "b.tar.gz", spark="true", spark_core="exit 3", spark_desktop="true")
    with pytest.raises(DistError, match="spark-core --help ended with 3"):
        release.try_archive(bad)
    failing = archive(tmp_path / "c.tar.gz", spark="true", spark_core="true", spark_desktop="false")
    with pytest.raises(DistError, match="spark-desktop --self-test ended with 1"):
        release.try_archive(failing)


def test_an_archive_without_programs_is_named(tmp_path: Path) -> None:
    (tmp_path / "no.tar.gz").write_text("no archive", encoding="utf-8")
    with pytest.raises(DistError, match="cannot be unpacked"):
        release.try_archive(tmp_path / "no.tar.gz")
    with pytest.raises(DistError, match="holds no program"):
        release.try_archive(archive(tmp_path / "a.tar.gz", spark="true"))


def test_the_command_says_what_is_wrong_and_ends_with_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert release.main(["version", "--ref", "refs/tags/v0"]) == 1
    assert "release: The tag v0 is not" in capsys.readouterr().err
    assert release.main(["version"]) == 0
    assert capsys.readouterr().out.startswith("version=")
    assert release.main(["notes", "0.0.0"]) == 1
    assert release.main(["try", str(tmp_path / "gone")]) == 1
    part(tmp_path / "parts" / "linux", "a.deb")
    assert release.main(["gather", str(tmp_path / "parts"), str(tmp_path / "dist")]) == 0
    assert capsys.readouterr().out.splitlines() == ["a.deb"]
