"""Measured answers are kept, and read back as they were."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta

import pytest

from spark_desktop.adapters.answer_log import SqliteAnswerLog
from spark_desktop.adapters.database import Database
from spark_desktop.domain.completion import Usage
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.standings import AnswerRecord
from spark_desktop.services.tasks import TaskScope

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def record(minutes=0, **known):
    when = NOW + timedelta(minutes=minutes)
    return AnswerRecord(when, "cerebras", "gpt-oss-120b", WorkKind.CHAT, **known)


ANSWERED = record(usage=Usage(10, 20, 5), first_token=0.1, total=0.3, cost=0.001)
FAILED = record(1, error="EndpointBusyError")


@pytest.fixture
async def opened(tmp_path):
    database, scope = Database(tmp_path / "spark.db"), TaskScope("test")
    yield SqliteAnswerLog(database, scope), database, scope
    await scope.close()
    await database.close()


async def test_what_was_noted_is_read_back_oldest_first(opened):
    log, _, _ = opened
    log.note(FAILED)
    log.note(ANSWERED)
    assert await log.records(NOW) == (ANSWERED, FAILED)


async def test_older_answers_are_left_out(opened):
    log, _, _ = opened
    log.note(ANSWERED)
    log.note(FAILED)
    assert await log.records(NOW + timedelta(seconds=1)) == (FAILED,)


async def test_it_is_there_in_the_next_session(opened, tmp_path):
    log, database, scope = opened
    log.note(ANSWERED)
    await scope.close()
    log.note(FAILED)
    await log.close()
    await database.close()
    again = Database(tmp_path / "spark.db")
    assert await SqliteAnswerLog(again, TaskScope("again")).records(NOW) == (ANSWERED, FAILED)
    await again.close()


async def test_what_is_noted_while_another_call_has_the_database_is_not_lost(
    opened, tmp_path, monkeypatch
):
    log, database, scope = opened
    go, asked, run = threading.Event(), asyncio.Event(), database.run
    busy = asyncio.ensure_future(run(lambda connection: go.wait(5)))

    async def told(work):
        asked.set()
        return await run(work)

    monkeypatch.setattr(database, "run", told)
    log.note(ANSWERED)
    # The writer has taken it, and waits for the database.
    await asked.wait()
    await scope.close()
    go.set()
    await log.close()
    await database.close()
    await busy
    again = Database(tmp_path / "spark.db")
    assert await SqliteAnswerLog(again, TaskScope("again")).records(NOW) == (ANSWERED,)
    await again.close()


async def test_a_log_that_cannot_be_written_stops_no_answer(opened, caplog):
    log, database, _ = opened
    await database.close()
    log.note(ANSWERED)
    await log.close()
    assert "were not written" in caplog.text
