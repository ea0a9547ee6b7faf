"""The installer of one user, run by sh, with a small app in the place of the real one."""

import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import time
from pathlib import Path

import pytest
from installing import Home, run_file, small_build
from spark_dist.facts import DistError
from spark_dist.older import older as older_version
from spark_dist.run_file import Contents, pack, template, unpacked


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_file(tmp_path_factory.mktemp("older"), "0.1.9", old__only="Spark Desktop")


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_file(tmp_path_factory.mktemp("newer"), "0.2.0")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "it's my home")


def _says(program: Path) -> str:
    return subprocess.run([program, "edit"], capture_output=True, text=True, check=True).stdout


def test_installed_are_programs_links_and_entries(home: Home, newer: Path) -> None:
    home.install(newer)
    assert _says(home.links / "spark") == "spark 0.2.0 edit\n"
    assert (home.links / "spark-core").readlink() == home.app / "spark-core"
    assert home.entry.read_text() == f'Exec="{home.app}/spark-desktop" %u\n'
    assert (home.app / "_internal" / "link.so").readlink() == Path("link.so.1")


def test_uninstalling_leaves_what_was_there_before_and_the_users_data(
    home: Home, newer: Path
) -> None:
    (home.folder / ".local/share").mkdir(parents=True)
    before = home.listed()
    home.install(newer)
    data = home.folder / ".local/share/spark-desktop/threads.db"
    data.write_text("mine")
    autostart = home.folder / ".config/autostart/spark-desktop.desktop"
    autostart.parent.mkdir(parents=True)
    autostart.write_text(f"Exec={home.app}/spark-desktop --hidden\n")
    done = home.run(home.app / "uninstall", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    left = home.listed() - before
    folders = {".local/share/spark-desktop", ".config", ".config/autostart"}
    assert left == {".local/share/spark-desktop/threads.db", *folders}
    assert data.read_text() == "mine"


def test_without_data_nothing_at_all_is_left(home: Home, newer: Path) -> None:
    home.install(newer)
    assert home.run(newer, "--uninstall", "--yes").returncode == 0
    assert home.listed() == set()


def test_an_upgrade_takes_the_place_of_the_older_one(home: Home, older: Path, newer: Path) -> None:
    home.install(older)
    assert (home.folder / ".local/share/old/only").exists()
    (home.app / "mine.txt").write_text("put here by the user")
    done = home.run(newer, "--yes")
    assert "in the place of 0.1.9" in done.stdout
    assert _says(home.links / "spark") == "spark 0.2.0 edit\n"
    assert (home.app / "mine.txt").read_text() == "put here by the user"
    assert not (home.folder / ".local/share/old/only").exists()
    assert sorted(path.name for path in home.app.parent.iterdir()) == ["app"]
    (home.app / "mine.txt").unlink()
    home.run(newer, "--uninstall", "--yes")
    assert home.listed() == set()


def test_a_downgrade_is_refused_and_changes_nothing(home: Home, older: Path, newer: Path) -> None:
    home.install(newer)
    before = {path: path.lstat().st_mtime_ns for path in home.folder.rglob("*")}
    done = home.run(older, "--yes")
    assert done.returncode == 1
    assert "version 0.2.0 is installed" in done.stderr
    assert "--allow-downgrade" in done.stderr
    assert {path: path.lstat().st_mtime_ns for path in home.folder.rglob("*")} == before


def test_a_downgrade_that_is_wanted_is_done(home: Home, older: Path, newer: Path) -> None:
    home.install(newer)
    home.install(older, "--allow-downgrade")
    assert _says(home.links / "spark") == "spark 0.1.9 edit\n"


@pytest.mark.parametrize("place", ["text", "packed", "short"])
def test_a_damaged_file_is_refused(home: Home, newer: Path, tmp_path: Path, place: str) -> None:
    data = bytearray(newer.read_bytes())
    if place == "text":
        data = data.replace(b"size='slim'", b"size='full'")
    elif place == "packed":
        data[-20] ^= 1
    else:
        del data[-1]
    damaged = tmp_path / "damaged.run"
    damaged.write_bytes(data)
    for words in (["--check"], ["--yes"], ["--extract", "there"]):
        done = home.run(damaged, *words)
        assert done.returncode == 1
        assert "damaged" in done.stderr
    assert home.listed() == set()


def test_a_whole_file_says_so(home: Home, newer: Path) -> None:
    done = home.run(newer, "--check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "is whole" in done.stdout


def test_extracting_writes_nothing_but_that_folder(home: Home, newer: Path) -> None:
    assert home.run(newer, "--extract", "there").returncode == 0
    assert _says(home.folder / "there" / "spark") == "spark 0.2.0 edit\n"
    assert {name.split("/")[0] for name in home.listed()} == {"there"}
    again = home.run(newer, "--extract", "there")
    assert again.returncode == 1
    assert "is not empty" in again.stderr


def test_the_start_at_log_in_goes_from_a_folder_with_a_blank_too(home: Home, newer: Path) -> None:
    home.install(newer, "--prefix=apps/my spark/")
    app = home.folder / "apps/my spark"
    autostart = home.folder / ".config/autostart/spark-desktop.desktop"
    autostart.parent.mkdir(parents=True)
    autostart.write_text(f'Exec="{app}/spark-desktop" --hidden\n')
    assert home.run(app / "uninstall", "--yes").returncode == 0
    assert not autostart.exists()


@pytest.mark.parametrize("words", [[], ["--prefix", "work"]])
def test_a_folder_of_others_is_refused(home: Home, newer: Path, words: list[str]) -> None:
    place = home.folder / "work" if words else home.app
    place.mkdir(parents=True)
    (place / "thesis.txt").write_text("mine")
    done = home.run(newer, "--yes", *words)
    assert done.returncode == 1
    assert "is not of Spark Desktop" in done.stderr
    assert (place / "thesis.txt").read_text() == "mine"
    assert not home.links.exists()
    assert home.run(newer, "--uninstall", "--yes", *words).returncode == 1


def test_another_folder_can_be_named(home: Home, newer: Path) -> None:
    home.install(newer, "--prefix=apps/my spark/")
    place = home.folder / "apps" / "my spark"
    assert home.entry.read_text() == f'Exec="{place}/spark-desktop" %u\n'
    assert home.run(place / "uninstall", "--yes").returncode == 0
    # What stood above it was made for it, too.
    assert home.listed() == set()


def test_links_lead_to_the_newest_place_only(home: Home, older: Path, newer: Path) -> None:
    home.install(older, "--prefix", "one")
    done = home.run(newer, "--yes", "--prefix", "two")
    assert "led to" in done.stdout
    assert home.run(newer, "--uninstall", "--yes", "--prefix", "one").returncode == 0
    assert _says(home.links / "spark") == "spark 0.2.0 edit\n"
    assert home.entry.exists()


def test_programs_and_pages_of_others_are_left_alone(home: Home, newer: Path) -> None:
    page = home.folder / ".local/share/man/man1/spark.1"
    for path in (home.links / "spark", page):
        path.parent.mkdir(parents=True)
        path.write_text("a cluster's program")
    done = home.run(newer, "--yes")
    assert done.returncode == 0
    assert done.stderr.count("of another program and was left alone") == 2
    home.run(newer, "--uninstall", "--yes")
    assert page.read_text() == (home.links / "spark").read_text() == "a cluster's program"


def test_a_starter_of_the_user_with_our_name_is_left_alone(home: Home, newer: Path) -> None:
    starters = [home.links / "spark-desktop", home.links / "spark"]
    home.links.mkdir(parents=True)
    for path in starters:
        path.write_text('#!/bin/sh\nexec firejail /opt/spark-desktop/spark-desktop "$@"\n')
    before = [path.read_text() for path in starters]
    done = home.run(newer, "--yes")
    assert done.stderr.count("of another program and was left alone") == 2
    home.run(newer, "--uninstall", "--yes")
    assert [path.read_text() for path in starters] == before


def test_another_installation_beside_the_place_is_no_leftover(home: Home, newer: Path) -> None:
    home.install(newer, "--prefix=apps/spark.new")
    mine = home.folder / "apps/spark.new/notes.txt"
    mine.write_text("mine")
    done = home.run(newer, "--yes", "--prefix=apps/spark")
    assert done.returncode == 1
    assert "is a Spark Desktop of its own" in done.stderr
    assert mine.read_text() == "mine"


def test_what_the_user_put_into_a_version_that_was_left_aside_is_kept(
    home: Home, older: Path, newer: Path
) -> None:
    home.install(older)
    home.app.rename(f"{home.app}.old")
    home.install(newer)
    # As after a run that was killed before it had taken the old one away.
    again = home.folder / "again"
    home.run(older, "--extract", again)
    again.rename(f"{home.app}.old")
    (home.app.with_name("app.old") / "notes.txt").write_text("mine")
    home.install(newer)
    assert (home.app / "notes.txt").read_text() == "mine"
    assert not home.app.with_name("app.old").exists()


def test_what_opens_folders_goes_on_to_do_so(home: Home, newer: Path) -> None:
    home.tools["xdg-mime"] = (
        'if [ "$1" = default ]; then echo "$*" >"$HOME/set"; exit; fi\n'
        '[ -e "$HOME/.local/share/man" ] && echo spark-desktop.desktop || echo files.desktop'
    )
    home.install(newer)
    assert (home.folder / "set").read_text() == "default files.desktop inode/directory\n"
    (home.folder / "set").unlink()
    home.install(newer)
    assert not (home.folder / "set").exists()


def test_a_full_disk_is_told_before_anything_is_written(home: Home, newer: Path) -> None:
    home.tools["df"] = "echo head; echo /dev/x 1 1 3 99% /"
    done = home.run(newer, "--yes")
    assert done.returncode == 1
    assert "the disk is too full" in done.stderr
    assert home.listed() == set()


def test_what_cannot_be_unpacked_leaves_the_older_one(home: Home, older: Path, newer: Path) -> None:
    home.install(older)
    home.tools["tar"] = "echo 'tar: no space left' >&2; exit 2"
    done = home.run(newer, "--yes")
    assert done.returncode == 1
    assert "is the disk full?" in done.stderr
    assert _says(home.links / "spark") == "spark 0.1.9 edit\n"
    assert sorted(path.name for path in home.app.parent.iterdir()) == ["app"]


def test_a_program_that_does_not_start_leaves_the_older_one(
    home: Home, older: Path, tmp_path: Path
) -> None:
    home.install(older)
    made = small_build(tmp_path, "0.3.0")
    (made.tree / "spark-core").write_text("#!/bin/sh\necho 'GLIBC_2.99 not found' >&2; exit 1\n")
    broken = tmp_path / "broken.run"
    pack(made, Contents(made.tree, tmp_path / "no share"), broken)
    done = home.run(broken, "--yes")
    assert done.returncode == 1
    assert "does not start: GLIBC_2.99 not found" in done.stderr
    assert _says(home.links / "spark") == "spark 0.1.9 edit\n"


def test_a_place_that_cannot_be_written_is_named(home: Home, newer: Path) -> None:
    home.folder.mkdir()
    (home.folder / "file").write_text("no folder")
    done = home.run(newer, "--yes", "--prefix", "file/inside")
    assert done.returncode == 1
    assert "cannot be made" in done.stderr
    assert home.listed() == {"file"}


def test_an_upgrade_that_was_killed_between_its_renames_is_put_right(
    home: Home, older: Path, newer: Path
) -> None:
    home.install(older)
    home.app.rename(home.app.with_name("app.old"))
    left = home.app.with_name("app.new")
    left.mkdir()
    (left / ".spark-desktop.unpacking").touch()
    done = home.run(newer, "--yes")
    assert done.returncode == 0
    assert "Put back" in done.stdout
    assert sorted(path.name for path in home.app.parent.iterdir()) == ["app"]


def test_a_running_spark_is_asked_to_quit(home: Home, newer: Path, older: Path) -> None:
    home.install(older)
    shutil.copy("/bin/sleep", home.app / "running")
    spark = subprocess.Popen([home.app / "running", "60"])
    try:
        # Until the child has become that program.
        while Path(f"/proc/{spark.pid}/exe").resolve().name != "running":
            time.sleep(0.01)
        done = home.run(newer, "--yes")
        assert (done.returncode, spark.wait()) == (0, -15)
        assert f"process {spark.pid}" in done.stdout
    finally:
        spark.kill()
        spark.wait()


def test_nobody_to_ask_is_no_consent(home: Home, newer: Path) -> None:
    done = home.run(newer)
    assert done.returncode == 1
    assert "--yes" in done.stderr
    assert home.listed() == set()


def test_quiet_says_nothing_when_all_is_well(home: Home, newer: Path) -> None:
    done = home.run(newer, "--yes", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("words", [["--nonsense"], ["--prefix"], ["--extract="]])
def test_unknown_words_are_named(home: Home, newer: Path, words: list[str]) -> None:
    done = home.run(newer, *words)
    assert done.returncode == 2
    assert words[0].rstrip("=") in done.stderr


def test_a_folder_that_no_entry_can_name_is_refused(home: Home, newer: Path) -> None:
    done = home.run(newer, "--yes", "--prefix", "cost$")
    assert done.returncode == 1
    assert "cannot hold" in done.stderr
    assert home.listed() == set()


def test_help_changes_nothing(home: Home, newer: Path) -> None:
    done = home.run(newer, "--help")
    assert done.returncode == 0
    assert "--allow-downgrade" in done.stdout
    assert home.listed() == set()


def test_the_same_tree_gives_the_same_bytes(tmp_path: Path) -> None:
    build = small_build(tmp_path)
    sums = set()
    for name in ("one", "two"):
        for path in build.tree.rglob("*"):
            os.utime(path, (1, 1 if name == "one" else 2), follow_symlinks=False)
        pack(build, Contents(build.tree, tmp_path / "no share"), tmp_path / name)
        sums.add(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert len(sums) == 1


def test_an_older_version_for_trials_is_the_same_app(
    home: Home, newer: Path, tmp_path: Path
) -> None:
    trial = older_version(newer, "0.0.1", tmp_path)
    home.install(trial)
    assert "version=0.0.1\n" in (home.app / ".spark-desktop" / "version").read_text()
    home.install(newer)
    home.run(newer, "--uninstall", "--yes")
    assert home.listed() == set()


def test_what_cannot_be_taken_apart_is_told(tmp_path: Path) -> None:
    (tmp_path / "other.run").write_text("exit 1")
    with pytest.raises(DistError, match="sh failed"):
        older_version(tmp_path / "other.run", "0.0.1", tmp_path)


def test_nothing_in_it_belongs_to_who_built_it(newer: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(unpacked(newer))) as tar:
        entries = tar.getmembers()
    assert {(one.uid, one.gid, one.uname, one.gname) for one in entries} == {(0, 0, "", "")}
    assert {one.mode & 0o7022 for one in entries if not one.issym()} == {0}


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_the_text_is_clean_to_shellcheck(tmp_path: Path) -> None:
    text = tmp_path / "run.sh"
    text.write_text(template().replace("=@", "=1 # "))
    done = subprocess.run(["shellcheck", text], capture_output=True, text=True, check=False)
    assert done.stdout == ""
