import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from spark_desktop.adapters.checkpoint_store import SqliteCheckpointStore
from spark_desktop.adapters.database import Database
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.history import AppliedChange
from spark_desktop.domain.patch import Hunk
from spark_desktop.domain.text import digest_of


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(tmp_path / "spark.db")
    yield database
    await database.close()


@pytest.fixture
def store(database: Database, tmp_path: Path) -> SqliteCheckpointStore:
    return SqliteCheckpointStore(database, tmp_path / "one", limit=5)


def change(number: int) -> AppliedChange:
    """Return the change that turns the text ``number`` into ``number + 1``."""
    before, after = text(number), text(number + 1)
    return AppliedChange(
        id=f"c{number}",
        path="src/a.py",
        title="Count on",
        hunks=(Hunk("1-0", 0, (before.decode(),), (after.decode(), "é\r\n")), Hunk("9", 8, (), ())),
        before=digest_of(before),
        after=digest_of(after),
        created=datetime(2026, 1, 2, 3, 4, 5, number, UTC),
    )


def text(number: int) -> bytes:
    return f"{number}\r\n".encode()


async def record(store: SqliteCheckpointStore, *numbers: int) -> None:
    for number in numbers:
        await store.record(change(number), text(number), text(number + 1))


async def contents(database: Database) -> int:
    def count(connection: sqlite3.Connection) -> int:
        return int(connection.execute("SELECT count(*) FROM contents").fetchone()[0])

    return await database.run(count)


async def test_changes_come_back_equal_and_oldest_first(
    store: SqliteCheckpointStore, database: Database, tmp_path: Path
) -> None:
    await record(store, 1, 2)
    again = SqliteCheckpointStore(database, tmp_path / "one")
    assert await again.changes() == (change(1), change(2))


async def test_an_empty_history_has_nothing_to_undo_or_redo(store: SqliteCheckpointStore) -> None:
    assert await store.last_applied() is None
    assert await store.last_undone() is None
    assert await store.changes() == ()
    assert await store.content(digest_of(b"never")) is None


async def test_undo_takes_back_the_newest_and_redo_brings_back_in_order(
    store: SqliteCheckpointStore,
) -> None:
    await record(store, 1, 2, 3)
    await store.mark("c3", undone=True)
    await store.mark("c2", undone=True)
    assert await store.last_applied() == change(1)
    assert await store.last_undone() == replace(change(2), undone=True)
    await store.mark("c2", undone=False)
    assert await store.last_applied() == change(2)
    assert await store.last_undone() == replace(change(3), undone=True)


async def test_recording_drops_the_undone_changes_and_their_contents(
    store: SqliteCheckpointStore, database: Database
) -> None:
    await record(store, 1, 2, 3)
    await store.mark("c3", undone=True)
    await store.mark("c2", undone=True)
    await record(store, 10)
    assert await store.changes() == (change(1), change(10))
    assert await store.content(digest_of(text(3))) is None
    assert await contents(database) == 4


async def test_contents_come_back_and_equal_ones_are_kept_once(
    store: SqliteCheckpointStore, database: Database
) -> None:
    await record(store, 1, 2)
    for number in (1, 2, 3):
        assert await store.content(digest_of(text(number))) == text(number)
    assert await contents(database) == 3


async def test_an_empty_and_a_binary_content_come_back(store: SqliteCheckpointStore) -> None:
    data = bytes(range(256))
    both = replace(change(1), before=digest_of(b""), after=digest_of(data))
    await store.record(both, b"", data)
    assert await store.content(both.before) == b""
    assert await store.content(both.after) == data


async def test_only_the_newest_changes_are_kept(
    store: SqliteCheckpointStore, database: Database
) -> None:
    await record(store, *range(8))
    assert await store.changes() == tuple(change(number) for number in range(3, 8))
    assert await contents(database) == 6


async def test_workspaces_do_not_see_each_other_but_share_contents(
    store: SqliteCheckpointStore, database: Database, tmp_path: Path
) -> None:
    other = SqliteCheckpointStore(database, tmp_path / "two", limit=1)
    await record(store, 1)
    await record(other, 1, 50)
    assert await other.changes() == (change(50),)
    assert await store.changes() == (change(1),)
    assert await store.content(digest_of(text(1))) == text(1)
    with pytest.raises(StoreError):
        await other.mark("c1", undone=True)


async def test_an_unknown_change_cannot_be_marked(store: SqliteCheckpointStore) -> None:
    with pytest.raises(StoreError, match="no kept change c9") as caught:
        await store.mark("c9", undone=True)
    assert caught.value.next_step


async def test_a_change_that_does_not_match_its_bytes_is_not_kept(
    store: SqliteCheckpointStore,
) -> None:
    with pytest.raises(StoreError, match="does not match"):
        await store.record(change(1), text(1), b"something else")
    assert await store.changes() == ()


async def test_a_change_recorded_again_replaces_itself(store: SqliteCheckpointStore) -> None:
    await record(store, 1)
    await store.record(replace(change(1), undone=True), text(1), text(2))
    assert await store.changes() == (replace(change(1), undone=True),)
    await record(store, 1)
    assert await store.changes() == (change(1),)


async def test_what_is_recorded_as_undone_drops_nothing(store: SqliteCheckpointStore) -> None:
    await record(store, 1, 2)
    await store.mark("c2", undone=True)
    await store.record(replace(change(10), undone=True), text(10), text(11))
    assert [kept.id for kept in await store.changes()] == ["c1", "c2", "c10"]
    assert await store.last_undone() == replace(change(2), undone=True)


@pytest.mark.parametrize("blob", [b"not compressed", b"x\x9c\x03\x00\x00\x00\x00\x01"])
async def test_a_damaged_content_is_not_handed_out(
    store: SqliteCheckpointStore, database: Database, blob: bytes
) -> None:
    await record(store, 1)
    await database.run(lambda c: c.execute("UPDATE contents SET data = ?", (blob,)))
    with pytest.raises(StoreError, match="is damaged"):
        await store.content(digest_of(text(1)))
