"""The figures of proposals in a real database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from spark_desktop.adapters.database import Database
from spark_desktop.adapters.lab_proposals import SqliteProposalLog
from spark_desktop.domain.completion import Timing, Usage
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.lab_proposal import ProposalFigures

FIRST = ProposalFigures("p1", "small", Usage(100, 20, 80), Timing(0.25, 1.5, 0.2, None))
SECOND = ProposalFigures("p2", "small", Usage(1, 2, 0), None, Emulation("codex", engine_s=1.0))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(tmp_path / "spark.db")
    yield database
    await database.close()


async def test_figures_come_back_as_they_were_kept_oldest_first(
    database: Database, tmp_path: Path
) -> None:
    log = SqliteProposalLog(database, tmp_path)
    await log.keep(FIRST)
    await log.keep(SECOND)
    again = ProposalFigures("p1", "small", Usage(200, 40, 160))
    await log.keep(again)
    assert await log.proposals() == (again, SECOND)


async def test_a_workspace_has_its_own(database: Database, tmp_path: Path) -> None:
    await SqliteProposalLog(database, tmp_path / "one").keep(FIRST)
    assert await SqliteProposalLog(database, tmp_path / "two").proposals() == ()


async def test_they_are_there_after_a_restart(tmp_path: Path) -> None:
    for expected in ((), (FIRST,)):
        database = Database(tmp_path / "spark.db")
        log = SqliteProposalLog(database, tmp_path)
        assert await log.proposals() == expected
        await log.keep(FIRST)
        await database.close()
