"""``python -m benchmarks history`` on a small repository."""

import shutil
from pathlib import Path

import pygit2
import pytest

from benchmarks import history
from benchmarks.history_laws import Tally, differing
from spark_desktop.domain.patch import compute
from spark_desktop.domain.unified_diff import format_patch

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

LINES = [f"line {n}\n" for n in range(30)]
VERSIONS = (
    {"a.txt": "".join(LINES), "b.bin": "\0\x01", "crlf.txt": "one\r\ntwo\r\n", "gone.txt": "x\n"},
    {"a.txt": "".join(["new\n", *LINES[:9], *LINES[11:]]), "b.bin": "\0\x02", "gone.txt": "x\n"},
    {"a.txt": "".join([*LINES[:5], "5\n", *LINES[6:]]), "new.txt": "y\n"},
    {"a.txt": "".join(LINES)[:-1], "new.txt": "y\nz"},
)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    repo = pygit2.init_repository(str(tmp_path / "repository"))
    author = pygit2.Signature("A", "a@example.org", 1_700_000_000)
    parents: list[pygit2.Oid] = []
    for number, files in enumerate(VERSIONS):
        builder = repo.TreeBuilder()
        for name, content in files.items():
            blob = repo.create_blob(content.encode())
            builder.insert(name, blob, pygit2.enums.FileMode.BLOB)
        head = repo.create_commit(
            "HEAD", author, author, f"version {number}", builder.write(), parents
        )
        parents = [head]
    return tmp_path / "repository"


def test_each_changed_file_is_a_pair_the_newest_first(repository: Path) -> None:
    found = [(pair.path, pair.after.decode()) for pair in history.pairs(repository)]
    assert {path for path, _ in found} == {"a.txt", "b.bin", "new.txt"}
    assert [path for path, _ in found].count("a.txt") == 3


def test_the_laws_hold_for_every_pair_that_is_text(repository: Path) -> None:
    (row,) = history.run(False, history.options([str(repository), "--pairs", "9"]))
    assert (row["pairs"], row["not_text"], row["failures"]) == (4, 1, 0)
    assert int(str(row["subsets_by_git"])) >= 4


def test_no_more_pairs_are_tried_than_asked_for(repository: Path) -> None:
    (row,) = history.run(False, history.options([str(repository), "--pairs", "2"]))
    assert row["pairs"] == 2


def test_a_broken_law_ends_the_run_with_its_name() -> None:
    tally = Tally(pairs=1)
    tally.demand(True, "a law that holds", "a.txt at 1234")
    tally.demand(False, "accept all is the proposed text", "a.txt at 1234")
    with pytest.raises(history.LawBrokenError, match=r"1 failures:\naccept all.*a\.txt at 1234"):
        history.outcome("repository", tally, 0, 1.0)


def test_what_git_makes_otherwise_is_noticed() -> None:
    right = ("a\n", "b\n", lambda _: format_patch(compute(_, "b", "a\n", "b\n"), "a\n"), "right")
    wrong = ("a\n", "c\n", right[2], "wrong")
    refused = ("x\n", "b\n", right[2], "refused")
    assert differing([right]) == []
    assert differing([right, wrong]) == ["wrong"]
    assert differing([refused]) == ["refused"]
