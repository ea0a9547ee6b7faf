"""Applied changes, with the bytes before and after, in the database."""

import json
import os
import sqlite3
import zlib
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from spark_desktop.adapters import contents
from spark_desktop.adapters.database import Database
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.history import AppliedChange
from spark_desktop.domain.patch import Hunk
from spark_desktop.domain.text import digest_of
from spark_desktop.domain.words import say

MAX_CHANGES = 500
_COLUMNS = "id, path, title, hunks, before, after, created, undone"


class SqliteCheckpointStore:
    """The applied changes of one workspace, the newest ``limit`` of them; a CheckpointStore.

    Undone changes are the newest ones: recording another that stands drops them.
    """

    def __init__(self, database: Database, workspace: Path, limit: int = MAX_CHANGES) -> None:
        self._database = database
        self._workspace = os.path.realpath(workspace)
        self._limit = limit

    async def record(self, change: AppliedChange, before: bytes, after: bytes) -> None:
        """Keep a change, or replace the one with its id; drop the undone ones where it is not.

        Raises StoreError, also where the bytes do not hash to what the change says.
        """
        if (digest_of(before), digest_of(after)) != (change.before, change.after):
            raise StoreError(
                say(
                    "The change of {path} does not match its bytes; it was not kept.",
                    path=change.path,
                ),
                say("Undo it in your editor if need be."),
            )
        blobs = [(change.before, zlib.compress(before)), (change.after, zlib.compress(after))]
        await self._database.run(lambda connection: self._record(connection, change, blobs))

    async def last_applied(self) -> AppliedChange | None:
        """Return what undo would take back: the newest change that stands. Raises StoreError."""
        return await self._one("AND undone = 0 ORDER BY position DESC")

    async def last_undone(self) -> AppliedChange | None:
        """Return what redo would bring back: the one that was undone last. Raises StoreError."""
        return await self._one("AND undone = 1 ORDER BY position")

    async def mark(self, change_id: str, undone: bool) -> None:
        """Note that a change was undone or redone. Raises StoreError for an unknown one."""

        def work(connection: sqlite3.Connection) -> None:
            cursor = connection.execute(
                "UPDATE changes SET undone = ? WHERE workspace = ? AND id = ?",
                (undone, self._workspace, change_id),
            )
            if cursor.rowcount == 0:
                raise StoreError(
                    say(
                        "There is no kept change {change_id} in {workspace}.",
                        change_id=change_id,
                        workspace=self._workspace,
                    ),
                    say("Another window may have dropped it; look at the list of changes again."),
                )

        await self._database.run(work)

    async def forget(self, change_id: str) -> None:
        """Drop a change that was recorded but never written. Raises StoreError."""
        await self._database.run(
            lambda connection: connection.execute(
                "DELETE FROM changes WHERE workspace = ? AND id = ?", (self._workspace, change_id)
            )
        )

    async def changes(self) -> tuple[AppliedChange, ...]:
        """Return every kept change, oldest first. Raises StoreError."""
        return await self._database.run(lambda connection: self._select(connection))

    async def content(self, digest: str) -> bytes | None:
        """Return kept bytes by their digest; None where they are not kept.

        Raises StoreError where they were damaged on disk.
        """
        blob = await self._database.run(
            lambda connection: connection.execute(
                "SELECT data FROM contents WHERE digest = ?", (digest,)
            ).fetchone()
        )
        if blob is None:
            return None
        try:
            data = zlib.decompress(blob[0])
        except zlib.error:
            data = b""
        if digest_of(data) != digest:
            raise StoreError(
                say("The kept content {digest} is damaged.", digest=digest[:12]),
                say("It cannot be brought back; take it from your version control."),
            )
        return data

    async def _one(self, clause: str) -> AppliedChange | None:
        found = await self._database.run(
            lambda connection: self._select(connection, f"{clause} LIMIT 1")
        )
        return found[0] if found else None

    def _select(
        self, connection: sqlite3.Connection, clause: str = "ORDER BY position"
    ) -> tuple[AppliedChange, ...]:
        rows = connection.execute(
            f"SELECT {_COLUMNS} FROM changes WHERE workspace = ? {clause}", (self._workspace,)
        )
        return tuple(_change(row) for row in rows)

    def _record(
        self,
        connection: sqlite3.Connection,
        change: AppliedChange,
        blobs: list[tuple[str, bytes]],
    ) -> None:
        contents.keep(connection, dict(blobs))
        connection.execute(
            "INSERT INTO steps (id, workspace, title, kind, origin, created) "
            "VALUES (?, ?, ?, 'edit', '', ?) ON CONFLICT DO NOTHING",
            (change.id, self._workspace, change.title, change.created.isoformat()),
        )
        connection.execute(
            f"INSERT INTO changes (workspace, step, kind, target, undone_hunks, {_COLUMNS}) "
            "VALUES (?, (SELECT position FROM steps WHERE workspace = ? AND id = ?), "
            "'change', '', '[]', ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (workspace, id) DO UPDATE SET undone = excluded.undone",
            (
                *(self._workspace, self._workspace, change.id),
                *(change.id, change.path, change.title, _hunks_out(change.hunks)),
                *(change.before, change.after, change.created.isoformat(), change.undone),
            ),
        )
        if change.undone:
            return
        connection.execute(
            "DELETE FROM changes WHERE workspace = ? AND undone = 1", (self._workspace,)
        )
        connection.execute(
            """DELETE FROM changes WHERE workspace = ? AND position NOT IN
               (SELECT position FROM changes WHERE workspace = ? ORDER BY position DESC LIMIT ?)""",
            (self._workspace, self._workspace, self._limit),
        )
        connection.execute(
            "DELETE FROM steps WHERE NOT EXISTS (SELECT 1 FROM changes WHERE step = steps.position)"
        )
        contents.drop_unused(connection)


def _change(row: tuple[str, str, str, str, str, str, str, int]) -> AppliedChange:
    id_, path, title, hunks, before, after, created, undone = row
    return AppliedChange(
        id=id_,
        path=path,
        title=title,
        hunks=_hunks_in(hunks),
        before=before,
        after=after,
        created=datetime.fromisoformat(created),
        undone=bool(undone),
    )


def _hunks_out(hunks: tuple[Hunk, ...]) -> str:
    return json.dumps([asdict(hunk) for hunk in hunks])


def _hunks_in(text: str) -> tuple[Hunk, ...]:
    return tuple(
        Hunk(hunk["id"], hunk["start"], tuple(hunk["old"]), tuple(hunk["new"]))
        for hunk in json.loads(text)
    )
