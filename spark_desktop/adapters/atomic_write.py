"""Bytes on their way into a file: beside it first, then in its place, whole.

See docs/decisions/0004-atomic-writes-and-undo.md for what is kept and what cannot be.
"""

import contextlib
import errno
import os
import time
from pathlib import Path

from spark_desktop.adapters.disk import Disk, open_in_place
from spark_desktop.adapters.file_attributes import Attributes, attributes_of, give

# What file systems say that know no hard links.
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})
# Nanoseconds between the times of two files; NTFS counts in hundreds.
_TICK = 1_000


class RisingTimes:
    """Modification times for files that are written one after the other."""

    def __init__(self) -> None:
        self._last = 0

    def stamp(self, file: Path, after: int = 0) -> None:
        """Set the file's time to now, later than all before and than ``after`` (nanoseconds).

        Build tools compare these times: a file whose time goes back is not built again. A file of
        another owner has the time of the write itself, which is now.
        """
        self._last = max(time.time_ns(), self._last + _TICK, after + _TICK)
        with contextlib.suppress(OSError):
            os.utime(file, ns=(self._last, self._last))


def stage(file: Path, data: bytes, attributes: Attributes | None, disk: Disk) -> None:
    """Write a new file and sync it; without ``attributes`` it is as any new file of the folder.

    Raises OSError, and leaves to the caller what was made of the file till then.
    """
    handle = disk.create(file, 0o666 if attributes is None else 0o600)
    try:
        disk.write_all(handle, data)
        if attributes is not None:
            give(attributes, file)
        disk.fsync(handle)
    finally:
        os.close(handle)


def take_place(staged: Path, target: Path, disk: Disk, times: RisingTimes) -> None:
    """Rename a staged file over an existing one, whose attributes it gets as they are now.

    Raises OSError.
    """
    wanted = attributes_of(target)
    if attributes_of(staged) != wanted:
        give(wanted, staged)
    times.stamp(staged, after=target.stat().st_mtime_ns)
    disk.replace(staged, target)


def appear(staged: Path, target: Path, disk: Disk, times: RisingTimes) -> None:
    """Give a staged file its name, if nothing has that name yet; the staged name may stay.

    Raises FileExistsError where something has, else OSError.
    """
    times.stamp(staged)
    try:
        disk.link(staged, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # Taken by an empty file first, which nobody else can have made then.
        os.close(disk.create(target, 0o600))
        disk.replace(staged, target)


def write_over(target: Path, data: bytes, inode: int, disk: Disk, times: RisingTimes) -> None:
    """Write into the file itself, so that its other names show the bytes too.

    A crash tears it: somebody must know both contents and repair it. Raises FileNotFoundError where
    the name is another file's by now, else OSError.
    """
    after = target.stat().st_mtime_ns
    handle = open_in_place(target)
    try:
        if os.fstat(handle).st_ino != inode:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(target))
        disk.write_all(handle, data)
        disk.truncate(handle, len(data))
        times.stamp(target, after)
        disk.fsync(handle)
    finally:
        os.close(handle)


def discard(file: Path, disk: Disk) -> bool:
    """Remove a file that may be gone already; return whether it was there. Raises OSError."""
    try:
        disk.unlink(file)
    except FileNotFoundError:
        return False
    return True
