"""Replace a file's bytes so that any other program sees the old ones or the new ones, whole.

See docs/decisions/0004-atomic-writes-and-undo.md for what is kept and what cannot be.
"""

import contextlib
import os
import secrets
import stat
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

if sys.platform != "win32":
    import fcntl

_PREFIX = ".spark-"
_SUFFIX = ".tmp"
# No write takes that long; older temporary files are left over even if their process id lives on.
_ABANDONED_AFTER = 3600.0
# Seconds; a rename takes far less than one.
_PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class Disk:
    """The three calls in which a disk fails; tests give others."""

    write: Callable[[int, bytes], int] = os.write
    fsync: Callable[[int], None] = os.fsync
    replace: Callable[[Path, Path], None] = os.replace


def is_read_only(status: os.stat_result) -> bool:
    """Return whether nobody may write it, by its mode bits: root may all, and shall not here."""
    return not status.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)


def write_atomically(target: Path, data: bytes, guard: Callable[[], None], disk: Disk) -> None:
    """Replace the existing file ``target`` (no link) by ``data``; its mode and owner are kept.

    ``guard`` is called when only the rename is left, and raises to stop it. Other names of the file
    (hard links) keep the old bytes: writing in place would serve them, and tear it in a crash.
    Raises OSError, or what ``guard`` raises, with nothing written and no temporary file left.
    """
    status = target.stat()
    _sweep(target.parent)
    temporary = target.parent / f"{_PREFIX}{os.getpid()}-{secrets.token_hex(4)}{_SUFFIX}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    handle = os.open(temporary, flags, 0o600)
    try:
        try:
            _write_all(handle, data, disk)
            _copy_attributes(target, temporary, status)
            disk.fsync(handle)
        finally:
            os.close(handle)
        with _alone_in(target.parent):
            guard()
            disk.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(target.parent, disk)


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Keep other windows of Spark out of the folder, so that none writes between guard and rename.

    Windows cannot lock folders, and some network disks cannot either: there it is not kept. A
    window that was stopped while it held the lock is not waited for longer than ``_PATIENCE``.
    """
    if sys.platform == "win32":
        yield
        return
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            stack.callback(os.close, handle)
            _lock(handle)
        yield


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        return
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                return
            time.sleep(0.001)
        else:
            return


def _write_all(handle: int, data: bytes, disk: Disk) -> None:
    view = data
    while view:
        view = view[disk.write(handle, view) :]


def _copy_attributes(target: Path, temporary: Path, status: os.stat_result) -> None:
    if sys.platform == "linux":  # access control lists and labels
        with contextlib.suppress(OSError):
            for name in os.listxattr(target):
                os.setxattr(temporary, name, os.getxattr(target, name))
    if sys.platform != "win32":
        with contextlib.suppress(OSError):  # only root may give files away
            os.chown(temporary, status.st_uid, status.st_gid)
    # Last, since a change of owner clears the set-user-id bits.
    temporary.chmod(stat.S_IMODE(status.st_mode))


def _sync_folder(folder: Path, disk: Disk) -> None:
    if sys.platform == "win32":
        return  # folders cannot be opened there
    # The new bytes are in place: a file system that cannot sync folders is no failed write.
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            disk.fsync(handle)
        finally:
            os.close(handle)


def _sweep(folder: Path) -> None:
    """Remove temporary files of writes that a crash cut short.

    One of a living process in another container may be hit; its rename then fails, and that write
    is reported as failed with the old file whole.
    """
    with contextlib.suppress(OSError):
        for path in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
            if _is_abandoned(path):
                path.unlink()


def _is_abandoned(path: Path) -> bool:
    owner = path.name.removeprefix(_PREFIX).partition("-")[0]
    if not owner.isdecimal():
        return False  # not one of ours
    age = time.time() - path.stat().st_mtime
    return age > _ABANDONED_AFTER or not psutil.pid_exists(int(owner))
