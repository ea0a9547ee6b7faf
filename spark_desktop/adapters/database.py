"""One SQLite connection, owned by one OS thread."""

import asyncio
import contextlib
import os
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from spark_desktop.adapters.migrations import migrate
from spark_desktop.adapters.schema_version import check_schema
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.words import say

T = TypeVar("T")

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_REFUSED = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})


def _commit(connection: sqlite3.Connection) -> None:
    connection.execute("COMMIT")


class Database:
    """The file ``path``: write-ahead log, foreign keys, migrated when it is opened.

    Several processes may use one file; each waits up to ``busy_timeout`` seconds for the others.
    Tests give another ``commit``, to fail or stop there.
    """

    def __init__(
        self,
        path: Path,
        busy_timeout: float = 5.0,
        commit: Callable[[sqlite3.Connection], None] = _commit,
    ) -> None:
        self._path = path
        self._busy_timeout = busy_timeout
        self._commit = commit
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="database")
        self._connection: sqlite3.Connection | None = None
        self._closed = False

    @property
    def path(self) -> Path:
        """Return where the database lies."""
        return self._path

    async def open(self) -> None:
        """Open the file, create or migrate it; a second call does nothing.

        A damaged file is moved aside, never removed, and StoreError names where it went: opening
        once more begins an empty one. Raises StoreError also for a newer program's file.
        """
        await self.run(lambda _connection: None)

    async def run(self, work: Callable[[sqlite3.Connection], T], durable: bool = False) -> T:
        """Return ``work(connection)``, run in the database's thread as one transaction.

        It is taken back where ``work`` raises. A ``durable`` one is on the disk itself when this
        returns, so that a power cut keeps it. Opens the file first where that was not done. Raises
        StoreError for what SQLite reports; a cancelled call may still take effect.
        """
        if self._closed:
            raise StoreError(say("The database is closed."), say("Start Spark again."))
        run = self._run_durably if durable else self._run
        return await asyncio.get_running_loop().run_in_executor(self._executor, run, work)

    async def close(self) -> None:
        """End the connection after what was begun; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        await asyncio.get_running_loop().run_in_executor(self._executor, self._disconnect)
        self._executor.shutdown(wait=False)

    def _run_durably(self, work: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._connection or self._opened()
        # Cannot be set inside a transaction.
        connection.execute("PRAGMA synchronous = FULL")
        try:
            return self._run(work)
        finally:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("PRAGMA synchronous = NORMAL")

    def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._connection or self._opened()
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(connection)
                self._commit(connection)
            except BaseException:
                with contextlib.suppress(sqlite3.Error):  # a full disk rolls back by itself
                    connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise self._translated(error) from error
        return result

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _opened(self) -> sqlite3.Connection:
        """Connect, check and migrate; what fails leaves no connection behind."""
        # Before anything is opened: not even the log of a newer program's file is touched.
        check_schema(self._path)
        try:
            self._create_privately()
            connection = sqlite3.connect(
                self._path, timeout=self._busy_timeout, isolation_level=None
            )
        except (OSError, sqlite3.Error) as error:
            raise self._translated(error) from error
        try:
            self._prepare(connection)
        except sqlite3.Error as error:
            connection.close()
            if _code(error) in _DAMAGED:
                raise self._moved_aside() from error
            raise self._translated(error) from error
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _create_privately(self) -> None:
        """Create folder and file for this user only: they hold the text of the user's files."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))

    def _prepare(self, connection: sqlite3.Connection) -> None:
        if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise _damaged_error()
        self._use_write_ahead_log(connection)
        connection.execute("PRAGMA foreign_keys = ON")
        # In this mode a crash of the machine may lose the last commits but never the database; what
        # must not be lost is run as durable. macOS needs to be asked twice.
        connection.execute("PRAGMA fullfsync = ON")
        connection.execute("PRAGMA synchronous = NORMAL")
        migrate(connection)

    def _use_write_ahead_log(self, connection: sqlite3.Connection) -> None:
        # SQLite does not wait for the lock that the switch needs, so two first starts may collide.
        deadline = time.monotonic() + self._busy_timeout
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if _code(error) not in _BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return

    def _moved_aside(self) -> StoreError:
        aside = _free_name(self._path)
        try:
            for suffix in ("", "-wal", "-shm"):
                part = self._path.with_name(self._path.name + suffix)
                if part.exists():
                    part.rename(aside.with_name(aside.name + suffix))
        except OSError as error:
            return StoreError(
                say(
                    "The database {path} is damaged, and cannot be moved aside: {error}.",
                    path=self._path,
                    error=error,
                ),
                say("Move it away yourself, then start Spark again."),
            )
        return StoreError(
            say("The database is damaged; it was kept as {aside}.", aside=aside),
            say("Start Spark again: it begins with an empty history. Your files are not touched."),
        )

    def _translated(self, error: OSError | sqlite3.Error) -> StoreError:
        code = None if isinstance(error, OSError) else _code(error)
        if code in _BUSY:
            return StoreError(
                say("The database {path} is in use by another program.", path=self._path),
                say("Close other windows of Spark, or try again."),
            )
        if code == sqlite3.SQLITE_FULL:
            return StoreError(
                say("The database {path} was not written: the disk is full.", path=self._path),
                say("Free some space, then try again."),
            )
        if code in _DAMAGED:
            return StoreError(
                say("The database {path} is damaged.", path=self._path),
                say("Start Spark again: it keeps the damaged file and begins a new one."),
            )
        if isinstance(error, OSError) or code in _REFUSED:
            return StoreError(
                say(
                    "The database {path} cannot be opened or written: {error}.",
                    path=self._path,
                    error=error,
                ),
                say("Allow writing to that folder, or choose another data folder."),
            )
        return StoreError(
            say("The database {path} failed: {error}.", path=self._path, error=error),
            say("Try again; if it stays so, report it with this message."),
        )


def _code(error: sqlite3.Error) -> int | None:
    """Return SQLite's primary result code; the rest of the number only refines it."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _damaged_error() -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError(say("the quick check found damage"))
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def _free_name(path: Path) -> Path:
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.damaged-{stamp}-{number}")
    return aside
