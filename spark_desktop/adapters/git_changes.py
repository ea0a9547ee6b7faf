"""What git says is not committed; a Diffs."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from spark_desktop.domain.errors import FileError
from spark_desktop.domain.secret_files import Shareable
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import IgnoreReason
from spark_desktop.services.ports import FileStore

_PATIENCE_S = 20.0
# The tree of a repository without a commit.
_EMPTY = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
# A repository may name programs to run; reading a diff must start none of them.
_SAFE = (
    *("-c", "core.fsmonitor=false", "-c", "core.quotePath=false"),
    "--no-pager",
)
_DIFF = ("diff", "--no-color", "--no-ext-diff", "--no-textconv", "--relative")


class GitChanges:
    """Runs git in the workspace, outside the event loop's OS thread."""

    def __init__(self, files: FileStore, git: str = "git") -> None:
        self._files = files
        self._git = git

    async def uncommitted(self) -> Shareable | None:
        """Return the diff against the last commit, "" without one; None where there is no git.

        Files whose names are those of secrets are left out of it. Raises FileError where git fails.
        """
        base = await self._base()
        if base is None:
            return None
        names = await self._run(*_DIFF, "--name-only", "-z", base, "--", ".")
        changed = [name for name in names.split("\0") if name]
        secret = [name for name in changed if await self._is_secret(name)]
        if len(secret) == len(changed):
            return Shareable("", tuple(secret))
        hidden = (f":(exclude,literal){name}" for name in secret)
        return Shareable(await self._run(*_DIFF, base, "--", ".", *hidden), tuple(secret))

    async def _base(self) -> str | None:
        """Return what to compare with; None where this is no work tree."""
        inside = await asyncio.to_thread(self._result, "rev-parse", "--is-inside-work-tree")
        if inside is None or inside.stdout.strip() != b"true":
            return None
        head = await asyncio.to_thread(self._result, "rev-parse", "--verify", "-q", "HEAD")
        return "HEAD" if head is not None and head.returncode == 0 else _EMPTY

    async def _is_secret(self, name: str) -> bool:
        ignored = await self._files.ignored(name)
        return ignored is not None and ignored.reason is IgnoreReason.SECRET

    async def _run(self, *arguments: str) -> str:
        done = await asyncio.to_thread(self._result, *arguments)
        if done is None or done.returncode != 0:
            reason = "" if done is None else done.stderr.decode("utf-8", "replace").strip()
            raise FileError(
                say("git could not say what is changed: {reason}", reason=reason[:200] or "?"),
                say("Choose the files instead."),
            )
        return done.stdout.decode("utf-8", "replace")

    def _result(self, *arguments: str) -> "subprocess.CompletedProcess[bytes] | None":
        command = (self._git, *_SAFE, *arguments)
        environment = os.environ | {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
        root: Path = self._files.root
        try:
            return subprocess.run(
                command,
                cwd=root,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_PATIENCE_S,
                check=False,
                creationflags=_creation_flags(),
            )
        except (OSError, subprocess.TimeoutExpired):
            return None


def _creation_flags() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW
    return 0
