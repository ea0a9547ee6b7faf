"""The uncommitted diff as git gives it, without running what a repository names."""

import os
import subprocess
from pathlib import Path

import pytest

from spark_desktop.adapters.file_store import LocalFileStore
from spark_desktop.adapters.git_changes import GitChanges
from spark_desktop.adapters.ignore_rules import IgnoreRules
from spark_desktop.domain.errors import FileError
from spark_desktop.domain.secret_files import Shareable


def git(root: Path, *arguments: str) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)


def changes(root: Path, program: str = "git") -> GitChanges:
    return GitChanges(LocalFileStore(root, IgnoreRules(root)), program)


async def text_of(root: Path) -> str:
    told = await changes(root).uncommitted()
    assert told is not None
    return told.text


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    made = tmp_path / "project"
    made.mkdir()
    return made


@pytest.fixture
def repository(root: Path) -> Path:
    git(root, "init", "-q")
    (root / "a.py").write_text("A = 1\n")
    (root / ".env").write_text("KEY=old\n")
    git(root, "add", "-f", "-A")
    git(root, "commit", "-q", "-m", "first")
    return root


async def test_what_differs_from_the_last_commit_is_told_staged_or_not(repository: Path) -> None:
    (repository / "a.py").write_text("A = 2\n")
    (repository / "новый.py").write_text("N = 1\n", encoding="utf-8")
    git(repository, "add", "новый.py")
    told = await text_of(repository)
    assert "-A = 1\n+A = 2\n" in told
    assert "b/новый.py" in told


async def test_a_secret_file_never_gets_into_the_diff(repository: Path) -> None:
    (repository / ".env").write_text("KEY=new\n")
    assert await changes(repository).uncommitted() == Shareable("", (".env",))
    (repository / "a.py").write_text("A = 2\n")
    told = await changes(repository).uncommitted()
    assert told is not None
    assert "A = 2" in told.text
    assert "KEY" not in told.text
    assert told.left_out == (".env",)


async def test_without_a_change_the_diff_is_empty(repository: Path) -> None:
    assert await text_of(repository) == ""


async def test_before_the_first_commit_all_that_is_staged_is_told(root: Path) -> None:
    git(root, "init", "-q")
    (root / "a.py").write_text("A = 1\n")
    git(root, "add", "a.py")
    told = await text_of(root)
    assert "+A = 1" in told


async def test_a_folder_without_a_repository_has_no_git(root: Path) -> None:
    assert await changes(root).uncommitted() is None


async def test_a_machine_without_git_has_none(repository: Path) -> None:
    assert await changes(repository, "no-such-git").uncommitted() is None


async def test_a_repository_that_git_cannot_read_is_an_error(repository: Path) -> None:
    (repository / ".git" / "index").write_bytes(b"broken")
    with pytest.raises(FileError, match="git could not say what is changed"):
        await changes(repository).uncommitted()


async def test_no_program_that_the_repository_names_is_run(
    repository: Path, tmp_path: Path
) -> None:
    mark = tmp_path / "ran"
    program = tmp_path / "program.sh"
    program.write_text(f"#!/bin/sh\ntouch {mark}\ncat $1 2>/dev/null\n")
    program.chmod(0o755)
    for name in ("diff.external", "diff.evil.textconv", "core.fsmonitor", "core.pager"):
        git(repository, "config", name, str(program))
    (repository / ".gitattributes").write_text("*.py diff=evil\n")
    (repository / "a.py").write_text("A = 2\n")
    told = await text_of(repository)
    assert "+A = 2" in told
    assert not mark.exists()
