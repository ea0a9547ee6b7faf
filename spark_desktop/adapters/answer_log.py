"""Measured answers in the database."""

import asyncio
import json
import logging
import sqlite3
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from functools import partial

from spark_desktop.adapters.database import Database
from spark_desktop.domain.completion import Usage
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.standings import AnswerRecord
from spark_desktop.services.tasks import TaskScope

_log = logging.getLogger(__name__)
# Rows that are kept, the newest: a month of somebody who asks all day.
_MOST = 50_000


class SqliteAnswerLog:
    """Implements the AnswerLog port; written in the background, in bundles."""

    def __init__(self, database: Database, scope: TaskScope) -> None:
        self._database = database
        self._scope = scope
        self._waiting: list[AnswerRecord] = []
        self._writer: asyncio.Task[None] | None = None

    def note(self, record: AnswerRecord) -> None:
        """Keep a record; it is on the disk a moment later."""
        self._waiting.append(record)
        if self._writer is None or self._writer.done():
            # What is noted while the program ends is written by ``close``.
            with suppress(RuntimeError):
                self._writer = self._scope.start("answers", self._write())

    async def records(self, since: datetime) -> tuple[AnswerRecord, ...]:
        """Return what was asked since then, oldest first. Raises StoreError."""
        await self._flush()
        return await self._database.run(partial(_records, since))

    async def close(self) -> None:
        """Write what waits."""
        await self._write()

    async def _write(self) -> None:
        try:
            await self._flush()
        except StoreError as error:
            # The answer itself matters more than its line in a table.
            _log.warning("measured answers were not written: %s", error)

    async def _flush(self) -> None:
        while self._waiting:
            rows, self._waiting = self._waiting, []
            # Who is stopped while another call has the database would lose what it took.
            await asyncio.shield(self._database.run(partial(_add, rows)))


def _add(records: list[AnswerRecord], connection: sqlite3.Connection) -> None:
    connection.executemany(
        """INSERT INTO answers
           (asked, endpoint, model, kind, usage, first_token, total, error, cost)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [
            (
                one.when.timestamp(),
                one.endpoint,
                one.model,
                one.kind.value,
                json.dumps(asdict(one.usage)),
                one.first_token,
                one.total,
                one.error,
                one.cost,
            )
            for one in records
        ],
    )
    connection.execute(
        "DELETE FROM answers WHERE position <= (SELECT max(position) FROM answers) - ?", (_MOST,)
    )


def _records(since: datetime, connection: sqlite3.Connection) -> tuple[AnswerRecord, ...]:
    rows = connection.execute(
        """SELECT asked, endpoint, model, kind, usage, first_token, total, error, cost
           FROM answers WHERE asked >= ? ORDER BY asked, position""",
        (since.timestamp(),),
    )
    return tuple(
        AnswerRecord(
            when=datetime.fromtimestamp(asked, since.tzinfo),
            endpoint=endpoint,
            model=model,
            kind=WorkKind(kind),
            usage=Usage(**json.loads(usage)),
            first_token=first_token,
            total=total,
            error=error,
            cost=cost,
        )
        for asked, endpoint, model, kind, usage, first_token, total, error, cost in rows
    )
