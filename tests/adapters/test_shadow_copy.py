"""The shadow of a workspace: what is in it, how it follows, and what is undone."""

import os
import sys
from pathlib import Path

import pytest

from spark_desktop.adapters.ignore_rules import IgnoreRules
from spark_desktop.adapters.shadow_copy import ShadowCopy
from spark_desktop.adapters.shadow_packages import store_of
from spark_desktop.adapters.shadow_scope import LARGEST_FILE, Scopes

posix = pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")


class World:
    def __init__(self, folder: Path, **bounds: int) -> None:
        self.root = folder / "project"
        self.root.mkdir()
        rules = IgnoreRules(self.root)
        self.place = folder / "shadow"
        self.shadow = ShadowCopy(self.root, self.place, rules, Scopes(self.root, rules, **bounds))

    def write(self, **files: str) -> None:
        for name, text in files.items():
            path = self.root / name.replace("__", "/").replace("_py", ".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def names(self) -> list[str]:
        return sorted(
            one.relative_to(self.place).as_posix()
            for one in self.place.rglob("*")
            if not one.is_dir() or one.is_symlink()
        )

    def text(self, path: str) -> str:
        return (self.place / path).read_text()


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.write(a_py="a\n", src__b_py="b\n")
    return made


def test_watched_files_are_there_and_ignored_and_secret_ones_are_not(world):
    world.write(
        **{".env": "K=1\n", "id_rsa": "k", "build__x": "x", "log": "l", ".gitignore": "log\n"}
    )
    laid = world.shadow.laid({})
    assert world.names() == [".gitignore", "a.py", "src/b.py"]
    assert (laid.is_whole, laid.size) == (True, 8)


def test_texts_lie_over_their_files_and_are_gone_the_next_time(world):
    world.shadow.laid({"a.py": "new\n", "more/c.py": "c\n", "src/b.py": None})
    assert world.names() == ["a.py", "more/c.py"]
    assert world.text("a.py") == "new\n"
    world.shadow.laid({})
    assert world.names() == ["a.py", "src/b.py"]
    assert world.text("a.py") == "a\n"


def test_a_text_keeps_the_encoding_of_its_file(world):
    (world.root / "a.py").write_bytes("\ufeffé\r\n".encode("utf-16-le"))
    world.shadow.laid({"a.py": "ü\r\n"})
    assert (world.place / "a.py").read_bytes() == "\ufeffü\r\n".encode("utf-16-le")


def test_it_follows_the_workspace(world):
    world.shadow.laid({})
    world.write(a_py="other\n", src__new_py="n\n", deep__er__d_py="d\n")
    (world.root / "src" / "b.py").unlink()
    world.shadow.laid({})
    assert world.names() == ["a.py", "deep/er/d.py", "src/new.py"]
    assert world.text("a.py") == "other\n"


def test_a_file_in_a_folder_that_was_empty_is_seen(world):
    (world.root / "empty" / "inner").mkdir(parents=True)
    world.shadow.laid({})
    (world.root / "empty" / "inner" / "c.py").write_text("c\n")
    world.shadow.laid({})
    assert "empty/inner/c.py" in world.names()


def test_a_rule_that_begins_to_ignore_a_file_takes_it_away(world):
    world.write(**{".gitignore": "x\n"})
    world.shadow.laid({})
    world.write(**{".gitignore": "xx\na.py\n"})
    world.shadow.laid({})
    assert world.names() == [".gitignore", "src/b.py"]


@posix
def test_it_follows_what_appears_and_goes_in_a_folder_that_it_knows(world):
    world.shadow.laid({})
    world.write(src__c_py="c\n", **{"src/skipped.log": "l\n", "src/.env": "K=1\n"})
    (world.root / "a.py").unlink()
    world.shadow.laid({})
    assert world.names() == ["src/b.py", "src/c.py", "src/skipped.log"]
    world.write(**{"src/.gitignore": "*.log\n"})
    world.shadow.laid({})
    assert world.names() == ["src/.gitignore", "src/b.py", "src/c.py"]
    (world.root / ".venv").mkdir()
    (world.root / ".venv" / "pyvenv.cfg").write_text("home = /usr/bin\n")
    assert world.shadow.laid({}).shown == (".venv",)
    for path in (world.root / "src").iterdir():
        path.unlink()
    (world.root / "src").rmdir()
    world.shadow.laid({})
    assert world.names() == []


@posix
def test_whatever_a_check_did_in_it_is_undone(world, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "b.py").write_text("mine\n")
    world.shadow.laid({})
    stamp = (world.place / "a.py").stat()
    (world.place / "a.py").write_text("x\n")
    os.utime(world.place / "a.py", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    (world.place / "src" / "b.py").unlink()
    (world.place / "src").rmdir()
    (world.place / "src").symlink_to(mine)
    (world.place / "extra" / "deep").mkdir(parents=True)
    (world.place / "extra" / "deep" / "f").write_text("f")
    world.shadow.laid({})
    assert world.names() == ["a.py", "src/b.py"]
    assert (world.text("a.py"), world.text("src/b.py")) == ("a\n", "b\n")
    assert (mine / "b.py").read_text() == "mine\n"


def test_tools_that_go_by_times_see_every_change(world):
    times = []
    for text in ("1\n", None, "2\n", None):
        world.shadow.laid({} if text is None else {"a.py": text})
        times.append(int((world.place / "a.py").stat().st_mtime))
    assert times[1:] == sorted(set(times[1:]))
    before = (world.place / "src" / "b.py").stat().st_mtime
    assert before == (world.root / "src" / "b.py").stat().st_mtime, "others keep their own"


@posix
def test_links_lead_to_the_shadow_itself_or_are_left_out(world, tmp_path):
    (tmp_path / "outside.py").write_text("out\n")
    (world.root / "in.py").symlink_to(world.root / "src" / "b.py")
    (world.root / "out.py").symlink_to(tmp_path / "outside.py")
    world.shadow.laid({})
    assert world.names() == ["a.py", "in.py", "src/b.py"]
    assert (world.place / "in.py").readlink() == Path("src/b.py")


@posix
def test_a_text_for_a_link_is_laid_where_it_would_be_written(world):
    (world.root / "in.py").symlink_to("src/b.py")
    (world.root / "more").symlink_to("src")
    for path in ("in.py", "more/b.py"):
        world.shadow.laid({path: "new\n"})
        assert (world.text("in.py"), world.text("src/b.py")) == ("new\n", "new\n")
        assert (world.place / "in.py").readlink() == Path("src/b.py")
        world.shadow.laid({})
        assert world.text("src/b.py") == "b\n"
    world.shadow.laid({"in.py": None})
    assert world.names() == ["a.py", "src/b.py"]


@posix
def test_a_text_for_a_link_that_leads_out_is_refused(world, tmp_path):
    (tmp_path / "outside.py").write_text("out\n")
    (world.root / "out.py").symlink_to(tmp_path / "outside.py")
    with pytest.raises(OSError, match=r"out\.py leads out of the folder"):
        world.shadow.laid({"out.py": "new\n"})
    assert (tmp_path / "outside.py").read_text() == "out\n"


@posix
def test_of_a_large_workspace_what_is_around_a_links_target_is_there(tmp_path):
    world = World(tmp_path, most_files=12)
    for name in ("one", "two"):
        world.write(**{f"libs__{name}__m{number}_py": "x\n" for number in range(8)})
    (world.root / "in.py").symlink_to("libs/two/m0.py")
    world.shadow.laid({"in.py": "new\n"})
    assert world.text("libs/two/m0.py") == "new\n"
    assert "libs/two/m1.py" in world.names()


@pytest.mark.parametrize("path", ["../x.py", "/etc/x", "a/../../x", "", "a\0b"])
def test_a_text_for_a_place_outside_is_refused(world, path):
    with pytest.raises(OSError, match="leads out of the folder"):
        world.shadow.laid({path: "x"})


@posix
@pytest.mark.parametrize("most", [{}, {"most_files": 1}])
def test_a_link_that_leads_to_itself_is_left_out(tmp_path, most):
    world = World(tmp_path, **most)
    world.write(a_py="a\n")
    world.shadow.laid({})
    (world.root / "loop").symlink_to("loop")
    world.shadow.laid({}, ("a.py",))
    assert world.names() == ["a.py"]


def test_a_file_that_is_too_large_is_for_the_sandbox_to_show(world):
    (world.root / "big.txt").write_bytes(b"x" * (LARGEST_FILE + 1))
    for _ in range(2):
        laid = world.shadow.laid({})
        assert (laid.is_whole, laid.large, laid.size) == (True, ("big.txt",), 4)
        assert world.text("big.txt") == "", "something must stand at its place"
    assert world.shadow.laid({"big.txt": "small\n"}).large == ()
    assert world.text("big.txt") == "small\n"
    assert world.shadow.laid({"big.txt": None}).large == ()
    assert world.shadow.laid({}).large == ("big.txt",)
    (world.root / "big.txt").unlink()
    assert world.shadow.laid({}).large == ()
    assert world.names() == ["a.py", "src/b.py"]


def test_no_more_large_files_are_shown_than_a_sandbox_can_begin_with(world, monkeypatch):
    monkeypatch.setattr("spark_desktop.adapters.shadow_copy._MOST_SHOWN", 1)
    for name in ("one.bin", "two.bin"):
        (world.root / name).write_bytes(b"x" * (LARGEST_FILE + 1))
    assert world.shadow.laid({}).large == ("one.bin",)
    assert world.names() == ["a.py", "one.bin", "src/b.py"]


def test_without_a_sandbox_large_files_are_copied_up_to_a_sum(world, monkeypatch):
    monkeypatch.setattr("spark_desktop.adapters.shadow_copy._MOST_LARGE", 2 * LARGEST_FILE)
    for name in ("one.bin", "two.bin"):
        (world.root / name).write_bytes(b"x" * (LARGEST_FILE + 1))
    for _ in range(2):
        assert world.shadow.laid({}, is_open=True).large == ()
        assert world.names() == ["a.py", "one.bin", "src/b.py"]
    assert (world.place / "one.bin").stat().st_size == LARGEST_FILE + 1


def test_of_a_large_workspace_the_package_around_is_there(tmp_path):
    world = World(tmp_path, most_files=12)
    for name in ("one", "two"):
        world.write(**{f"libs__{name}__m{number}_py": "x\n" for number in range(6)})
        world.write(**{f"libs__{name}__setup_py": "s\n", f"libs__{name}__tests__t_py": "t\n"})
    world.write(
        **{
            "pyproject.toml": "[tool.pytest.ini_options]\ntestpaths = ['checks']\n",
            "checks__c_py": "c\n",
            "libs__note": "n\n",
        }
    )
    laid = world.shadow.laid({"libs/one/m0.py": "new\n"})
    assert not laid.is_whole
    expected = [f"libs/one/m{number}.py" for number in range(6)]
    expected += ["checks/c.py", "libs/note", "libs/one/setup.py", "libs/one/tests/t.py"]
    assert world.names() == sorted([*expected, "pyproject.toml"])
    world.shadow.laid({"libs/two/m0.py": "new\n"})
    assert "libs/two/tests/t.py" in world.names()
    assert "libs/one/tests/t.py" not in world.names()


def test_bytes_count_as_well(tmp_path):
    world = World(tmp_path, most_bytes=100)
    world.write(a_py="x" * 80, src__b_py="x" * 80)
    laid = world.shadow.laid({"src/b.py": "new\n"})
    assert not laid.is_whole
    assert "src/b.py" in world.names()


@posix
def test_packages_of_javascript_are_links_and_caches_beside_them_are_taken_away(world):
    modules = world.root / "node_modules"
    for name in ("vite/index.js", "@acme/tool/index.js", ".bin/vite", ".cache/x"):
        (modules / name).parent.mkdir(parents=True, exist_ok=True)
        (modules / name).write_text("m")
    (modules / "own").symlink_to("../src")
    laid = world.shadow.laid({})
    assert laid.shown == ("node_modules",)
    store = f"{store_of('node_modules')}/node_modules"
    linked = {one: (world.place / "node_modules" / one).readlink() for one in ("vite", "own")}
    assert linked == {"vite": Path(store, "vite"), "own": Path("../src")}
    assert (world.place / "node_modules/@acme/tool").readlink() == Path(f"{store}/@acme/tool")
    assert not (world.place / "node_modules" / ".cache").exists()
    (world.place / "node_modules" / ".vite").mkdir()
    (world.place / "node_modules" / "vite").unlink()
    world.shadow.laid({})
    assert sorted(one.name for one in (world.place / "node_modules").iterdir()) == [
        ".bin",
        "@acme",
        "own",
        "vite",
    ]
    world.shadow.laid({}, is_open=True)
    assert (world.place / "node_modules/vite").readlink() == modules / "vite"


@posix
def test_an_environment_is_a_place_to_show_it_and_any_other_folder_of_that_name_is_not(world):
    for name in (".venv", "src/venv"):
        (world.root / name).mkdir()
    (world.root / ".venv" / "pyvenv.cfg").write_text("home = /usr/bin\n")
    assert world.shadow.laid({}).shown == (".venv",)
    assert list((world.place / ".venv").iterdir()) == []
    world.shadow.laid({}, is_open=True)
    assert (world.place / ".venv").readlink() == world.root / ".venv"


@posix
def test_closing_removes_it_whatever_a_check_made_of_modes(world):
    world.shadow.laid({})
    (world.place / "src").chmod(0)
    world.shadow.close()
    assert not world.place.exists()


def nested(folder: Path, count: int, name: str) -> None:
    """Make folders in one another, with a file in each, by short paths."""
    at = os.open(folder, os.O_RDONLY)
    for _ in range(count):
        os.mkdir(name, dir_fd=at)
        inner = os.open(name, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = inner
        os.close(os.open("f", os.O_CREAT | os.O_WRONLY, dir_fd=at))
    os.close(at)


@posix
@pytest.mark.parametrize(("count", "name"), [(1500, "d"), (300, "d" * 20)])
def test_folders_of_any_depth_are_taken_away(world, count, name):
    world.shadow.laid({})
    nested(world.place, count, name)
    (world.place / name / "link").symlink_to(world.root)
    (world.place / name / name).chmod(0)
    world.shadow.laid({})
    assert sorted(one.name for one in world.place.iterdir()) == ["a.py", "src"]
    nested(world.place / "src", count, name)
    world.shadow.close()
    assert not world.place.exists()
    assert (world.root / "a.py").exists()


def test_what_cannot_be_taken_away_is_left_beside_a_fresh_one(world, monkeypatch):
    world.shadow.laid({})
    (world.place / "mine").write_text("x")

    def remove(place: str) -> None:
        raise PermissionError

    monkeypatch.setattr(ShadowCopy, "_tidy", lambda _self: remove(""))
    world.shadow.laid({})
    assert world.names() == ["a.py", "src/b.py"]
