"""Drafts, unsent questions and what prompts were made of, across restarts."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes import FakeClock

from spark_desktop.adapters.composer_store import SqliteComposerStore
from spark_desktop.adapters.database import Database
from spark_desktop.adapters.prompt_memory import SqlitePromptMemory
from spark_desktop.adapters.thread_store import SqliteThreadStore
from spark_desktop.domain.compaction import Summary
from spark_desktop.domain.context_item import Attached, Draft, ItemKind, ItemRef, Question
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.trigger import Span

REFS = (
    ItemRef(ItemKind.FILE, "src/a.py"),
    ItemRef(ItemKind.OPEN, "b.py", lines=Span(2, 5)),
    ItemRef(ItemKind.SYMBOL, "a.py", "parse"),
    ItemRef(ItemKind.CLIPBOARD, text="copied\n"),
    ItemRef(ItemKind.DIFF),
)
WHEN = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    made = Database(tmp_path / "spark.db")
    yield made
    await made.close()


@pytest.fixture
def threads(database: Database, tmp_path: Path) -> SqliteThreadStore:
    return SqliteThreadStore(database, tmp_path, FakeClock())


@pytest.fixture
def store(database: Database, tmp_path: Path) -> SqliteComposerStore:
    return SqliteComposerStore(database, tmp_path)


@pytest.fixture
def memory(database: Database) -> SqlitePromptMemory:
    return SqlitePromptMemory(database)


async def test_a_draft_comes_back_with_its_items(
    threads: SqliteThreadStore, store: SqliteComposerStore
) -> None:
    thread = await threads.create("")
    assert await store.draft(thread.id) == Draft()
    await store.save_draft(thread.id, Draft("Half a", REFS))
    await store.save_draft(thread.id, Draft("Half a question", REFS))
    assert await store.draft(thread.id) == Draft("Half a question", REFS)
    await store.save_draft(thread.id, Draft(" ", ()))
    assert await store.draft(thread.id) == Draft()


async def test_a_draft_of_a_thread_that_is_gone_is_dropped(store: SqliteComposerStore) -> None:
    await store.save_draft("gone", Draft("Half"))
    assert await store.draft("gone") == Draft()


async def test_unsent_questions_come_back_in_their_order(
    threads: SqliteThreadStore, store: SqliteComposerStore
) -> None:
    thread = await threads.create("")
    first = Question("q1", thread.id, "First?", REFS, "b.py")
    second = Question("q2", thread.id, "Second?")
    await store.queue(first)
    await store.queue(second)
    await store.queue(Question("q1", thread.id, "First, then?", REFS, "b.py"))
    known = await store.queued()
    assert known == (Question("q1", thread.id, "First, then?", REFS, "b.py"), second)
    await store.unqueue("q1")
    assert await store.queued() == (second,)


async def test_a_question_that_became_a_turn_is_not_unsent(
    threads: SqliteThreadStore, store: SqliteComposerStore
) -> None:
    thread = await threads.create("")
    await store.queue(Question("q1", thread.id, "First?"))
    await threads.save_turn(thread.id, Turn("q1", "First?", "", TurnState.STREAMING, WHEN))
    assert await store.queued() == ()


async def test_another_folder_has_its_own_unsent_questions(
    database: Database, threads: SqliteThreadStore, store: SqliteComposerStore, tmp_path: Path
) -> None:
    thread = await threads.create("")
    await store.queue(Question("q1", thread.id, "First?"))
    assert await SqliteComposerStore(database, tmp_path / "other").queued() == ()


async def test_a_turn_keeps_what_went_with_it(threads: SqliteThreadStore) -> None:
    thread = await threads.create("")
    kept = tuple(Attached(ref, "d" * 64, 12, "lines 4-9") for ref in REFS)
    turn = Turn("t1", "Why?", "", TurnState.DONE, WHEN, attached=kept)
    await threads.save_turn(thread.id, turn)
    assert (await threads.thread(thread.id)).turns == (turn,)


async def test_questions_are_kept_as_they_were_sent(
    threads: SqliteThreadStore, memory: SqlitePromptMemory
) -> None:
    thread = await threads.create("")
    assert await memory.sent(thread.id) == {}
    await threads.save_turn(thread.id, Turn("t1", "Why?", "", TurnState.DONE, WHEN))
    await memory.keep_sent(thread.id, "t1", "File: a.py\n\nWhy?")
    await memory.keep_sent(thread.id, "t1", "File: b.py\n\nWhy?")
    assert await memory.sent(thread.id) == {"t1": "File: b.py\n\nWhy?"}


async def test_the_newest_summary_of_a_thread_is_used(
    threads: SqliteThreadStore, memory: SqlitePromptMemory
) -> None:
    thread = await threads.create("")
    assert await memory.summary(thread.id) is None
    newest = Summary(thread.id, "t9", "All of it.", 9, 2000, 200)
    await memory.keep_summary(Summary(thread.id, "t3", "Some.", 3, 900, 90))
    await memory.keep_summary(newest)
    assert await memory.summary(thread.id) == newest
