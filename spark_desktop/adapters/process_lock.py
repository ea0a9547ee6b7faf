"""A lock that the system takes back when its process ends, however it ends.

Spark asks for it before its window is there: importing a library for it took longer than all else
that comes before.
"""

import os
import sys
from pathlib import Path


class ProcessLock:
    """One file; the first process to lock it has it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._handle: int | None = None

    def acquire(self) -> bool:
        """Return whether this process has the lock now. Raises OSError where none can be had."""
        if self._handle is not None:
            return True
        # Not inherited by the processes that we start, which would keep it.
        handle = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            is_ours = _lock(handle)
        except OSError:
            os.close(handle)
            raise
        if not is_ours:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        """Let another process have it; the file stays, since others may have it open."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _lock(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        # Somebody else has it; Windows says so by the second.
        return False
    return True
