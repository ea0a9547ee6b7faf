from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from spark_desktop.domain.context_item import Attached, Draft, ItemKind, ItemRef
from spark_desktop.domain.conversation import Thread
from spark_desktop.domain.errors import FileError, StoreError
from spark_desktop.domain.events import TurnChanged
from spark_desktop.domain.words import say
from spark_desktop.services.threads import ExportFormat
from spark_desktop.viewmodels.notice import Intent
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.viewmodels.thread_rows import Heading
from spark_desktop.viewmodels.threads import PAGE, ThreadsViewModel
from tests.interface_fakes import NOON, FakeProject, turn, until


def thread(name: str, question: str, *, days: int = 0, answer: str = "Because.") -> Thread:
    """Return a thread that was last used so many days before noon."""
    when = NOON - timedelta(days=days, minutes=5)
    asked = replace(turn(f"{name}-1", answer), question=question, created=when)
    return Thread(name, "", when, (asked,))


@pytest.fixture
async def threads(project: FakeProject, models: ProjectViewModels) -> ThreadsViewModel:
    project.threads.put(
        thread("a", "Alpha?"),
        thread("b", "Beta?", days=1, answer="The median."),
        thread("c", "Gamma?", days=40),
    )
    models.chat.load()
    models.threads.load()
    await until(lambda: models.threads.count == 3 and models.chat.thread_id is not None)
    models.chat.open_thread("a")
    await until(lambda: models.threads.current == "a")
    return models.threads


def shown(threads: ThreadsViewModel) -> list[str]:
    return [
        f"# {entry.text}" if isinstance(entry, Heading) else entry.id
        for entry in threads.rows.entries
    ]


async def test_threads_stand_under_their_days_with_the_open_one_marked(
    project: FakeProject, threads: ThreadsViewModel
) -> None:
    assert shown(threads) == ["# Today", "a", "# Yesterday", "b", "# Earlier", "c"]
    assert [row.is_current for row in threads.rows.threads] == [True, False, False]
    assert threads.rows.threads[0].aside == "5 min"
    assert project.threads.purges == 1


async def test_an_empty_list_says_how_a_thread_begins(models: ProjectViewModels) -> None:
    models.threads.load()
    await until(lambda: bool(models.threads.empty_text))
    assert "No threads yet" in models.threads.empty_text


async def test_a_pinned_thread_stands_on_top(threads: ThreadsViewModel) -> None:
    threads.toggle_pin("c")
    await until(lambda: shown(threads)[:2] == ["# Pinned", "c"])
    threads.toggle_pin("c")
    await until(lambda: shown(threads)[-1] == "c")


async def test_a_search_marks_its_words_and_an_empty_one_shows_the_list(
    threads: ThreadsViewModel,
) -> None:
    threads.search("median")
    await until(lambda: shown(threads) == ["b"])
    (row,) = threads.rows.threads
    assert [row.detail[a:b] for a, b in row.detail_marks] == ["median"]
    threads.search("nothing such")
    await until(lambda: not threads.rows.entries)
    assert "Nothing is found" in threads.empty_text
    threads.search(" ")
    await until(lambda: len(threads.rows.threads) == 3)


async def test_a_hit_opens_its_thread_at_the_turn(
    models: ProjectViewModels, threads: ThreadsViewModel
) -> None:
    wanted: list[tuple[str, str]] = []
    threads.turn_wanted.connect(lambda name, place: wanted.append((name, place)))
    threads.search("median")
    await until(lambda: shown(threads) == ["b"])
    threads.choose("b")
    await until(lambda: wanted == [("b", "b-1")])
    assert models.chat.thread_id == "b"
    # Of the thread that is shown already as well.
    threads.choose("b")
    await until(lambda: len(wanted) == 2)


async def test_enter_waits_for_the_hits_of_what_was_typed(
    models: ProjectViewModels, threads: ThreadsViewModel
) -> None:
    threads.choose_first()
    threads.search("median")
    threads.choose_first()
    assert models.chat.thread_id == "a"
    await until(lambda: models.chat.thread_id == "b")
    threads.search("nothing such")
    threads.choose_first()
    await until(lambda: not threads.rows.entries)
    assert models.chat.thread_id == "b"


async def test_deleting_the_open_thread_shows_the_next_and_undo_brings_it_back(
    project: FakeProject, models: ProjectViewModels, threads: ThreadsViewModel
) -> None:
    threads.delete(["a"])
    await until(lambda: models.chat.thread_id == "b" and shown(threads)[1] == "b")
    assert threads.notice is not None
    assert threads.notice.text == "Deleted: Alpha?"
    assert threads.notice.action is not None
    threads.act(threads.notice.action.intent)
    await until(lambda: models.chat.thread_id == "a" and len(threads.rows.threads) == 3)
    assert threads.notice is None
    assert project.threads.put_away == {}


@pytest.mark.parametrize(
    ("deleted", "follower"),
    [(["a", "b"], "c"), (["a", "c"], "b"), (["a", "b", "c"], None)],
)
async def test_the_follower_of_several_is_the_next_that_stays(
    models: ProjectViewModels,
    threads: ThreadsViewModel,
    deleted: Sequence[str],
    follower: str | None,
) -> None:
    threads.delete(deleted)
    await until(lambda: models.chat.thread_id not in deleted)
    assert models.chat.thread_id == (follower or "th2")
    assert threads.notice is not None
    assert str(len(deleted)) in threads.notice.text


async def test_deleting_the_last_open_thread_shows_the_one_above(
    models: ProjectViewModels, threads: ThreadsViewModel
) -> None:
    models.chat.open_thread("c")
    await until(lambda: threads.current == "c")
    threads.delete(["c"])
    await until(lambda: models.chat.thread_id == "b")


async def test_deleting_another_thread_leaves_the_open_one(
    models: ProjectViewModels, threads: ThreadsViewModel
) -> None:
    threads.delete(["b"])
    await until(lambda: len(threads.rows.threads) == 2)
    assert models.chat.thread_id == "a"


async def test_a_failure_is_told_with_its_next_step_and_can_be_dismissed(
    project: FakeProject, threads: ThreadsViewModel
) -> None:
    for work in (
        lambda: threads.rename("a", "Title"),
        lambda: threads.toggle_pin("a"),
        lambda: threads.delete(["a"]),
        lambda: threads.search("x"),
        lambda: threads.fork("a-1"),
        lambda: threads.edit_again("a-1"),
    ):
        project.threads.error = StoreError(say("The disk is full."), say("Free some space."))
        work()
        await until(lambda: threads.notice is not None)
        assert threads.notice is not None
        assert (threads.notice.text, threads.notice.hint) == (
            "The disk is full.",
            "Free some space.",
        )
        project.threads.error = None
        threads.act(Intent.DISMISS)
        assert threads.notice is None


async def test_an_export_says_where_it_went_or_why_not(
    project: FakeProject, threads: ThreadsViewModel
) -> None:
    threads.export("a", "/there/a.md", ExportFormat.MARKDOWN)
    await until(lambda: threads.notice is not None)
    assert threads.notice is not None
    assert threads.notice.text == "Written to /there/a.md"
    assert project.threads.written == {Path("/there/a.md"): "md of a"}
    threads.act(Intent.DISMISS)
    project.threads.error = FileError("It cannot be written.", "Choose another place.")
    threads.export("a", "/there/a.md", ExportFormat.MARKDOWN)
    await until(lambda: threads.notice is not None)
    assert threads.notice is not None
    assert threads.notice.hint == "Choose another place."


@pytest.mark.parametrize("turn_id", ["a-1", ""])
async def test_a_fork_from_a_turn_is_shown(
    models: ProjectViewModels, threads: ThreadsViewModel, turn_id: str
) -> None:
    threads.turn_action(turn_id, "fork")
    await until(lambda: models.chat.thread_id == "a-fork")
    assert models.chat.title == "Alpha? (fork)"
    assert len(models.chat.turns) == 1


async def test_a_question_to_edit_is_handed_over_in_a_thread_of_its_own(
    models: ProjectViewModels, threads: ThreadsViewModel
) -> None:
    handed: list[tuple[Draft, str]] = []
    threads.question_wanted.connect(lambda question, path: handed.append((question, path)))
    threads.turn_action("a-1", "edit")
    await until(lambda: models.chat.thread_id == "a-edit" and bool(handed))
    assert handed == [(Draft("Alpha?"), "")]
    assert models.chat.turns == ()


async def test_a_question_to_edit_keeps_the_items_that_the_user_chose(
    project: FakeProject, threads: ThreadsViewModel
) -> None:
    chosen = Attached(ItemRef(ItemKind.FILE, "parser.py"), "digest", 9)
    shown = Attached(ItemRef(ItemKind.OPEN, "stats.py"), "digest", 9)
    asked = replace(turn("d-1", "So."), attached=(shown, chosen))
    project.threads.put(Thread("d", "About stats", NOON, (asked,)))
    handed: list[Draft] = []
    threads.question_wanted.connect(lambda draft, _path: handed.append(draft))
    threads.edit_thread("d")
    await until(lambda: bool(handed))
    assert handed[0].refs == (chosen.ref,)


async def test_a_question_about_a_file_is_edited_with_that_file(
    project: FakeProject, models: ProjectViewModels, threads: ThreadsViewModel
) -> None:
    asked = replace(turn("d-1", "So."), path="stats.py")
    project.threads.put(Thread("d", "About stats", NOON, (asked,)))
    threads.edit_thread("d")
    await until(lambda: models.review.path == "stats.py")


async def test_other_actions_at_a_turn_are_not_for_the_threads(
    project: FakeProject, threads: ThreadsViewModel
) -> None:
    known = dict(project.chat.known)
    threads.turn_action("a-1", "copy")
    await until(lambda: project.chat.known == known)


async def test_a_new_turn_moves_its_thread_to_the_top(
    project: FakeProject, threads: ThreadsViewModel
) -> None:
    asked = turn("c-2", "So.")
    old = project.chat.known["c"]
    project.chat.known["c"] = replace(old, turns=(*old.turns, asked))
    project.bus.publish(TurnChanged("c", asked))
    await until(lambda: shown(threads)[:2] == ["# Today", "c"])


async def test_the_list_stands_still_while_a_title_is_typed(
    project: FakeProject, threads: ThreadsViewModel
) -> None:
    threads.set_editing(True)
    pages = len(project.threads.pages)
    project.threads.put(thread("d", "Delta?"))
    threads.search("")
    await until(lambda: threads._is_stale)
    assert (len(project.threads.pages), len(threads.rows.threads)) == (pages, 3)
    threads.set_editing(False)
    await until(lambda: len(threads.rows.threads) == 4)


async def test_a_long_list_is_fetched_page_by_page(
    project: FakeProject, threads: ThreadsViewModel
) -> None:
    many = 2 * PAGE + 10
    project.threads.put(*(thread(f"m{n}", f"Q {n}?", days=50) for n in range(many - 3)))
    await until(lambda: threads.count == many)
    root = threads.rows.index(-1)
    assert len(threads.rows.threads) == PAGE
    while threads.rows.canFetchMore(root):
        before = len(threads.rows.threads)
        threads.rows.fetchMore(root)
        await until(lambda before=before: len(threads.rows.threads) > before)
    assert len(threads.rows.threads) == many
    assert {limit for _offset, limit in project.threads.pages} == {PAGE, 2 * PAGE, 3 * PAGE}
