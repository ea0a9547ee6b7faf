"""What git has committed of a folder, read without starting git; Commits."""

import asyncio
from pathlib import Path

from spark_desktop.adapters.workspace_folder import decoded
from spark_desktop.domain.errors import NotTextError
from spark_desktop.domain.line_changes import load
from spark_desktop.domain.text import SourceText

_HEAD = "ref: refs/heads/"
# Bytes; the name of a branch is far less.
_MOST_NAME = 4096
# What stands in a repository in the place of a large file.
_POINTER = b"version https://git-lfs."


class GitCommits:
    """Reads the repository that ``root`` lies in, in other OS threads; there may be none."""

    def __init__(self, root: Path, max_bytes: int = 1_000_000) -> None:
        self._root = root.resolve()
        self._max_bytes = max_bytes

    async def head(self) -> str:
        """Return the branch or the commit that is checked out; empty without a repository."""
        return await asyncio.to_thread(self._head)

    async def text(self, path: str) -> SourceText | None:
        """Return the file's text in the last commit; None where there is none, or no text."""
        data = await asyncio.to_thread(self._committed, path)
        if data is None or len(data) > self._max_bytes or data.startswith(_POINTER):
            return None
        try:
            return decoded(path, data)
        except NotTextError:
            return None

    def _head(self) -> str:
        git = git_folder(self._root)
        if git is None:
            return ""
        try:
            with (git / "HEAD").open("rb") as stream:
                line = stream.read(_MOST_NAME).decode("utf-8", "replace").strip()
        except OSError:
            return ""
        return line.removeprefix(_HEAD)

    def _committed(self, path: str) -> bytes | None:
        load()
        from pygit2 import Blob, GitError, Repository

        git = git_folder(self._root)
        if git is None:
            return None
        try:
            repository = Repository(str(git))
            above = self._root.relative_to(Path(repository.workdir or self._root).resolve())
            found = repository.head.peel().tree[(above / path).as_posix()]
            return bytes(found.data) if isinstance(found, Blob) else None
        except (GitError, KeyError, ValueError, OSError, AttributeError):
            # No commit yet, a file that is not in it, or a repository that is not ours to read.
            return None


def git_folder(root: Path) -> Path | None:
    """Return git's own folder of the checkout that ``root`` lies in; None for no checkout."""
    for folder in (root, *root.parents):
        git = folder / ".git"
        if git.is_dir():
            return git
        try:
            line = git.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if line.startswith("gitdir: "):
            # In a worktree and in a submodule a file says where that folder is.
            return (folder / line.removeprefix("gitdir: ")).resolve()
    return None
