"""Many files that change at once: a branch switch or a formatter is one change, not a thousand."""

import asyncio
from collections.abc import Awaitable, Callable, Container, Sequence
from dataclasses import dataclass
from typing import Protocol

from spark_desktop.domain.errors import (
    FileError,
    FileTooLargeError,
    MissingFileError,
    NotTextError,
)
from spark_desktop.domain.events import FilesChanged
from spark_desktop.domain.inbox_entry import InboxEntry, Outcome, burst_reason
from spark_desktop.domain.secret_files import secret_in_file
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import EditComment, QuestionComment, Trigger
from spark_desktop.domain.workspace import Glance, Ignored, IgnoreReason, Snapshot, shown_path
from spark_desktop.services.bus import Bus
from spark_desktop.services.inbox_log import InboxLog
from spark_desktop.services.ports import FileStore, Syntax
from spark_desktop.services.recent_saves import FEW, Going, RecentSaves, Single
from spark_desktop.services.seen_texts import SeenTexts

# Nobody saves so many files by hand between two pauses.
MANY = 100
# Files that are looked at in one go, in another OS thread.
_SLICE = 200
# Files of a burst that are read for their comments; a checkout may bring thousands of them.
_MOST_READ = 50
_MARKS = ("AI!", "AI?")


class SavedFiles(FileStore, Protocol):
    """The files of one workspace, of which many can be looked at without reading each for good."""

    async def glance(self, paths: Sequence[str], marks: Sequence[str]) -> tuple[Glance, ...]:
        """Return what a short look at each of the files tells; ``marks`` are looked for."""
        ...


@dataclass(frozen=True, slots=True)
class Burst:
    """Files that changed at once; ``has_switched``: another branch or commit was checked out.

    ``singles`` are the saves before it, one by one, that are part of it, as are the files of
    ``going``: the burst that goes on with it.
    """

    paths: tuple[str, ...]
    has_switched: bool
    singles: tuple[Single, ...] = ()
    going: Going | None = None


class SaveBursts:
    """Takes bursts: one entry each, which proposes nothing and offers the comments for Spark."""

    def __init__(
        self, files: SavedFiles, syntax: Syntax, seen: SeenTexts, log: InboxLog, bus: Bus
    ) -> None:
        self._files = files
        self._syntax = syntax
        self._seen = seen
        self._log = log
        self._bus = bus
        self._head = ""
        self.recent = RecentSaves()

    async def look(self) -> None:
        """Note what is checked out, before anything changes."""
        self._head = await self._seen.commits.head()

    async def split(self, paths: tuple[str, ...]) -> tuple[Burst | None, tuple[str, ...]]:
        """Return what of the changed files is a burst, and those that were saved one by one."""
        before, head = self._head, await self._seen.commits.head()
        self._head = head
        has_switched = bool(before) and bool(head) and before != head
        if going := self.recent.going(len(paths)):
            return await self._apart(paths, has_switched, going)
        recent = self.recent.paths
        if len(paths) >= MANY and len(recent) < FEW:
            return Burst(paths, has_switched), ()
        if len(recent | set(paths)) >= MANY:
            return await self._apart(paths, has_switched, None)
        if not has_switched:
            return None, paths
        # The switch may be older than this save: only what is as it was committed came with it.
        switched = [path for path in paths if await self._is_as_committed(path)]
        if not switched:
            return None, paths
        others = tuple(path for path in paths if path not in switched)
        return Burst(tuple(switched), has_switched), others

    async def _apart(
        self, paths: tuple[str, ...], has_switched: bool, going: Going | None
    ) -> tuple[Burst | None, tuple[str, ...]]:
        """Return the burst that comes of files after others, or goes on with them, and the rest.

        What is ignored, and what we wrote ourselves, is no tool's work on the project.
        """
        glances = await self._files.glance(paths, ())
        foreign = tuple(
            one.path
            for one in glances
            if one.ignored is None and not self._files.is_own_write(one.path, one.digest)
        )
        others = tuple(path for path in paths if path not in foreign)
        if going is not None and foreign:
            return Burst(foreign, has_switched, going=going), others
        if not foreign or len(self.recent.paths | set(foreign)) < MANY:
            return None, paths
        burst = Burst(foreign, has_switched, self.recent.take(), Going(""))
        return burst, others

    async def take(
        self,
        burst: Burst,
        open_paths: Callable[[], Container[str]],
        moved: Callable[[str], Awaitable[None]],
        is_wanted: Callable[[Trigger], bool],
        requests: Sequence[str] = (),
    ) -> InboxEntry:
        """Return the one entry of a burst, which is kept in the log.

        ``moved`` is called for each file of ``open_paths``: what is proposed there has to be kept
        in step. Comments that are not wanted (``is_wanted``) are not offered. ``requests`` are
        what the user asked for in the saves that are part of it.
        """
        glances: list[Glance] = []
        for start in range(0, len(burst.paths), _SLICE):
            part = burst.paths[start : start + _SLICE]
            glances.extend(await self._files.glance(part, _MARKS))
        changed = tuple(one.path for one in glances if one.ignored is None)
        if changed:
            self._bus.publish(FilesChanged(changed))
        for path in burst.paths:
            # What is held back was found beside the version before; of a switch none is left.
            if burst.has_switched or not self._seen.is_held(path):
                self._seen.forget(path)
        in_step = open_paths()
        for path in changed:
            if path in in_step:
                await moved(path)
        foreign = [one for one in glances if not self._files.is_own_write(one.path, one.digest)]
        if not foreign:
            return self._own(burst)
        marked = [one.path for one in foreign if one.ignored is None and one.is_marked]
        so_far = burst.going or Going("")
        read = marked[: max(_MOST_READ - so_far.read, 0)]
        offered = [
            trigger for path in read for trigger in await self._comments(path) if is_wanted(trigger)
        ]
        so_far.read += len(read)
        so_far.unread += len(marked) - len(read)
        so_far.has_switched = so_far.has_switched or burst.has_switched
        so_far.paths |= dict.fromkeys(one.path for one in burst.singles)
        so_far.paths |= dict.fromkeys(one.path for one in foreign)
        entry = self._settle(burst, so_far, offered, requests)
        if burst.going is not None:
            so_far.entry_id = entry.id
            self.recent.go_on(so_far)
        return entry

    def _settle(
        self, burst: Burst, so_far: Going, offered: list[Trigger], requests: Sequence[str]
    ) -> InboxEntry:
        before = self._log.find(so_far.entry_id)
        if before is not None:
            told = {one.snapshot.path for one in offered}
            offered = [*(one for one in before.offered if one.snapshot.path not in told), *offered]
        reason = burst_reason(len(so_far.paths), so_far.has_switched, len(offered), so_far.unread)
        paths = burst.paths if before is None and burst.going is None else so_far.paths
        shown = tuple(map(shown_path, paths))
        if before is not None:
            return self._log.widen(before, shown, reason, offered)
        return self._log.settle(
            shown,
            Outcome.IGNORED,
            reason,
            cause=IgnoreReason.BURST,
            requests=requests,
            offered=offered,
            is_burst=True,
        )

    def _own(self, burst: Burst) -> InboxEntry:
        cause = IgnoreReason.OWN_WRITE
        shown = tuple(map(shown_path, burst.paths))
        return self._log.settle(shown, Outcome.IGNORED, cause.value, cause=cause, is_burst=True)

    async def _comments(self, path: str) -> list[Trigger]:
        snapshot = await read_for_saves(self._files, path)
        if isinstance(snapshot, Ignored):
            return []
        found = self._syntax.triggers(snapshot)
        return [one for one in found if isinstance(one, EditComment | QuestionComment)]

    async def _is_as_committed(self, path: str) -> bool:
        (glance,) = await self._files.glance((path,), ())
        committed = await self._seen.commits.text(path)
        return glance.digest in ({""} if committed is None else _digests(committed))


def _digests(committed: SourceText) -> set[str]:
    """Return the digests that a text may have when git checks it out: it may end lines anew."""
    plain = committed.content.replace("\r\n", "\n")
    endings = (plain, plain.replace("\n", "\r\n"))
    return {committed.digest, *(committed.with_content(one).digest for one in endings)}


async def read_for_saves(files: FileStore, path: str) -> Snapshot | Ignored:
    """Return a saved file's text, or why nothing in it can start anything."""
    try:
        snapshot = await files.read(path)
    except FileTooLargeError as error:
        return Ignored(path, IgnoreReason.TOO_LARGE, error.message)
    except NotTextError as error:
        return Ignored(path, IgnoreReason.BINARY, error.message)
    except MissingFileError as error:
        return Ignored(path, IgnoreReason.DELETED, error.message)
    except FileError as error:
        return Ignored(path, IgnoreReason.UNREADABLE, error.message)
    # What stands in such a file, or around its comment, would go to the model.
    secret = await asyncio.to_thread(secret_in_file, path, snapshot.text.content)
    return Ignored(path, IgnoreReason.SECRET, secret) if secret else snapshot
