"""Questions of the quick prompt in the database, which is opened when it is first asked."""

import sqlite3
from pathlib import Path

from spark_desktop.adapters.database import Database
from spark_desktop.services.quick import KEPT


class SqliteQuickHistory:
    """A QuickHistory in the database ``file``; several processes may use it."""

    def __init__(self, file: Path) -> None:
        self._database = Database(file)

    async def recent(self) -> tuple[str, ...]:
        """Return the questions, oldest first. Raises StoreError."""
        return await self._database.run(_recent)

    async def keep(self, question: str) -> None:
        """Add a question at the end, in one transaction. Raises StoreError."""
        await self._database.run(lambda connection: _keep(connection, question))

    async def clear(self) -> None:
        """Forget all. Raises StoreError."""
        await self._database.run(lambda connection: connection.execute(_CLEAR))

    async def close(self) -> None:
        """End the connection, if there is one."""
        await self._database.close()


_CLEAR = "DELETE FROM quick_questions"


def _recent(connection: sqlite3.Connection) -> tuple[str, ...]:
    rows = connection.execute("SELECT question FROM quick_questions ORDER BY position")
    return tuple(str(question) for (question,) in rows)


def _keep(connection: sqlite3.Connection, question: str) -> None:
    # REPLACE takes the older one away, and the new one has a position of its own.
    connection.execute("REPLACE INTO quick_questions (question) VALUES (?)", (question,))
    connection.execute(
        "DELETE FROM quick_questions WHERE position NOT IN "
        "(SELECT position FROM quick_questions ORDER BY position DESC LIMIT ?)",
        (KEPT,),
    )
