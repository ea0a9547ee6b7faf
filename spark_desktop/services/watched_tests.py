"""The project's test command, run by itself after saves; what newly fails gets a proposal.

Only with the user's consent, and in a copy of the workspace: a save must not start programs in the
user's own tree.
"""

from collections.abc import Callable, Sequence

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import ChangeApplied, ChangeReverted, FilesChanged, WorkFailed
from spark_desktop.domain.project_checks import CommandError, NotRun, command_of
from spark_desktop.domain.trigger import FailingTest, Trigger
from spark_desktop.domain.words import Said, say
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import Clock
from spark_desktop.services.run_evidence import ShadowRun
from spark_desktop.services.tasks import LatestTask, TaskScope
from spark_desktop.services.test_runs import FailedRun, FailingCode, keys_of

# Seconds without another save before the tests run, and that they may take.
QUIET_S = 1.0
RUN_SECONDS = 120.0
# Proposals for one run: what fails together is often one mistake.
MOST_PROPOSALS = 3

# The inbox's way in for what was found without a save: a path, and what it asks for.
Found = Callable[[str, Sequence[Trigger]], object]


class WatchedTests:
    """One for a project; ``found`` takes what newly fails.

    ``command`` is the user's, "" for none, and ``is_allowed`` their consent; both may change at
    any time.
    """

    def __init__(
        self, run: ShadowRun, failing: FailingCode, found: Found, clock: Clock, bus: Bus
    ) -> None:
        self.command = ""
        self.is_allowed = False
        self._run = run
        self._failing = failing
        self._found = found
        self._clock = clock
        self._bus = bus
        self._scope = TaskScope("watched tests")
        self._latest = LatestTask(self._scope)
        # What failed when the command last ran, so that it is not proposed for again.
        self._known: frozenset[str] = frozenset()
        self._own: set[str] = set()
        self._told: Said | None = None
        bus.subscribe(FilesChanged, self._saved)
        bus.subscribe(ChangeApplied, self._wrote)
        bus.subscribe(ChangeReverted, self._wrote)

    async def close(self) -> None:
        """Stop what runs."""
        await self._scope.close()

    def _wrote(self, event: ChangeApplied | ChangeReverted) -> None:
        self._own.add(event.change.path)

    def _saved(self, event: FilesChanged) -> None:
        # Our own writes start nothing; the next save of the file counts again.
        paths = [path for path in event.paths if path not in self._own]
        self._own.difference_update(event.paths)
        if paths and self.command and self.is_allowed and self._scope.can_start:
            self._latest.start("run", self._after(tuple(paths)))

    async def _after(self, paths: tuple[str, ...]) -> None:
        # An editor saves several files one after the other; the newest save starts the wait anew.
        await self._clock.sleep(QUIET_S)
        try:
            if await self._failing.is_tested(paths):
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
        outcome = await self._run(words, {}, RUN_SECONDS)
        if isinstance(outcome, NotRun):
            self._tell(outcome.reason)
            return ()
        self._told = None
        if outcome.code == 0:
            self._known = frozenset()
            return ()
        run = FailedRun(words, "", outcome.output)
        failures = await self._failing.failures(run)
        fresh = keys_of(failures) - self._known
        self._known = keys_of(failures)
        new = [one for one in failures if keys_of([one]) <= fresh]
        asked = await self._failing.likeliest(new, run, MOST_PROPOSALS)
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
