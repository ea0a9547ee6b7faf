import os
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from faults.step_cases import NOW, change, digest, step, write

from spark_desktop.adapters import step_usage
from spark_desktop.adapters.database import Database
from spark_desktop.adapters.step_store import SqliteStepStore
from spark_desktop.adapters.workspace_folder import WorkspaceFolder
from spark_desktop.domain.operation import Operation

# Bytes that no compression makes smaller, as hexadecimal text that halves.
TEXTS = [os.urandom(2_000).hex().encode() for _ in range(6)]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(tmp_path / "spark.db")
    yield database
    await database.close()


async def store_of(database: Database, root: Path, limit: int, count: int = 4) -> SqliteStepStore:
    """Return a store with so many steps, each of which changes one file from text to text."""
    store = SqliteStepStore(database, WorkspaceFolder(root), limit)
    first = write("a.txt", None, TEXTS[0])
    await store.commit(Operation("first", (first,)))
    for number in range(count):
        before, after = TEXTS[number], TEXTS[number + 1]
        one = replace(change("a.txt", before, after), hunks=(), id=f"c{number}")
        kept = replace(step(f"s{number}", one), created=NOW + timedelta(days=number))
        await store.commit(Operation(kept.id, (write("a.txt", before, after),), kept))
    return store


async def test_an_empty_store_takes_nothing(database: Database, tmp_path: Path) -> None:
    store = SqliteStepStore(database, WorkspaceFolder(tmp_path), 10)
    usage = await store.usage()
    assert (usage.bytes, usage.limit, usage.oldest, usage.surplus) == (0, 10, None, 0)
    assert await store.drop_oldest(3) == 0


async def test_each_content_counts_once_and_compressed(database: Database, tmp_path: Path) -> None:
    usage = await (await store_of(database, tmp_path, 10**6)).usage()
    # Five texts of 4,000 letters in which are 2,000 bytes.
    assert 5 * 2_000 < usage.bytes < 5 * 2_600
    assert usage.oldest == NOW
    assert usage.surplus == 0


@pytest.mark.parametrize(
    ("limit", "surplus"), [(12_600, 0), (9_500, 1), (7_000, 2), (5_000, 3), (100, 3)]
)
async def test_so_many_steps_must_go_as_take_what_is_over_the_limit(
    database: Database, tmp_path: Path, limit: int, surplus: int
) -> None:
    store = await store_of(database, tmp_path, limit)
    assert (await store.usage()).surplus == surplus
    assert len(await store.steps()) == 4, "nothing goes before it was said"
    assert await store.drop_oldest(surplus) == surplus
    left = await store.usage()
    assert left.surplus == 0
    assert left.bytes <= limit or len(await store.steps()) == 1


async def test_the_newest_step_and_what_it_needs_always_stay(
    database: Database, tmp_path: Path
) -> None:
    store = await store_of(database, tmp_path, 10)
    assert await store.drop_oldest(100) == 3
    assert [kept.id for kept in await store.steps()] == ["s3"]
    assert [await store.content(digest(text)) for text in TEXTS] == [
        *(None, None, None),
        *TEXTS[3:5],
        None,
    ]
    assert await store.drop_oldest(-1) == 0


async def test_too_many_steps_are_too_many_however_small(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step_usage, "MAX_STEPS", 3)
    store = await store_of(database, tmp_path, 10**6)
    assert (await store.usage()).surplus == 1


async def test_what_a_removed_file_carried_goes_with_its_bytes(
    database: Database, tmp_path: Path
) -> None:
    store = await store_of(database, tmp_path, 10, count=2)
    gone = step("gone", change("a.txt", TEXTS[2], None))
    await store.commit(Operation("gone", (write("a.txt", TEXTS[2], None),), gone))

    def kept(db: sqlite3.Connection) -> int:
        return int(db.execute("SELECT count(*) FROM removed_files").fetchone()[0])

    assert await database.run(kept) == 1
    await store.commit(
        Operation("b", (write("b", None, b"b"),), step("b", change("b", None, b"b")))
    )
    await store.drop_oldest(3)
    assert await database.run(kept) == 0
