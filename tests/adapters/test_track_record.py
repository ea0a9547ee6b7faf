"""What has worked with a model, in the database."""

import pytest

from spark_desktop.adapters.database import Database
from spark_desktop.adapters.track_record import SqliteTrackRecord
from spark_desktop.domain.track_record import Tally, Way


@pytest.fixture
async def database(tmp_path):
    database = Database(tmp_path / "spark.db")
    await database.open()
    yield database
    await database.close()


async def test_answers_are_counted_by_model_kind_and_way(database):
    record = SqliteTrackRecord(database)
    for passed in (True, False, True):
        await record.keep("small", "stub", Way.FILL_IN, passed)
    await record.keep("small", "stub", Way.REGION, False)
    await record.keep("large", "stub", Way.FILL_IN, False)
    await record.keep("small", "AI!", Way.REGION, True)
    assert await record.tallies("small", "stub") == {
        Way.FILL_IN: Tally(3, 2),
        Way.REGION: Tally(1, 0),
    }
    assert await record.tallies("unknown", "stub") == {}


async def test_what_was_long_ago_counts_for_less(database):
    record = SqliteTrackRecord(database)
    for _ in range(201):
        await record.keep("small", "stub", Way.REGION, True)
    assert await record.tallies("small", "stub") == {Way.REGION: Tally(100, 100)}


async def test_a_way_of_a_newer_program_is_passed_over(database):
    await database.run(
        lambda connection: connection.execute("INSERT INTO ways VALUES ('m', 'k', 'new', 1, 1)")
    )
    assert await SqliteTrackRecord(database).tallies("m", "k") == {}
