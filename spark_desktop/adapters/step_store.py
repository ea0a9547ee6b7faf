"""Steps that are written to several files as one, and kept for undo."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable

from spark_desktop.adapters import contents, journal, step_rows, step_usage
from spark_desktop.adapters.database import Database
from spark_desktop.adapters.disk import Disk
from spark_desktop.adapters.journal import Entry, State
from spark_desktop.adapters.planned_write import PlannedWrite
from spark_desktop.adapters.process_identity import own_identity
from spark_desktop.adapters.step_memory import Memory, recall, remember
from spark_desktop.adapters.step_plan import Plan, plan
from spark_desktop.adapters.step_restorer import Outcome, StepRestorer
from spark_desktop.adapters.step_writer import Contents, StepWriter
from spark_desktop.adapters.workspace_folder import WorkspaceFolder
from spark_desktop.domain.errors import FileError, SparkError, StoreError
from spark_desktop.domain.history import Step
from spark_desktop.domain.operation import Operation, Recovered, RecoveryOutcome, StoreUsage
from spark_desktop.domain.patch import ABSENT
from spark_desktop.domain.words import joined, say
from spark_desktop.services.tasks import to_end

_log = logging.getLogger(__name__)


class SqliteStepStore:
    """The steps of the workspace ``folder``; a StepStore.

    ``limit`` says how many bytes they may take. See docs/decisions/0004 for what a write does when,
    and what each crash leads to. ``owner`` is who this process is.
    """

    def __init__(
        self,
        database: Database,
        folder: WorkspaceFolder,
        limit: int | Callable[[], int] = step_usage.DEFAULT_LIMIT,
        disk: Disk | None = None,
        owner: str = "",
    ) -> None:
        disk = disk or Disk()
        self._database = database
        self._folder = folder
        self._workspace = str(folder.root)
        self._limit = limit if callable(limit) else lambda: limit
        self._owner = owner or own_identity()
        self._writer = StepWriter(folder, disk)
        self._restorer = StepRestorer(folder, disk, self._writer)
        # Operations that we could not take back; they are tried again before the next one.
        self._stuck: set[str] = set()
        self._untold: list[Recovered] = []
        self._lock = asyncio.Lock()

    async def commit(self, operation: Operation) -> None:
        """Write every file and note the effect on the kept steps, or do nothing at all.

        Raises FileError and StoreError as ``StepStore.commit`` says.
        """
        async with self._lock:
            await to_end(self._commit(operation))

    async def recover(self) -> tuple[Recovered, ...]:
        """Complete or roll back what a crash cut short. Raises StoreError."""
        async with self._lock:
            told = await to_end(self._recover())
            told, self._untold = (*self._untold, *told), []
            return told

    async def steps(self) -> tuple[Step, ...]:
        """Return every kept step, oldest first. Raises StoreError."""
        return await self._database.run(lambda db: step_rows.steps_of(db, self._workspace))

    async def content(self, digest: str) -> bytes | None:
        """Return kept bytes by their digest. Raises StoreError where they were damaged on disk."""
        return await self._database.run(lambda db: contents.load(db, digest))

    async def usage(self) -> StoreUsage:
        """Return what the steps take, and how many are too many. Raises StoreError."""
        return await self._database.run(
            lambda db: step_usage.usage(db, self._workspace, self._limit())
        )

    async def drop_oldest(self, count: int) -> int:
        """Drop so many of the oldest steps, never the newest, and return how many. StoreError."""
        return await self._database.run(
            lambda db: step_usage.drop_oldest(db, self._workspace, count)
        )

    async def _commit(self, operation: Operation) -> None:
        if self._stuck:
            self._untold.extend(await self._recover())
        planned = await self._planned(operation)
        if not planned.writes:
            await self._only_note(operation, planned)
            return
        await self._begin(operation, planned)
        reached: set[PlannedWrite] | None = None
        try:
            await asyncio.to_thread(self._writer.stage, planned.writes, planned.contents)
            await self._note(operation.id, State.PREPARED)
            reached = set()
            await asyncio.to_thread(self._writer.place, planned.writes, planned.contents, reached)
            entry = Entry(
                operation.id, State.PREPARED, operation.step, operation.undone, planned.writes
            )
            await self._end(entry, Outcome())
        except Exception as error:
            # What is not an Exception ends this process, or its loop: the next start sees to it.
            await self._undo_after(error, operation.id, planned, reached)
            raise

    async def _planned(self, operation: Operation) -> Plan:
        memory = Memory()
        if any(write.base == ABSENT or write.text is None for write in operation.writes):
            memory = await self._database.run(lambda db: recall(db, self._workspace))
        return await asyncio.to_thread(plan, self._folder, operation.writes, memory)

    async def _only_note(self, operation: Operation, planned: Plan) -> None:
        blobs = await asyncio.to_thread(contents.compressed, planned.contents)

        def work(db: sqlite3.Connection) -> None:
            contents.keep(db, blobs)
            step_rows.require_known(db, self._workspace, operation.step, operation.undone)
            if operation.step:
                step_rows.add_step(db, self._workspace, operation.step)
            step_rows.mark(db, self._workspace, operation.undone)
            contents.drop_unused(db, blobs)

        await self._database.run(work, durable=True)

    async def _begin(self, operation: Operation, planned: Plan) -> None:
        blobs = await asyncio.to_thread(contents.compressed, planned.contents)

        def work(db: sqlite3.Connection) -> None:
            contents.keep(db, blobs)
            step_rows.require_known(db, self._workspace, operation.step, operation.undone)
            journal.begin(db, self._workspace, self._owner, operation, planned.writes)

        await self._database.run(work, durable=True)

    async def _note(self, operation_id: str, state: State) -> None:
        await self._database.run(
            lambda db: journal.note_state(db, operation_id, state), durable=True
        )

    async def _end(self, entry: Entry, outcome: Outcome | None) -> bool:
        """Note the effect, none for the outcome None, and that the operation is over.

        Return whether there was one. Lasting: were this lost, the next start would take the
        operation for one that was cut short.
        """

        def work(db: sqlite3.Connection) -> bool:
            has_effect = outcome is not None and self._take_effect(db, entry, outcome)
            journal.end(db, entry.operation_id)
            digests = {digest for write in entry.writes for digest in (write.before, write.after)}
            contents.drop_unused(db, digests - {ABSENT})
            return has_effect

        return await self._database.run(work, durable=True)

    def _take_effect(self, db: sqlite3.Connection, entry: Entry, outcome: Outcome) -> bool:
        written = [write for write in entry.writes if write.path not in outcome.skipped]
        if not written:
            return False
        step = step_rows.as_written(entry.step, outcome.skipped) if entry.step else None
        if step:
            step_rows.add_step(db, self._workspace, step)
        step_rows.mark(db, self._workspace, entry.marks, outcome.skipped)
        remember(db, self._workspace, written)
        return True

    async def _undo_after(
        self,
        error: Exception,
        operation_id: str,
        planned: Plan,
        reached: set[PlannedWrite] | None,
    ) -> None:
        """Take back what ``error`` stopped; raise FileError where that fails too.

        ``reached`` are the writes that files were touched for; None where none could be yet.
        """
        entry = Entry(operation_id, State.FAILED, None, (), planned.writes)
        try:
            if reached is not None:
                try:
                    await self._note(operation_id, State.FAILED)
                except StoreError:  # such as for a full disk: that marks are gone tells as much
                    _log.warning("the journal could not note that an operation failed")
                await asyncio.to_thread(
                    self._restorer.take_back, planned.writes, planned.contents, reached
                )
            else:
                await asyncio.to_thread(self._writer.unstage, planned.writes)
        except FileError as failed:
            self._stuck.add(operation_id)
            raise FileError(
                joined((_message(error), failed.message)),
                say("The next start finishes what stands half done, or puts it back, and says so."),
            ) from error
        try:
            await self._end(entry, None)
        except StoreError:
            # The files are as before; the row goes before the next operation, or at the next start.
            self._stuck.add(operation_id)

    async def _recover(self) -> tuple[Recovered, ...]:
        own = frozenset(self._stuck)
        entries = await self._database.run(
            lambda db: journal.claim(db, self._workspace, self._owner, own), durable=True
        )
        found = []
        for entry in entries:
            found.append(await self._recovered(entry))
        return tuple(found)

    async def _recovered(self, entry: Entry) -> Recovered:
        paths = tuple(write.path for write in entry.writes)
        title = entry.step.title if entry.step else ""
        try:
            title = title or await self._title(entry)
            outcome = await self._completed(entry)
            done = outcome is not None and await self._end(entry, outcome)
            if outcome is None:
                outcome = await self._rolled_back(entry)
                await self._end(entry, None)
        except SparkError as error:
            self._stuck.add(entry.operation_id)
            return Recovered(
                entry.operation_id, title, RecoveryOutcome.FAILED, paths, error=error.told
            )
        self._stuck.discard(entry.operation_id)
        left = outcome.left_alone
        files = outcome.done if done else tuple(path for path in paths if path not in left)
        result = RecoveryOutcome.COMPLETED if done else RecoveryOutcome.ROLLED_BACK
        return Recovered(entry.operation_id, title, result, files, left)

    async def _completed(self, entry: Entry) -> Outcome | None:
        """Finish what was prepared; None where it has to be rolled back."""
        if entry.state is not State.PREPARED:
            return None
        kept = await self._contents(entry)
        return await asyncio.to_thread(self._restorer.complete, entry.writes, kept)

    async def _rolled_back(self, entry: Entry) -> Outcome:
        if entry.state is State.BEGUN:
            # No file was touched: one that holds our result by now is somebody else's work.
            await asyncio.to_thread(self._writer.unstage, entry.writes)
            return Outcome()
        kept = await self._contents(entry)
        return await asyncio.to_thread(self._restorer.take_back, entry.writes, kept)

    async def _contents(self, entry: Entry) -> Contents:
        digests = {digest for write in entry.writes for digest in (write.before, write.after)}

        return await self._database.run(lambda db: contents.Loaded(db, digests - {ABSENT}))

    async def _title(self, entry: Entry) -> str:
        ids = [change_id for change_id, _, _ in entry.marks]
        return await self._database.run(lambda db: step_rows.title_of(db, self._workspace, ids))


def _message(error: Exception) -> str:
    return error.message if isinstance(error, SparkError) else str(error)
