import sqlite3
import stat
import threading
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from spark_desktop.adapters.database import Database
from spark_desktop.adapters.migrations import STEPS, migrate
from spark_desktop.adapters.step_rows import steps_of
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.history import AppliedChange, Step, StepKind
from spark_desktop.domain.patch import Hunk
from spark_desktop.domain.text import digest_of


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(tmp_path / "data" / "spark.db", busy_timeout=0.1)
    yield database
    await database.close()


def value(connection: sqlite3.Connection, sql: str) -> object:
    return connection.execute(sql).fetchone()[0]


async def test_opening_creates_the_schema_once(database: Database) -> None:
    await database.open()
    await database.open()
    assert await database.run(lambda c: value(c, "PRAGMA user_version")) == len(STEPS)


async def test_the_file_is_private_and_logs_ahead(database: Database) -> None:
    await database.open()
    assert await database.run(lambda c: value(c, "PRAGMA journal_mode")) == "wal"
    assert await database.run(lambda c: value(c, "PRAGMA foreign_keys")) == 1
    assert stat.S_IMODE(database.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(database.path.parent.stat().st_mode) == 0o700


async def test_work_that_raises_is_taken_back(database: Database) -> None:
    def work(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO contents VALUES ('d', x'00')")
        raise LookupError

    with pytest.raises(LookupError):
        await database.run(work)
    assert await database.run(lambda c: value(c, "SELECT count(*) FROM contents")) == 0


async def test_foreign_keys_hold(database: Database) -> None:
    def work(connection: sqlite3.Connection) -> None:
        connection.execute(
            "INSERT INTO turns (id, thread_id, question, answer, state, created, model, error)"
            " VALUES ('t', 'none', '', '', '', '', '', '')"
        )

    with pytest.raises(StoreError, match="FOREIGN KEY"):
        await database.run(work)


async def test_all_work_runs_in_one_other_thread(database: Database) -> None:
    names = {await database.run(lambda _: threading.current_thread().name) for _ in range(3)}
    assert len(names) == 1
    assert threading.current_thread().name not in names


async def test_a_closed_database_says_so(database: Database) -> None:
    await database.open()
    await database.close()
    await database.close()
    with pytest.raises(StoreError, match="closed"):
        await database.open()


async def test_closing_an_unopened_database_does_nothing(database: Database) -> None:
    await database.close()
    assert not database.path.exists()


async def test_a_damaged_file_is_kept_aside_and_named(database: Database) -> None:
    database.path.parent.mkdir()
    database.path.write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match="damaged; it was kept as") as caught:
        await database.open()
    kept = next(database.path.parent.glob("*.damaged-*"))
    assert kept.name in caught.value.message
    assert kept.read_bytes() == b"this is no database" * 100
    await database.open()
    assert await database.run(lambda c: value(c, "SELECT count(*) FROM threads")) == 0


async def test_a_second_damaged_file_does_not_replace_the_first(database: Database) -> None:
    database.path.parent.mkdir()
    for content in (b"first damaged" * 100, b"second damaged" * 100):
        database.path.write_bytes(content)
        with pytest.raises(StoreError, match="damaged"):
            await database.open()
    assert len(list(database.path.parent.glob("*.damaged-*"))) == 2


async def test_damage_inside_the_file_is_found_when_it_is_opened(database: Database) -> None:
    await database.run(
        lambda c: c.executemany(
            "INSERT INTO contents VALUES (?, zeroblob(3000))", [(str(n),) for n in range(200)]
        )
    )
    await database.close()
    data = bytearray(database.path.read_bytes())
    data[40_000:200_000] = b"\xff" * 160_000
    database.path.write_bytes(data)
    again = Database(database.path)
    with pytest.raises(StoreError, match="damaged"):
        await again.open()
    await again.close()


async def test_damage_that_happens_later_is_told_with_the_next_step(database: Database) -> None:
    await database.open()

    def work(connection: sqlite3.Connection) -> None:
        error = sqlite3.DatabaseError("database disk image is malformed")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error

    with pytest.raises(StoreError, match="damaged") as caught:
        await database.run(work)
    assert "Start Spark again" in caught.value.next_step
    assert database.path.exists()


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (sqlite3.SQLITE_FULL, "the disk is full"),
        (sqlite3.SQLITE_BUSY, "in use by another program"),
        (sqlite3.SQLITE_READONLY, "cannot be opened or written"),
        (sqlite3.SQLITE_CONSTRAINT, "failed: told"),
    ],
)
async def test_what_sqlite_reports_is_told_with_a_next_step(
    database: Database, code: int, told: str
) -> None:
    def work(connection: sqlite3.Connection) -> None:
        error = sqlite3.OperationalError("told")
        error.sqlite_errorcode = code
        raise error

    with pytest.raises(StoreError, match=told) as caught:
        await database.run(work)
    assert caught.value.next_step


async def test_a_really_full_database_is_told_and_stays_usable(database: Database) -> None:
    await database.run(lambda c: value(c, "PRAGMA max_page_count = 20"))
    with pytest.raises(StoreError, match="the disk is full"):
        await database.run(lambda c: c.execute("INSERT INTO contents VALUES ('d', zeroblob(1e6))"))
    assert await database.run(lambda c: value(c, "SELECT count(*) FROM contents")) == 0


async def test_a_database_that_another_holds_is_told(database: Database) -> None:
    await database.open()
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(StoreError, match="in use"):
            await database.run(lambda c: None)
    finally:
        other.close()
    assert await database.run(lambda c: value(c, "SELECT 1")) == 1


async def test_a_first_start_waits_for_another_first_start(tmp_path: Path) -> None:
    path = tmp_path / "spark.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    database = Database(path, busy_timeout=0.1)
    try:
        with pytest.raises(StoreError, match="in use"):
            await database.open()
    finally:
        other.close()
    await database.open()
    await database.close()


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    database = Database(tmp_path / "file" / "spark.db")
    with pytest.raises(StoreError, match="cannot be opened"):
        await database.open()
    await database.close()


async def test_a_newer_programs_database_is_left_as_it_is(database: Database) -> None:
    await database.open()
    await database.close()
    with sqlite3.connect(database.path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    again = Database(database.path)
    with pytest.raises(StoreError, match="newer Spark") as caught:
        await again.open()
    await again.close()
    assert "Update Spark" in caught.value.next_step
    assert list(database.path.parent.glob("*.damaged-*")) == []


def test_a_step_runs_once_and_later_ones_follow() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    first, second = ("CREATE TABLE a (x)",), ("CREATE TABLE b (x)", "INSERT INTO b VALUES (1)")
    migrate(connection, (first,))
    migrate(connection, (first, second))
    migrate(connection, (first, second))
    assert value(connection, "SELECT count(*) FROM b") == 1
    connection.close()


def test_a_step_that_fails_is_taken_back_whole() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, (("CREATE TABLE a (x)", "CREATE TABLE a (x)"),))
    assert value(connection, "PRAGMA user_version") == 0
    assert value(connection, "SELECT count(*) FROM sqlite_master") == 0
    connection.close()


def test_turns_of_an_older_program_count_as_measured() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection, STEPS[:2])
    connection.execute("INSERT INTO threads VALUES (1, 'th', 'here', '', '')")
    connection.execute(
        "INSERT INTO turns (id, thread_id, question, answer, state, created, model, error)"
        " VALUES ('t', 'th', '', '', '', '', '', '')"
    )
    migrate(connection)
    assert value(connection, "SELECT emulation FROM turns") is None
    connection.close()


async def test_a_durable_transaction_is_synced_and_the_next_one_is_not(
    database: Database,
) -> None:
    def level(connection: sqlite3.Connection) -> object:
        return value(connection, "PRAGMA synchronous")

    full, normal = 2, 1
    assert await database.run(level, durable=True) == full
    assert await database.run(level) == normal
    with pytest.raises(StoreError):
        await database.run(lambda connection: connection.execute("NONSENSE"), durable=True)
    assert await database.run(level) == normal


async def test_changes_that_an_older_program_kept_are_steps_of_one_change(tmp_path: Path) -> None:
    file = tmp_path / "spark.db"
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    migrate(connection, STEPS[:10])
    old, new = (digest_of(data) for data in (b"old", b"new"))
    contents = [(old, zlib.compress(b"old")), (new, zlib.compress(b"new"))]
    connection.executemany("INSERT INTO contents VALUES (?, ?)", contents)
    hunks = '[{"id": "1-0", "start": 0, "old": ["old"], "new": ["new"]}]'
    for workspace, id_, undone in (("w", "c2", 0), ("w", "c1", 1), ("other", "c2", 0)):
        connection.execute(
            "INSERT INTO changes (id, workspace, path, title, hunks, before, after, created,"
            " undone) VALUES (?, ?, 'a.py', 'Title', ?, ?, ?, '2026-01-02T03:04:05+00:00', ?)",
            (id_, workspace, hunks, old, new, undone),
        )
    connection.close()

    database = Database(file)
    steps = await database.run(lambda db: steps_of(db, "w"))
    elsewhere = await database.run(lambda db: steps_of(db, "other"))
    broken = await database.run(lambda db: db.execute("PRAGMA foreign_key_check").fetchall())
    await database.close()
    assert [(step.id, step.title, step.undone) for step in steps] == [
        ("c2", "Title", False),
        ("c1", "Title", True),
    ]
    created = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    hunk = Hunk("1-0", 0, ("old",), ("new",))
    one = AppliedChange("c2", "a.py", "Title", (hunk,), old, new, created)
    assert steps[0] == Step("c2", "Title", StepKind.EDIT, created, (one,))
    assert [step.changes[0].id for step in elsewhere] == ["c2"]
    assert broken == []
