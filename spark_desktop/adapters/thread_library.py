"""The list of threads in the database: pages, search, titles, pins, deletion with a way back."""

import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from spark_desktop.adapters.database import Database
from spark_desktop.adapters.thread_search import (
    drop_thread,
    index_interrupted,
    index_title,
    index_turn,
    matches,
)
from spark_desktop.adapters.turn_rows import TITLE, time_of, write_turn
from spark_desktop.domain.conversation import Thread, ThreadHit, ThreadInfo
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.thread_search import excerpt, match_expression
from spark_desktop.domain.words import say
from spark_desktop.services.ports import Clock

_INFO = (
    f"SELECT id, {TITLE}, created, active, workspace, "
    "(SELECT count(*) FROM turns WHERE thread_id = threads.id), pinned FROM threads "
)
_LISTED = (
    "deleted IS NULL AND (? IS NULL OR workspace = ?) AND (title <> '' "
    "OR EXISTS (SELECT 1 FROM turns WHERE thread_id = threads.id))"
)
_ORDER = "ORDER BY pinned DESC, active DESC, position DESC"
_PURGE_EMPTY = (
    "DELETE FROM threads WHERE title = '' AND active < ? "
    "AND NOT EXISTS (SELECT 1 FROM turns WHERE thread_id = threads.id) "
    "AND NOT EXISTS (SELECT 1 FROM drafts WHERE thread_id = threads.id) "
    "AND NOT EXISTS (SELECT 1 FROM outbox WHERE thread_id = threads.id) "
    "AND EXISTS (SELECT 1 FROM threads AS newer WHERE newer.workspace = threads.workspace "
    "AND newer.deleted IS NULL AND newer.position > threads.position "
    "AND NOT EXISTS (SELECT 1 FROM turns WHERE thread_id = newer.id))"
)
# Seconds: an empty thread of another window may be about to be asked in.
_ABANDONED = 86_400.0


class SqliteThreadLibrary:
    """The threads of one workspace, and on demand of all; a ThreadLibrary."""

    def __init__(self, database: Database, workspace: Path, clock: Clock) -> None:
        self._database = database
        self._workspace = os.path.realpath(workspace)
        self._clock = clock

    async def page(
        self, offset: int, limit: int, *, everywhere: bool = False
    ) -> tuple[ThreadInfo, ...]:
        """Return a part of the list: the pinned threads first, then the last used."""
        here = self._within(everywhere)

        def work(connection: sqlite3.Connection) -> tuple[ThreadInfo, ...]:
            # First which ones: titles and counts of all others would be looked up as well.
            rows = connection.execute(
                f"{_INFO} WHERE position IN (SELECT position FROM threads WHERE {_LISTED} "
                f"{_ORDER} LIMIT ? OFFSET ?) {_ORDER}",
                (here, here, limit, offset),
            )
            return tuple(_info(row, self._clock) for row in rows)

        return await self._database.run(work)

    async def count(self, *, everywhere: bool = False) -> int:
        """Return how many threads are listed."""
        here = self._within(everywhere)

        def work(connection: sqlite3.Connection) -> int:
            found = connection.execute(
                f"SELECT count(*) FROM threads WHERE {_LISTED}", (here, here)
            )
            return int(found.fetchone()[0])

        return await self._database.run(work)

    async def search(
        self, query: str, limit: int, *, everywhere: bool = False
    ) -> tuple[ThreadHit, ...]:
        """Return the best hits of the words in ``query``, one a thread."""
        expression = match_expression(query)
        if expression is None:
            return ()
        here = self._within(everywhere)

        def work(connection: sqlite3.Connection) -> tuple[ThreadHit, ...]:
            best: dict[int, int] = {}
            for thread, row in matches(connection, expression, here):
                best.setdefault(thread, row)
                if len(best) == limit:
                    break
            return tuple(self._hit(connection, *found, query) for found in best.items())

        return await self._database.run(work)

    async def rename(self, thread_id: str, title: str) -> None:
        """Give a thread a title; with an empty one it goes by its first question again."""

        def work(connection: sqlite3.Connection, position: int) -> None:
            connection.execute("UPDATE threads SET title = ? WHERE position = ?", (title, position))
            index_title(connection, position, title)

        await self._each([thread_id], work)

    async def pin(self, thread_id: str, is_pinned: bool) -> None:
        """Keep a thread at the top of the list, or no longer."""
        await self._update([thread_id], "pinned", int(is_pinned))

    async def delete(self, thread_ids: Sequence[str]) -> None:
        """Take threads off the list; nothing of them is removed yet."""
        await self._update(thread_ids, "deleted", self._clock.now().timestamp())

    async def restore(self, thread_ids: Sequence[str]) -> None:
        """Bring deleted threads back as they were."""
        await self._update(thread_ids, "deleted", None)

    async def deleted(self) -> tuple[ThreadInfo, ...]:
        """Return the workspace's deleted threads, the last deleted first."""

        def work(connection: sqlite3.Connection) -> tuple[ThreadInfo, ...]:
            rows = connection.execute(
                f"{_INFO} WHERE deleted IS NOT NULL AND workspace = ? ORDER BY deleted DESC",
                (self._workspace,),
            )
            return tuple(_info(row, self._clock) for row in rows)

        return await self._database.run(work)

    async def purge(self, before: datetime) -> int:
        """Remove for good what was deleted before that moment, and old threads without a turn.

        Those in which something was written, and each workspace's newest one, which a window may
        show, are spared. Also takes up what a crash left of the index. Returns how many deleted
        threads went.
        """
        moment = before.timestamp()
        abandoned = self._clock.now().timestamp() - _ABANDONED

        def work(connection: sqlite3.Connection) -> int:
            gone = connection.execute(
                "SELECT position FROM threads WHERE deleted < ?", (moment,)
            ).fetchall()
            for (position,) in gone:
                drop_thread(connection, position)
                connection.execute("DELETE FROM threads WHERE position = ?", (position,))
            connection.execute(_PURGE_EMPTY, (abandoned,))
            index_interrupted(connection)
            return len(gone)

        return await self._database.run(work)

    async def add(self, thread: Thread) -> None:
        """Keep a new thread of this workspace with its turns, all or nothing."""

        def work(connection: sqlite3.Connection) -> None:
            cursor = connection.execute(
                "INSERT INTO threads (id, workspace, title, created, active, pinned) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (
                    *(thread.id, self._workspace, thread.title, thread.created.isoformat()),
                    *(self._clock.now().timestamp(), int(thread.is_pinned)),
                ),
            )
            place = cursor.lastrowid or 0
            index_title(connection, place, thread.title)
            for turn in thread.turns:
                index_turn(connection, place, write_turn(connection, thread.id, turn), turn)

        await self._database.run(work)

    async def _update(self, thread_ids: Sequence[str], column: str, value: float | None) -> None:
        def work(connection: sqlite3.Connection, position: int) -> None:
            connection.execute(
                f"UPDATE threads SET {column} = ? WHERE position = ?", (value, position)
            )

        await self._each(thread_ids, work)

    async def _each(
        self, thread_ids: Iterable[str], work: Callable[[sqlite3.Connection, int], None]
    ) -> None:
        """Do ``work`` for the position of each thread, for all of them or for none."""

        def all_of_them(connection: sqlite3.Connection) -> None:
            for thread_id in thread_ids:
                found = connection.execute(
                    "SELECT position FROM threads WHERE id = ? AND workspace = ?",
                    (thread_id, self._workspace),
                ).fetchone()
                if found is None:
                    raise StoreError(
                        say("The thread {id} is gone.", id=thread_id),
                        say("Choose another one."),
                    )
                work(connection, int(found[0]))

        await self._database.run(all_of_them)

    def _hit(self, connection: sqlite3.Connection, thread: int, row: int, query: str) -> ThreadHit:
        found = connection.execute(f"{_INFO} WHERE position = ?", (thread,)).fetchone()
        info = _info(found, self._clock)
        if row < 0:
            return ThreadHit(info, None, info.title)
        turn_id, question, answer = connection.execute(
            "SELECT id, question, answer FROM turns WHERE position = ?", (row,)
        ).fetchone()
        return ThreadHit(info, turn_id, _telling(question, answer, query))

    def _within(self, everywhere: bool) -> str | None:
        return None if everywhere else self._workspace


def _telling(question: str, answer: str, query: str) -> str:
    """Return the text that holds more of the words: the answer only where that is so."""
    shown, told = excerpt(question, query), excerpt(answer, query)
    more = len(told.marks) if told else 0
    return answer if more and (shown is None or more > len(shown.marks)) else question


def _info(row: tuple[str, str, str, float, str, int, int], clock: Clock) -> ThreadInfo:
    id_, title, created, active, workspace, turns, pinned = row
    return ThreadInfo(
        id=id_,
        title=title,
        created=time_of(created),
        active=datetime.fromtimestamp(active, clock.now().tzinfo),
        workspace=workspace,
        turns=turns,
        is_pinned=bool(pinned),
    )
