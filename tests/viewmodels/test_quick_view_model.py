from collections.abc import AsyncIterator

import pytest
from fakes import Answer, FakeClock, FakeEndpoint
from fakes import FakeCore as AnsweringCore

from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.core_state import CoreFailed, CoreReady, CoreStarting, CoreState
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import (
    CoreError,
    EndpointError,
    FileError,
    IncompleteStreamError,
    PasteError,
    StoreError,
)
from spark_desktop.domain.events import (
    AnswerWaits,
    CoreStateChanged,
    KeyRefused,
    TurnChanged,
)
from spark_desktop.services.answers import CoreAnswers
from spark_desktop.services.bus import Bus
from spark_desktop.services.quick import QuickService
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.core import CoreViewModel
from spark_desktop.viewmodels.notice import Intent
from spark_desktop.viewmodels.quick import QuickViewModel
from spark_desktop.viewmodels.quick_choices import Choice, code_of
from tests.interface_fakes import until
from tests.quick_fakes import FakePrevious, FakeTarget, MemoryHistory

CODE = "Do this:\n```python\nx = 1\n```\nThat is all."


class Core(AnsweringCore):
    """A core whose state a test sets."""

    def __init__(self, endpoint: FakeEndpoint, bus: Bus) -> None:
        super().__init__(endpoint)
        self._bus = bus
        self.shown: CoreState = CoreReady(endpoint.model)

    @property
    def state(self) -> CoreState:
        return self.shown

    def become(self, state: CoreState) -> None:
        self.shown = state
        self._bus.publish(CoreStateChanged(state))


class Desk:
    """A view model with all that is around it, and what it asked the view for."""

    def __init__(self) -> None:
        self.endpoint = FakeEndpoint()
        bus, scope = Bus(), TaskScope("test")
        self.scope, self.bus = scope, bus
        self.core = Core(self.endpoint, bus)
        self.history = MemoryHistory()
        self.keeps = True
        self.target, self.previous = FakeTarget(), FakePrevious()
        self.service = QuickService(
            CoreAnswers(self.core), self.history, bus, FakeClock(), lambda: self.keeps
        )
        core = CoreViewModel(self.core, bus)
        self.model = QuickViewModel(self.service, core, self.target, self.previous, bus, scope)
        self.asked: list[str] = []
        self.copied: list[str] = []
        self.pieces: list[str] = []
        self.shown: list[str] = []
        self.model.question.connect(self.asked.append)
        self.model.copied.connect(self.copied.append)
        self.model.pieces.connect(lambda _turn, piece: self.pieces.append(piece))
        self.model.hidden.connect(lambda: self.shown.append("hidden"))
        self.model.wanted.connect(lambda: self.shown.append("wanted"))

    async def answered(self, answer: Answer | str, question: str = "Why?") -> Turn:
        self.endpoint.answers.append(answer if isinstance(answer, Answer) else Answer(answer))
        before = self.model.turn
        self.model.ask(question)
        await until(lambda: self.model.turn is not before and not self.model.is_answering)
        assert self.model.turn is not None
        return self.model.turn

    def notice(self) -> str:
        notice = self.model.notice
        return "" if notice is None else f"{notice.text} {notice.hint}".strip()


@pytest.fixture
async def desk(qapp: object) -> AsyncIterator[Desk]:
    made = Desk()
    yield made
    await made.service.close()
    await made.scope.close()


async def test_opening_warms_the_core_while_the_user_types(desk: Desk) -> None:
    desk.model.opened(None)
    assert desk.core.started
    assert desk.model.turn is None


async def test_opening_with_a_text_asks_it(desk: Desk) -> None:
    desk.endpoint.answers.append(Answer("So."))
    desk.model.opened("Why?")
    assert desk.asked == ["Why?"]
    await until(lambda: desk.model.turn is not None and not desk.model.is_answering)
    assert desk.model.turn is not None
    assert desk.model.turn.answer == "So."


async def test_pieces_come_once_a_frame_and_no_piece_twice(desk: Desk) -> None:
    desk.endpoint.answers.append(Answer("Be", "cause", hangs=True))
    desk.model.ask("Why?")
    await desk.endpoint.reached_silence.wait()
    await until(lambda: bool(desk.pieces))
    assert desk.pieces == ["Because"]


async def test_escape_stops_the_answer_and_hides_at_once(desk: Desk) -> None:
    desk.endpoint.answers.append(Answer("Beca", hangs=True))
    desk.model.ask("Why?")
    await desk.endpoint.reached_silence.wait()
    desk.model.close()
    assert desk.shown == ["hidden"]
    await until(lambda: not desk.model.is_answering)
    assert desk.endpoint.closed_early == 1
    assert desk.notice() == "The answer was stopped."
    assert desk.model.turn is not None
    assert desk.model.turn.answer == "Beca"


async def test_an_answer_that_breaks_off_stays_and_can_be_asked_again(desk: Desk) -> None:
    error = IncompleteStreamError("The stream ended.", "Ask again.")
    turn = await desk.answered(Answer("Beca", error=error))
    assert (turn.answer, turn.state) == ("Beca", TurnState.FAILED)
    assert desk.notice().startswith("The answer broke off.")
    desk.endpoint.answers.append(Answer("Because."))
    desk.model.act(Intent.REPEAT)
    await until(lambda: desk.model.turn is not None and desk.model.turn.answer == "Because.")
    assert desk.notice() == ""


async def test_a_core_that_starts_is_shown_while_the_question_waits(desk: Desk) -> None:
    desk.core.become(CoreStarting())
    assert desk.notice().startswith("Starting the model.")
    desk.core.become(CoreReady(desk.endpoint.model))
    assert desk.notice() == ""


async def test_a_model_that_is_missing_says_what_to_do_and_is_asked_again(desk: Desk) -> None:
    desk.core.error = CoreError("The model is missing.", "Pull it.")
    desk.core.become(CoreFailed("The model is missing.", "Pull it."))
    turn = await desk.answered("never")
    desk.endpoint.answers.clear()
    assert turn.state is TurnState.FAILED
    assert desk.notice() == "The model is missing. Pull it."
    desk.core.error = None
    desk.endpoint.answers.append(Answer("So."))
    desk.core.become(CoreReady(desk.endpoint.model))
    desk.model.act(Intent.RETRY_CORE)
    await until(lambda: desk.model.turn is not None and desk.model.turn.answer == "So.")


async def test_arrows_walk_through_earlier_questions_and_back_to_the_draft(desk: Desk) -> None:
    desk.history.kept = ["One?", "Two?"]
    desk.model.opened(None)
    await until(lambda: len(desk.model._past) == 2)
    desk.model.older("Thr")
    desk.model.older("Two?")
    desk.model.older("One?")
    desk.model.newer()
    desk.model.newer()
    desk.model.newer()
    assert desk.asked == ["Two?", "One?", "Two?", "Thr"]


async def test_a_question_is_kept_once(desk: Desk) -> None:
    for question in ("One?", "Two?", "One?"):
        await desk.answered("So.", question)
    assert desk.history.kept == ["Two?", "One?"]
    desk.model.older("")
    assert desk.asked == ["One?"]


async def test_nothing_is_kept_where_the_user_does_not_want_it(desk: Desk) -> None:
    desk.keeps = False
    await desk.answered("So.", "Secret?")
    assert desk.history.kept == []
    # For this session they are there.
    desk.model.older("")
    assert desk.asked == ["Secret?"]
    desk.model.forget()
    desk.model.older("")
    assert desk.asked == ["Secret?"]


async def test_a_history_that_cannot_be_read_does_not_hold_up_the_answer(desk: Desk) -> None:
    desk.history.error = StoreError("The database is damaged.", "Start again.")
    turn = await desk.answered("So.")
    assert turn.answer == "So."
    assert desk.notice() == "The database is damaged. Start again."
    desk.model.act(Intent.DISMISS)
    assert desk.notice() == ""


async def test_copy_takes_the_whole_answer_or_what_is_selected(desk: Desk) -> None:
    await desk.answered(CODE)
    desk.model.choose(Choice.COPY)
    desk.model.choose(Choice.COPY, "x = 1")
    assert desk.copied == [CODE, "x = 1"]
    assert desk.notice() == "Copied."


async def test_paste_hides_first_and_takes_the_only_code(desk: Desk) -> None:
    await desk.answered(CODE)
    assert desk.model.offers[Choice.PASTE].label == "Paste code"
    desk.model.choose(Choice.PASTE)
    assert desk.copied == ["x = 1\n"]
    assert desk.shown == ["hidden"]
    await until(lambda: desk.previous.told == ["paste"])


async def test_a_paste_that_is_not_possible_here_leaves_it_on_the_clipboard(desk: Desk) -> None:
    await desk.answered("So.")
    desk.previous.refusal = "Wayland lets no program paste for you."
    desk.model.choose(Choice.PASTE)
    assert desk.copied == ["So."]
    assert desk.shown == []
    assert desk.notice().startswith("It is on the clipboard: paste it yourself. Wayland")


async def test_a_paste_that_fails_brings_the_window_back_with_the_reason(desk: Desk) -> None:
    await desk.answered("So.")
    desk.previous.error = PasteError("Nothing was pasted: The window is gone.", "Paste it.")
    desk.model.choose(Choice.PASTE)
    await until(lambda: desk.shown == ["hidden", "wanted"])
    await until(lambda: "The window is gone." in desk.notice())


async def test_without_a_project_two_choices_say_why_they_are_grey(desk: Desk) -> None:
    await desk.answered("So.")
    offers = desk.model.offers
    assert [offer.is_enabled for offer in offers.values()] == [True, True, False, False]
    assert offers[Choice.THREAD].tip == "No project is open: threads belong to one."
    assert offers[Choice.APPLY].tip == "No project is open that it could change."
    desk.target.project = "demo"
    assert desk.model.offers[Choice.APPLY].tip == "No file is open in the review of demo."
    desk.model.choose(Choice.APPLY)
    assert desk.target.applied == []


async def test_before_there_is_an_answer_every_choice_says_so(desk: Desk) -> None:
    desk.target.project, desk.target.file = "demo", "src/a.py"
    tips = {offer.tip for offer in desk.model.offers.values()}
    assert tips == {"There is no answer yet.", "Ask something first."}


async def test_what_needs_the_whole_answer_waits_for_its_end(desk: Desk) -> None:
    desk.target.project = "demo"
    desk.endpoint.answers.append(Answer("Beca", hangs=True))
    desk.model.ask("Why?")
    await desk.endpoint.reached_silence.wait()
    assert not desk.model.offers[Choice.PASTE].is_enabled
    desk.service.stop()
    await until(lambda: not desk.model.is_answering)
    assert desk.model.offers[Choice.PASTE].is_enabled


async def test_an_answer_becomes_a_thread_of_the_project(desk: Desk) -> None:
    desk.target.project = "demo"
    turn = await desk.answered("So.")
    desk.model.choose(Choice.THREAD)
    await until(lambda: desk.shown == ["hidden"])
    assert desk.target.threads == [turn]


async def test_a_question_becomes_a_change_of_the_open_file(desk: Desk) -> None:
    desk.target.project, desk.target.file = "demo", "src/a.py"
    await desk.answered(CODE, "Use numbers")
    assert "change of a.py" in desk.model.offers[Choice.APPLY].tip
    desk.model.choose(Choice.APPLY)
    await until(lambda: desk.shown == ["hidden"])
    assert desk.target.applied == ["Use numbers"]


async def test_what_the_project_refuses_is_told_and_the_window_stays(desk: Desk) -> None:
    desk.target.project, desk.target.file = "demo", "gone.py"
    await desk.answered("So.")
    desk.target.error = FileError("gone.py does not exist.", "Choose another file.")
    desk.model.choose(Choice.APPLY)
    await until(lambda: desk.notice() == "gone.py does not exist. Choose another file.")
    assert desk.shown == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("", ""),
        ("No code `x`.", ""),
        ("```\nx\n```", "x\n"),
        ("```python\nx\n\ny\n```\n", "x\n\ny\n"),
        ("```\nx\n```\nand\n```\ny\n```", ""),
        ("```\nnot closed", ""),
    ],
)
def test_the_code_of_an_answer_is_its_only_block(answer: str, code: str) -> None:
    assert code_of(answer) == code


async def test_who_refuses_and_what_is_waited_for_is_told(desk: Desk) -> None:
    desk.endpoint.answers.append(Answer("So.", hangs=True))
    desk.model.ask("Why?")
    await until(lambda: desk.model.is_answering and desk.endpoint.reached_silence.is_set())
    desk.bus.publish(AnswerWaits(WorkKind.CHAT, "Fast", 12.0, "Too much to do."))
    assert desk.notice().startswith("Fast cannot answer now: Too much to do.")
    desk.model.act(Intent.STOP)
    await until(lambda: not desk.model.is_answering)
    desk.bus.publish(AnswerWaits(WorkKind.CHAT, "Fast", 0.0))
    assert desk.model.turn is not None
    assert desk.model.turn.state is TurnState.STOPPED


async def test_a_refused_key_leads_to_the_settings(desk: Desk) -> None:
    wanted: list[bool] = []
    desk.model.settings_wanted.connect(lambda: wanted.append(True))
    refused = KeyRefused(WorkKind.CHAT)
    # Told while the question is asked, as the router does.
    desk.bus.subscribe(TurnChanged, lambda _event: desk.bus.publish(refused))
    await desk.answered(Answer(error=EndpointError("Wrong key.")))
    notice = desk.model.notice
    assert notice is not None
    assert notice.action is not None
    desk.model.act(notice.action.intent)
    assert wanted == [True]
