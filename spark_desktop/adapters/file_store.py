"""The files of a workspace on the local disk."""

import asyncio
import os
import stat
from collections.abc import Sequence
from pathlib import Path

from spark_desktop.adapters.ignore_rules import HeldRules, IgnoreRules, is_utf8
from spark_desktop.adapters.workspace_folder import (
    WorkspaceFolder,
    decoded,
    told,
)
from spark_desktop.domain.errors import (
    FileError,
    FileTooLargeError,
    MissingFileError,
    NotTextError,
    OutsideWorkspaceError,
    SecretFileError,
)
from spark_desktop.domain.text import digest_of
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import Glance, Ignored, IgnoreReason, Snapshot, shown_path


class LocalFileStore:
    """Reads files below ``root``; a FileStore.

    A file over ``max_bytes`` is not read. Blocking calls run in other OS threads.
    """

    def __init__(self, root: Path, rules: IgnoreRules, max_bytes: int = 1_000_000) -> None:
        self._folder = WorkspaceFolder(root, max_bytes)
        self._rules = rules

    @property
    def root(self) -> Path:
        """Return the watched folder, absolute and without links."""
        return self._folder.root

    @property
    def folder(self) -> WorkspaceFolder:
        """Return the folder that the files lie in, which whoever else writes there shares."""
        return self._folder

    async def read(self, path: str) -> Snapshot:
        """Return the file's text; an empty file is an empty text.

        A file that may hold secrets is refused, so that none gets into a prompt, whoever asks.
        Raises SecretFileError, NotTextError, FileTooLargeError, OutsideWorkspaceError, else
        FileError.
        """
        return await asyncio.to_thread(self._read, path)

    async def read_secret(self, path: str) -> Snapshot:
        """Return the file's text though its name says that it may hold secrets; else as ``read``.

        Only for a file that the user named and confirmed.
        """
        return await asyncio.to_thread(self._read, path, True)

    async def ignored(self, path: str) -> Ignored | None:
        """Return why the path is left alone, by rule, size or content; None where it is watched."""
        return await asyncio.to_thread(self._ignored, path)

    async def files(self, below: str = "") -> tuple[str, ...]:
        """Return the watched files below a folder; see ``ignore_rules.MAX_FILES`` for how many.

        A link to a folder is not entered. Raises OutsideWorkspaceError.
        """
        return await asyncio.to_thread(self._files, below)

    async def secrets(self, below: str = "") -> tuple[str, ...]:
        """Return what is left out of ``files`` for its name, at most a hundred; folders with "/".

        Raises OutsideWorkspaceError.
        """
        return await asyncio.to_thread(self._secrets, below)

    async def glance(self, paths: Sequence[str], marks: Sequence[str]) -> tuple[Glance, ...]:
        """Return what a short look at each of many files tells, all in one other OS thread.

        ``marks`` are looked for as UTF-8. The texts are not decoded, and not kept.
        """
        return await asyncio.to_thread(self._glance, paths, [mark.encode() for mark in marks])

    async def other_names(self, paths: Sequence[str]) -> frozenset[str]:
        """Return those of the paths that only name once more what another of them names.

        The name that is no link stays; of several such (hard links) the first.
        """
        return await asyncio.to_thread(self._other_names, paths)

    def is_own_write(self, path: str, digest: str) -> bool:
        """Return whether these bytes at this path are the last ones that we wrote."""
        return self._folder.is_own_write(path, digest)

    def _read(self, path: str, is_named: bool = False) -> Snapshot:
        target = self._folder.target(path)
        if not is_named:
            self._refuse_secrets(path, target)
        data = self._bytes(path, target)
        return Snapshot(path, decoded(path, data), digest_of(data))

    def _refuse_secrets(self, path: str, target: Path) -> None:
        real = self._folder.relative(target)
        pattern = self._rules.secret(path) or self._rules.secret(real)
        if pattern:
            raise SecretFileError(
                say(
                    "{path} may hold secrets: its name matches {pattern}. It was not read.",
                    path=path,
                    pattern=pattern,
                ),
                say("Rename it if it holds none."),
            )

    def _bytes(self, path: str, target: Path) -> bytes:
        try:
            status = target.stat()
            if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for its writer
                raise FileError(say("{path} is not a file.", path=path), say("Choose a text file."))
            self._folder.require_size(path, status.st_size)
            return target.read_bytes()
        except FileNotFoundError as error:
            raise MissingFileError(
                say("{path} does not exist.", path=path),
                say("Check its name; it may have been moved."),
            ) from error
        except OSError as error:
            raise FileError(
                say("{path} cannot be read: {told}.", path=path, told=told(error)),
                say("Check its permissions, then try again."),
            ) from error

    def _glance(self, paths: Sequence[str], marks: Sequence[bytes]) -> tuple[Glance, ...]:
        rules = HeldRules(self._rules)
        return tuple(self._glance_at(path, marks, rules) for path in paths)

    def _glance_at(self, path: str, marks: Sequence[bytes], rules: HeldRules) -> Glance:
        target = self._checked(path, rules)
        if isinstance(target, Ignored):
            return Glance(path, target)
        try:
            data = self._bytes(path, target)
        except FileError:
            return Glance(path)
        return Glance(path, None, digest_of(data), any(mark in data for mark in marks))

    def _ignored(self, path: str) -> Ignored | None:
        target = self._checked(path, HeldRules(self._rules))
        if isinstance(target, Ignored):
            return target
        return None if _is_folder(target) else self._ignored_content(path, target)

    def _checked(self, path: str, rules: HeldRules) -> Ignored | Path:
        """Return where a path leads, or why its name is left alone."""
        shown = shown_path(path)
        if shown != path:
            # Neither the database nor a request to the core could carry it.
            return Ignored(shown, IgnoreReason.DEFAULT, say("its name is not UTF-8"))
        try:
            target = self._folder.target(path)
        except OutsideWorkspaceError as error:
            return Ignored(path, IgnoreReason.OUTSIDE, error.message)
        real = self._folder.relative(target)
        is_folder = _is_folder(target)
        for name in dict.fromkeys((path, real)):  # a link must not show what its target hides
            if found := rules.check(name, is_folder):
                return Ignored(path, found.reason, found.detail)
        return target

    def _ignored_content(self, path: str, target: Path) -> Ignored | None:
        try:
            decoded(path, self._bytes(path, target))
        except FileTooLargeError as error:
            return Ignored(path, IgnoreReason.TOO_LARGE, error.message)
        except NotTextError as error:
            return Ignored(path, IgnoreReason.BINARY, error.message)
        except FileError:
            return None  # gone, or not readable: whoever reads it is told so
        return None

    def _files(self, below: str) -> tuple[str, ...]:
        if below and self._folder.target(below) != self._folder.root / below:
            return ()
        found = self._rules.files(below)
        return tuple(path for path in found if is_utf8(path) and self._is_inside(path))

    def _secrets(self, below: str) -> tuple[str, ...]:
        if below and self._folder.target(below) != self._folder.root / below:
            return ()
        return self._rules.secrets(below)

    def _other_names(self, paths: Sequence[str]) -> frozenset[str]:
        known: set[object] = set()
        others = set()
        for path in sorted(paths, key=self._is_linked):
            try:
                target = self._folder.target(path)
                status = target.stat()
            except (OSError, FileError):
                continue  # gone since: whoever reads it is told so
            # A file system without numbers of files has no hard links either.
            key = (status.st_dev, status.st_ino) if status.st_ino else target
            if key in known:
                others.add(path)
            known.add(key)
        return frozenset(others)

    def _is_linked(self, path: str) -> bool:
        return os.path.realpath(self._folder.root / path) != str(self._folder.root / path)

    def _is_inside(self, path: str) -> bool:
        target = self._folder.root / path
        if not os.path.islink(target):  # noqa: PTH114 - that of Path raises where we may not enter
            return True
        return Path(os.path.realpath(target)).is_relative_to(self._folder.root)


def _is_folder(target: Path) -> bool:
    try:
        return target.is_dir()
    except OSError:
        return False  # in a folder that is not ours to enter
