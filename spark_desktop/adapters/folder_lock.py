"""Keeps windows of Spark out of each other's way while files are replaced."""

import contextlib
import os
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

if sys.platform != "win32":
    import fcntl

# Seconds; replacing takes far less than one.
_PATIENCE = 2.0


@contextlib.contextmanager
def alone_in(folders: Iterable[Path]) -> Iterator[None]:
    """Keep other windows of Spark out of the folders, so that none writes between guard and rename.

    Windows cannot lock folders, and some network disks cannot either: there it is not kept. A
    window that was stopped while it held a lock is not waited for longer than ``_PATIENCE``.
    """
    if sys.platform == "win32":
        yield
        return
    end = time.monotonic() + _PATIENCE
    with contextlib.ExitStack() as stack:
        # In one order everywhere: two windows that each held what the other wants would both wait.
        for folder in sorted(set(folders)):
            with contextlib.suppress(OSError):
                handle = os.open(folder, os.O_RDONLY)
                stack.callback(os.close, handle)
                _lock(handle, end)
        yield


def _lock(handle: int, end: float) -> None:
    if sys.platform == "win32":
        return
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                return
            time.sleep(0.001)
        else:
            return
