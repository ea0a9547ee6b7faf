"""What has worked with which model on this machine, in the database."""

import sqlite3
from collections.abc import Mapping

from spark_desktop.adapters.database import Database
from spark_desktop.domain.track_record import Tally, Way

_KEEP = """INSERT INTO ways (model, kind, way, asked, passed) VALUES (?, ?, ?, 1, ?)
    ON CONFLICT (model, kind, way) DO UPDATE SET
    asked = asked + 1, passed = passed + excluded.passed"""
# What was long ago counts for less: a newer program asks in another way.
_HALVE = """UPDATE ways SET asked = asked / 2, passed = passed / 2
    WHERE model = ? AND kind = ? AND way = ? AND asked > ?"""
_MOST = 200


class SqliteTrackRecord:
    """Implements the TrackRecord port, over the answers of all projects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def tallies(self, model: str, kind: str) -> Mapping[Way, Tally]:
        """Return what is known; ways that were never tried are not in it. Raises StoreError."""

        def read(connection: sqlite3.Connection) -> list[tuple[str, int, int]]:
            query = "SELECT way, asked, passed FROM ways WHERE model = ? AND kind = ?"
            return connection.execute(query, (model, kind)).fetchall()

        known = {way.value: way for way in Way}
        rows = await self._database.run(read)
        return {known[way]: Tally(asked, passed) for way, asked, passed in rows if way in known}

    async def keep(self, model: str, kind: str, way: Way, passed: bool) -> None:
        """Count one more answer. Raises StoreError."""

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(_KEEP, (model, kind, way.value, int(passed)))
            connection.execute(_HALVE, (model, kind, way.value, _MOST))

        await self._database.run(write)
