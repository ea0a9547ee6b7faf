"""What git has committed, read without starting git."""

import subprocess
from pathlib import Path

import pytest

from spark_desktop.adapters.git_commits import GitCommits


def git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "src").mkdir(parents=True)
    git(root, "init", "-q", "-b", "main")
    (root / "src" / "a.py").write_text("x = 1\n")
    (root / "b.bin").write_bytes(b"\0\1")
    (root / "c.dat").write_text("version https://git-lfs.github.com/spec/v1\n")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "first")
    return root


async def test_the_committed_text_is_what_it_was_before_the_save(project: Path) -> None:
    (project / "src" / "a.py").write_text("x = 2\n")
    text = await GitCommits(project).text("src/a.py")
    assert text is not None
    assert text.content == "x = 1\n"


async def test_a_folder_inside_the_repository_has_its_own_paths(project: Path) -> None:
    text = await GitCommits(project / "src").text("a.py")
    assert text is not None
    assert text.content == "x = 1\n"


@pytest.mark.parametrize("path", ["new.py", "src", "b.bin", "c.dat"])
async def test_what_is_no_committed_text_has_none(project: Path, path: str) -> None:
    assert await GitCommits(project).text(path) is None


async def test_a_large_file_has_none(project: Path) -> None:
    assert await GitCommits(project, max_bytes=3).text("src/a.py") is None


async def test_without_a_commit_there_is_none(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    assert await GitCommits(tmp_path).text("a.py") is None
    assert await GitCommits(tmp_path).head() == "main"


async def test_without_a_repository_nothing_is_told(tmp_path: Path) -> None:
    assert await GitCommits(tmp_path).text("a.py") is None
    assert await GitCommits(tmp_path).head() == ""


async def test_a_switched_branch_is_another_head(project: Path) -> None:
    commits = GitCommits(project / "src")
    assert await commits.head() == "main"
    git(project, "checkout", "-q", "-b", "other")
    assert await commits.head() == "other"


async def test_a_worktree_has_a_head_and_commits_of_its_own(project: Path, tmp_path: Path) -> None:
    git(project, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    commits = GitCommits(tmp_path / "side")
    text = await commits.text("src/a.py")
    assert (await commits.head(), text and text.content) == ("side", "x = 1\n")
