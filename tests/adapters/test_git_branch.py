import os
from pathlib import Path

import pytest

from spark_desktop.adapters.git_branch import branch_of


@pytest.fixture
def git(tmp_path: Path) -> Path:
    folder = tmp_path / "library" / ".git"
    folder.mkdir(parents=True)
    return folder


def test_the_branch_or_the_commit_is_returned(git: Path) -> None:
    (git / "HEAD").write_text("ref: refs/heads/feature/x\n", encoding="utf-8")
    assert branch_of(git.parent) == "feature/x"
    (git / "HEAD").write_text("0123456789abcdef\n", encoding="utf-8")
    assert branch_of(git.parent) == "01234567"


@pytest.mark.parametrize("relative", [True, False])
def test_in_a_worktree_it_is_that_of_the_worktree(git: Path, relative: bool) -> None:
    own = git / "worktrees" / "other"
    own.mkdir(parents=True)
    (own / "HEAD").write_text("ref: refs/heads/other\n", encoding="utf-8")
    worktree = git.parents[1] / "other"
    worktree.mkdir()
    place = os.path.relpath(own, worktree) if relative else own
    (worktree / ".git").write_text(f"gitdir: {place}\n", encoding="utf-8")
    assert branch_of(worktree) == "other"


def test_without_git_there_is_none(tmp_path: Path) -> None:
    assert branch_of(tmp_path) == ""
    (tmp_path / ".git").write_text("", encoding="utf-8")
    assert branch_of(tmp_path) == ""


def test_bytes_that_are_no_text_do_no_harm(git: Path) -> None:
    (git / "HEAD").write_bytes(b"ref: refs/heads/\xff\xfe")
    assert branch_of(git.parent) == "\ufffd\ufffd"
    (git / "HEAD").write_bytes(b"")
    assert branch_of(git.parent) == ""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
def test_a_pipe_in_place_of_the_file_is_not_waited_for(git: Path) -> None:
    os.mkfifo(git / "HEAD")
    assert branch_of(git.parent) == ""
