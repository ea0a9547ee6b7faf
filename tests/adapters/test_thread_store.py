import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from spark_desktop.adapters.database import Database
from spark_desktop.adapters.migrations import STEPS, migrate
from spark_desktop.adapters.system_clock import SystemClock
from spark_desktop.adapters.thread_store import SqliteThreadStore
from spark_desktop.domain.completion import Timing, Usage
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.errors import EndpointError, StoreError
from spark_desktop.domain.words import kept, say

TURN = Turn(
    id="t1",
    question="Why?",
    answer="Because of 'that'; — ü",
    state=TurnState.DONE,
    created=datetime(2026, 1, 2, 3, 4, 5, 678901, UTC),
    model="small",
    path="src/a.py",
    error="",
    usage=Usage(100, 20, 80),
    timing=Timing(0.25, 1.5, 0.2, None),
)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(tmp_path / "spark.db")
    yield database
    await database.close()


@pytest.fixture
def store(database: Database, tmp_path: Path) -> SqliteThreadStore:
    return SqliteThreadStore(database, tmp_path / "one", SystemClock())


def reopened(database: Database, tmp_path: Path) -> SqliteThreadStore:
    """Return what the next start of the program sees."""
    return SqliteThreadStore(database, tmp_path / "one", SystemClock())


async def test_a_new_thread_is_empty_and_dated_with_its_zone(store: SqliteThreadStore) -> None:
    thread = await store.create("First")
    assert await store.thread(thread.id) == thread
    assert thread.turns == ()
    assert thread.created.tzinfo is not None


async def test_a_saved_turn_comes_back_equal(
    store: SqliteThreadStore, database: Database, tmp_path: Path
) -> None:
    thread = await store.create("First")
    bare = Turn("t2", "q", "", TurnState.STOPPED, TURN.created)
    await store.save_turn(thread.id, TURN)
    await store.save_turn(thread.id, bare)
    assert (await reopened(database, tmp_path).thread(thread.id)).turns == (TURN, bare)


async def test_what_speaks_against_a_whole_answer_is_kept_in_every_language(
    store: SqliteThreadStore, database: Database, tmp_path: Path
) -> None:
    doubted = replace(TURN, doubt=say("Asked {count} times.", count=3))
    thread = await store.create("")
    await store.save_turn(thread.id, doubted)
    (turn,) = (await reopened(database, tmp_path).thread(thread.id)).turns
    assert (turn, turn.error) == (doubted, "")
    assert kept(turn.doubt) == kept(doubted.doubt)


async def test_what_an_answer_imitates_is_kept(
    store: SqliteThreadStore, database: Database, tmp_path: Path
) -> None:
    thread = await store.create("First")
    told = Emulation("codex-spark", "Codex-Spark", "engine", "vendor", 1000.0, 998.5, 0.0, None)
    await store.save_turn(thread.id, replace(TURN, emulation=told))
    assert (await reopened(database, tmp_path).thread(thread.id)).turns[0].emulation == told
    await store.save_turn(thread.id, TURN)
    assert (await store.thread(thread.id)).turns[0].emulation is None


async def test_saving_again_replaces_the_turn_in_its_place(store: SqliteThreadStore) -> None:
    thread = await store.create("First")
    second = replace(TURN, id="t2")
    await store.save_turn(thread.id, TURN)
    await store.save_turn(thread.id, second)
    changed = replace(TURN, answer="Other", state=TurnState.FAILED, error="No connection.")
    await store.save_turn(thread.id, changed)
    assert (await store.thread(thread.id)).turns == (changed, second)


async def test_threads_are_listed_the_last_used_first_without_their_turns(
    store: SqliteThreadStore,
) -> None:
    first, second = await store.create("First"), await store.create("Second")
    assert await store.threads() == (second, first)
    await store.save_turn(first.id, TURN)
    assert await store.threads() == (first, second)


async def test_a_thread_without_a_title_goes_by_its_first_question(
    store: SqliteThreadStore,
) -> None:
    thread = await store.create("")
    assert thread.title == ""
    await store.save_turn(thread.id, TURN)
    await store.save_turn(thread.id, replace(TURN, id="t2", question="And then?"))
    assert [kept.title for kept in await store.threads()] == [TURN.question]
    assert (await store.thread(thread.id)).title == TURN.question


async def test_a_workspace_sees_only_its_own_threads(
    store: SqliteThreadStore, database: Database, tmp_path: Path
) -> None:
    thread = await store.create("First")
    other = SqliteThreadStore(database, tmp_path / "two", SystemClock())
    assert await other.threads() == ()
    with pytest.raises(StoreError, match="no thread"):
        await other.thread(thread.id)
    with pytest.raises(StoreError, match="no thread"):
        await other.save_turn(thread.id, TURN)


async def test_a_workspace_is_the_same_under_a_link(
    store: SqliteThreadStore, database: Database, tmp_path: Path
) -> None:
    thread = await store.create("First")
    (tmp_path / "one").mkdir()
    (tmp_path / "link").symlink_to("one")
    linked = SqliteThreadStore(database, tmp_path / "link", SystemClock())
    assert await linked.threads() == (thread,)


async def test_an_unknown_thread_is_an_error_with_a_next_step(store: SqliteThreadStore) -> None:
    with pytest.raises(StoreError, match="no thread nowhere") as caught:
        await store.thread("nowhere")
    assert caught.value.next_step


async def test_a_turn_that_a_crash_cut_short_is_shown_as_interrupted(
    store: SqliteThreadStore, database: Database, tmp_path: Path
) -> None:
    thread = await store.create("First")
    streaming = replace(TURN, state=TurnState.STREAMING, answer="Beca")
    await store.save_turn(thread.id, streaming)
    shown = (await reopened(database, tmp_path).thread(thread.id)).turns[0]
    assert shown == replace(streaming, state=TurnState.FAILED, error="interrupted")


async def test_a_turn_that_still_streams_is_shown_as_streaming(store: SqliteThreadStore) -> None:
    thread = await store.create("First")
    streaming = replace(TURN, state=TurnState.STREAMING)
    await store.save_turn(thread.id, streaming)
    assert (await store.thread(thread.id)).turns == (streaming,)
    await store.save_turn(thread.id, TURN)
    assert (await store.thread(thread.id)).turns == (TURN,)


async def test_the_clock_goes_forward_and_waits() -> None:
    clock = SystemClock()
    before = clock.monotonic()
    await clock.sleep(0)
    assert clock.monotonic() >= before
    assert clock.now().utcoffset() is not None


async def test_the_error_of_a_failed_turn_comes_back_as_a_sentence(
    store: SqliteThreadStore, database: Database, tmp_path: Path
) -> None:
    thread = await store.create("First")
    error = EndpointError(say("{host} broke off.", host="h.example"), say("Try again.")).told
    await store.save_turn(thread.id, replace(TURN, state=TurnState.FAILED, error=error))
    (turn,) = (await reopened(database, tmp_path).thread(thread.id)).turns
    assert turn.error == "h.example broke off. Try again."
    assert kept(turn.error) == kept(error) is not None


async def test_an_answer_that_succeeds_after_all_forgets_its_error(
    store: SqliteThreadStore, database: Database, tmp_path: Path
) -> None:
    thread = await store.create("First")
    failed = replace(TURN, state=TurnState.FAILED, error=say("Gone."))
    await store.save_turn(thread.id, failed)
    await store.save_turn(thread.id, TURN)
    (turn,) = (await reopened(database, tmp_path).thread(thread.id)).turns
    assert (turn, kept(turn.error)) == (TURN, None)


@pytest.mark.parametrize("words", [None, "no JSON", '{"template": "Other.", "values": {}}'])
async def test_an_error_of_an_older_program_or_a_damaged_one_is_read_in_english(
    store: SqliteThreadStore, database: Database, tmp_path: Path, words: str | None
) -> None:
    thread = await store.create("First")
    await store.save_turn(thread.id, replace(TURN, state=TurnState.FAILED, error="It broke off."))
    await database.run(
        lambda connection: connection.execute("UPDATE turns SET error_words = ?", (words,))
    )
    (turn,) = (await reopened(database, tmp_path).thread(thread.id)).turns
    assert (turn.error, kept(turn.error)) == ("It broke off.", None)


async def test_failed_turns_of_the_schema_before_are_read(tmp_path: Path) -> None:
    before = next(place for place, step in enumerate(STEPS) if "error_words" in step[0])
    old = sqlite3.connect(tmp_path / "spark.db", isolation_level=None)
    migrate(old, STEPS[:before])
    old.execute(
        "INSERT INTO threads (id, workspace, title, created) VALUES ('a', ?, 'Old', ?)",
        (str(tmp_path / "one"), TURN.created.isoformat()),
    )
    old.execute(
        "INSERT INTO turns (id, thread_id, question, answer, state, created, model, error)"
        " VALUES ('t', 'a', 'q', '', 'failed', ?, '', 'It broke off.')",
        (TURN.created.isoformat(),),
    )
    old.close()
    database = Database(tmp_path / "spark.db")
    (turn,) = (await reopened(database, tmp_path).thread("a")).turns
    assert (turn.state, turn.error) == (TurnState.FAILED, "It broke off.")
    await database.close()
