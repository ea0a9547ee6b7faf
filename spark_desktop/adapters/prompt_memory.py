"""What prompts were made of, in the database; a PromptMemory."""

import sqlite3

from spark_desktop.adapters.database import Database
from spark_desktop.domain.compaction import Summary


class SqlitePromptMemory:
    """Questions as they were sent, and summaries of turns."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sent(self, thread_id: str) -> dict[str, str]:
        """Return the questions of a thread as they were sent, by turn id. Raises StoreError."""
        rows = await self._database.run(
            lambda connection: connection.execute(
                "SELECT turn_id, text FROM sent WHERE thread_id = ?", (thread_id,)
            ).fetchall()
        )
        return dict(rows)

    async def keep_sent(self, thread_id: str, turn_id: str, text: str) -> None:
        """Keep a question as it was sent, or replace that turn's. Raises StoreError."""
        await self._database.run(
            lambda connection: connection.execute(
                """INSERT INTO sent (turn_id, thread_id, text) VALUES (?, ?, ?)
                   ON CONFLICT (turn_id) DO UPDATE SET text = excluded.text""",
                (turn_id, thread_id, text),
            )
        )

    async def summary(self, thread_id: str) -> Summary | None:
        """Return the thread's newest summary. Raises StoreError."""
        return await self._database.run(lambda connection: _summary(connection, thread_id))

    async def keep_summary(self, summary: Summary) -> None:
        """Keep a summary; older ones stay. Raises StoreError."""
        await self._database.run(
            lambda connection: connection.execute(
                """INSERT INTO summaries (thread_id, turn_id, text, turns, before, after)
                   VALUES (?, ?, ?, ?, ?, ?)""",
                (
                    *(summary.thread_id, summary.turn_id, summary.text),
                    *(summary.turns, summary.before, summary.after),
                ),
            )
        )


def _summary(connection: sqlite3.Connection, thread_id: str) -> Summary | None:
    row = connection.execute(
        """SELECT thread_id, turn_id, text, turns, before, after FROM summaries
           WHERE thread_id = ? ORDER BY position DESC LIMIT 1""",
        (thread_id,),
    ).fetchone()
    return Summary(*row) if row else None
