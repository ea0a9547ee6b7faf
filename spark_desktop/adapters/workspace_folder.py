"""Where the paths of a workspace lead, and whether what is there may be written."""

import errno
import os
import stat
import threading
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from spark_desktop.domain.errors import (
    FileChangedError,
    FileError,
    FileTooLargeError,
    NotTextError,
    OutsideWorkspaceError,
    ReadOnlyFileError,
)
from spark_desktop.domain.text import SourceText, decode, digest_of
from spark_desktop.domain.words import joined, say

_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_AGAIN = say("Ask for a new proposal.")


class WorkspaceFolder:
    """The folder ``root``; texts over ``max_bytes`` are neither read nor written.

    It remembers what was last written to each path, so that a watcher can tell our writes from
    others. Its methods may be called from any OS thread.
    """

    def __init__(self, root: Path, max_bytes: int = 1_000_000) -> None:
        self._root = Path(os.path.realpath(root))
        self._max_bytes = max_bytes
        self._own: dict[str, str] = {}
        self._noting = threading.Lock()

    @property
    def root(self) -> Path:
        """Return the folder, absolute and without links."""
        return self._root

    def target(self, path: str) -> Path:
        """Return where the path leads, links followed. Raises OutsideWorkspaceError."""
        pure = PurePosixPath(path)
        if not pure.is_absolute() and ".." not in pure.parts and "\0" not in path:
            target = Path(os.path.realpath(self._root / path))
            if target.is_relative_to(self._root):
                return target
        raise OutsideWorkspaceError(
            say("{path!r} leads out of {root}.", path=path, root=self._root),
            say("Open the folder that holds the file."),
        )

    def relative(self, target: Path) -> str:
        """Return the path of a file in the folder, from the folder."""
        return target.relative_to(self._root).as_posix()

    def is_link(self, path: str) -> bool:
        """Return whether the path itself is a link, wherever it leads."""
        return (self._root / path).is_symlink()

    def writable_bytes(self, path: str, text: SourceText) -> bytes:
        """Return the bytes of ``text``, which we must be able to read again.

        Raises FileTooLargeError, NotTextError.
        """
        data = text.encode()
        self.require_size(path, len(data))
        decoded(path, data)
        return data

    def require_size(self, path: str, size: int) -> None:
        """Raise FileTooLargeError where a file has too many bytes."""
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

    def base_bytes(self, path: str, target: Path, base: str) -> bytes:
        """Return the bytes there, which hash to ``base``.

        Raises FileChangedError where they do not, or the path leads elsewhere now, else FileError.
        """
        try:
            if self.target(path) == target:
                if not stat.S_ISREG(target.stat().st_mode):  # a pipe would wait for its writer
                    raise FileChangedError(
                        say("{path} is no file any more; nothing was written.", path=path), _AGAIN
                    )
                data = target.read_bytes()
                if digest_of(data) == base:
                    return data
        except (FileNotFoundError, NotADirectoryError) as error:
            raise removed(path) from error
        except OSError as error:
            raise FileError(
                say("{path} cannot be read: {told}.", path=path, told=told(error)), _AGAIN
            ) from error
        raise FileChangedError(
            say("{path} was changed meanwhile; nothing was written.", path=path), _AGAIN
        )

    def require_absent(self, path: str, target: Path) -> None:
        """Raise FileChangedError where something has that name, also a link that leads nowhere."""
        if self.target(path) != target or os.path.lexists(self._root / path):
            raise appeared(path)

    def require_writable(self, path: str, target: Path) -> None:
        """Raise ReadOnlyFileError where the file or its folder is read-only, else FileError."""
        try:
            if is_read_only(target.stat()) or not os.access(target, os.W_OK):
                raise ReadOnlyFileError(
                    say("{path} is read-only; nothing was written.", path=path),
                    say("Allow writing to it, then accept again."),
                )
            self.require_writable_folder(path, target.parent)
        except OSError as error:
            raise write_failure(path, error) from error

    def require_writable_folder(self, path: str, folder: Path) -> None:
        """Raise ReadOnlyFileError where no file can be made in the folder. Raises OSError."""
        if is_read_only(folder.stat()) or not os.access(folder, os.W_OK):
            raise ReadOnlyFileError(
                say("The folder of {path} is read-only; nothing was written.", path=path),
                say("Allow writing to the folder, then accept again."),
            )

    def is_own_write(self, path: str, digest: str) -> bool:
        """Return whether these bytes at this path are the last ones that we wrote."""
        return self._own.get(path) == digest

    def note_writes(self, digests: Iterable[tuple[str, str]]) -> dict[str, str | None]:
        """Note what is about to be written to paths; return what ``forget_writes`` takes.

        Before the write: the watcher may see it before we are back.
        """
        with self._noting:
            new = dict(digests)
            before = {path: self._own.get(path) for path in new}
            self._own.update(new)
            return before

    def forget_writes(self, before: dict[str, str | None]) -> None:
        """Note that what ``note_writes`` was told was not written."""
        with self._noting:
            for path, digest in before.items():
                if digest is None:
                    self._own.pop(path, None)
                else:
                    self._own[path] = digest


def is_read_only(status: os.stat_result) -> bool:
    """Return whether nobody may write it, by its mode bits: root may all, and shall not here."""
    return not status.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)


def decoded(path: str, data: bytes) -> SourceText:
    """Return the text in ``data``. Raises NotTextError, which names the file."""
    try:
        return decode(data)
    except NotTextError as error:
        raise NotTextError(joined((path, error.message), ": "), error.next_step) from error


def appeared(path: str) -> FileChangedError:
    """Return the error for a file that is there where a new one was to be made."""
    return FileChangedError(
        say("{path} is there already; nothing was written.", path=path),
        say("Ask for a new proposal."),
    )


def removed(path: str) -> FileChangedError:
    """Return the error for a file, or its folder, that is gone."""
    return FileChangedError(say("{path} was removed.", path=path), _AGAIN)


def write_failure(path: str, error: OSError) -> FileError:
    """Return what the user is told of a write that the system refused."""
    if error.errno in _REFUSED:
        return ReadOnlyFileError(
            say(
                "{path} may not be written: {told}; nothing was written.",
                path=path,
                told=told(error),
            ),
            say("Allow writing to it and to its folder, then accept again."),
        )
    if error.errno in _FULL:
        return FileError(
            say("{path} was not written: the disk is full.", path=path),
            say("Free some space, then accept again."),
        )
    return FileError(
        say("{path} was not written: {told}.", path=path, told=told(error)),
        say("Check the disk and its permissions."),
    )


def told(error: OSError) -> str:
    """Return the system's word for what failed."""
    return (error.strerror or str(error)).lower()
