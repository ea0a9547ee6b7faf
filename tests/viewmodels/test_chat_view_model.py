from dataclasses import replace

import pytest

from spark_desktop.domain.conversation import Thread, TurnState
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.events import TurnChanged, TurnStreamed
from spark_desktop.domain.trigger import Insertion, Instruction, Span
from spark_desktop.viewmodels.amounts import moment_text
from spark_desktop.viewmodels.chat import ChatViewModel, Mode
from spark_desktop.viewmodels.notice import Intent
from spark_desktop.viewmodels.project import ProjectViewModels
from tests.interface_fakes import NOON, FakeProject, turn, until


@pytest.fixture
async def chat(models: ProjectViewModels) -> ChatViewModel:
    models.chat.load()
    await until(lambda: models.chat.thread_id is not None)
    return models.chat


def write(models: ProjectViewModels, text: str) -> None:
    models.composer.set_text(text, len(text))
    models.composer.send()


async def test_the_newest_thread_is_shown(chat: ChatViewModel) -> None:
    assert chat.title == "New thread"
    assert chat.turns == ()
    assert chat.last_answer == ""


async def test_a_question_goes_with_the_open_file(
    project: FakeProject, models: ProjectViewModels, chat: ChatViewModel
) -> None:
    chat.set_target("stats.py", None)
    write(models, "  Why?\n")
    await until(lambda: bool(chat.turns))
    assert project.chat.asked == [("Why?", "stats.py", "th1")]
    assert chat.last_answer == "Because."
    assert chat.title == "Why?"


async def test_nothing_is_sent_for_an_empty_text(
    project: FakeProject, models: ProjectViewModels, chat: ChatViewModel
) -> None:
    write(models, " \n")
    assert project.chat.asked == []


async def test_a_question_that_cannot_be_kept_comes_back(
    project: FakeProject, models: ProjectViewModels, chat: ChatViewModel
) -> None:
    project.drafts.error = StoreError("The database is locked.", "Close the other window.")
    write(models, "Why?")
    assert models.composer.text == ""
    await until(lambda: chat.notice is not None)
    assert models.composer.text == "Why?"
    assert chat.notice is not None
    assert chat.notice.text == "The database is locked."
    chat.act(Intent.DISMISS)
    assert chat.notice is None


async def test_an_edit_is_requested_for_the_selected_lines(
    project: FakeProject, chat: ChatViewModel
) -> None:
    chat.set_mode(Mode.EDIT)
    chat.set_target("src/parser.py", Span(2, 5))
    assert chat.target_text == "parser.py, lines 3 to 5"
    assert chat.placeholder == "Say what to change in 3 lines…"
    chat.request_edit("use numbers")
    await until(lambda: bool(project.turns.requests))
    (request,) = project.turns.requests
    assert isinstance(request, Instruction)
    assert (request.snapshot.path, request.lines) == ("src/parser.py", Span(2, 5))
    assert request.instruction == "use numbers"
    assert project.chat.asked == []


async def test_an_edit_needs_an_open_file(chat: ChatViewModel) -> None:
    back: list[str] = []
    chat.refused.connect(back.append)
    chat.set_mode(Mode.EDIT)
    assert chat.target_text == "no file open"
    assert chat.notice is not None
    assert chat.notice.text == "No file is open."
    chat.request_edit("use numbers")
    await until(lambda: back == ["use numbers"])


async def test_an_edit_of_a_file_that_is_gone_comes_back(chat: ChatViewModel) -> None:
    back: list[str] = []
    chat.refused.connect(back.append)
    chat.set_mode(Mode.EDIT)
    chat.set_target("gone.py", None)
    chat.request_edit("use numbers")
    await until(lambda: back == ["use numbers"])
    assert chat.notice is not None
    assert "gone.py" in chat.notice.text


@pytest.mark.parametrize(
    ("mode", "path", "lines", "text"),
    [
        (Mode.ASK, None, None, "the project"),
        (Mode.ASK, "src/a.py", Span(0, 2), "a.py"),
        (Mode.EDIT, "src/a.py", None, "a.py"),
        (Mode.EDIT, "src/a.py", Span(4, 5), "a.py, line 5"),
    ],
)
async def test_the_composer_says_what_its_text_is_about(
    chat: ChatViewModel, mode: Mode, path: str | None, lines: Span | None, text: str
) -> None:
    chat.set_mode(mode)
    chat.set_target(path, lines)
    assert chat.target_text == text


async def test_pieces_arrive_once_a_frame_and_never_twice(
    project: FakeProject, chat: ChatViewModel
) -> None:
    pieces: list[tuple[str, str]] = []
    chat.pieces.connect(lambda turn_id, piece: pieces.append((turn_id, piece)))
    project.bus.publish(TurnChanged("th1", turn(state=TurnState.STREAMING)))
    assert chat.is_answering
    for piece in ("Be", "cau", "se."):
        project.bus.publish(TurnStreamed("th1", "t1", piece))
    await until(lambda: bool(pieces))
    assert pieces == [("t1", "Because.")]
    project.bus.publish(TurnStreamed("th1", "t1", " So."))
    project.bus.publish(TurnChanged("th1", turn(answer="Because. So.")))
    project.bus.publish(TurnStreamed("th1", "t2", "next"))
    await until(lambda: len(pieces) == 2)
    assert pieces[1] == ("t2", "next")
    assert not chat.is_answering


async def test_another_thread_stays_where_it_is(project: FakeProject, chat: ChatViewModel) -> None:
    project.bus.publish(TurnChanged("other", turn()))
    project.bus.publish(TurnStreamed("other", "t1", "x"))
    assert chat.turns == ()


async def test_a_new_thread_is_empty_and_the_old_one_can_be_opened(
    project: FakeProject, chat: ChatViewModel
) -> None:
    project.chat.known["th1"] = Thread("th1", "First", NOON, (turn(answer="Old."),))
    chat.new_thread()
    await until(lambda: chat.thread_id == "th2" and len(chat.threads) == 2)
    assert chat.title == "New thread"
    assert [chat.name_of(thread) for thread in chat.threads] == [
        "New thread",
        f"First · {moment_text(NOON)}",
    ]
    chat.open_thread("th1")
    await until(lambda: chat.thread_id == "th1")
    assert chat.last_answer == "Old."


async def test_stop_reaches_the_answer(project: FakeProject, chat: ChatViewModel) -> None:
    chat.stop()
    assert project.chat.stops == 1


@pytest.mark.parametrize("state", [TurnState.FAILED, TurnState.STOPPED])
async def test_a_question_without_a_whole_answer_can_be_asked_again(
    project: FakeProject, chat: ChatViewModel, state: TurnState
) -> None:
    project.bus.publish(TurnChanged("th1", turn(state=state)))
    assert chat.notice is not None
    assert chat.notice.action is not None
    assert chat.notice.action.label == "Ask again"
    chat.act(chat.notice.action.intent)
    await until(lambda: chat.last_answer == "Because.")
    assert project.chat.repeated == [("th1", "t1")]
    assert chat.notice is None


async def test_only_the_last_question_is_asked_again(
    project: FakeProject, chat: ChatViewModel
) -> None:
    project.bus.publish(TurnChanged("th1", turn("t1", state=TurnState.FAILED)))
    project.bus.publish(TurnChanged("th1", turn("t2", "Because.")))
    assert chat.notice is None
    chat.act(Intent.REPEAT)
    assert project.chat.repeated == []


async def test_a_repeat_that_fails_says_why(project: FakeProject, chat: ChatViewModel) -> None:
    project.bus.publish(TurnChanged("th1", turn(state=TurnState.FAILED)))
    project.chat.error = StoreError("The database is locked.", "Close the other window.")
    chat.act(Intent.REPEAT)
    await until(lambda: chat.notice is not None and "locked" in chat.notice.text)
    chat.act(Intent.DISMISS)
    assert chat.notice is not None
    assert chat.notice.text == "No answer."


async def test_the_menu_has_pinned_threads_first_no_empty_ones_and_the_open_one(
    project: FakeProject, chat: ChatViewModel
) -> None:
    known = {f"t{n}": Thread(f"t{n}", f"Title {n}", NOON) for n in range(40)}
    known["t39"] = replace(known["t39"], is_pinned=True)
    project.chat.known = {**known, "empty": Thread("empty", "", NOON), **project.chat.known}
    chat.load()
    await until(lambda: chat.thread_id == "t0")
    chat.open_thread("t30")
    await until(lambda: chat.thread_id == "t30")
    names = [thread.id for thread in chat.menu_threads]
    assert names == ["t39", *(f"t{n}" for n in range(19)), "t30"]


async def test_code_of_an_answer_is_proposed_for_the_selected_lines(
    project: FakeProject, chat: ChatViewModel
) -> None:
    asked: list[str] = []
    chat.edit_requested.connect(asked.append)
    chat.set_target("src/parser.py", Span(2, 5))
    chat.insert("x = 1\n")
    await until(lambda: bool(asked))
    (trigger,) = project.turns.requests
    assert isinstance(trigger, Insertion)
    assert (trigger.code, trigger.lines) == ("x = 1\n", Span(2, 5))
    assert trigger.snapshot.path == "src/parser.py"


async def test_code_without_an_open_file_says_what_to_do_and_asks_for_nothing(
    project: FakeProject, chat: ChatViewModel
) -> None:
    chat.insert("x = 1\n")
    await until(lambda: chat.notice is not None)
    assert chat.notice is not None
    assert "No file is open" in chat.notice.text
    assert "Changes" in chat.notice.hint
    assert project.turns.requests == []


async def test_code_for_a_file_that_is_gone_says_so(chat: ChatViewModel) -> None:
    chat.set_target("gone.py", None)
    chat.insert("x = 1\n")
    await until(lambda: chat.notice is not None)
    assert chat.notice is not None
    assert "gone.py does not exist." in chat.notice.text


async def test_any_turn_can_be_asked_again(project: FakeProject, chat: ChatViewModel) -> None:
    chat.ask_again("t1")
    await until(lambda: bool(project.chat.repeated))
    assert project.chat.repeated == [("th1", "t1")]
