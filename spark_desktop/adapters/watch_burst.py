"""Collects the changes of a folder until there is a pause: that is one burst."""

import asyncio
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from spark_desktop.adapters.git_commits import git_folder
from spark_desktop.domain.errors import FileError
from spark_desktop.domain.words import say

# Whoever writes without a pause still gets a burst reported this often, in seconds.
LONGEST_BURST = 1.0
# So many files nobody saves by hand in that time without a pause: a tool is at work, and goes on.
FEW = 10
# A checkout or a formatter rests between files; from so many files on a longer pause is waited
# for, and a later end. All that it changed is one burst then.
MANY = 100
_PAUSE_OF_MANY = 0.4
LONGEST_OF_MANY = 20.0
# Git is at work while it holds the lock of its index, which it takes before it writes files. A lock
# that was older when the burst began is one that an editor of a commit message holds, or that a
# crash has left.
_FRESH_LOCK = 5.0
# So long it holds back a few saves: a crash a moment ago, or an editor of a commit message that
# has just been opened, looks the same. So long a tool without a lock is waited for, too.
_LONGEST_AT_WORK = 5.0
# A checkout that fetches each file first, as that of large files does, may take minutes.
_LONGEST_OF_GIT = 60.0


class Burst:
    """Fed from any OS thread, asked in the loop's."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._loop = asyncio.get_running_loop()
        self._arrived = asyncio.Event()
        self._adding = threading.Lock()
        self._paths: dict[str, bool] = {}
        # Folders that went, of whose files the system may tell some, all or nothing.
        self._left: dict[str, None] = {}
        # Which folder it is, wherever it is moved; None where the system does not say.
        self._identity = _identity(root)
        # How many of them are not ignored; beyond FEW nobody counts.
        self._watched = 0
        self._last = 0.0
        self._error: FileError | None = None
        # A lock that is newer counts, where the last burst was told in the middle of git's work.
        self._lock_from: float | None = None
        # Counts the bursts; another one begins where what was kept of the last is out of date.
        self.number = 0

    def stir(self, path: str) -> bool:
        """Note another change of a path, from another OS thread; return whether it is known.

        Whoever knows that a path is in the burst need not ask again whether it belongs there.
        """
        with self._adding:
            if path not in self._paths:
                return False
            self._last = time.monotonic()
            return True

    @property
    def is_few(self) -> bool:
        """Return whether so few files that are not ignored changed that a hand may save them."""
        return self._watched < FEW

    def add(self, path: str, is_new: bool, *, is_watched: bool = True) -> None:
        """Note a change from another OS thread; ``is_new`` where the file came into being.

        ``is_watched`` says that it is not ignored.
        """
        with self._adding:
            is_first = not (self._paths or self._left)
            self._watched += is_watched and path not in self._paths
            self._paths.setdefault(path, is_new)
            self._last = time.monotonic()
        # The loop is woken once for a burst: a checkout has ten thousands of events.
        if is_first:
            self._loop.call_soon_threadsafe(self._arrived.set)

    def leave(self, folder: str) -> None:
        """Note from another OS thread that a folder went, whatever is told of its files."""
        with self._adding:
            is_first = not (self._paths or self._left)
            self._left[folder] = None
            self._last = time.monotonic()
        if is_first:
            self._loop.call_soon_threadsafe(self._arrived.set)

    def fail(self, error: FileError) -> None:
        """End the stream from another OS thread, after what has come so far."""
        self._loop.call_soon_threadsafe(self._fail, error)

    async def next(self, quiet: float) -> tuple[str, ...]:
        """Return the paths of the next burst, in the order of their first change.

        It ends after ``quiet`` seconds without a change. The uppermost folder that went is one of
        them, for of its files some may be missing. Raises what ``fail`` was told, and FileError
        where the watched folder itself is not in its place any more.
        """
        while True:
            await self._arrived.wait()
            await self._settle(quiet)
            self._arrived.clear()
            with self._adding:
                batch, self._paths = self._paths, {}
                left, self._left = self._left, {}
                self._watched = 0
                self.number += 1
            kept, is_there = await asyncio.to_thread(self._worth_telling, batch, left)
            if not is_there and self._error is None:
                # What was saved in it is somewhere else: read here it would seem deleted.
                raise FileError(
                    say("{root} was moved, or is another folder now.", root=self._root),
                    say("Open another folder, or this one again."),
                )
            if kept:
                return kept
            if self._error is not None:
                raise self._error

    async def _settle(self, quiet: float) -> None:
        begun, fresh_from = time.monotonic(), self._lock_from or time.time() - _FRESH_LOCK
        self._lock_from, was_at_work = None, False
        while self._error is None:
            with self._adding:
                count, last = len(self._paths), self._last
            pause = _PAUSE_OF_MANY if count >= MANY else quiet
            now = time.monotonic()
            rests = now - last >= pause
            is_held = was_at_work
            if rests or now - begun >= LONGEST_BURST:
                # A checkout that writes slowly has no pause in which it could be asked.
                is_at_work = await asyncio.to_thread(self._is_git_at_work, fresh_from)
                # What is checked out is written down just after the lock is gone: once more.
                is_held = is_at_work or was_at_work
                was_at_work = is_at_work
            if rests and not is_held:
                return
            left = begun + self._longest(count, is_held) - now
            if left <= 0:
                self._lock_from = fresh_from if is_held and not self.is_few else None
                return
            await asyncio.sleep(min(pause if rests else last + pause - now, left))

    def _longest(self, count: int, is_git_at_work: bool) -> float:
        """Return the seconds after which a burst of so many files is told, pause or not."""
        if is_git_at_work and not self.is_few:
            return _LONGEST_OF_GIT
        if count >= MANY:
            return LONGEST_OF_MANY
        return LONGEST_BURST if self.is_few and not is_git_at_work else _LONGEST_AT_WORK

    def _worth_telling(
        self, batch: dict[str, bool], left: dict[str, None]
    ) -> tuple[tuple[str, ...], bool]:
        """Return what is told, and whether the watched folder is where it was."""
        # Editors write beside the file and rename: what came and went says nothing.
        kept = [
            path
            for path, is_new in batch.items()
            if not is_new or os.path.lexists(self._root / path)
        ]
        # The uppermost is enough: with a tree that is removed there are many.
        gone = {one: None for one in left if not os.path.lexists(self._root / one)}
        kept += [one for one in gone if not any(above in gone for above in _above(one))]
        return tuple(kept), _identity(self._root) == self._identity

    def _is_git_at_work(self, fresh_from: float) -> bool:
        git = git_folder(self._root)
        if git is None:
            return False
        try:
            return (git / "index.lock").stat().st_mtime > fresh_from
        except OSError:
            return False

    def _fail(self, error: FileError) -> None:
        self._error = error
        self._arrived.set()


def _above(path: str) -> Iterator[str]:
    """Yield the folders that a path is in."""
    end = path.rfind("/")
    while end > 0:
        yield path[:end]
        end = path.rfind("/", 0, end)


def _identity(root: Path) -> tuple[int, int] | None:
    try:
        found = root.stat()
    except OSError:
        return None
    # Some network folders have no numbers.
    return (found.st_dev, found.st_ino) if found.st_ino else (0, 0)
