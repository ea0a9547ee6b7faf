"""The project's test command, run by itself after saves; what newly fails gets a proposal.

Only with the user's consent, and in a copy of the workspace: a save must not start programs in the
user's own tree.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import (
    ChangeApplied,
    ChangeReverted,
    FilesChanged,
    RestChanged,
    WatchingChanged,
    WorkFailed,
)
from spark_desktop.domain.inbox_entry import InboxEntry
from spark_desktop.domain.patch import ABSENT, FileKind
from spark_desktop.domain.project_checks import CommandError, NotRun, command_of
from spark_desktop.domain.settings import Watching
from spark_desktop.domain.trigger import FailingTest, Trigger
from spark_desktop.domain.words import Said, say
from spark_desktop.domain.workspace import Glance
from spark_desktop.services.bus import Bus
from spark_desktop.services.failure_words import names_no_code, names_of, path_of, points_nowhere
from spark_desktop.services.known_failures import KnownFailures
from spark_desktop.services.ports import Clock
from spark_desktop.services.run_evidence import ShadowRun
from spark_desktop.services.run_judges import FailedRun
from spark_desktop.services.save_bursts import MANY, SavedFiles
from spark_desktop.services.tasks import LatestTask, TaskScope
from spark_desktop.services.test_runs import FailingCode, Pointed

# Seconds without another save before the tests run, and that they may take.
QUIET_S = 1.0
RUN_SECONDS = 120.0
# Proposals for one run: what fails together is often one mistake.
MOST_PROPOSALS = 3
_RUN_IT = say("Run it in a terminal to read what it says.")


class Findings(Protocol):
    """The inbox's way in for what was found without a save."""

    def found(self, path: str, triggers: Sequence[Trigger]) -> InboxEntry | None:
        """Take all that was found in a file; return its entry, None where there is none."""
        ...

    def put_off(self, path: str, told: str) -> object:
        """Take note of what was found and starts nothing yet; ``told`` says when it may."""
        ...


class WatchedTests:
    """One for a project; the ``inbox`` takes what newly fails.

    ``command`` is the user's, "" for none, ``is_allowed`` their consent, and ``watching`` says
    whether failing tests are watched; all may change at any time.
    """

    def __init__(
        self,
        run: ShadowRun,
        failing: FailingCode,
        inbox: Findings,
        files: SavedFiles,
        clock: Clock,
        bus: Bus,
    ) -> None:
        self.command = ""
        self.is_allowed = False
        self.watching = Watching()
        self._run = run
        self._failing = failing
        self._inbox = inbox
        self._files = files
        self._clock = clock
        self._bus = bus
        self._scope = TaskScope("watched tests")
        self._waiting, self._running = LatestTask(self._scope), LatestTask(self._scope)
        # What the user saved since a run began.
        self._saved: dict[str, None] = {}
        # Files that we may have taken away: no bytes tell whose doing that was.
        self._removed: set[str] = set()
        self._is_paused = self._is_snoozed = False
        self._known = KnownFailures(bus)
        # Files of which the inbox holds failures back.
        self._held_in: set[str] = set()
        self._told: Said | None = None
        bus.subscribe(FilesChanged, self._on_files)
        bus.subscribe(ChangeApplied, self._on_change)
        bus.subscribe(ChangeReverted, self._on_change)
        bus.subscribe(WatchingChanged, self._on_watching)
        bus.subscribe(RestChanged, self._on_rest)

    async def close(self) -> None:
        """Stop what runs."""
        await self._scope.close()

    def _is_watched(self) -> bool:
        is_chosen = self.watching.enabled and self.watching.failing_tests
        return bool(self.command) and self.is_allowed and is_chosen

    def _on_files(self, event: FilesChanged) -> None:
        if self._is_watched() and self._scope.can_start:
            self._scope.start("look", self._look(event.paths))

    def _on_change(self, event: ChangeApplied | ChangeReverted) -> None:
        if event.change.kind is not FileKind.CHANGE:
            self._removed |= {event.change.path, event.change.place}

    def _on_watching(self, event: WatchingChanged) -> None:
        self._is_paused = event.is_paused
        self._wait()

    def _on_rest(self, event: RestChanged) -> None:
        self._is_snoozed = event.rest.is_snoozed
        self._wait()

    async def _look(self, paths: tuple[str, ...]) -> None:
        """Note what is not our own write: that starts nothing."""
        foreign = paths
        # So many are a switch of the branch: to read them all costs more than one run in vain.
        if len(paths) < MANY:
            glances = await self._files.glance(paths, ())
            foreign = tuple(one.path for one in glances if not self._is_own(one))
        if foreign:
            self._saved |= dict.fromkeys(foreign)
            self._wait()

    def _is_own(self, glance: Glance) -> bool:
        if glance.digest == ABSENT:
            return glance.path in self._removed
        return self._files.is_own_write(glance.path, glance.digest)

    def _wait(self) -> None:
        """Begin the wait anew; what was saved in a pause or a snooze waits for their end."""
        is_resting = self._is_paused or self._is_snoozed
        if self._saved and not is_resting and self._scope.can_start:
            self._waiting.start("wait", self._after())

    async def _after(self) -> None:
        # An editor saves several files one after the other; the newest save starts the wait anew.
        await self._clock.sleep(QUIET_S)
        if self._is_paused or self._is_snoozed:
            return
        if not self._is_watched():
            self._saved.clear()
            return
        try:
            is_tested = await self._failing.is_tested(tuple(self._saved), self._words())
        except SparkError as error:
            self._bus.publish(WorkFailed(error.message, error.next_step))
            return
        self._saved.clear()
        # A run ends early only for another one: a note that is saved meanwhile changes nothing.
        if is_tested:
            self._running.start("run", self._run_and_tell())

    async def _run_and_tell(self) -> None:
        try:
            await self.run_once()
        except SparkError as error:
            self._bus.publish(WorkFailed(error.message, error.next_step))

    def _words(self) -> tuple[str, ...]:
        """Return the words of the command, none where it cannot be read: its run says so."""
        try:
            return command_of(self.command).words
        except CommandError:
            return ()

    async def run_once(self) -> tuple[FailingTest, ...]:
        """Run the command now; return what was asked for. Raises SparkError.

        Nothing runs without the user's consent.
        """
        if not self.command or not self.is_allowed:
            return ()
        try:
            words = command_of(self.command).words
        except CommandError as error:
            raise SparkError(
                error.said, say("Correct the test command in the settings.")
            ) from error
        self._known.begin()
        outcome = await self._run(words, {}, RUN_SECONDS)
        if isinstance(outcome, NotRun):
            message = say("The test command gave no result: {reason}.", reason=outcome.reason)
            self._tell(message, say("Look at it in the settings of this project."))
            return ()
        if outcome.code == 0:
            self._told = None
            self._known.keep((), Pointed(), self._hand_over(()))
            return ()
        run = FailedRun(words, "", outcome.output, is_test=True)
        failures = await self._failing.failures(run)
        pointed = await self._failing.pointed(self._known.new(failures), run, MOST_PROPOSALS)
        # Not before: a run that ends here for another one has asked for nothing.
        self._known.keep(failures, pointed, self._hand_over(pointed.places))
        if not failures:
            self._tell(names_no_code(words), _RUN_IT)
            return ()
        self._told = None
        self._tell_rest(pointed)
        return pointed.places

    def _tell_rest(self, pointed: Pointed) -> None:
        """Say what failed and gets no proposal now."""
        path, names = path_of(pointed), names_of(pointed.left)
        nowhere = pointed.lost if path else (*pointed.lost, *pointed.left)
        if nowhere:
            self._bus.publish(WorkFailed(points_nowhere(nowhere), _RUN_IT))
        if not pointed.left or not path:
            return
        told = say("{names}; the next save takes them", names=names)
        if pointed.places:
            told = say(
                "{names}; the first save after these proposals are decided takes them", names=names
            )
        self._inbox.put_off(path, told)

    def _hand_over(self, asked: Sequence[FailingTest]) -> list[FailingTest]:
        """Give the inbox what newly fails; return what it holds back.

        All of a file at once: what a newer entry of it offers takes the place of an older. Where it
        holds failures that passed now, it is told that none is left.
        """
        found: dict[str, list[FailingTest]] = {path: [] for path in self._held_in}
        for trigger in asked:
            found.setdefault(trigger.snapshot.path, []).append(trigger)
        held: list[FailingTest] = []
        for path, triggers in found.items():
            entry = self._inbox.found(path, triggers)
            if entry is not None:
                held += [one for one in triggers if one in entry.offered]
        self._held_in = {one.snapshot.path for one in held}
        return held

    def _tell(self, message: Said, step: Said) -> None:
        # Once, not at each save.
        if message != self._told:
            self._told = message
            self._bus.publish(WorkFailed(message, step))


class HandedRuns:
    """Takes failures that ``spark run`` hands over: the user asked for these proposals.

    ``request`` asks for one, and the ``inbox`` is told what has to wait.
    """

    def __init__(
        self,
        failing: FailingCode,
        request: Callable[[Trigger], str],
        inbox: Findings,
        bus: Bus,
        scope: TaskScope,
    ) -> None:
        self._failing = failing
        self._request = request
        self._inbox = inbox
        self._bus = bus
        self._scope = scope
        # Commands that the user typed: to run one of them again on a copy needs no other consent.
        self.typed: set[tuple[str, ...]] = set()

    def take(self, run: FailedRun) -> bool:
        """Begin to propose a fix; return whether that can be done."""
        if not self._scope.can_start:
            return False
        self.typed.add(run.command)
        self._scope.start("handed run", self.propose(run))
        return True

    async def propose(self, run: FailedRun) -> None:
        """Ask for a fix of the run's failures; what names no code here is told."""
        try:
            failures = await self._failing.failures(run)
            pointed = await self._failing.pointed(failures, run, MOST_PROPOSALS)
        except SparkError as error:
            self._bus.publish(WorkFailed(error.message, error.next_step))
            return
        for trigger in pointed.places:
            self._request(trigger)
        step = say("Look at its output in the terminal.")
        if not pointed.places:
            self._bus.publish(WorkFailed(names_no_code(run.command), step))
        elif pointed.lost:
            self._bus.publish(WorkFailed(points_nowhere(pointed.lost), step))
        if pointed.places and pointed.left:
            names = names_of(pointed.left)
            told = say(
                "{names}; run the command again when these proposals are decided", names=names
            )
            self._inbox.put_off(path_of(pointed), told)
