"""Threads and turns in the database."""

import json
import os
import sqlite3
import uuid
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from spark_desktop.adapters.database import Database
from spark_desktop.adapters.item_rows import attached_json, attached_of
from spark_desktop.domain.completion import Timing, Usage
from spark_desktop.domain.conversation import Thread, Turn, TurnState
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.errors import StoreError
from spark_desktop.services.ports import Clock

INTERRUPTED = "interrupted"
# A thread without a title goes by its first question.
_TITLE = (
    "CASE WHEN title <> '' THEN title ELSE COALESCE((SELECT question FROM turns "
    "WHERE thread_id = threads.id ORDER BY position LIMIT 1), '') END"
)
_TURN = (
    "SELECT id, question, answer, state, created, model, path, error, usage, timing, emulation, "
    "attached FROM turns WHERE thread_id = ? ORDER BY position"
)


class SqliteThreadStore:
    """The threads of one workspace; a ThreadStore.

    A turn that is stored as streaming, but not by this object, was cut short by a crash: it is
    returned as failed, with the error "interrupted".
    """

    def __init__(self, database: Database, workspace: Path, clock: Clock) -> None:
        self._database = database
        self._workspace = os.path.realpath(workspace)
        self._clock = clock
        self._streaming: set[str] = set()

    async def threads(self) -> tuple[Thread, ...]:
        """Return the threads, newest first, without their turns. Raises StoreError."""
        return await self._database.run(self._threads)

    async def thread(self, thread_id: str) -> Thread:
        """Return a thread with its turns. Raises StoreError for an unknown one."""
        return await self._database.run(lambda connection: self._thread(connection, thread_id))

    async def create(self, title: str) -> Thread:
        """Return a new, empty thread; without a title it goes by its first question.

        Raises StoreError.
        """
        thread = Thread(uuid.uuid4().hex, title, self._clock.now())
        row = (thread.id, self._workspace, title, thread.created.isoformat())
        await self._database.run(
            lambda connection: connection.execute(
                "INSERT INTO threads (id, workspace, title, created) VALUES (?, ?, ?, ?)", row
            )
        )
        return thread

    async def save_turn(self, thread_id: str, turn: Turn) -> None:
        """Insert the turn, or replace the one with its id. Raises StoreError."""
        if turn.state is TurnState.STREAMING:
            self._streaming.add(turn.id)
        else:
            self._streaming.discard(turn.id)
        await self._database.run(lambda connection: self._save(connection, thread_id, turn))

    def _threads(self, connection: sqlite3.Connection) -> tuple[Thread, ...]:
        rows = connection.execute(
            f"SELECT id, {_TITLE}, created FROM threads WHERE workspace = ? ORDER BY position DESC",
            (self._workspace,),
        )
        return tuple(Thread(id_, title, _time(created)) for id_, title, created in rows)

    def _thread(self, connection: sqlite3.Connection, thread_id: str) -> Thread:
        self._require(connection, thread_id)
        title, created = connection.execute(
            f"SELECT {_TITLE}, created FROM threads WHERE id = ?", (thread_id,)
        ).fetchone()
        turns = tuple(self._turn(row) for row in connection.execute(_TURN, (thread_id,)))
        return Thread(thread_id, title, _time(created), turns)

    def _save(self, connection: sqlite3.Connection, thread_id: str, turn: Turn) -> None:
        self._require(connection, thread_id)
        # An upsert keeps the row's position, so an answer that ends late stays in its place.
        connection.execute(
            """INSERT INTO turns (id, thread_id, question, answer, state, created, model, path,
                   error, usage, timing, emulation, attached)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
               ON CONFLICT (id) DO UPDATE SET question = excluded.question,
                   answer = excluded.answer, state = excluded.state, model = excluded.model,
                   path = excluded.path, error = excluded.error, usage = excluded.usage,
                   timing = excluded.timing, emulation = excluded.emulation,
                   attached = excluded.attached""",
            (
                *(turn.id, thread_id, turn.question, turn.answer, turn.state.value),
                *(turn.created.isoformat(), turn.model, turn.path, turn.error),
                json.dumps(asdict(turn.usage)) if turn.usage else None,
                json.dumps(asdict(turn.timing)) if turn.timing else None,
                json.dumps(asdict(turn.emulation)) if turn.emulation else None,
                attached_json(turn.attached) if turn.attached else None,
            ),
        )

    def _require(self, connection: sqlite3.Connection, thread_id: str) -> None:
        known = connection.execute(
            "SELECT 1 FROM threads WHERE id = ? AND workspace = ?", (thread_id, self._workspace)
        ).fetchone()
        if known is None:
            raise StoreError(
                f"There is no thread {thread_id} in {self._workspace}.", "Begin a new thread."
            )

    def _turn(self, row: tuple[str, ...]) -> Turn:
        id_, question, answer, state, created, model, path, error, usage, timing, told, items = row
        turn_state = TurnState(state)
        if turn_state is TurnState.STREAMING and id_ not in self._streaming:
            turn_state, error = TurnState.FAILED, INTERRUPTED
        return Turn(
            id=id_,
            question=question,
            answer=answer,
            state=turn_state,
            created=_time(created),
            model=model,
            path=path,
            error=error,
            usage=Usage(**json.loads(usage)) if usage else None,
            timing=Timing(**json.loads(timing)) if timing else None,
            emulation=Emulation(**json.loads(told)) if told else None,
            attached=attached_of(items) if items else (),
        )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
