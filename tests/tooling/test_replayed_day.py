"""``python -m benchmarks replayed_day`` on a small repository, with a scripted model."""

import json
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pygit2
import pytest
from fakes import Answer
from quality_fakes import ScriptedWire

from benchmarks import replayed_day
from benchmarks.quality.commits import Change, Commit, NoRepositoryError, WorkTree, recent_commits
from benchmarks.quality.day import followed
from benchmarks.quality.day_judging import (
    Filled,
    TestsOfDay,
    Verdict,
    fitting_tests,
    judged_follow_up,
)
from benchmarks.quality.day_tally import STUB, UNASKED, Seen, Tally, keep, rows_of
from benchmarks.quality.stubbing import emptied, is_same, renamed
from benchmarks.quality.toolchains import Ran

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

ONE = "def one():\n    return 1\n"
BEFORE = f'{ONE}\n\ndef total(numbers):\n    """Return the sum."""\n    return 0\n'
BODY = "    found = 0\n    for number in numbers:\n        found += number\n    return found\n"
AFTER = BEFORE.replace("    return 0\n", BODY)
TEST = "from adding import total\n\n\ndef test_total():\n    assert total([1, 2, 3]) == 6\n"
VERSIONS = (
    {"adding.py": BEFORE},
    {"adding.py": AFTER, "tests/test_adding.py": TEST},
    {"adding.py": AFTER, "tests/test_adding.py": TEST, "notes.txt": "no code\n"},
)


def committed(folder: Path, *versions: dict[str, str]) -> Path:
    repo = pygit2.init_repository(str(folder))
    author = pygit2.Signature("A", "a@example.org", 1_700_000_000)
    parents: list[pygit2.Oid] = []
    for number, files in enumerate(versions):
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, "utf-8", newline="")
        repo.index.add_all()
        tree = repo.index.write_tree()
        parents = [repo.create_commit("HEAD", author, author, f"version {number}", tree, parents)]
    repo.index.write()
    return folder


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return committed(tmp_path / "repository", *VERSIONS)


def ran(words: Sequence[str], folder: Path, more: Mapping[str, str], seconds: float) -> Ran:
    """Return how the test of the small repository ends, without a process."""
    assert words[-1] == "tests/test_adding.py"
    names: dict[str, Any] = {}
    exec((folder / "adding.py").read_text("utf-8"), names)
    return Ran(int("total" not in names or names["total"]([1, 2, 3]) != 6), "the end\n")


def test_commits_that_change_a_few_python_files_are_found(repository: Path) -> None:
    (commit,) = recent_commits(repository, 9)
    assert commit.title == "version 1"
    assert [(one.path, one.is_test) for one in commit.changes] == [
        ("adding.py", False),
        ("tests/test_adding.py", True),
    ]
    assert recent_commits(repository, 9, lambda commit: len(commit.changes) > 2) == []


def test_a_folder_without_history_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoRepositoryError, match="has no history that git can read"):
        recent_commits(tmp_path, 1)
    with pytest.raises(NoRepositoryError, match="git clone failed"):
        WorkTree(tmp_path / "nowhere", tmp_path / "clone")


def test_a_history_without_python_is_refused(tmp_path: Path) -> None:
    folder = committed(tmp_path / "texts", {"a.txt": "a\n"}, {"a.txt": "b\n"})
    with pytest.raises(NoRepositoryError, match="no commit that changes a few Python files"):
        replayed_day.run(True, replayed_day.options([str(folder)]))


def test_the_first_changed_function_is_emptied_behind_its_docstring() -> None:
    found = emptied(BEFORE, AFTER)
    assert found is not None
    assert (found.name, found.text) == ("total", BEFORE.replace("    return 0\n", "    ...\n"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (BEFORE, BEFORE),
        (BEFORE, BEFORE.replace("sum", "whole sum")),
        ("", "def a(): return 1\n"),
        ("", "def broken(:\n"),
        ("", "x = 1\n"),
        ("", "def long():\n" + "    print()\n" * 99),
    ],
)
def test_where_no_fitting_function_was_changed_nothing_is_emptied(before: str, after: str) -> None:
    assert emptied(before, after) is None


def test_methods_and_remarks_are_emptied_whole() -> None:
    body = "        # why\n\n        a = 1\n        return a\n"
    after = f"class A:\n    def go(self):\n{body}\n    b = 2\n"
    found = emptied("", after)
    assert found is not None
    assert found.name == "A.go"
    assert found.text == "class A:\n    def go(self):\n        ...\n\n    b = 2\n"


def test_layout_and_words_make_no_other_code() -> None:
    other = AFTER.replace('"""Return the sum."""', "# adds").replace("[", "[ ")
    assert is_same(AFTER, other, "total")
    assert not is_same(AFTER, BEFORE, "total")
    assert not is_same(AFTER, "broken(", "total")


def test_a_function_that_only_got_another_name_was_renamed() -> None:
    assert renamed(AFTER, AFTER.replace("total", "sum_of")) == {"total": "sum_of"}
    assert renamed(BEFORE, AFTER) == {}
    assert renamed(ONE, ONE.replace("one", "two").replace("1", "2")) == {}


def test_a_name_is_followed_where_other_files_of_the_commit_use_it() -> None:
    change = Change("adding.py", AFTER, AFTER.replace("total", "sum_of"))
    other = Change("use.py", "total([1])\n", "sum_of([1])\n")
    assert followed(Commit("1", "0", "", (change, other))) == {"total": "sum_of"}
    assert followed(Commit("1", "0", "", (change, replace(other, after="total([])\n")))) == {}
    assert followed(Commit("1", "0", "", (change,))) == {}


def test_follow_ups_are_judged_by_what_the_commit_did_in_that_file() -> None:
    before, real = "from a import one\n\nprint(one())\n", "from a import two\n\nprint(two())\n"
    assert judged_follow_up(before, real, real)[0] is Verdict.RIGHT
    part = before.replace("import one", "import two")
    assert judged_follow_up(before, part, real)[0] is Verdict.RIGHT
    assert judged_follow_up(before, real, None)[0] is Verdict.WRONG
    other = before.replace("one", "three")
    assert judged_follow_up(before, other, real) == (
        Verdict.WRONG,
        "not in the commit: + from a import three",
    )
    assert judged_follow_up(before, "", before) == (
        Verdict.WRONG,
        "not in the commit: - from a import one",
    )


def test_a_follow_up_is_right_where_the_commit_only_laid_it_out_otherwise() -> None:
    before = "from a import (\n    one,\n    some,\n)\n\nprint(one(1))\n"
    ours = before.replace("one", "the_one")
    real = "from a import (\n    some,\n    the_one,\n)\n\nprint(\n    the_one(1),\n)\n"
    assert judged_follow_up(before, ours, real) == (
        Verdict.RIGHT,
        "as the commit did, which laid it out otherwise",
    )
    more = ours.replace("(1)", "(2)")
    assert judged_follow_up(before, more, real)[0] is Verdict.WRONG


def test_the_tests_of_a_file_are_those_that_name_it(tmp_path: Path) -> None:
    texts = {
        "tests/test_a.py": "import pack.mod\n",
        "tests/test_mod.py": "from pack import mod\n",
        "tests/test_z.py": "from pack.mod import x\n",
        "tests/test_other.py": "from pack import model\n",
        "tests/conftest.py": "import pack.mod\n",
    }
    (tmp_path / "tests").mkdir()
    for path, text in texts.items():
        (tmp_path / path).write_text(text, "utf-8")
    found = fitting_tests(tmp_path, "pack/mod.py", ["tests/test_z.py"])
    assert found == ("tests/test_z.py", "tests/test_mod.py", "tests/test_a.py")


def test_tests_tell_whether_other_code_than_the_commits_is_right(
    repository: Path, tmp_path: Path
) -> None:
    (commit,) = recent_commits(repository, 1)
    found = emptied(BEFORE, AFTER)
    assert found is not None
    judge = tmp_path / "judge"
    judge.mkdir()
    tests = TestsOfDay(WorkTree(repository, judge / "tree"), ran)
    filled = Filled(commit, commit.changes[0], found, AFTER)
    assert tests.verdict(filled) == (Verdict.RIGHT, "the same code as the commit's")
    other = BEFORE.replace("return 0", "return sum(numbers)")
    verdict, reason = tests.verdict(replace(filled, proposed=other))
    assert (verdict, reason) == (Verdict.RIGHT, "other code, which passes tests/test_adding.py")
    assert tests.verdict(replace(filled, proposed=BEFORE))[0] is Verdict.WRONG
    whole = replace(found, text=AFTER)
    verdict, reason = tests.verdict(replace(filled, emptied=whole, proposed=BEFORE))
    assert (verdict, reason[:38]) == (Verdict.UNKNOWN, "the tests pass without the body, too: ")
    broken = replace(filled, change=replace(commit.changes[0], after=BEFORE), proposed="x = 1\n")
    assert "do not pass here" in tests.verdict(broken)[1]
    alone = Commit(commit.parent, commit.parent, "", (Change("adding.py", "", AFTER),))
    verdict, reason = tests.verdict(replace(filled, commit=alone, proposed=BEFORE))
    assert (verdict, reason[-24:]) == (Verdict.UNKNOWN, "and no tests of the file")


async def test_a_commit_is_replayed_as_saves(repository: Path, tmp_path: Path) -> None:
    commits = replayed_day.chosen(repository, 5, 5)
    given = replayed_day.options([str(repository), "--parts", "nothing"])
    tally = Tally()
    answer = Answer(f"```python\n{AFTER[AFTER.index('def total') :]}```")
    await replayed_day.replayed(commits, given, ScriptedWire(answer), tally)
    assert (tally.commits, tally.stub_saves, tally.plain_saves) == (1, 1, 2)
    (seen,) = tally.seen
    assert (seen.step, seen.verdict) == (STUB, Verdict.RIGHT)
    assert "+    for number in numbers:" in seen.diff
    (stub, follow_up, unasked) = rows_of(tally, "m")
    assert (stub["saves"], stub["triggered"], stub["shown"], stub["right"]) == (1, 1, 1, 1)
    assert (follow_up["triggered"], unasked["shown"]) == (0, 0)


async def test_a_day_ends_when_its_time_is_over(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = replayed_day.options([str(repository), "--minutes", "-1"])
    tally = Tally()
    commits = replayed_day.chosen(repository, 5, 0)
    await replayed_day.replayed(commits, given, ScriptedWire(), tally)
    assert (tally.commits, time.monotonic() > 0) == (0, True)
    assert "the time is over after 0 commits" in capsys.readouterr().err


def test_what_was_seen_is_kept_with_examples_to_read(tmp_path: Path) -> None:
    seen = Seen(STUB, "1234", "a commit", "a.py", Verdict.WRONG, "why", "+ x\n", "+ y\n")
    unasked = replace(seen, step=UNASKED, real="", diff="")
    keep(Tally(seen=[seen, seen, seen, seen, unasked]), tmp_path)
    lines = (tmp_path / "seen.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["verdict"] for line in lines] == ["wrong"] * 5
    told = (tmp_path / "examples.txt").read_text("utf-8")
    assert told.count("=== stub, wrong: a.py at 1234 (a commit)") == 3
    assert "--- proposed\n+ x\n--- the commit\n+ y\n" in told
    assert "=== unasked, wrong" in told


def test_the_project_has_the_environment_of_its_developer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environment, folder = tmp_path / "env", tmp_path / "project"
    environment.mkdir()
    folder.mkdir()
    replayed_day.provide(environment, folder)
    assert "env is no virtual environment" in capsys.readouterr().err
    assert list(folder.iterdir()) == []
    (environment / "pyvenv.cfg").write_text("home = /nowhere\n", "utf-8")
    replayed_day.provide(environment, folder)
    assert (folder / ".venv").resolve() == environment.resolve()
    assert capsys.readouterr().err == ""
