"""Changes of a folder, by the operating system's own notices."""

import asyncio
import errno
import os
import sys
import threading
import warnings
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers.api import BaseObserver, ObservedWatch

from spark_desktop.adapters.ignore_rules import HeldRules, IgnoreRules
from spark_desktop.adapters.watch_burst import Burst
from spark_desktop.adapters.windows_watch import observer as system_observer
from spark_desktop.domain.errors import FileError
from spark_desktop.domain.words import say

# Each folder that is watched on its own costs watchdog an OS thread.
_MOST_WATCHES = 64
_KINDS: list[type[FileSystemEvent]] = [
    *(DirCreatedEvent, DirDeletedEvent, DirMovedEvent, FileClosedEvent),
    *(FileCreatedEvent, FileDeletedEvent, FileModifiedEvent, FileMovedEvent),
]


class WatchdogFileWatch:
    """Watches ``root``; a FileWatch.

    A burst ends when nothing came for ``quiet`` seconds, see ``watch_burst``; however large it is,
    it is one tuple. Below ignored folders, and for editors'
    temporary files, nothing is reported; an ignored file elsewhere is, so that the user can be told
    why nothing happens. There is no polling instead: it would cost a large folder more than it
    gives, so where the system cannot watch, the error says how to make it.
    """

    def __init__(
        self,
        root: Path,
        rules: IgnoreRules,
        quiet: float = 0.08,
        observer: Callable[[], BaseObserver] = system_observer,
    ) -> None:
        self._root = Path(os.path.realpath(root))
        self._rules = rules
        self._quiet = quiet
        self._observer = observer

    @asynccontextmanager
    async def changes(self) -> AsyncGenerator[AsyncIterator[tuple[str, ...]]]:
        """Open the stream of changed paths, also removed ones; one burst of events is one tuple.

        A folder that was moved or removed is told, too, by the uppermost one's path: of its files
        not all may be. Raises FileError where the folder cannot be watched; the stream raises it
        when the folder is removed or moved, or can no longer be watched.
        """
        burst = Burst(self._root)
        relay = _Relay(self._root, self._rules, burst, self._observer)
        try:
            await asyncio.to_thread(relay.start)
            yield self._bursts(burst)
        finally:
            await asyncio.to_thread(relay.stop)

    async def _bursts(self, burst: Burst) -> AsyncIterator[tuple[str, ...]]:
        while True:
            yield await burst.next(self._quiet)


class _Relay(FileSystemEventHandler):
    """Turns watchdog's events, which come in its own OS thread, into changed paths.

    Each watched folder directly in the root has a watch of its own, so that ``node_modules`` and
    its like cost neither watches nor events.
    """

    def __init__(
        self,
        root: Path,
        rules: IgnoreRules,
        burst: Burst,
        observer: Callable[[], BaseObserver],
    ) -> None:
        self._root = root
        self._rules = rules
        self._burst = burst
        self._new_observer = observer
        self._observer: BaseObserver | None = None
        self._watches: dict[str, ObservedWatch] = {}
        self._whole = False
        # A checkout has tens of thousands of events: its folders are judged once for a burst.
        self._held, self._held_for = HeldRules(rules), 0
        # A start that its task no longer waits for must not outlive the stop.
        self._lock = threading.Lock()
        self._stopped = False

    def start(self) -> None:
        """Begin; raises FileError."""
        with self._lock:
            if self._stopped:
                return
            try:
                if not self._root.is_dir():
                    raise FileError(
                        say("{root} is not a folder.", root=self._root),
                        say("Open one that exists."),
                    )
                # Where folders are made while a watch is added, watchdog adds it twice and warns;
                # where warnings are errors, that would end its thread.
                warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)
                self._observer = self._new_observer()
                self._observer.start()
                self._schedule_all(self._observer)
            except OSError as error:
                raise _unwatchable(self._root, error) from error

    def stop(self) -> None:
        """End, and wait for watchdog's threads; no change is reported afterwards."""
        with self._lock:
            self._stopped = True
            if self._observer is not None and self._observer.is_alive():
                self._observer.stop()
                self._observer.join()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Report what the event says changed."""
        try:
            self._handle(event)
        except OSError as error:
            self._burst.fail(_unwatchable(self._root, error))

    def _handle(self, event: FileSystemEvent) -> None:
        source, target = self._relative(event.src_path), self._relative(event.dest_path)
        match event:
            case DirCreatedEvent():
                self._folder_came(source)
            case DirMovedEvent():
                self._folder_left(source)
                self._folder_came(target)
            case DirDeletedEvent():
                self._folder_left(source)
            case FileMovedEvent():
                self._report(source)
                self._report(target)
            case FileCreatedEvent():
                self._report(source, is_new=True)
            case FileClosedEvent() | FileModifiedEvent() | FileDeletedEvent():
                self._report(source)

    def _report(self, path: str | None, is_new: bool = False) -> None:
        if not path:
            return
        if path.endswith(".gitignore") or self._held_for != self._burst.number:
            self._held, self._held_for = HeldRules(self._rules), self._burst.number
        if self._burst.stir(path):
            return
        if not self._held.silent(path):
            # What a compiler writes beside its sources holds no save back.
            is_watched = self._burst.is_few and self._held.check(path) is None
            self._burst.add(path, is_new, is_watched=is_watched)

    def _folder_came(self, path: str | None) -> None:
        if not path or self._rules.check(path, is_folder=True) is not None:
            return
        if "/" not in path and not self._whole and self._observer is not None:
            self._schedule(self._observer, path)
        # Files that were written before the watch was there have no event of their own.
        for file in self._rules.files(path, limit=sys.maxsize):
            self._report(file)

    def _folder_left(self, path: str | None) -> None:
        if path == "":
            self._burst.fail(
                FileError(
                    say("{root} was removed.", root=self._root),
                    say("Open another folder, or this one again."),
                )
            )
            return
        if not path:
            return
        if path in self._watches and self._observer is not None:
            watch = self._watches.pop(path)
            with suppress(KeyError):  # its emitter may have ended by itself
                self._observer.unschedule(watch)
        # Of one that is moved the system tells nothing of what is in it, and of one that is removed
        # what its own watch has not yet told goes with that watch.
        if self._rules.check(path, is_folder=True) is None:
            self._burst.leave(path)

    def _schedule_all(self, observer: BaseObserver) -> None:
        folders = self._rules.folders()
        self._whole = len(folders) > _MOST_WATCHES
        for name in () if self._whole else folders:
            self._schedule(observer, name)
        # The root last: watchdog passes over folders inside that it cannot watch, so a limit that
        # was reached in one of them shows only with the next watch.
        observer.schedule(self, str(self._root), recursive=self._whole, event_filter=_KINDS)

    def _schedule(self, observer: BaseObserver, name: str) -> None:
        try:
            inside = _Inside(str(self._root / name), self)
            self._watches[name] = observer.schedule(
                inside, inside.folder, recursive=True, event_filter=_KINDS
            )
        except (FileNotFoundError, NotADirectoryError):
            return  # gone again

    def _relative(self, path: bytes | str) -> str | None:
        """Return the path within the root, "" for the root itself, None for no path."""
        if not path:
            return None
        relative = os.path.relpath(os.fsdecode(path), self._root)
        return "" if relative == "." else relative.replace(os.sep, "/")


class _Inside(FileSystemEventHandler):
    """Hands on what a folder's own watch says, but for the end of the folder itself.

    The root's watch says that, too. Each watch has an OS thread, so of a folder that was removed
    and made again its own watch may tell the end after the root's has told the new beginning, and
    the new watch would be taken for the old one.
    """

    def __init__(self, folder: str, relay: _Relay) -> None:
        self.folder = folder
        self._relay = relay

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Hand on an event."""
        of_itself = os.fsdecode(event.src_path) == self.folder
        if not (of_itself and isinstance(event, DirDeletedEvent | DirMovedEvent)):
            self._relay.on_any_event(event)


def _unwatchable(root: Path, error: OSError) -> FileError:
    if error.errno in (errno.ENOSPC, errno.EMFILE):
        name = "max_user_watches" if error.errno == errno.ENOSPC else "max_user_instances"
        return FileError(
            say(
                "{root} cannot be watched: the system's limit fs.inotify.{name} is reached.",
                root=root,
                name=name,
            ),
            say(
                "Raise it, for example with: sudo sysctl fs.inotify.{name}={number}; or open "
                "a smaller folder.",
                name=name,
                number=524288 if error.errno == errno.ENOSPC else 1024,
            ),
        )
    return FileError(
        say(
            "{root} cannot be watched: {reason}.",
            root=root,
            reason=(error.strerror or str(error)).lower(),
        ),
        say("Check its permissions, or open another folder."),
    )
