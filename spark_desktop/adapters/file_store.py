"""The files of a workspace on the local disk."""

import asyncio
import errno
import os
import stat
import threading
from pathlib import Path, PurePosixPath

from spark_desktop.adapters.atomic_write import Disk, is_read_only, write_atomically
from spark_desktop.adapters.ignore_rules import IgnoreRules
from spark_desktop.domain.errors import (
    FileChangedError,
    FileError,
    FileTooLargeError,
    MissingFileError,
    NotTextError,
    OutsideWorkspaceError,
    ReadOnlyFileError,
    SecretFileError,
)
from spark_desktop.domain.text import SourceText, decode, digest_of
from spark_desktop.domain.words import joined, say
from spark_desktop.domain.workspace import Ignored, IgnoreReason, Snapshot

_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_AGAIN = say("Ask for a new proposal.")


class LocalFileStore:
    """Reads and replaces files below ``root``; a FileStore.

    A file over ``max_bytes`` is not read. Blocking calls run in other OS threads. A write that was
    begun is finished even if the task that waits for it is cancelled.
    """

    def __init__(
        self,
        root: Path,
        rules: IgnoreRules,
        max_bytes: int = 1_000_000,
        disk: Disk | None = None,
    ) -> None:
        self._root = Path(os.path.realpath(root))
        self._rules = rules
        self._max_bytes = max_bytes
        self._disk = disk or Disk()
        self._own: dict[str, str] = {}
        # Two accepts for one file must not both pass the guard before either renames.
        self._writing = threading.Lock()

    @property
    def root(self) -> Path:
        """Return the watched folder, absolute and without links."""
        return self._root

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

    async def replace(self, path: str, text: SourceText, base: str) -> Snapshot:
        """Write ``text`` atomically if the file still hashes to ``base``, and return it read back.

        A link stays a link, its target is written. Raises FileChangedError, ReadOnlyFileError,
        OutsideWorkspaceError, NotTextError, else FileError, each with nothing written.
        """
        return await asyncio.to_thread(self._replace, path, text, base)

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

    def is_own_write(self, path: str, digest: str) -> bool:
        """Return whether these bytes at this path are the last ones that we wrote."""
        return self._own.get(path) == digest

    def _read(self, path: str, is_named: bool = False) -> Snapshot:
        target = self._target(path)
        if not is_named:
            self._refuse_secrets(path, target)
        data = self._bytes(path, target)
        return Snapshot(path, _decoded(path, data), digest_of(data))

    def _refuse_secrets(self, path: str, target: Path) -> None:
        real = target.relative_to(self._root).as_posix()
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
            self._require_size(path, status.st_size)
            return target.read_bytes()
        except FileNotFoundError as error:
            raise MissingFileError(
                say("{path} does not exist.", path=path),
                say("Check its name; it may have been moved."),
            ) from error
        except OSError as error:
            raise FileError(
                say("{path} cannot be read: {told}.", path=path, told=_told(error)),
                say("Check its permissions, then try again."),
            ) from error

    def _replace(self, path: str, text: SourceText, base: str) -> Snapshot:
        target = self._target(path)
        data = self._writable_bytes(path, text)
        digest = digest_of(data)
        names = {path, target.relative_to(self._root).as_posix()}
        with self._writing:
            self._guard(path, target, base)
            self._require_writable(path, target)
            before = {name: self._own.get(name) for name in names}
            # Noted before the rename: the watcher may see it before we are back.
            self._own.update(dict.fromkeys(names, digest))
            try:
                write_atomically(target, data, lambda: self._guard(path, target, base), self._disk)
            except BaseException as error:
                self._forget(before)
                if isinstance(error, OSError):
                    raise _write_failure(path, error) from error
                raise
        try:
            return self._read(path)
        except FileError:
            # Written, and already gone again by another hand: the next change of the file tells.
            return Snapshot(path, text, digest)

    def _writable_bytes(self, path: str, text: SourceText) -> bytes:
        """Return the bytes of ``text``, which we must be able to read again."""
        data = text.encode()
        self._require_size(path, len(data))
        _decoded(path, data)
        return data

    def _require_size(self, path: str, size: int) -> None:
        if size > self._max_bytes:
            raise FileTooLargeError(
                say(
                    "{path} has {size:,} bytes, the limit is {max_bytes:,}.",
                    path=path,
                    size=size,
                    max_bytes=self._max_bytes,
                ),
                say("Split the file, or work on a smaller one."),
            )

    def _forget(self, before: dict[str, str | None]) -> None:
        for name, digest in before.items():
            if digest is None:
                self._own.pop(name, None)
            else:
                self._own[name] = digest

    def _guard(self, path: str, target: Path, base: str) -> None:
        """Raise FileChangedError unless the path still leads to the bytes that hash to ``base``."""
        try:
            if self._target(path) == target and digest_of(target.read_bytes()) == base:
                return
        except FileNotFoundError as error:
            raise FileChangedError(say("{path} was removed.", path=path), _AGAIN) from error
        except OSError as error:
            raise FileError(
                say("{path} cannot be read: {told}.", path=path, told=_told(error)), _AGAIN
            ) from error
        raise FileChangedError(
            say("{path} was changed meanwhile; nothing was written.", path=path), _AGAIN
        )

    def _require_writable(self, path: str, target: Path) -> None:
        try:
            if is_read_only(target.stat()) or not os.access(target, os.W_OK):
                raise ReadOnlyFileError(
                    say("{path} is read-only; nothing was written.", path=path),
                    say("Allow writing to it, then accept again."),
                )
            folder = target.parent
            if is_read_only(folder.stat()) or not os.access(folder, os.W_OK):
                raise ReadOnlyFileError(
                    say("The folder of {path} is read-only; nothing was written.", path=path),
                    say("Allow writing to the folder, then accept again."),
                )
        except OSError as error:
            raise _write_failure(path, error) from error

    def _target(self, path: str) -> Path:
        """Return where the path leads, links followed; raises OutsideWorkspaceError."""
        pure = PurePosixPath(path)
        if not pure.is_absolute() and ".." not in pure.parts and "\0" not in path:
            target = Path(os.path.realpath(self._root / path))
            if target.is_relative_to(self._root):
                return target
        raise OutsideWorkspaceError(
            say("{path!r} leads out of {root}.", path=path, root=self._root),
            say("Open the folder that holds the file."),
        )

    def _ignored(self, path: str) -> Ignored | None:
        shown = path.encode("utf-8", "replace").decode("utf-8")
        if shown != path:
            # Neither the database nor a request to the core could carry it.
            return Ignored(shown, IgnoreReason.DEFAULT, say("its name is not UTF-8"))
        try:
            target = self._target(path)
        except OutsideWorkspaceError as error:
            return Ignored(path, IgnoreReason.OUTSIDE, error.message)
        real = target.relative_to(self._root).as_posix()
        is_folder = target.is_dir()
        for name in dict.fromkeys((path, real)):  # a link must not show what its target hides
            if found := self._rules.check(name, is_folder):
                return Ignored(path, found.reason, found.detail)
        return None if is_folder else self._ignored_content(path, target)

    def _ignored_content(self, path: str, target: Path) -> Ignored | None:
        try:
            _decoded(path, self._bytes(path, target))
        except FileTooLargeError as error:
            return Ignored(path, IgnoreReason.TOO_LARGE, error.message)
        except NotTextError as error:
            return Ignored(path, IgnoreReason.BINARY, error.message)
        except FileError:
            return None  # gone, or not readable: whoever reads it is told so
        return None

    def _files(self, below: str) -> tuple[str, ...]:
        if below and self._target(below) != self._root / below:
            return ()
        return tuple(path for path in self._rules.files(below) if self._is_inside(path))

    def _secrets(self, below: str) -> tuple[str, ...]:
        if below and self._target(below) != self._root / below:
            return ()
        return self._rules.secrets(below)

    def _is_inside(self, path: str) -> bool:
        target = self._root / path
        return not target.is_symlink() or Path(os.path.realpath(target)).is_relative_to(self._root)


def _decoded(path: str, data: bytes) -> SourceText:
    try:
        return decode(data)
    except NotTextError as error:
        raise NotTextError(joined((path, error.message), ": "), error.next_step) from error


def _write_failure(path: str, error: OSError) -> FileError:
    if error.errno in _REFUSED:
        return ReadOnlyFileError(
            say(
                "{path} may not be written: {told}; nothing was written.",
                path=path,
                told=_told(error),
            ),
            say("Allow writing to it and to its folder, then accept again."),
        )
    if error.errno in _FULL:
        return FileError(
            say("{path} was not written: the disk is full.", path=path),
            say("Free some space, then accept again."),
        )
    return FileError(
        say("{path} was not written: {told}.", path=path, told=_told(error)),
        say("Check the disk and its permissions."),
    )


def _told(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
