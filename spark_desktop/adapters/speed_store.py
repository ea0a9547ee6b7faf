"""How fast models were on this machine, from the answers in the database."""

import json
import sqlite3
from dataclasses import asdict

from spark_desktop.adapters.database import Database
from spark_desktop.domain.completion import Timing, Usage
from spark_desktop.domain.model_shelf import SpeedSample

# So many answers say enough, and older ones were made by other engines and settings.
_NEWEST = 200
# A turn that other hardware answered, or that is paced so, says nothing about this one.
_TURNS = """SELECT model, usage, timing FROM turns
    WHERE emulation IS NULL AND usage IS NOT NULL AND timing IS NOT NULL AND model <> ''
    AND endpoint = '' ORDER BY position DESC LIMIT ?"""
_PROPOSALS = """SELECT model, usage, timing FROM proposals
    WHERE emulation IS NULL AND timing IS NOT NULL AND model <> ''
    ORDER BY position DESC LIMIT ?"""
_MEASURED = "SELECT model, usage, timing FROM measurements ORDER BY position DESC LIMIT ?"


class SqliteSpeeds:
    """Implements the SpeedStore port, over the answers of all projects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def samples(self) -> tuple[SpeedSample, ...]:
        """Return the newest measured answers. Raises StoreError."""
        return await self._database.run(_samples)

    async def keep(self, sample: SpeedSample) -> None:
        """Keep an answer that was made for measuring. Raises StoreError."""
        row = (sample.model, json.dumps(asdict(sample.usage)), json.dumps(asdict(sample.timing)))
        await self._database.run(
            lambda connection: connection.execute(
                "INSERT INTO measurements (model, usage, timing) VALUES (?, ?, ?)", row
            )
        )


def _samples(connection: sqlite3.Connection) -> tuple[SpeedSample, ...]:
    rows = [
        *connection.execute(_TURNS, (_NEWEST,)),
        *connection.execute(_PROPOSALS, (_NEWEST,)),
        *connection.execute(_MEASURED, (_NEWEST,)),
    ]
    return tuple(
        SpeedSample(model, Usage(**json.loads(usage)), Timing(**json.loads(timing)))
        for model, usage, timing in rows
    )
