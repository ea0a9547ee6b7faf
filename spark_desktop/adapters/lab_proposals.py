"""The figures of proposals in the database."""

import json
import os
import sqlite3
from dataclasses import asdict
from pathlib import Path

from spark_desktop.adapters.database import Database
from spark_desktop.domain.completion import Timing, Usage
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.lab_proposal import ProposalFigures


class SqliteProposalLog:
    """Those of one workspace; a ProposalLog."""

    def __init__(self, database: Database, workspace: Path) -> None:
        self._database = database
        self._workspace = os.path.realpath(workspace)

    async def keep(self, figures: ProposalFigures) -> None:
        """Insert the figures, or replace those of the same proposal. Raises StoreError."""
        row = (
            *(figures.id, self._workspace, figures.model, json.dumps(asdict(figures.usage))),
            json.dumps(asdict(figures.timing)) if figures.timing else None,
            json.dumps(asdict(figures.emulation)) if figures.emulation else None,
        )
        # An upsert keeps the row's position.
        await self._database.run(
            lambda connection: connection.execute(
                """INSERT INTO proposals (id, workspace, model, usage, timing, emulation)
                   VALUES (?, ?, ?, ?, ?, ?)
                   ON CONFLICT (workspace, id) DO UPDATE SET model = excluded.model,
                       usage = excluded.usage, timing = excluded.timing,
                       emulation = excluded.emulation""",
                row,
            )
        )

    async def proposals(self) -> tuple[ProposalFigures, ...]:
        """Return the figures, oldest first. Raises StoreError."""
        return await self._database.run(self._proposals)

    def _proposals(self, connection: sqlite3.Connection) -> tuple[ProposalFigures, ...]:
        rows = connection.execute(
            "SELECT id, model, usage, timing, emulation FROM proposals "
            "WHERE workspace = ? ORDER BY position",
            (self._workspace,),
        )
        return tuple(
            ProposalFigures(
                id_,
                model,
                Usage(**json.loads(usage)),
                Timing(**json.loads(timing)) if timing else None,
                Emulation(**json.loads(told)) if told else None,
            )
            for id_, model, usage, timing, told in rows
        )
