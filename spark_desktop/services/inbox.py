"""From saved files to triggers; whatever starts nothing is said, with its reason."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from spark_desktop.domain.errors import FileError, FileTooLargeError, NotTextError, SparkError
from spark_desktop.domain.events import (
    ChangeApplied,
    ChangeIgnored,
    ChangeReverted,
    FilesChanged,
    WatchingChanged,
    WorkFailed,
)
from spark_desktop.domain.secret_files import secret_in_file
from spark_desktop.domain.settings import Watching
from spark_desktop.domain.trigger import Stub, Trigger, title_of
from spark_desktop.domain.words import joined, say
from spark_desktop.domain.workspace import Ignored, IgnoreReason, Snapshot
from spark_desktop.services.bus import Bus
from spark_desktop.services.locate import lines_of, unseen
from spark_desktop.services.ports import FileStore, FileWatch, Syntax
from spark_desktop.services.review import ReviewService
from spark_desktop.services.seen_texts import NoCommits, SeenTexts
from spark_desktop.services.turns import Turns

# Stubs taken from one save: a file full of them would keep a small model busy for minutes.
STUBS_PER_SAVE = 3

# What a save asks for beside the comments and stubs that stand in the file, by the version before
# (None for a new file) and the saved one.
SaveFinder = Callable[[Snapshot | None, Snapshot], Awaitable[Sequence[Trigger]]]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Look:
    """What is known of a save: ``standing`` is how many comments and stubs the file holds."""

    is_own: bool
    is_unchanged: bool
    standing: int


class Inbox:
    """Follows the watched folder and requests a turn for each new trigger."""

    def __init__(
        self,
        files: FileStore,
        watch: FileWatch,
        syntax: Syntax,
        turns: Turns,
        review: ReviewService,
        bus: Bus,
    ) -> None:
        self._files = files
        self._watch = watch
        self._syntax = syntax
        self._turns = turns
        self._review = review
        self._bus = bus
        self._digests: dict[str, str] = {}
        self._known: dict[str, tuple[Trigger, ...]] = {}
        # The lines that our last write put into each file.
        self._written: dict[str, frozenset[str]] = {}
        # What starts a proposal; the user may change it at any time.
        self.watching = Watching()
        # What else looks at each save; its triggers go through the same rules as all others.
        self.finders: list[SaveFinder] = []
        # Its ``commits`` may be set to what the project's version control knows.
        self.seen = SeenTexts(NoCommits())
        self._is_paused = False
        self._missed: dict[str, None] = {}
        bus.subscribe(ChangeApplied, self._wrote)
        bus.subscribe(ChangeReverted, self._wrote)

    @property
    def is_paused(self) -> bool:
        """Return whether saves start nothing now."""
        return self._is_paused

    def pause(self) -> None:
        """Let saves start nothing until ``resume``; each is said, with that reason.

        Proposals that wait are still kept in step with their files.
        """
        if not self._is_paused:
            self._is_paused = True
            self._bus.publish(WatchingChanged(True))

    def resume(self) -> tuple[str, ...]:
        """Let saves start proposals again; return the files that were saved meanwhile.

        What they ask for starts with their next save, or when they are given to ``saved``.
        """
        missed, self._missed = tuple(self._missed), {}
        if self._is_paused:
            self._is_paused = False
            self._bus.publish(WatchingChanged(False, missed))
        return missed

    async def run(self, opened: Callable[[], None] | None = None) -> None:
        """Follow the folder until cancelled; raises FileError where it cannot be watched.

        ``opened`` is called when no later save can be missed any more.
        """
        async with self._watch.changes() as bursts:
            if opened is not None:
                opened()
            async for paths in bursts:
                await self.saved(paths)

    async def scan(self, paths: Iterable[str]) -> tuple[Trigger, ...]:
        """Return the comments for Spark that stand in the files now; unreadable ones are said."""
        found: list[Trigger] = []
        for path in paths:
            snapshot = await self._read(path)
            if snapshot is not None:
                triggers = self._syntax.triggers(snapshot)
                found.extend(trigger for trigger in triggers if not isinstance(trigger, Stub))
        return tuple(found)

    async def saved(self, paths: Iterable[str]) -> None:
        """Take one burst of saved files, which is one change."""
        watched = []
        for path in paths:
            ignored = await self._files.ignored(path)
            if ignored is None:
                watched.append(path)
            else:
                self._bus.publish(ChangeIgnored(ignored))
        if watched:
            self._bus.publish(FilesChanged(tuple(watched)))
        for path in watched:
            await self._take(path)

    async def _take(self, path: str) -> None:
        snapshot = await self._read(path)
        # Also for our own writes: other proposals on the same file must move.
        await self._review.file_changed(path)
        if snapshot is None:
            self._digests.pop(path, None)
            self.seen.forget(path)
            return
        unchanged = self._digests.get(path) == snapshot.digest
        self._digests[path] = snapshot.digest
        triggers = self._syntax.triggers(snapshot)
        fresh = unseen(self._known.get(path, ()), triggers)
        self._known[path] = triggers
        own = self._files.is_own_write(path, snapshot.digest)
        if own:
            fresh = [trigger for trigger in fresh if not self._is_ours(trigger)]
        if self._is_paused:
            # What is fresh stays so, and the version before, too: both are wanted when watching
            # goes on.
            self._known[path] = tuple(one for one in triggers if one not in fresh)
            self._pass_over(path, own)
            return
        found = [] if own else await self._found(snapshot)
        self.seen.keep(snapshot)
        self._sort(path, [*fresh, *found], _Look(own, unchanged, len(triggers)))

    async def _found(self, snapshot: Snapshot) -> list[Trigger]:
        """Return what the finders see in a save that is not ours."""
        if not self.finders or not self.watching.enabled:
            return []
        before = await self.seen.before(snapshot.path)
        if before is not None and before.digest == snapshot.digest:
            return []
        found: list[Trigger] = []
        for finder in self.finders:
            try:
                found.extend(await finder(before, snapshot))
            except SparkError as error:
                self._bus.publish(WorkFailed(error.message, error.next_step))
            except Exception:  # noqa: BLE001 - nobody foresees what is wrong in it
                # One that is broken must not end the watching, nor hide what the others see.
                _log.exception("what looks at saves failed for %s", snapshot.path)
        return found

    def _sort(self, path: str, fresh: list[Trigger], look: "_Look") -> None:
        off = [trigger for trigger in fresh if not self._is_wanted(trigger)]
        if off:
            self._leave(path, off)
        if len(fresh) > len(off):
            self._request(path, [trigger for trigger in fresh if trigger not in off])
        elif off:
            return
        elif look.is_own:
            self._ignore(path, IgnoreReason.OWN_WRITE)
        elif look.is_unchanged:
            self._ignore(path, IgnoreReason.UNCHANGED)
        elif not look.standing:
            self._ignore(path, IgnoreReason.NO_TRIGGER)
        else:
            self._ignore(path, IgnoreReason.KNOWN, say("{count} in this file", count=look.standing))

    def _pass_over(self, path: str, own: bool) -> None:
        if not own:
            self._missed[path] = None
        self._ignore(path, IgnoreReason.OWN_WRITE if own else IgnoreReason.PAUSED)

    def _wrote(self, event: ChangeApplied | ChangeReverted) -> None:
        change = event.change
        lines = (hunk.old if change.undone else hunk.new for hunk in change.hunks)
        self._written[change.path] = frozenset(line for group in lines for line in group)

    def _is_ours(self, trigger: Trigger) -> bool:
        """Return whether our write put the trigger there, not a save that came just before it."""
        written = self._written.get(trigger.snapshot.path)
        if written is None:
            return True
        # A stub's signature stands there before and after: only its body is written.
        lines = trigger.body if isinstance(trigger, Stub) and len(trigger.body) else trigger.lines
        return written.issuperset(lines_of(trigger.snapshot, lines))

    def _is_wanted(self, trigger: Trigger) -> bool:
        is_chosen = self.watching.stubs if isinstance(trigger, Stub) else self.watching.comments
        return self.watching.enabled and is_chosen

    def _leave(self, path: str, off: list[Trigger]) -> None:
        # Not known: switched on again, the next save of the file takes them.
        self._known[path] = tuple(one for one in self._known[path] if one not in off)
        names = joined((title_of(trigger) for trigger in off[:STUBS_PER_SAVE]), ", ")
        self._ignore(path, IgnoreReason.SWITCHED_OFF, names)

    def _request(self, path: str, triggers: list[Trigger]) -> None:
        stubs = [trigger for trigger in triggers if isinstance(trigger, Stub)]
        late = stubs[STUBS_PER_SAVE:]
        for trigger in triggers:
            if trigger not in late:
                self._turns.request(trigger)
        if late:
            # Not known: the next save of the file takes them.
            self._known[path] = tuple(t for t in self._known[path] if t not in late)
            names = ", ".join(f"{stub.name}()" for stub in late)
            left = say("{names}; the next save of the file takes them", names=names)
            self._ignore(path, IgnoreReason.TOO_MANY, left)

    async def _read(self, path: str) -> Snapshot | None:
        try:
            snapshot = await self._files.read(path)
            content = snapshot.text.content
            # What stands in such a file, or around its comment, would go to the model.
            if secret := await asyncio.to_thread(secret_in_file, path, content):
                self._ignore(path, IgnoreReason.SECRET, secret)
                return None
            return snapshot
        except FileTooLargeError as error:
            self._ignore(path, IgnoreReason.TOO_LARGE, error.message)
        except NotTextError as error:
            self._ignore(path, IgnoreReason.BINARY, error.message)
        except FileError as error:
            self._ignore(path, IgnoreReason.DELETED, error.message)
        return None

    def _ignore(self, path: str, reason: IgnoreReason, detail: str = "") -> None:
        self._bus.publish(ChangeIgnored(Ignored(path, reason, detail)))
