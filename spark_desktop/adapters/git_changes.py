"""What git says is not committed; a Diffs."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from spark_desktop.domain.errors import FileError
from spark_desktop.domain.secret_files import Shareable
from spark_desktop.domain.words import Said, say
from spark_desktop.domain.workspace import IgnoreReason
from spark_desktop.services.ports import FileStore

_PATIENCE_S = 20.0
# The tree of a repository without a commit.
_EMPTY = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
# A repository may name programs to run; reading a diff must start none of them. A diff that brings
# the index up to date would run a hook; what is in a submodule may name others.
_SAFE = (
    *("-c", "core.fsmonitor=false", "-c", "core.quotePath=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
    "--no-pager",
)
_DIFF = (
    *("diff", "--no-color", "--no-ext-diff", "--no-textconv", "--relative"),
    *("--ignore-submodules=dirty", "--submodule=short"),
)
_ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    # What a partial clone lacks would be fetched, by programs that it may name.
    "GIT_ALLOW_PROTOCOL": "none",
}
_FILTERS = ("--name-only", "-z", "--get-regexp", r"^filter\..*\.")
# How git ends where it does not know an option.
_USAGE = 129
# The scopes of a repository's own configuration; in others stand the user's filters, as for LFS.
_ITS_OWN = ("local", "worktree")


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
        unfiltered = await self._unfiltered()
        names = await self._run(*unfiltered, *_DIFF, "--name-only", "-z", base, "--", ".")
        changed = [name for name in names.split("\0") if name]
        secret = [name for name in changed if await self._is_secret(name)]
        if len(secret) == len(changed):
            return Shareable("", tuple(secret))
        hidden = (f":(exclude,literal){name}" for name in secret)
        told = await self._run(*unfiltered, *_DIFF, base, "--", ".", *hidden)
        return Shareable(told, tuple(secret))

    async def _unfiltered(self) -> list[str]:
        """Return the options with which no filter is run that the repository names itself.

        Raises FileError where there are none.
        """
        options: list[str] = []
        for name in sorted(await self._own_filters()):
            if "=" in name:
                # git would take it for the end of the key.
                raise _failure(say("it names a filter {name}", name=name))
            for setting in ("clean=", "process=", "required=false"):
                options += ["-c", f"filter.{name}.{setting}"]
        return options

    async def _own_filters(self) -> set[str]:
        """Return their names; of a git before 2.26, which does not tell whose they are, of all."""
        done = await asyncio.to_thread(self._result, "config", "--show-scope", *_FILTERS)
        is_scoped = done is None or done.returncode != _USAGE
        if not is_scoped:
            done = await asyncio.to_thread(self._result, "config", *_FILTERS)
        # It ends with 1 where there are none.
        if done is None or done.returncode not in (0, 1):
            raise _failure(_reason(done))
        # A name may be of any bytes, and has to be told back as it is.
        keys = os.fsdecode(done.stdout).split("\0")
        if is_scoped:
            pairs = zip(keys[::2], keys[1::2], strict=False)
            keys = [key for scope, key in pairs if scope in _ITS_OWN]
        return {key.removeprefix("filter.").rpartition(".")[0] for key in keys if key}

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
            raise _failure(_reason(done))
        return done.stdout.decode("utf-8", "replace")

    def _result(self, *arguments: str) -> "subprocess.CompletedProcess[bytes] | None":
        command = (self._git, *_SAFE, *arguments)
        environment = os.environ | _ENVIRONMENT
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


def _reason(done: "subprocess.CompletedProcess[bytes] | None") -> str:
    told = "" if done is None else done.stderr.decode("utf-8", "replace").strip()
    return told[:200] or "?"


def _failure(reason: Said | str) -> FileError:
    return FileError(
        say("git could not say what is changed: {reason}", reason=reason),
        say("Choose the files instead."),
    )


def _creation_flags() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW
    return 0
