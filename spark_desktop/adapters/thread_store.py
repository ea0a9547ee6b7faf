"""Threads and turns in the database."""

import os
import sqlite3
import uuid
from pathlib import Path

from spark_desktop.adapters.database import Database
from spark_desktop.adapters.thread_search import index_title, index_turn
from spark_desktop.adapters.turn_rows import TITLE, time_of, turns_of, write_turn
from spark_desktop.domain.conversation import Thread, Turn, TurnState
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.words import say
from spark_desktop.services.ports import Clock


class SqliteThreadStore:
    """The threads of one workspace; a ThreadStore.

    A turn that is stored as streaming, but not by this object, was cut short by a crash: it is
    returned as failed, with the error "interrupted". A deleted thread is not listed, but what comes
    of its last answer is kept; a new question in it brings it back.
    """

    def __init__(self, database: Database, workspace: Path, clock: Clock) -> None:
        self._database = database
        self._workspace = os.path.realpath(workspace)
        self._clock = clock
        self._streaming: set[str] = set()

    async def threads(self) -> tuple[Thread, ...]:
        """Return the threads without their turns, the last used first. Raises StoreError."""
        return await self._database.run(self._threads)

    async def thread(self, thread_id: str) -> Thread:
        """Return a thread with its turns. Raises StoreError for an unknown one."""
        return await self._database.run(lambda connection: self._thread(connection, thread_id))

    async def create(self, title: str) -> Thread:
        """Return a new, empty thread; without a title it goes by its first question.

        Raises StoreError.
        """
        thread = Thread(uuid.uuid4().hex, title, self._clock.now())

        def work(connection: sqlite3.Connection) -> None:
            cursor = connection.execute(
                "INSERT INTO threads (id, workspace, title, created, active) "
                "VALUES (?, ?, ?, ?, ?)",
                (
                    *(thread.id, self._workspace, title),
                    *(thread.created.isoformat(), thread.created.timestamp()),
                ),
            )
            index_title(connection, cursor.lastrowid or 0, title)

        await self._database.run(work)
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
            f"SELECT id, {TITLE}, created, pinned FROM threads WHERE workspace = ? "
            "AND deleted IS NULL ORDER BY active DESC, position DESC",
            (self._workspace,),
        )
        return tuple(
            Thread(id_, title, time_of(created), is_pinned=bool(pinned))
            for id_, title, created, pinned in rows
        )

    def _thread(self, connection: sqlite3.Connection, thread_id: str) -> Thread:
        self._position(connection, thread_id)
        title, created, pinned = connection.execute(
            f"SELECT {TITLE}, created, pinned FROM threads WHERE id = ?", (thread_id,)
        ).fetchone()
        turns = turns_of(connection, thread_id, self._streaming)
        return Thread(thread_id, title, time_of(created), turns, bool(pinned))

    def _save(self, connection: sqlite3.Connection, thread_id: str, turn: Turn) -> None:
        thread = self._position(connection, thread_id)
        known = connection.execute("SELECT 1 FROM turns WHERE id = ?", (turn.id,)).fetchone()
        if known is None:
            # Somebody asks in it, perhaps in another window: it is not to be purged.
            connection.execute("UPDATE threads SET deleted = NULL WHERE position = ?", (thread,))
        position = write_turn(connection, thread_id, turn)
        index_turn(connection, thread, position, turn)
        if known is None or turn.state is not TurnState.STREAMING:
            now = self._clock.now().timestamp()
            connection.execute("UPDATE threads SET active = ? WHERE position = ?", (now, thread))

    def _position(self, connection: sqlite3.Connection, thread_id: str) -> int:
        known = connection.execute(
            "SELECT position FROM threads WHERE id = ? AND workspace = ?",
            (thread_id, self._workspace),
        ).fetchone()
        if known is None:
            raise StoreError(
                say(
                    "There is no thread {thread_id} in {workspace}.",
                    thread_id=thread_id,
                    workspace=self._workspace,
                ),
                say("Begin a new thread."),
            )
        return int(known[0])
