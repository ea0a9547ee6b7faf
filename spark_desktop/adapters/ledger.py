"""The ledger of connections in the database."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

import httpx

from spark_desktop.adapters.database import Database
from spark_desktop.domain.contact import Contact, ContactRecord
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.words import kept, recalled
from spark_desktop.services.ledger import Ledger
from spark_desktop.services.ports import Clock
from spark_desktop.services.tasks import TaskScope

_log = logging.getLogger(__name__)
# Rows that are kept, the newest.
_MOST = 500
_PORTS = {"https": 443, "http": 80}


class SqliteLedger:
    """Keeps what is noted while ``is_kept`` says so; written in the background, in bundles."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        scope: TaskScope,
        is_kept: Callable[[], bool] = lambda: True,
    ) -> None:
        self._database = database
        self._clock = clock
        self._scope = scope
        self._is_kept = is_kept
        self._waiting: dict[Contact, tuple[int, datetime, datetime]] = {}
        self._writer: asyncio.Task[None] | None = None
        self._is_closed = False

    def note(self, contact: Contact) -> None:
        """Note that a host is asked; it is on the disk a moment later."""
        if self._is_closed or not self._is_kept():
            return
        now = self._clock.now()
        count, first, _ = self._waiting.get(contact, (0, now, now))
        self._waiting[contact] = (count + 1, first, now)
        if self._writer is None or self._writer.done():
            # What is noted while the program ends is written by ``close``.
            with suppress(RuntimeError):
                self._writer = self._scope.start("ledger", self._write())

    async def records(self) -> tuple[ContactRecord, ...]:
        """Return every host that was asked, the newest first. Raises StoreError."""
        await self._flush()
        return await self._database.run(_records)

    async def clear(self) -> None:
        """Forget all of them. Raises StoreError."""
        self._waiting.clear()
        await self._database.run(lambda connection: connection.execute("DELETE FROM contacts"))

    async def close(self) -> None:
        """Write what waits, and note nothing more."""
        self._is_closed = True
        await self._write()

    async def _write(self) -> None:
        try:
            await self._flush()
        except StoreError as error:
            # The connection itself matters more than its line in a list.
            _log.warning("the ledger of connections was not written: %s", error)

    async def _flush(self) -> None:
        while self._waiting:
            rows, self._waiting = self._waiting, {}
            # Who is stopped while another call has the database would lose what it took.
            await asyncio.shield(self._database.run(partial(_add, rows)))


def noting(ledger: Ledger, purpose: str) -> dict[str, list[Callable[..., Any]]]:
    """Return the hooks of an httpx client by which each of its requests is noted."""

    async def note(request: httpx.Request) -> None:
        url = request.url
        ledger.note(Contact(url.host, url.port or _PORTS.get(url.scheme, 0), purpose))

    return {"request": [note]}


class ThreadsafeLedger:
    """For what connects in OS threads: hands on to a ledger in the thread of this loop."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._loop = asyncio.get_running_loop()

    def note(self, contact: Contact) -> None:
        """Note that a host is asked; nothing where the program is about to end."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._ledger.note, contact)


class NoLedger:
    """Where nobody wants to know."""

    def note(self, contact: Contact) -> None:
        """Do nothing."""


def _add(
    rows: dict[Contact, tuple[int, datetime, datetime]], connection: sqlite3.Connection
) -> None:
    connection.executemany(
        """INSERT INTO contacts (host, port, purpose, purpose_words, count, first, last)
           VALUES (?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (host, port, purpose) DO UPDATE SET count = count + excluded.count,
               last = excluded.last, purpose_words = excluded.purpose_words""",
        [
            (
                *(c.host, c.port, str(c.purpose), kept(c.purpose)),
                *(count, first.isoformat(), last.isoformat()),
            )
            for c, (count, first, last) in rows.items()
        ],
    )

    # A core has another port at each start.
    connection.execute(
        """DELETE FROM contacts WHERE last <
           (SELECT last FROM contacts ORDER BY last DESC LIMIT 1 OFFSET ?)""",
        (_MOST - 1,),
    )


def _records(connection: sqlite3.Connection) -> tuple[ContactRecord, ...]:
    rows = connection.execute(
        """SELECT host, port, purpose, purpose_words, count, first, last FROM contacts
           ORDER BY last DESC, host"""
    )
    return tuple(
        ContactRecord(
            Contact(host, port, recalled(purpose, words)),
            count,
            datetime.fromisoformat(first),
            datetime.fromisoformat(last),
        )
        for host, port, purpose, words, count, first, last in rows
    )
