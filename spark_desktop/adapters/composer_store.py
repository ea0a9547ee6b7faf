"""Drafts and unsent questions in the database; a ComposerStore."""

import os
import sqlite3
from pathlib import Path

from spark_desktop.adapters.database import Database
from spark_desktop.adapters.item_rows import refs_json, refs_of
from spark_desktop.domain.context_item import Draft, Question


class SqliteComposerStore:
    """What was typed in one workspace."""

    def __init__(self, database: Database, workspace: Path) -> None:
        self._database = database
        self._workspace = os.path.realpath(workspace)

    async def draft(self, thread_id: str) -> Draft:
        """Return the thread's draft, an empty one where none is kept. Raises StoreError."""
        row = await self._database.run(
            lambda connection: connection.execute(
                "SELECT text, refs FROM drafts WHERE thread_id = ?", (thread_id,)
            ).fetchone()
        )
        return Draft(row[0], refs_of(row[1])) if row else Draft()

    async def save_draft(self, thread_id: str, draft: Draft) -> None:
        """Keep the draft instead of the one before; an empty one is forgotten.

        That of a thread that is gone is dropped. Raises StoreError.
        """
        await self._database.run(lambda connection: _save_draft(connection, thread_id, draft))

    async def queue(self, question: Question) -> None:
        """Keep an unsent question behind the others, or replace the one with its id in place.

        Raises StoreError.
        """
        row = (
            *(question.id, question.thread_id, question.text),
            *(refs_json(question.refs), question.path),
        )
        await self._database.run(
            lambda connection: connection.execute(
                """INSERT INTO outbox (id, thread_id, text, refs, path) VALUES (?, ?, ?, ?, ?)
                   ON CONFLICT (id) DO UPDATE SET text = excluded.text, refs = excluded.refs,
                       path = excluded.path""",
                row,
            )
        )

    async def unqueue(self, question_id: str) -> None:
        """Forget an unsent question. Raises StoreError."""
        await self._database.run(
            lambda connection: connection.execute("DELETE FROM outbox WHERE id = ?", (question_id,))
        )

    async def queued(self) -> tuple[Question, ...]:
        """Return the unsent questions, oldest first, without those that became turns.

        Raises StoreError.
        """
        return await self._database.run(self._queued)

    def _queued(self, connection: sqlite3.Connection) -> tuple[Question, ...]:
        # Killed between the turn's first save and this row's end, the question was asked.
        connection.execute("DELETE FROM outbox WHERE id IN (SELECT id FROM turns)")
        rows = connection.execute(
            """SELECT id, thread_id, text, refs, path FROM outbox
               WHERE thread_id IN (SELECT id FROM threads WHERE workspace = ?)
               ORDER BY position""",
            (self._workspace,),
        )
        return tuple(
            Question(id_, thread_id, text, refs_of(refs), path)
            for id_, thread_id, text, refs, path in rows
        )


def _save_draft(connection: sqlite3.Connection, thread_id: str, draft: Draft) -> None:
    if draft.is_empty:
        connection.execute("DELETE FROM drafts WHERE thread_id = ?", (thread_id,))
        return
    connection.execute(
        """INSERT INTO drafts (thread_id, text, refs) SELECT id, ?, ? FROM threads WHERE id = ?
           ON CONFLICT (thread_id) DO UPDATE SET text = excluded.text, refs = excluded.refs""",
        (draft.text, refs_json(draft.refs), thread_id),
    )
