"""The calls by which we change a disk, in one place, so that tests can fail or stop in any."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_OLD = os.O_WRONLY | getattr(os, "O_BINARY", 0)


def create(path: Path, mode: int = 0o600) -> int:
    """Return a handle to a new, empty file. Raises FileExistsError, else OSError.

    The system takes from ``mode`` what new files do not get here.
    """
    return os.open(path, _NEW, mode)


def open_in_place(path: Path) -> int:
    """Return a handle that writes over the file's bytes, which all stay. Raises OSError."""
    return os.open(path, _OLD)


def sync(handle: int) -> None:
    """Return once what was written is on the disk itself, not only on its way. Raises OSError."""
    if sys.platform == "darwin":
        # There fsync leaves the bytes in the disk's own cache, which a power cut empties.
        try:
            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
        except OSError:
            os.fsync(handle)
    else:
        os.fsync(handle)


@dataclass(frozen=True, slots=True)
class Disk:
    """The calls; tests give others. Each raises OSError."""

    create: Callable[[Path, int], int] = create
    write: Callable[[int, bytes], int] = os.write
    truncate: Callable[[int, int], None] = os.ftruncate
    fsync: Callable[[int], None] = sync
    replace: Callable[[Path, Path], None] = os.replace
    link: Callable[[Path, Path], None] = os.link
    unlink: Callable[[Path], None] = os.unlink
    mkdir: Callable[[Path], None] = os.mkdir
    rmdir: Callable[[Path], None] = os.rmdir

    def write_all(self, handle: int, data: bytes) -> None:
        """Write all of ``data``, however little the system takes at once."""
        view = data
        while view:
            view = view[self.write(handle, view) :]

    def sync_folder(self, folder: Path) -> None:
        """Return once the names in the folder are on the disk.

        Nothing is raised: a file system that cannot sync folders is no failed write, and Windows
        cannot even open them.
        """
        if sys.platform == "win32":
            return
        try:
            handle = os.open(folder, os.O_RDONLY)
        except OSError:
            return
        try:
            self.fsync(handle)
        except OSError:
            return
        finally:
            os.close(handle)
