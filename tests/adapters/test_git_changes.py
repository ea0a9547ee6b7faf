"""The uncommitted diff as git gives it, without running what a repository names."""

import os
import subprocess
import sys
import zlib
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


def program_in(folder: Path) -> tuple[Path, Path]:
    """Make a program that leaves a mark; return it and the mark."""
    mark = folder / "ran"
    program = folder / "program.sh"
    program.write_text(f"#!/bin/sh\ntouch {mark}\ncat $1 2>/dev/null\n")
    program.chmod(0o755)
    return program, mark


async def test_no_program_that_the_repository_names_is_run(
    repository: Path, tmp_path: Path
) -> None:
    program, mark = program_in(tmp_path)
    for name in ("diff.external", "diff.evil.textconv", "core.fsmonitor", "core.pager"):
        git(repository, "config", name, str(program))
    (repository / ".gitattributes").write_text("*.py diff=evil\n")
    (repository / "a.py").write_text("A = 2\n")
    told = await text_of(repository)
    assert "+A = 2" in told
    assert not mark.exists()


@pytest.mark.parametrize("place", ["--local", "--worktree", "included"])
@pytest.mark.parametrize("key", ["clean", "process"])
async def test_no_filter_of_the_repository_is_run(
    repository: Path, tmp_path: Path, place: str, key: str
) -> None:
    program, mark = program_in(tmp_path)
    git(repository, "config", "extensions.worktreeConfig", "true")
    git(repository, "config", "include.path", "more")
    where = ("--file", ".git/more") if place == "included" else (place,)
    git(repository, "config", *where, f"filter.My.öwn.{key}", str(program))
    git(repository, "config", *where, "filter.My.öwn.required", "true")
    (repository / ".gitattributes").write_text("*.py filter=My.öwn\n", encoding="utf-8")
    (repository / "a.py").write_text("A = 2\n")
    assert "+A = 2" in await text_of(repository)
    assert not mark.exists()


async def test_a_filter_that_cannot_be_switched_off_is_an_error(
    repository: Path, tmp_path: Path
) -> None:
    program, mark = program_in(tmp_path)
    git(repository, "config", "filter.x=y.clean", str(program))
    (repository / ".gitattributes").write_text("*.py filter=x=y\n")
    (repository / "a.py").write_text("A = 2\n")
    with pytest.raises(FileError, match="it names a filter x=y"):
        await changes(repository).uncommitted()
    assert not mark.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="runs sed")
async def test_the_users_own_filters_are_run(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "gitconfig"
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(mine))
    git(repository, "config", "--global", "filter.mine.clean", "sed s/3/1/")
    (repository / ".gitattributes").write_text("*.py filter=mine\n")
    (repository / "a.py").write_text("A = 3\n")
    assert await text_of(repository) == ""


@pytest.mark.skipif(sys.platform == "win32", reason="the old git is a script")
async def test_no_filter_is_run_where_git_does_not_tell_whose_it_is(
    repository: Path, tmp_path: Path
) -> None:
    program, mark = program_in(tmp_path)
    old = tmp_path / "git"
    old.write_text('#!/bin/sh\ncase "$*" in *--show-scope*) exit 129;; esac\nexec git "$@"\n')
    old.chmod(0o755)
    git(repository, "config", "filter.evil.clean", str(program))
    (repository / ".gitattributes").write_text("*.py filter=evil\n")
    (repository / "a.py").write_text("A = 2\n")
    told = await changes(repository, str(old)).uncommitted()
    assert told is not None
    assert "+A = 2" in told.text
    assert not mark.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="the broken git is a script")
async def test_filters_that_git_cannot_tell_are_an_error(repository: Path, tmp_path: Path) -> None:
    broken = tmp_path / "git"
    broken.write_text('#!/bin/sh\ncase "$*" in *filter*) exit 3;; esac\nexec git "$@"\n')
    broken.chmod(0o755)
    with pytest.raises(FileError, match="git could not say what is changed"):
        await changes(repository, str(broken)).uncommitted()


async def test_no_hook_of_the_repository_is_run(repository: Path, tmp_path: Path) -> None:
    program, mark = program_in(tmp_path)
    program.rename(repository / ".git" / "hooks" / "post-index-change")
    # Only its time is another one, which git writes down.
    os.utime(repository / "a.py", (1, 1))
    assert await text_of(repository) == ""
    assert not mark.exists()


async def test_what_a_partial_clone_lacks_is_not_fetched(repository: Path, tmp_path: Path) -> None:
    program, mark = program_in(tmp_path)
    (tmp_path / "origin").mkdir()
    git(tmp_path / "origin", "init", "-q")
    settings = {"url": str(tmp_path / "origin"), "promisor": "true", "uploadpack": str(program)}
    for key, value in settings.items():
        git(repository, "config", f"remote.origin.{key}", value)
    git(repository, "config", "core.repositoryFormatVersion", "1")
    git(repository, "config", "extensions.partialClone", "origin")
    for folder in (repository / ".git" / "objects").glob("??"):
        for file in folder.iterdir():
            if b"A = 1" in zlib.decompress(file.read_bytes()):
                file.chmod(0o600)
                file.unlink()
    (repository / "a.py").write_text("A = 2\n")
    with pytest.raises(FileError, match="git could not say what is changed"):
        await changes(repository).uncommitted()
    assert not mark.exists()


async def test_no_program_that_a_submodule_names_is_run(repository: Path, tmp_path: Path) -> None:
    program, mark = program_in(tmp_path)
    inner = repository / "inner"
    inner.mkdir()
    git(inner, "init", "-q")
    (inner / "b.py").write_text("B = 1\n")
    git(inner, "add", "-A")
    git(inner, "commit", "-q", "-m", "first")
    git(repository, "add", "inner")
    git(repository, "commit", "-q", "-m", "second")
    git(inner, "config", "filter.evil.clean", str(program))
    (inner / ".gitattributes").write_text("*.py filter=evil\n")
    (inner / "b.py").write_text("B = 2\n")
    git(repository, "config", "diff.submodule", "diff")
    (repository / "a.py").write_text("A = 2\n")
    assert "+A = 2" in await text_of(repository)
    assert not mark.exists()
