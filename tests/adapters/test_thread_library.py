import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes import FakeClock

from spark_desktop.adapters.composer_store import SqliteComposerStore
from spark_desktop.adapters.database import Database
from spark_desktop.adapters.migrations import STEPS, migrate
from spark_desktop.adapters.thread_library import SqliteThreadLibrary
from spark_desktop.adapters.thread_store import SqliteThreadStore
from spark_desktop.domain.context_item import Draft, Question
from spark_desktop.domain.conversation import Thread, Turn, TurnState
from spark_desktop.domain.errors import StoreError


class Shelf:
    """Store and library of one folder on one clock."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder, self.clock = database, folder, FakeClock()
        self.store = SqliteThreadStore(database, folder, self.clock)
        self.library = SqliteThreadLibrary(database, folder, self.clock)

    async def put(self, name: str, question: str = "Why?", answer: str = "Because.") -> str:
        """Return the id of a thread with one turn, used a minute after the one before."""
        self.clock.seconds += 60
        thread = await self.store.create("")
        await self.store.save_turn(thread.id, self.turn(name, question, answer))
        return thread.id

    def turn(
        self, name: str, question: str, answer: str, state: TurnState = TurnState.DONE
    ) -> Turn:
        return Turn(name, question, answer, state, self.clock.now())

    async def listed(self) -> list[str]:
        return [thread.id for thread in await self.library.page(0, 100)]

    async def found(self, query: str) -> list[str]:
        return [hit.thread.id for hit in await self.library.search(query, 100)]

    async def index_rows(self) -> int:
        return await self.database.run(
            lambda c: int(c.execute("SELECT count(*) FROM thread_search").fetchone()[0])
        )


@pytest.fixture
async def shelf(tmp_path: Path) -> AsyncIterator[Shelf]:
    database = Database(tmp_path / "spark.db")
    yield Shelf(database, tmp_path / "one")
    await database.close()


async def test_the_last_used_threads_come_first_and_pinned_ones_before_them(shelf: Shelf) -> None:
    first, second, third = await shelf.put("1"), await shelf.put("2"), await shelf.put("3")
    shelf.clock.seconds += 60
    await shelf.store.save_turn(first, shelf.turn("1b", "And?", "So."))
    await shelf.library.pin(second, True)
    assert await shelf.listed() == [second, first, third]
    assert [thread.is_pinned for thread in await shelf.store.threads()] == [False, False, True]
    await shelf.library.pin(second, False)
    assert await shelf.listed() == [first, third, second]
    (info,) = await shelf.library.page(0, 1)
    assert (info.turns, info.title, info.active) == (2, "Why?", shelf.clock.now())


async def test_pages_follow_each_other_without_a_gap(shelf: Shelf) -> None:
    ids = [await shelf.put(str(number)) for number in range(5)]
    pages = [await shelf.library.page(at, 2) for at in (0, 2, 4, 6)]
    assert [thread.id for page in pages for thread in page] == ids[::-1]
    assert await shelf.library.count() == 5


async def test_a_thread_in_which_nothing_was_asked_is_not_listed(shelf: Shelf) -> None:
    await shelf.store.create("")
    titled = await shelf.store.create("Titled")
    assert await shelf.listed() == [titled.id]
    assert await shelf.library.count() == 1


async def test_questions_answers_and_titles_are_found(shelf: Shelf) -> None:
    one = await shelf.put("1", "How do I round?", "With quantize().")
    two = await shelf.put("2", "What is the median?", "The middle, rounded.")
    assert await shelf.found("quant") == [one]
    assert await shelf.found("middle") == [two]
    assert set(await shelf.found("round")) == {one, two}
    await shelf.library.rename(one, "About cents")
    (hit,) = await shelf.library.search("cents", 10)
    assert (hit.thread.id, hit.turn_id, hit.text) == (one, None, "About cents")
    await shelf.library.rename(one, "")
    assert await shelf.found("cents") == []
    assert (await shelf.library.page(1, 1))[0].title == "How do I round?"


async def test_a_hit_tells_the_turn_and_the_text_that_holds_the_words(shelf: Shelf) -> None:
    one = await shelf.put("1", "How do I round?", "With quantize().")
    await shelf.store.save_turn(one, shelf.turn("2", "And the median?", "Sort first."))
    (hit,) = await shelf.library.search("sort", 10)
    assert (hit.turn_id, hit.text) == ("2", "Sort first.")
    (hit,) = await shelf.library.search("med", 10)
    assert (hit.turn_id, hit.text) == ("2", "And the median?")


async def test_a_question_counts_for_more_than_an_answer(shelf: Shelf) -> None:
    said = await shelf.put("1", "How do I sort?", "As for the median, sort first.")
    asked = await shelf.put("2", "What is the median of it?", "Sort, then take the middle one.")
    assert await shelf.found("median") == [asked, said]


async def test_an_answer_is_indexed_when_it_has_ended_and_not_before(shelf: Shelf) -> None:
    one = await shelf.put("1", "Why?", "Because.")
    streaming = shelf.turn("2", "What is a median?", "The mid", TurnState.STREAMING)

    async def changes() -> int:
        return await shelf.database.run(lambda c: c.total_changes)

    await shelf.store.save_turn(one, streaming)
    assert await shelf.found("median") == [one]
    assert await shelf.found("mid") == []
    before = await changes()
    for answer in ("The midd", "The middle"):
        await shelf.store.save_turn(one, replace(streaming, answer=answer))
    # The turn's own row alone, each time.
    assert await changes() - before == 2
    await shelf.store.save_turn(one, replace(streaming, answer="The end.", state=TurnState.DONE))
    assert await shelf.found("end") == [one]
    # Asked again, the old answer is gone.
    await shelf.store.save_turn(one, replace(streaming, answer=""))
    assert await shelf.found("end") == []


async def test_what_a_crash_cut_short_is_found_after_the_next_start(shelf: Shelf) -> None:
    one = await shelf.put("1")
    cut = shelf.turn("2", "What is a median?", "The middle", TurnState.STREAMING)
    await shelf.store.save_turn(one, cut)
    assert await shelf.found("middle") == []
    await shelf.library.purge(shelf.clock.now())
    assert await shelf.found("middle") == [one]


async def test_a_deleted_thread_is_neither_listed_nor_found_and_comes_back_whole(
    shelf: Shelf,
) -> None:
    one, two = await shelf.put("1", "median"), await shelf.put("2", "median")
    before = await shelf.store.thread(one)
    await shelf.library.delete([one, two])
    assert (await shelf.listed(), await shelf.found("median")) == ([], [])
    assert await shelf.store.threads() == ()
    assert {thread.id for thread in await shelf.library.deleted()} == {one, two}
    await shelf.library.restore([one])
    assert await shelf.found("median") == [one]
    assert await shelf.store.thread(one) == before


async def test_what_comes_of_the_last_answer_of_a_deleted_thread_is_kept(shelf: Shelf) -> None:
    one = await shelf.put("1")
    streaming = shelf.turn("2", "And?", "", TurnState.STREAMING)
    await shelf.store.save_turn(one, streaming)
    await shelf.library.delete([one])
    await shelf.store.save_turn(one, replace(streaming, answer="Half", state=TurnState.STOPPED))
    assert await shelf.listed() == []
    await shelf.library.restore([one])
    assert (await shelf.store.thread(one)).turns[1].answer == "Half"


async def test_a_new_question_brings_a_deleted_thread_back(shelf: Shelf) -> None:
    one = await shelf.put("1")
    await shelf.library.delete([one])
    await shelf.store.save_turn(one, shelf.turn("2", "And?", "", TurnState.STREAMING))
    assert await shelf.listed() == [one]


async def test_only_what_was_deleted_long_ago_is_purged_with_its_turns(shelf: Shelf) -> None:
    old, new, kept = await shelf.put("1", "old"), await shelf.put("2"), await shelf.put("3")
    await shelf.library.rename(old, "Title")
    await shelf.library.delete([old])
    shelf.clock.seconds += 86_400
    await shelf.library.delete([new])
    assert await shelf.library.purge(shelf.clock.now() - timedelta(hours=1)) == 1
    with pytest.raises(StoreError, match="gone"):
        await shelf.library.restore([old])
    await shelf.library.restore([new])
    assert await shelf.listed() == [kept, new]
    assert await shelf.index_rows() == 2
    count = "SELECT count(*) FROM turns"
    assert await shelf.database.run(lambda c: c.execute(count).fetchone()[0]) == 2


async def test_an_empty_thread_is_dropped_after_a_day(shelf: Shelf) -> None:
    empty, newest = await shelf.store.create(""), await shelf.store.create("")
    await shelf.library.purge(shelf.clock.now())
    assert await shelf.store.thread(empty.id)
    shelf.clock.seconds += 86_401
    await shelf.library.purge(shelf.clock.now())
    with pytest.raises(StoreError, match="no thread"):
        await shelf.store.thread(empty.id)
    # The newest one may be what a window shows.
    assert await shelf.store.thread(newest.id)


async def test_an_empty_thread_with_something_written_for_it_is_never_dropped(shelf: Shelf) -> None:
    composer = SqliteComposerStore(shelf.database, shelf.folder)
    drafted, queued, _newest = [await shelf.store.create("") for _ in range(3)]
    await composer.save_draft(drafted.id, Draft("Half a question"))
    await composer.queue(Question("q1", queued.id, "Unsent?"))
    shelf.clock.seconds += 10 * 86_400
    await shelf.library.purge(shelf.clock.now())
    assert await composer.draft(drafted.id) == Draft("Half a question")
    assert [question.id for question in await composer.queued()] == ["q1"]


async def test_several_are_deleted_all_or_none(shelf: Shelf) -> None:
    one = await shelf.put("1")
    with pytest.raises(StoreError, match="nowhere is gone") as caught:
        await shelf.library.delete([one, "nowhere"])
    assert caught.value.next_step
    assert await shelf.listed() == [one]


async def test_another_folders_threads_are_seen_only_on_demand_and_never_changed(
    shelf: Shelf, tmp_path: Path
) -> None:
    one = await shelf.put("1", "median")
    other = Shelf(shelf.database, tmp_path / "two")
    assert (await other.listed(), await other.found("median")) == ([], [])
    (info,) = await other.library.page(0, 10, everywhere=True)
    (hit,) = await other.library.search("median", 10, everywhere=True)
    assert (info.id, info.workspace) == (hit.thread.id, str(tmp_path / "one"))
    assert await other.library.count(everywhere=True) == 1
    for work in (other.library.delete([one]), other.library.rename(one, "Mine")):
        with pytest.raises(StoreError, match="gone"):
            await work


async def test_an_added_thread_is_kept_and_found_with_all_its_turns(shelf: Shelf) -> None:
    turns = tuple(shelf.turn(str(number), f"q{number}", "median") for number in range(3))
    thread = Thread("new", "Fork", shelf.clock.now(), turns, is_pinned=True)
    await shelf.library.add(thread)
    assert await shelf.store.thread("new") == thread
    assert await shelf.found("median") == ["new"]
    with pytest.raises(StoreError):
        await shelf.library.add(replace(thread, turns=(shelf.turn("4", "half", "median"),)))
    assert await shelf.index_rows() == 4
    assert await shelf.listed() == ["new"]


@pytest.mark.parametrize("query", ["", '"', "a AND", "NEAR(", "col:x", "*", "'; DROP", "\ud800"])
async def test_any_query_may_be_asked(shelf: Shelf, query: str) -> None:
    await shelf.put("1")
    await shelf.found(query)
    assert len(await shelf.listed()) == 1


@pytest.mark.parametrize("version", [1, 2, 3, 4])
async def test_an_older_programs_threads_are_listed_and_found(tmp_path: Path, version: int) -> None:
    old = sqlite3.connect(tmp_path / "spark.db", isolation_level=None)
    migrate(old, STEPS[:version])
    rows = [
        ("a", "Given", "2026-03-01T12:00:00.500000+00:00"),
        ("b", "", "2026-03-01T12:00:00+03:00"),
        ("c", "", "no date"),
    ]
    for name, title, created in rows:
        old.execute(
            "INSERT INTO threads (id, workspace, title, created) VALUES (?, ?, ?, ?)",
            (name, str(tmp_path / "one"), title, "2026-01-01T00:00:00+00:00"),
        )
        old.execute(
            "INSERT INTO turns (id, thread_id, question, answer, state, created, model, error)"
            " VALUES (?, ?, 'What is 中央値?', 'parseConfig', 'done', ?, '', '')",
            (f"{name}1", name, created),
        )
    old.close()
    database = Database(tmp_path / "spark.db")
    shelf = Shelf(database, tmp_path / "one")
    assert await shelf.listed() == ["a", "b", "c"]
    (latest,) = await shelf.library.page(0, 1)
    noon = datetime(2026, 3, 1, 12, 0, 0, 500_000, tzinfo=UTC)
    assert abs(latest.active - noon) < timedelta(milliseconds=1)
    assert sorted(await shelf.found("中央")) == ["a", "b", "c"]
    assert sorted(await shelf.found("config")) == ["a", "b", "c"]
    assert await shelf.found("given") == ["a"]
    await database.close()
