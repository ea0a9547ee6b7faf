"""From saved files to triggers: each save ends in one entry, with its reason."""

import asyncio
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from spark_desktop.domain.events import (
    ChangeIgnored,
    FilesChanged,
    RestChanged,
    WatchingChanged,
)
from spark_desktop.domain.inbox_entry import InboxEntry, Outcome, held_reason, names_of
from spark_desktop.domain.proposal import Conflict, Failed, Queued, Ready, Streaming
from spark_desktop.domain.rest import Rest
from spark_desktop.domain.settings import Watching
from spark_desktop.domain.trigger import (
    FailingTest,
    FollowUp,
    QuestionComment,
    Stub,
    Trigger,
)
from spark_desktop.domain.words import joined, say
from spark_desktop.domain.workspace import Ignored, IgnoreReason, Snapshot
from spark_desktop.services.bus import Bus
from spark_desktop.services.held_back import HeldBack
from spark_desktop.services.inbox_log import InboxLog
from spark_desktop.services.locate import is_gone, is_same_place, located, unseen
from spark_desktop.services.own_writes import OwnWrites
from spark_desktop.services.ports import FileWatch, Syntax
from spark_desktop.services.recent_saves import Single
from spark_desktop.services.review import ReviewService
from spark_desktop.services.save_bursts import Burst, SaveBursts, SavedFiles, read_for_saves
from spark_desktop.services.save_finders import Found, SaveFinder, found_by
from spark_desktop.services.save_rules import is_told, is_unasked, refusal, with_below
from spark_desktop.services.seen_texts import NoCommits, SeenTexts
from spark_desktop.services.stale import is_stale
from spark_desktop.services.turns import Turns

# Stubs taken from one save: a file full of them would keep a small model busy for minutes.
STUBS_PER_SAVE = 3


@dataclass(frozen=True, slots=True)
class _Look:
    """What is known of a save: ``standing`` is how many comments and stubs the file holds.

    ``note`` says why it asks for nothing, where that is known.
    """

    path: str
    is_own: bool
    is_unchanged: bool
    standing: int
    note: Ignored | None = None


class Inbox:
    """Follows the watched folder and requests a turn for each new trigger.

    ``log`` holds the entries; everything that is ignored is told as ChangeIgnored, too.
    """

    def __init__(
        self,
        files: SavedFiles,
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
        # What waited for its turn when its file went away.
        self._gone: dict[str, set[str]] = {}
        self._own_writes = OwnWrites(bus)
        # What starts a proposal; the user may change it at any time.
        self.watching = Watching()
        # What else looks at each save; its triggers go through the same rules as all others.
        self.finders: list[SaveFinder] = []
        # Its ``commits`` may be set to what the project's version control knows.
        self.seen = SeenTexts(NoCommits())
        self.log = InboxLog(bus)
        self._bursts = SaveBursts(files, syntax, self.seen, self.log, bus)
        self._held = HeldBack(self.log)
        self._lock = asyncio.Lock()
        self._rest = Rest()
        self._is_paused = False
        self._missed: dict[str, None] = {}
        bus.subscribe(RestChanged, self._rested)

    @property
    def is_paused(self) -> bool:
        """Return whether the user paused watching: saves start nothing until ``resume``."""
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

        What they ask for starts with their next save, or when they are given to ``saved``. During a
        snooze they are told when that is over.
        """
        was_paused, self._is_paused = self._is_paused, False
        missed: tuple[str, ...] = ()
        if not self._rest.is_snoozed:
            missed, self._missed = tuple(self._missed), {}
        if was_paused:
            self._bus.publish(WatchingChanged(False, missed))
        return missed

    async def run(self, opened: Callable[[], None] | None = None) -> None:
        """Follow the folder until cancelled; raises FileError where it cannot be watched.

        ``opened`` is called when no later save can be missed any more.
        """
        async with self._watch.changes() as bursts:
            await self._bursts.look()
            if opened is not None:
                opened()
            async for paths in bursts:
                await self.saved(paths)

    async def scan(self, paths: Iterable[str]) -> tuple[Trigger, ...]:
        """Return the comments for Spark that stand in the files now; unreadable ones are said."""
        found: list[Trigger] = []
        for path in paths:
            snapshot = await read_for_saves(self._files, path)
            if isinstance(snapshot, Ignored):
                self._bus.publish(ChangeIgnored(snapshot))
                continue
            triggers = self._syntax.triggers(snapshot)
            found.extend(trigger for trigger in triggers if not isinstance(trigger, Stub))
        return tuple(found)

    async def saved(self, paths: Iterable[str]) -> None:
        """Take one burst of saved files, which is one change; each path ends in one entry."""
        async with self._lock:
            standing = (path for path, triggers in self._known.items() if triggers)
            changed = with_below(paths, {*standing, *self._open_paths()})
            burst, others = await self._bursts.split(changed)
            if burst is not None:
                await self._take_burst(burst)
            watched = []
            for path in others:
                ignored = await self._files.ignored(path)
                if ignored is None:
                    watched.append(path)
                else:
                    self._ignore(ignored)
            if watched:
                self._bus.publish(FilesChanged(tuple(watched)))
            for path in watched:
                await self._take(path)

    def found(self, path: str, triggers: Sequence[Trigger]) -> InboxEntry | None:
        """Take what was found in a file without a save, as by a test run, by the same rules.

        It takes the place of what was found so before and is held back: return the entry it ended
        in, None where there is nothing.
        """
        still = [one for one in self._held.of(path) if not isinstance(one, FailingTest)]
        if not triggers:
            self._held.keep(path, still)
            return None
        if self._is_paused or self._rest.is_snoozed:
            self._held.drop(path)
            entry = self._ignore(self._paused(path), [*still, *triggers])
            self._held.hold(path, entry)
            return entry
        return self._sort(list(triggers), _Look(path, False, False, 0), still)

    def put_off(self, path: str, told: str) -> InboxEntry:
        """Return the entry for what was found, and starts nothing yet; ``told`` says when it may.

        ``path`` is where it was found, at least some of it.
        """
        return self._ignore(Ignored(path, IgnoreReason.PUT_OFF, told))

    def start(self, entry_id: str) -> tuple[str, ...]:
        """Ask for what an entry offers; return the ids. Raises SparkError for an unknown one.

        Where a newer save of its file holds back something else, that is what the file needs now.
        """
        entry = self.log.get(entry_id)
        if entry.is_burst:
            offered, offering = entry.offered, entry_id
        else:
            (path,) = entry.paths
            held = self._held.take(path)
            if held is None:
                return ()
            offered, offering = held.triggers, held.entry_id
            self._know(path, offered)
            self.seen.release(path)
        requests = self._ask(offered)
        if requests:
            self.log.started(offering, requests)
        return tuple(requests)

    async def _take_burst(self, burst: Burst) -> None:
        for path in burst.paths:
            self._digests.pop(path, None)
            if burst.has_switched:
                self._held.drop(path)
        asked: list[str] = []
        for single in burst.singles:
            asked += self._take_back(single)
        await self._bursts.take(
            burst, self._open_paths, self._moved_by_burst, self._is_offered, asked
        )

    def _take_back(self, single: Single) -> list[str]:
        """Take back what a save asked for that is part of a burst; return what the user asked."""
        unasked = {
            one.id: one.trigger
            for one in self._turns.proposals()
            if one.id in single.requests and is_unasked(one.trigger)
        }
        self._turns.take_back(unasked, _ONE_OF_MANY)
        self._digests.pop(single.path, None)
        # The next save of the file alone finds it again.
        self._known[single.path] = tuple(
            known
            for known in self._known.get(single.path, ())
            if not any(is_same_place(one, known) for one in unasked.values())
        )
        if not single.held:
            self._held.drop(single.path)
        self.log.absorb(single.entry_id)
        return [one for one in single.requests if one not in unasked]

    async def _take(self, path: str) -> InboxEntry:
        snapshot = await read_for_saves(self._files, path)
        if isinstance(snapshot, Ignored) and snapshot.reason is IgnoreReason.UNREADABLE:
            # It may be locked, and is most likely still what it was.
            return self._ignore(snapshot)
        await self._moved(path, snapshot)
        if isinstance(snapshot, Ignored):
            self._forget(path)
            self._held.drop(path)
            return self._ignore(snapshot)
        unchanged = self._digests.get(path) == snapshot.digest
        self._digests[path] = snapshot.digest
        triggers = self._syntax.triggers(snapshot)
        known = unseen(self._failed_meanwhile(path), self._known.get(path, ()))
        fresh = unseen(known, triggers)
        self._known[path] = triggers
        own = self._files.is_own_write(path, snapshot.digest)
        if own:
            fresh = [trigger for trigger in fresh if not self._own_writes.brought(trigger)]
        if self._is_paused or self._rest.is_snoozed:
            # What is fresh stays so, and the version before, too: both are wanted when watching
            # goes on.
            self._known[path] = tuple(one for one in triggers if one not in fresh)
            self._held.keep(path, self._held_in(snapshot))
            return self._pass_over(path, own)
        look = _Look(path, own, unchanged, len(triggers))
        if own:
            # It says nothing of what the user changed before: that is held back as it was.
            self.seen.wrote(snapshot)
            return self._sort(fresh, look, self._held_in(snapshot))
        found = await self._look(snapshot)
        fresh += [one for one in found if not isinstance(one, Ignored)]
        notes = [one for one in found if isinstance(one, Ignored) and is_told(one, self.watching)]
        look = replace(look, note=next(iter(notes), None))
        # Whether tests fail is said when they have run again.
        held = self._held.of(path)
        asked = {one.id for one in self._turns.proposals()}
        entry = self._sort(fresh, look, [one for one in held if isinstance(one, FailingTest)])
        anew = tuple(one for one in entry.requests if one not in asked)
        self._bursts.recent.note(Single(path, entry.id, anew, bool(held)))
        return entry

    def _held_in(self, snapshot: Snapshot) -> list[Trigger]:
        """Return what is held back of a file and still stands in its newer text."""
        held = [one for one in self._held.of(snapshot.path) if not isinstance(one, QuestionComment)]
        # What is asked of other files stands as it was found.
        there = [
            located(one, snapshot, self._syntax) if one.snapshot.path == snapshot.path else one
            for one in held
        ]
        return [one for one in there if one is not None]

    async def _moved(
        self, path: str, snapshot: Snapshot | Ignored, *, is_of_burst: bool = False
    ) -> None:
        """Keep what is written and what waits in step with the file; our own writes count, too."""
        running = self._turns.running
        if running is not None and running.trigger.snapshot.path == path:
            if isinstance(snapshot, Ignored):
                self._turns.supersede(None)
                # Nothing is proposed for it any more: it is new where the file comes back.
                self._known[path] = tuple(unseen([running.trigger], self._known.get(path, ())))
            else:
                again = located(running.trigger, snapshot, self._syntax)
                if again is None or is_stale(running, snapshot):
                    self._turns.supersede(again)
        if isinstance(snapshot, Ignored):
            about = [one for one in self._turns.proposals() if one.trigger.snapshot.path == path]
            if waited := {one.id for one in about if isinstance(one.state, Queued)}:
                self._gone.setdefault(path, set()).update(waited)
        if isinstance(snapshot, Ignored) or is_of_burst:
            # What comes and goes with a branch may come back, and the user asked for it.
            await self._review.file_changed(path)
        else:
            await self._review.file_changed(path, lambda one: is_gone(one, snapshot, self._syntax))

    def _failed_meanwhile(self, path: str) -> list[Trigger]:
        """Return what asked for proposals that failed since their turn came while it was gone."""
        waited = self._gone.pop(path, ())
        proposals = self._turns.proposals()
        return [
            one.trigger for one in proposals if one.id in waited and isinstance(one.state, Failed)
        ]

    def _open_paths(self) -> frozenset[str]:
        return frozenset(one.trigger.snapshot.path for one in self._turns.proposals())

    async def _moved_by_burst(self, path: str) -> None:
        await self._moved(path, await read_for_saves(self._files, path), is_of_burst=True)

    async def _look(self, snapshot: Snapshot) -> list[Found]:
        """Return what the finders see in a save that is not ours, and keep it as the last seen."""
        before = await self.seen.before(snapshot.path)
        found: list[Found] = []
        if self.watching.enabled and (before is None or before.digest != snapshot.digest):
            found = await found_by(self.finders, before, snapshot, self._bus)
        is_held = any(
            refusal(one, self.watching, self._rest) is IgnoreReason.QUIET
            for one in found
            if not isinstance(one, Ignored)
        )
        if is_held and before is not None:
            self.seen.hold(before, snapshot)
        else:
            self.seen.keep(snapshot)
        return found

    def _sort(self, fresh: list[Trigger], look: _Look, still: Sequence[Trigger] = ()) -> InboxEntry:
        """Settle a save; ``still`` is what is held back of its file from before."""
        refused: dict[IgnoreReason, list[Trigger]] = {}
        wanted: list[Trigger] = []
        for trigger in fresh:
            reason = refusal(trigger, self.watching, self._rest)
            (wanted if reason is None else refused.setdefault(reason, [])).append(trigger)
        for triggers in refused.values():
            self._leave(look.path, triggers)
        still = [one for one in still if not any(is_same_place(one, new) for new in fresh)]
        quiet = refused.get(IgnoreReason.QUIET, [])
        # The newest entry that holds something back offers all that is.
        self._held.keep(look.path, [] if quiet else still)
        offered = [*quiet, *still] if quiet else []
        if wanted:
            entry = self._request(look.path, wanted, offered)
        elif refused:
            cause, triggers = next(iter(refused.items()))
            told = joined((cause.value, names_of(triggers)), ": ")
            if cause is IgnoreReason.QUIET:
                told = held_reason(offered)
            entry = self.log.settle(
                (look.path,), Outcome.IGNORED, told, cause=cause, offered=offered
            )
        else:
            entry = self._settle_idle(look)
        if offered:
            self._held.hold(look.path, entry)
        # After the entry: what it asked for takes the file off the list of those ignored.
        for reason, triggers in refused.items():
            self._tell(Ignored(look.path, reason, names_of(triggers)))
        return entry

    def _settle_idle(self, look: _Look) -> InboxEntry:
        """Settle a save that holds nothing new."""
        if look.is_own:
            return self._ignore(Ignored(look.path, IgnoreReason.OWN_WRITE))
        if look.is_unchanged:
            return self._ignore(Ignored(look.path, IgnoreReason.UNCHANGED))
        if look.note is not None:
            return self._ignore(look.note)
        if not look.standing:
            return self._ignore(Ignored(look.path, IgnoreReason.NO_TRIGGER))
        detail = say("{count} in this file", count=look.standing)
        ignored = Ignored(look.path, IgnoreReason.KNOWN, detail)
        waits = [
            one.id
            for one in self._turns.proposals()
            if one.trigger.snapshot.path == look.path
            and isinstance(one.state, Queued | Streaming | Ready | Conflict)
        ]
        if not waits:
            return self._ignore(ignored)
        self._tell(ignored)
        return self.log.settle((look.path,), Outcome.MERGED, _MERGED, requests=waits)

    def _request(
        self, path: str, triggers: list[Trigger], offered: Sequence[Trigger]
    ) -> InboxEntry:
        late = [trigger for trigger in triggers if isinstance(trigger, Stub)][STUBS_PER_SAVE:]
        taken = [trigger for trigger in triggers if trigger not in late]
        known = {proposal.id for proposal in self._turns.proposals()}
        requests = self._ask(taken)
        is_merged = known.issuperset(requests)
        entry = self.log.settle(
            (path,),
            Outcome.MERGED if is_merged else Outcome.QUEUED,
            _MERGED if is_merged else names_of(taken),
            requests=requests,
            offered=offered,
        )
        if late:
            # The next save of the file takes them.
            self._leave(path, late)
            names = ", ".join(f"{stub.name}()" for stub in late if isinstance(stub, Stub))
            left = say("{names}; the next save of the file takes them", names=names)
            self._tell(Ignored(path, IgnoreReason.TOO_MANY, left))
        return entry

    def _ask(self, triggers: Sequence[Trigger]) -> list[str]:
        """Request the triggers; the places that one change asks for are one group."""
        titles = Counter(one.title for one in triggers if isinstance(one, FollowUp))
        groups = {title: uuid.uuid4().hex for title, count in titles.items() if count > 1}
        return [
            self._turns.request(
                trigger, groups.get(trigger.title, "") if isinstance(trigger, FollowUp) else ""
            )
            for trigger in triggers
        ]

    def _pass_over(self, path: str, own: bool) -> InboxEntry:
        if own:
            return self._ignore(Ignored(path, IgnoreReason.OWN_WRITE))
        self._missed[path] = None
        return self._ignore(self._paused(path))

    def _paused(self, path: str) -> Ignored:
        until = self._rest.until
        if self._is_paused or until is None:
            return Ignored(path, IgnoreReason.PAUSED)
        return Ignored(
            path, IgnoreReason.SNOOZED, say("until {time}", time=until.strftime("%H:%M"))
        )

    def _rested(self, event: RestChanged) -> None:
        was_snoozed, self._rest = self._rest.is_snoozed, event.rest
        if was_snoozed and not self._rest.is_snoozed and not self._is_paused and self._missed:
            missed, self._missed = tuple(self._missed), {}
            self._bus.publish(WatchingChanged(False, missed))

    def _is_offered(self, trigger: Trigger) -> bool:
        return refusal(trigger, self.watching, self._rest) is None

    def _leave(self, path: str, triggers: Sequence[Trigger]) -> None:
        # Not known: the next save of the file takes them, if they may start something then.
        self._known[path] = tuple(one for one in self._known.get(path, ()) if one not in triggers)

    def _know(self, path: str, triggers: Sequence[Trigger]) -> None:
        # Started by the user: the next save of the file does not ask for it once more.
        digest = self._digests.get(path)
        here = [one for one in triggers if isinstance(one, Stub) and one.snapshot.digest == digest]
        self._known[path] = (*self._known.get(path, ()), *here)

    def _forget(self, path: str) -> None:
        self._digests.pop(path, None)
        self.seen.forget(path)

    def _ignore(self, ignored: Ignored, offered: Sequence[Trigger] = ()) -> InboxEntry:
        self._tell(ignored)
        told = joined((ignored.reason.value, ignored.detail), ": ")
        return self.log.settle(
            (ignored.path,), Outcome.IGNORED, told, cause=ignored.reason, offered=offered
        )

    def _tell(self, ignored: Ignored) -> None:
        self._bus.publish(ChangeIgnored(ignored))


_MERGED = say("what it asks for waits already")
_ONE_OF_MANY = say("one of many files that changed at once")
