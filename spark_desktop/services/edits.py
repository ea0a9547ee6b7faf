"""Writes hunks to files, takes them back, brings them back: nothing else changes user's files."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from spark_desktop.domain.choosing_steps import (
    edit_changes,
    last_standing,
    last_undone,
    of_origin,
    restoring,
    step_of,
    switching,
)
from spark_desktop.domain.errors import FileChangedError, NothingToUndoError
from spark_desktop.domain.events import (
    ChangeApplied,
    ChangeReverted,
    EditsRecovered,
    HistoryFull,
    StepApplied,
    StepReverted,
)
from spark_desktop.domain.history import FileChange as FileChange
from spark_desktop.domain.history import Step, StepKind
from spark_desktop.domain.operation import Operation, Recovered, StoreUsage
from spark_desktop.domain.step_log import RESTORED, Flip, marks, packed, shown
from spark_desktop.domain.words import say
from spark_desktop.services.applying import prepared
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import Clock, FileStore
from spark_desktop.services.step_store import StepStore
from spark_desktop.services.tasks import to_end
from spark_desktop.services.undo_plan import UndoPlan
from spark_desktop.services.written_log import WrittenLog

# A file that is saved again and again while we look at it is given up after this many tries.
_TRIES = 3

T = TypeVar("T")
Choice = Callable[[tuple[Step, ...]], tuple[Flip, ...]]


@dataclass(frozen=True, slots=True)
class _Done:
    """The step that was asked for, and all whose state is another."""

    main: Step
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class _Planned:
    """What is to be committed, the steps that it changes, and what of them it switches."""

    step: Step
    operation: Operation
    steps: tuple[Step, ...]
    flips: tuple[Flip, ...]


class EditService:
    """One write at a time; several files, and the step that is kept of them, happen as one."""

    def __init__(self, files: FileStore, store: StepStore, bus: Bus, clock: Clock) -> None:
        self._files = files
        self._store = store
        self._bus = bus
        self._clock = clock
        self._lock = asyncio.Lock()
        # The oldest steps that the user was told will go.
        self._leaving: frozenset[str] = frozenset()
        self._recovered: tuple[Recovered, ...] = ()

    async def apply(self, changes: Sequence[FileChange], title: str, origin: str = "") -> Step:
        """Write the changes, all or none, and return the step that is kept of them.

        Raises FileChangedError where a file is not its snapshot any more; it, other FileErrors,
        ConflictError, PatchError and StoreError leave every file as it was.
        """
        ready = prepared(changes, title, self._clock.now())
        step = Step(
            uuid.uuid4().hex,
            title,
            StepKind.EDIT,
            self._clock.now(),
            tuple(one.kept for one in ready),
            origin,
        )
        writes = tuple(write for one in ready for write in one.writes)
        return await self._alone(lambda: self._write(Operation(step.id, writes, step), step))

    async def undo(
        self, step_id: str | None = None, hunks: Mapping[str, Collection[str]] | None = None
    ) -> Step:
        """Take a step back (None: the last that stands), or ``hunks`` of its changes, by their ids.

        What the user or another step changed since is kept. Raises NothingToUndoError,
        UndoBlockedError that names line and step in the way, FileError, StoreError, each with
        nothing written.
        """

        def choose(steps: tuple[Step, ...]) -> tuple[Flip, ...]:
            step = last_standing(steps) if step_id is None else step_of(steps, step_id)
            return switching(steps, step, hunks, on=False)

        return (await self._alone(lambda: self._switch(choose, StepKind.UNDO))).main

    async def redo(
        self, step_id: str | None = None, hunks: Mapping[str, Collection[str]] | None = None
    ) -> Step:
        """Bring a step back (None: what was undone last), or ``hunks`` of it; see ``undo``.

        What was taken back of it alone before it was undone stays so until it is redone, too.
        """

        def choose(steps: tuple[Step, ...]) -> tuple[Flip, ...]:
            if step_id is None:
                return last_undone(steps)
            return switching(steps, step_of(steps, step_id), hunks, on=True)

        return (await self._alone(lambda: self._switch(choose, StepKind.REDO))).main

    async def undo_origin(self, origin: str) -> tuple[Step, ...]:
        """Take back all that stands of a turn, as one; see ``undo``."""
        done = await self._alone(
            lambda: self._switch(lambda steps: of_origin(steps, origin, on=False), StepKind.UNDO)
        )
        return done.steps

    async def redo_origin(self, origin: str) -> tuple[Step, ...]:
        """Bring back all that was undone of a turn, as one; see ``undo``."""
        done = await self._alone(
            lambda: self._switch(lambda steps: of_origin(steps, origin, on=True), StepKind.REDO)
        )
        return done.steps

    async def restore(self, step_id: str) -> Step:
        """Make the files what they were before a step, with what the user changed since; a step.

        Steps before and after it are switched to how they stood then. Raises as ``undo``.
        """
        done = await self._alone(
            lambda: self._switch(lambda steps: restoring(steps, step_id), StepKind.RESTORE, step_id)
        )
        return done.main

    async def steps(self) -> tuple[Step, ...]:
        """Return the kept edits and restores, oldest first. Raises StoreError."""
        return shown(await self._store.steps())

    async def usage(self) -> StoreUsage:
        """Return what the kept steps take, and may take. Raises StoreError."""
        return await self._store.usage()

    async def recover(self) -> tuple[Recovered, ...]:
        """Complete or roll back what a crash cut short, before anything else. Raises StoreError."""
        self._recovered = await self._alone(self._store.recover)
        return self._recovered

    async def tell(self) -> None:
        """Publish what ``recover`` found, and that the kept steps are too many, if they are."""
        if self._recovered:
            self._bus.publish(EditsRecovered(self._recovered))
        self._recovered = ()
        await self._look_at_room()

    async def _alone(self, work: Callable[[], Awaitable[T]]) -> T:
        async def all_of_it() -> T:
            return await work()

        async with self._lock:
            return await to_end(all_of_it())

    async def _write(self, operation: Operation, step: Step) -> Step:
        await self._make_room()
        began = self._clock.monotonic()
        await self._store.commit(operation)
        seconds = self._clock.monotonic() - began
        for change in step.changes:
            self._bus.publish(ChangeApplied(change, seconds))
        self._bus.publish(StepApplied(step))
        await self._look_at_room()
        return step

    async def _switch(self, choose: Choice, kind: StepKind, restored: str = "") -> _Done:
        for tries_left in range(_TRIES - 1, -1, -1):
            planned = await self._planned(choose, kind, restored)
            try:
                if kind is StepKind.RESTORE:
                    await self._make_room()
                await self._store.commit(planned.operation)
            except FileChangedError:
                # Saved between our look at it and the write: look again.
                if not tries_left:
                    raise
                continue
            self._tell(planned.steps, planned.flips)
            await self._look_at_room()
            if planned.step.kind is StepKind.RESTORE:
                self._bus.publish(StepApplied(planned.step))
                return _Done(planned.step, planned.steps)
            return _Done(_main(planned.steps, planned.flips), planned.steps)
        raise NothingToUndoError(say("There is no change of ours left to undo."))

    async def _planned(self, choose: Choice, kind: StepKind, restored: str) -> _Planned:
        steps = await self._store.steps()
        flips = choose(steps)
        plan = UndoPlan(self._files, WrittenLog(self._store, steps))
        known = {change.id for step in steps for change in edit_changes(step)}
        await plan.switch([flip for flip in flips if flip.change_id in known])
        named = step_of(steps, restored) if restored else _main(shown(steps), flips)
        outcome = plan.outcome(named.title, self._clock.now())
        # The marks of restores need no writing.
        done = (*outcome.flips, *(flip for flip in flips if flip.change_id not in known))
        step = Step(
            uuid.uuid4().hex,
            named.title,
            # A restore that finds all as it shall be is none.
            kind if outcome.changes or kind is not StepKind.RESTORE else StepKind.UNDO,
            self._clock.now(),
            outcome.changes,
            packed(done),
        )
        marked = marks(steps, done)
        operation = Operation(step.id, outcome.writes, step, marked.undone)
        return _Planned(step, operation, marked.steps, done)

    def _tell(self, steps: Sequence[Step], flips: Sequence[Flip]) -> None:
        for step in steps:
            for change in step.changes if step.kind is StepKind.EDIT else ():
                mine = [flip for flip in flips if flip.change_id == change.id]
                if mine:
                    parts = frozenset().union(*(flip.parts for flip in mine))
                    self._bus.publish(ChangeReverted(change, parts, mine[0].on))
            self._bus.publish(StepReverted(step))

    async def _make_room(self) -> None:
        """Drop the oldest steps that the user was told of."""
        count = 0
        for step in await self._store.steps() if self._leaving else ():
            if step.id not in self._leaving:
                break
            count += 1
        self._leaving = frozenset()
        if count:
            await self._store.drop_oldest(count)

    async def _look_at_room(self) -> None:
        """Say once which of the oldest steps will go, where there are too many."""
        usage = await self._store.usage()
        if not usage.surplus:
            self._leaving = frozenset()
            return
        steps = await self._store.steps()
        # More than must go: who works on at the limit is not told with every change.
        leaving = steps[: min(len(steps) - 1, max(usage.surplus, len(steps) // 10))]
        ids = frozenset(step.id for step in leaving)
        if not ids <= self._leaving:
            self._leaving = ids
            self._bus.publish(HistoryFull(shown(leaving), usage))


def _main(steps: Sequence[Step], flips: Sequence[Flip]) -> Step:
    """Return the step that was switched; a restore stands for all that goes with it."""
    by_change = {change.id: step for step in steps for change in step.changes}
    named = [flip for flip in flips if flip.parts == RESTORED] or flips
    return by_change[named[0].change_id]
