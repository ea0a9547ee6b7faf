"""What is written: chips, drafts, the gauge, the queue."""

import asyncio
from dataclasses import replace

import pytest

from spark_desktop.domain.compaction import Compaction, CompactionState, Summary
from spark_desktop.domain.context_item import Draft, ItemKind, ItemRef, Question
from spark_desktop.domain.conversation import Thread, TurnState
from spark_desktop.domain.core_state import CoreReady, CoreStarting
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.events import FilesChanged, ThreadCompacted, ThreadsChanged, TurnChanged
from spark_desktop.domain.trigger import Span
from spark_desktop.viewmodels.chat import Mode
from spark_desktop.viewmodels.composer import ComposerViewModel
from spark_desktop.viewmodels.project import ProjectViewModels
from tests.interface_fakes import MODEL, FakeProject, turn, until

PARSER = ItemRef(ItemKind.FILE, "src/parser.py")
STATS = ItemRef(ItemKind.FILE, "stats.py")
CLIP = ItemRef(ItemKind.CLIPBOARD, text="copied")


@pytest.fixture
async def composer(project: FakeProject, models: ProjectViewModels) -> ComposerViewModel:
    thread = await project.kept_threads.create("")
    project.kept_threads.rename(thread.id, "th1")
    models.chat.load()
    await until(lambda: models.chat.thread_id is not None)
    return models.composer


def write(composer: ComposerViewModel, text: str) -> None:
    composer.set_text(text, len(text))


async def added(composer: ComposerViewModel, *refs: ItemRef) -> None:
    for ref in refs:
        count = len(composer.chips)
        composer.add(ref)
        await until(lambda count=count: len(composer.chips) > count)  # type: ignore[misc]


async def test_an_at_word_becomes_a_chip(composer: ComposerViewModel) -> None:
    write(composer, "see @pars")
    await until(lambda: bool(composer.mentions.rows))
    given: list[tuple[str, int]] = []
    composer.text_given.connect(lambda text, cursor: given.append((text, cursor)))
    composer.choose(composer.mentions.rows[0])
    await until(lambda: bool(composer.chips))
    assert composer.chips[0].ref == PARSER
    assert given == [("see ", 4)]
    assert composer.mentions.rows == ()


async def test_chips_show_their_tokens_estimated_until_they_are_counted(
    composer: ComposerViewModel,
) -> None:
    await added(composer, PARSER)
    await until(lambda: composer.chips[0].tokens != "")
    (chip,) = composer.chips
    assert (chip.label, chip.tokens[0]) == ("parser.py", "~")
    assert "src/parser.py" in chip.tooltip


async def test_the_same_item_makes_one_chip(composer: ComposerViewModel) -> None:
    await added(composer, PARSER, STATS)
    composer.add(PARSER)
    await until(lambda: composer.gauge.text != "")
    assert [chip.ref for chip in composer.chips] == [PARSER, STATS]
    composer.remove(PARSER)
    assert [chip.ref for chip in composer.chips] == [STATS]


async def test_an_item_that_cannot_be_read_is_told_and_makes_no_chip(
    models: ProjectViewModels, composer: ComposerViewModel
) -> None:
    composer.add(ItemRef(ItemKind.FILE, "gone.py"))
    await until(lambda: models.chat.notice is not None)
    assert composer.chips == ()
    assert models.chat.notice is not None
    assert "gone.py" in models.chat.notice.text


async def test_an_empty_clipboard_is_told(
    models: ProjectViewModels, composer: ComposerViewModel
) -> None:
    wanted: list[bool] = []
    composer.clipboard_wanted.connect(lambda: wanted.append(True))
    write(composer, "@clip")
    await until(lambda: bool(composer.mentions.rows))
    composer.choose(composer.mentions.rows[0])
    assert wanted == [True]
    composer.add_clipboard("")
    await until(lambda: models.chat.notice is not None)
    assert models.chat.notice is not None
    assert models.chat.notice.text == "The clipboard holds no text."


async def test_a_dropped_path_outside_is_told(
    models: ProjectViewModels, composer: ComposerViewModel
) -> None:
    composer.add_paths(["/elsewhere/a.py"])
    await until(lambda: models.chat.notice is not None)
    assert models.chat.notice is not None
    assert "is not in" in models.chat.notice.text


async def test_dropped_text_becomes_a_chip(composer: ComposerViewModel) -> None:
    composer.add_text("some text")
    await until(lambda: bool(composer.chips))
    assert composer.chips[0].label == "some text"


async def test_a_chip_whose_file_vanished_says_so(
    project: FakeProject, composer: ComposerViewModel
) -> None:
    await added(composer, STATS)
    del project.files.texts["stats.py"]
    project.bus.publish(FilesChanged(("stats.py",)))
    await until(lambda: composer.chips[0].problem != "")
    assert "does not exist" in composer.chips[0].problem


async def test_the_question_goes_with_its_items_and_the_file_that_is_shown(
    project: FakeProject, models: ProjectViewModels, composer: ComposerViewModel
) -> None:
    models.chat.set_target("stats.py", Span(0, 1))
    await added(composer, PARSER, CLIP)
    write(composer, "Why?")
    composer.send()
    assert (composer.text, composer.chips) == ("", ())
    await until(lambda: bool(project.chat.answered))
    (question,) = project.chat.answered
    shown = ItemRef(ItemKind.OPEN, "stats.py", lines=Span(0, 1))
    assert question.refs == (shown, PARSER, CLIP)
    assert question.path == "stats.py"


async def test_the_shown_file_that_is_a_chip_goes_once(
    project: FakeProject, models: ProjectViewModels, composer: ComposerViewModel
) -> None:
    models.chat.set_target("stats.py", None)
    await added(composer, STATS)
    write(composer, "Why?")
    composer.send()
    await until(lambda: bool(project.chat.answered))
    assert project.chat.answered[0].refs == (STATS,)


async def test_an_edit_goes_to_the_review_and_keeps_the_chips(
    project: FakeProject, models: ProjectViewModels, composer: ComposerViewModel
) -> None:
    await added(composer, PARSER)
    models.chat.set_mode(Mode.EDIT)
    models.chat.set_target("stats.py", None)
    write(composer, "use numbers")
    composer.send()
    await until(lambda: bool(project.turns.requests))
    assert project.chat.answered == []
    assert [chip.ref for chip in composer.chips] == [PARSER]
    assert composer.text == ""


async def test_what_is_typed_is_kept_as_a_draft_without_waiting_for_an_end(
    project: FakeProject, composer: ComposerViewModel
) -> None:
    write(composer, "Half")
    await until(lambda: bool(project.drafts.drafts))
    assert project.drafts.drafts == {"th1": Draft("Half")}


async def test_leaving_the_composer_keeps_the_draft_at_once(
    project: FakeProject, composer: ComposerViewModel
) -> None:
    write(composer, "Half")
    composer.keep_draft()
    composer.keep_draft()
    await until(lambda: bool(project.drafts.drafts))
    assert project.drafts.saves == 1


async def test_drafts_come_back_with_their_thread(
    project: FakeProject, models: ProjectViewModels, composer: ComposerViewModel
) -> None:
    await added(composer, PARSER)
    write(composer, "First")
    models.chat.new_thread()
    await until(lambda: models.chat.thread_id == "th2")
    assert (composer.text, composer.chips) == ("", ())
    write(composer, "Second")
    models.chat.open_thread("th1")
    await until(lambda: composer.text == "First")
    assert [chip.ref for chip in composer.chips] == [PARSER]
    assert project.drafts.drafts["th2"] == Draft("Second")


async def test_a_draft_stands_above_what_was_typed_before_it_came(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.drafts.drafts["th1"] = Draft("Old")
    write(models.composer, "New")
    models.chat.load()
    await until(lambda: project.drafts.drafts["th1"] == Draft("Old\nNew"))
    assert models.composer.text == "Old\nNew"


async def test_a_sent_question_leaves_no_draft(
    project: FakeProject, composer: ComposerViewModel
) -> None:
    write(composer, "Why?")
    composer.keep_draft()
    await until(lambda: bool(project.drafts.drafts))
    composer.send()
    await until(lambda: not project.drafts.drafts)
    assert project.drafts.unsent == {}


async def test_the_gauge_shows_prompt_and_context_and_what_is_left_out(
    project: FakeProject, composer: ComposerViewModel
) -> None:
    project.files.texts["big.py"] = "value = compute(one, two)\n" * 3000
    await added(composer, ItemRef(ItemKind.FILE, "big.py"))
    write(composer, "Why?")
    await until(lambda: bool(composer.gauge.left_out))
    assert composer.gauge.text == "~7.2k / 8.2k"
    assert composer.gauge.left_out.startswith("Left out: big.py lines 8")
    assert "kept for the answer: 1,024" in composer.gauge.tooltip
    assert sum(composer.gauge.shares) <= 1


async def test_a_question_too_long_for_the_context_is_told_before_it_is_sent(
    composer: ComposerViewModel,
) -> None:
    write(composer, "word " * 6000)
    await until(lambda: bool(composer.gauge.problem))
    assert "8192" in composer.gauge.problem


async def test_without_a_ready_model_there_is_no_gauge(
    project: FakeProject, composer: ComposerViewModel
) -> None:
    write(composer, "Why?")
    await until(lambda: composer.gauge.text != "")
    project.core.become(CoreStarting())
    await until(lambda: composer.gauge.text == "")
    project.core.become(CoreReady(MODEL))
    await until(lambda: composer.gauge.text != "")


async def test_an_edit_has_no_gauge(models: ProjectViewModels, composer: ComposerViewModel) -> None:
    write(composer, "Why?")
    await until(lambda: composer.gauge.text != "")
    models.chat.set_mode(Mode.EDIT)
    await until(lambda: composer.gauge.text == "")


async def test_a_follow_up_is_queued_listed_edited_and_removed(
    project: FakeProject, composer: ComposerViewModel
) -> None:
    project.chat.waits = asyncio.Event()
    write(composer, "First?")
    composer.send()
    await added(composer, PARSER)
    write(composer, "Second\n?")
    composer.send()
    write(composer, "Third?")
    composer.send()
    await until(lambda: len(composer.queue.rows) == 2)
    second, third = composer.queue.rows
    assert (second.text, second.detail, second.is_held) == ("Second ?", "with parser.py", False)
    composer.queue.edit(second.id)
    await until(lambda: composer.text == "Second\n?")
    assert [chip.ref for chip in composer.chips] == [PARSER]
    composer.queue.remove(third.id)
    await until(lambda: composer.queue.rows == ())


async def test_a_question_that_is_edited_does_not_replace_what_is_being_written(
    project: FakeProject, composer: ComposerViewModel
) -> None:
    project.chat.waits = asyncio.Event()
    write(composer, "First?")
    composer.send()
    write(composer, "Second?")
    composer.send()
    await until(lambda: len(composer.queue.rows) == 1)
    write(composer, "Other")
    composer.queue.edit(composer.queue.rows[0].id)
    await until(lambda: composer.text == "Other\nSecond?")


async def test_send_now_stops_the_answer_first(
    project: FakeProject, composer: ComposerViewModel
) -> None:
    project.chat.waits = asyncio.Event()
    write(composer, "First?")
    composer.send()
    await until(lambda: bool(project.chat.answered))
    write(composer, "Rather?")
    composer.send(now=True)
    await until(lambda: project.chat.stops == 1)
    project.chat.waits.set()
    await until(lambda: len(project.chat.answered) == 2)
    assert project.chat.answered[1].text == "Rather?"


async def test_unsent_questions_come_back_held_and_are_sent_or_discarded(
    project: FakeProject, models: ProjectViewModels
) -> None:
    for name in ("a", "b"):
        project.drafts.unsent[name] = Question(name, "th1", f"{name}?")
    models.chat.load()
    queue = models.composer.queue
    await until(lambda: queue.held == 2)
    assert queue.notice == "2 unsent questions"
    assert project.chat.answered == []
    queue.remove("a")
    await until(lambda: queue.held == 1)
    queue.release()
    await until(lambda: len(project.chat.answered) == 1)
    assert queue.notice == ""


async def test_discard_forgets_the_unsent_questions(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.drafts.unsent["a"] = Question("a", "th1", "a?")
    models.chat.load()
    queue = models.composer.queue
    await until(lambda: queue.held == 1)
    queue.discard()
    await until(lambda: project.drafts.unsent == {})
    assert queue.rows == ()


async def test_a_question_whose_answer_cannot_begin_is_held_with_the_reason(
    project: FakeProject, composer: ComposerViewModel
) -> None:
    project.chat.error = StoreError("The database is locked.", "Close the other window.")
    write(composer, "Why?")
    composer.send()
    await until(lambda: composer.queue.held == 1)
    assert "The database is locked." in composer.queue.notice


SUMMARY = Summary("th1", "t9", "They talked.", 12, 2100, 300)


@pytest.mark.parametrize(
    ("compaction", "text", "is_running"),
    [
        (
            Compaction("th1", CompactionState.RUNNING, 12),
            "Summing up 12 earlier turns…",
            True,
        ),
        (
            Compaction("th1", CompactionState.DONE, 12, SUMMARY),
            "12 earlier turns summed up · 2.1k → 300 tokens",
            False,
        ),
        (
            Compaction("th1", CompactionState.FAILED, 12, reason="The core ended."),
            "Not summed up, the oldest turns may be left out: The core ended.",
            False,
        ),
        (
            Compaction("th1", CompactionState.SKIPPED, 12),
            "Not summed up: the oldest turns may be left out.",
            False,
        ),
        (Compaction("other", CompactionState.RUNNING, 12), "", False),
    ],
)
async def test_summing_up_is_told_in_its_thread(
    project: FakeProject,
    composer: ComposerViewModel,
    compaction: Compaction,
    text: str,
    is_running: bool,
) -> None:
    project.bus.publish(ThreadCompacted(compaction))
    row = composer.compaction
    assert (row.text, row.is_running) == (text, is_running)
    row.skip()
    assert project.chat.skips == 1
    row.dismiss()
    assert bool(row.text) == is_running


async def test_a_summary_of_an_earlier_session_is_shown_with_its_thread(
    project: FakeProject, models: ProjectViewModels
) -> None:
    await project.prompts.keep_summary(SUMMARY)
    models.chat.load()
    await until(lambda: models.composer.compaction.summary == "They talked.")


async def test_mentions_move_around_and_are_dismissed_until_the_next(
    composer: ComposerViewModel,
) -> None:
    mentions = composer.mentions
    write(composer, "@")
    await until(lambda: len(mentions.rows) > 2)
    mentions.move(-1)
    assert mentions.current == len(mentions.rows) - 1
    mentions.move(1)
    assert mentions.current == 0
    mentions.dismiss()
    write(composer, "@s")
    assert mentions.rows == ()
    write(composer, "@s and @")
    await until(lambda: bool(mentions.rows))


async def test_an_answer_in_this_thread_does_not_stop_the_typing(
    project: FakeProject, composer: ComposerViewModel
) -> None:
    project.bus.publish(TurnChanged("th1", replace(turn(state=TurnState.STREAMING))))
    write(composer, "Next?")
    assert composer.text == "Next?"


async def test_an_item_that_is_written_out_goes_with_the_question(
    project: FakeProject, composer: ComposerViewModel
) -> None:
    await added(composer, PARSER)
    write(composer, "Why @file:stats.py and @file:src/parser.py?")
    composer.send()
    await until(lambda: bool(project.chat.answered))
    assert project.chat.answered[0].refs == (PARSER, STATS)


async def test_more_files_than_a_question_can_use_are_refused_with_the_next_step(
    models: ProjectViewModels, composer: ComposerViewModel
) -> None:
    composer.add_paths([f"/elsewhere/{number}.py" for number in range(60)])
    await until(lambda: models.chat.notice is not None)
    assert models.chat.notice is not None
    assert "60 files are too many" in models.chat.notice.text
    assert composer.chips == ()


async def test_code_keeps_the_blanks_before_its_first_line(
    project: FakeProject, composer: ComposerViewModel
) -> None:
    write(composer, "\n  \n    if late:\n        return 1\n")
    composer.send()
    await until(lambda: bool(project.chat.answered))
    assert project.chat.answered[0].text == "    if late:\n        return 1"


async def test_a_question_of_another_thread_says_so_and_is_edited_there(
    project: FakeProject, models: ProjectViewModels, composer: ComposerViewModel
) -> None:
    project.chat.waits = asyncio.Event()
    write(composer, "First?")
    composer.send()
    await until(lambda: models.chat.is_answering)
    write(composer, "Second?")
    composer.send()
    await until(lambda: [row.text for row in composer.queue.rows] == ["Second?"])
    models.chat.new_thread()
    await until(lambda: models.chat.thread_id == "th2")
    await until(lambda: composer.queue.rows[0].detail == "in another thread")
    project.chat.known["th1"] = replace(project.chat.known["th1"], title="Mine")
    project.bus.publish(ThreadsChanged(("th1",)))
    await until(lambda: composer.queue.rows[0].detail == "in “Mine”")
    del project.chat.known["th1"]
    project.bus.publish(ThreadsChanged(("th1",)))
    await until(lambda: composer.queue.rows[0].detail == "in a thread that was deleted")
    project.chat.known["th1"] = Thread("th1", "Mine", turn().created)
    composer.queue.edit(composer.queue.rows[0].id)
    await until(lambda: composer.text == "Second?")
    assert models.chat.thread_id == "th1"


async def test_a_long_question_in_the_queue_is_shown_by_its_beginning(
    project: FakeProject, models: ProjectViewModels, composer: ComposerViewModel
) -> None:
    project.chat.waits = asyncio.Event()
    for text in ("First?", "word " * 10_000):
        write(composer, text)
        composer.send()
    await until(lambda: models.chat.is_answering and len(composer.queue.rows) == 1)
    assert len(composer.queue.rows[0].text) == 200


async def test_what_could_not_be_kept_is_kept_by_the_next_try(
    project: FakeProject, models: ProjectViewModels, composer: ComposerViewModel
) -> None:
    project.drafts.error = StoreError("The disk is full.")
    write(composer, "Half a question")
    composer.keep_draft()
    await until(lambda: models.chat.notice is not None)
    project.drafts.error = None
    composer.keep_draft()
    await until(lambda: project.drafts.drafts.get("th1") == Draft("Half a question"))


async def test_a_refused_edit_comes_back_beside_the_chips_that_stayed(
    models: ProjectViewModels, composer: ComposerViewModel
) -> None:
    await added(composer, PARSER)
    models.chat.set_mode(Mode.EDIT)
    write(composer, "Rename it")
    composer.send()
    await until(lambda: composer.text == "Rename it")
    assert [chip.ref for chip in composer.chips] == [PARSER]


async def test_sending_without_a_thread_keeps_the_text_and_reads_the_threads_again(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.chat.error = StoreError("The database is busy.")
    models.chat.load()
    await until(lambda: models.chat.notice is not None)
    write(models.composer, "Why?")
    project.chat.error = None
    models.composer.send()
    await until(lambda: models.chat.thread_id == "th1")
    assert models.composer.text == "Why?"


async def test_what_looks_like_a_secret_is_a_chip_that_waits_and_goes_once_confirmed(
    composer: ComposerViewModel, project: FakeProject
) -> None:
    project.files.texts[".env"] = "DB=1\n"
    secret = ItemRef(ItemKind.FILE, ".env")
    await added(composer, secret)
    await until(lambda: composer.chips[0].waits)
    assert "may hold secrets" in composer.chips[0].problem
    assert "Allow it to be sent, or remove it." in composer.chips[0].tooltip
    composer.confirm(secret)
    await until(lambda: composer.chips[0].tokens != "")
    assert not composer.chips[0].waits
    assert composer.chips[0].problem == ""
