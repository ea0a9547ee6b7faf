"""The project's test command, run by itself after saves; what newly fails gets a proposal.

Only with the user's consent, and in a copy of the workspace: a save must not start programs in the
user's own tree.
"""

from collections.abc import Callable, Sequence

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import (
    ChangeApplied,
    ChangeReverted,
    FilesChanged,
    RestChanged,
    WatchingChanged,
    WorkFailed,
)
from spark_desktop.domain.patch import ABSENT, FileKind
from spark_desktop.domain.project_checks import CommandError, NotRun, command_of
from spark_desktop.domain.settings import Watching
from spark_desktop.domain.trigger import FailingTest, Trigger
from spark_desktop.domain.words import Said, say
from spark_desktop.domain.workspace import Glance
from spark_desktop.services.bus import Bus
from spark_desktop.services.known_failures import KnownFailures
from spark_desktop.services.ports import Clock
from spark_desktop.services.run_evidence import ShadowRun
from spark_desktop.services.run_judges import FailedRun
from spark_desktop.services.save_bursts import MANY, SavedFiles
from spark_desktop.services.tasks import LatestTask, TaskScope
from spark_desktop.services.test_runs import FailingCode

# Seconds without another save before the tests run, and that they may take.
QUIET_S = 1.0
RUN_SECONDS = 120.0
# Proposals for one run: what fails together is often one mistake.
MOST_PROPOSALS = 3

# The inbox's way in for what was found without a save: a path, and what it asks for.
Found = Callable[[str, Sequence[Trigger]], object]


class WatchedTests:
    """One for a project; ``found`` takes what newly fails.

    ``command`` is the user's, "" for none, ``is_allowed`` their consent, and ``watching`` says
    whether failing tests are watched; all may change at any time.
    """

    def __init__(
        self,
        run: ShadowRun,
        failing: FailingCode,
        found: Found,
        files: SavedFiles,
        clock: Clock,
        bus: Bus,
    ) -> None:
        self.command = ""
        self.is_allowed = False
        self.watching = Watching()
        self._run = run
        self._failing = failing
        self._found = found
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
            is_tested = await self._failing.is_tested(tuple(self._saved))
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
            self._tell(outcome.reason)
            return ()
        self._told = None
        if outcome.code == 0:
            self._known.keep(())
            return ()
        run = FailedRun(words, "", outcome.output, is_test=True)
        failures = await self._failing.failures(run)
        new = self._known.new(failures)
        asked = await self._failing.likeliest(new, run, MOST_PROPOSALS)
        # Not before: a run that ends here for another one has asked for nothing.
        self._known.keep(failures)
        for trigger in asked:
            self._found(trigger.snapshot.path, (trigger,))
        return asked

    def _tell(self, reason: Said) -> None:
        # Once, not at each save.
        if reason != self._told:
            self._told = reason
            message = say("The test command gave no result: {reason}.", reason=reason)
            step = say("Look at it in the settings of this project.")
            self._bus.publish(WorkFailed(message, step))


class HandedRuns:
    """Takes failures that ``spark run`` hands over: the user asked for these proposals."""

    def __init__(
        self, failing: FailingCode, request: Callable[[Trigger], str], bus: Bus, scope: TaskScope
    ) -> None:
        self._failing = failing
        self._request = request
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
            triggers = await self._failing.likeliest(failures, run, MOST_PROPOSALS)
        except SparkError as error:
            self._bus.publish(WorkFailed(error.message, error.next_step))
            return
        for trigger in triggers:
            self._request(trigger)
        if not triggers:
            message = say(
                "{command} failed, and its output names no code of this folder.",
                command=" ".join(run.command),
            )
            self._bus.publish(WorkFailed(message, say("Look at its output in the terminal.")))
