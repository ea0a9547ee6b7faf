import asyncio
import os
import stat
from pathlib import Path

import pytest

from spark_desktop.adapters.quick_history import SqliteQuickHistory
from spark_desktop.domain.errors import StoreError
from spark_desktop.services.quick import KEPT


async def test_questions_are_there_after_a_restart_oldest_first(tmp_path: Path) -> None:
    file = tmp_path / "spark.db"
    first = SqliteQuickHistory(file)
    await first.keep("One?")
    await first.keep("Two?")
    await first.close()
    second = SqliteQuickHistory(file)
    assert await second.recent() == ("One?", "Two?")
    await second.close()


async def test_a_question_asked_again_stands_once_at_the_end(tmp_path: Path) -> None:
    history = SqliteQuickHistory(tmp_path / "spark.db")
    for question in ("One?", "Two?", "One?"):
        await history.keep(question)
    assert await history.recent() == ("Two?", "One?")
    await history.close()


async def test_the_oldest_beyond_the_most_are_dropped(tmp_path: Path) -> None:
    history = SqliteQuickHistory(tmp_path / "spark.db")
    for number in range(KEPT + 3):
        await history.keep(f"{number}?")
    kept = await history.recent()
    assert (len(kept), kept[0], kept[-1]) == (KEPT, "3?", f"{KEPT + 2}?")
    await history.clear()
    assert await history.recent() == ()
    await history.close()


async def test_nothing_is_written_before_the_first_use(tmp_path: Path) -> None:
    history = SqliteQuickHistory(tmp_path / "spark.db")
    await history.close()
    assert not (await asyncio.to_thread(lambda: list(tmp_path.iterdir())))


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
async def test_others_cannot_read_the_questions(tmp_path: Path) -> None:
    history = SqliteQuickHistory(tmp_path / "spark.db")
    await history.keep("Secret?")
    await history.close()
    assert stat.S_IMODE((tmp_path / "spark.db").stat().st_mode) == 0o600


async def test_a_place_that_is_no_file_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "spark.db").mkdir()
    history = SqliteQuickHistory(tmp_path / "spark.db")
    with pytest.raises(StoreError):
        await history.keep("One?")
    await history.close()
