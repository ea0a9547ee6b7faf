import asyncio

import pytest
from composer_fakes import chat_of
from fakes import (
    EMULATION,
    Answer,
    FakeClock,
    FakeCore,
    FakeEndpoint,
    MemoryFiles,
    MemoryThreads,
    Recorder,
)
from quick_fakes import MemoryHistory

from spark_desktop.domain.completion import ChatRequest, ModelInfo
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.core_state import CoreFailed, CoreReady, CoreStarting, CoreStopped
from spark_desktop.domain.errors import CoreError, IncompleteStreamError, SparkError
from spark_desktop.domain.events import CoreStateChanged, TurnChanged, TurnStreamed
from spark_desktop.services.answers import CoreAnswers
from spark_desktop.services.bus import Bus
from spark_desktop.services.late_core import LateCore
from spark_desktop.services.ports import Core
from spark_desktop.services.quick import QUICK, QuickService
from spark_desktop.services.tasks import TaskScope


class Desk:
    """The service with what is around it."""

    def __init__(self, *answers: Answer | str, error: CoreError | None = None) -> None:
        self.endpoint = FakeEndpoint(*answers)
        self.core = FakeCore(self.endpoint, error)
        self.history = MemoryHistory()
        self.keeps = True
        bus = Bus()
        self.events = Recorder(bus)
        self.service = QuickService(
            CoreAnswers(self.core), self.history, bus, FakeClock(), lambda: self.keeps
        )


async def test_an_answer_streams_and_ends_with_what_was_measured() -> None:
    desk = Desk(Answer("Because ", "so."))
    turn = await desk.service.ask("  Why?\n")
    assert (turn.question, turn.answer, turn.state) == ("Why?", "Because so.", TurnState.DONE)
    assert turn.model == "fake-model"
    assert turn.usage is not None
    pieces = [(event.thread_id, event.piece) for event in desk.events.of(TurnStreamed)]
    assert pieces == [(QUICK, "Because "), (QUICK, "so.")]
    assert desk.events.of(TurnChanged)[-1].turn == turn
    assert desk.core.started


async def test_a_question_goes_alone() -> None:
    desk = Desk("One.", "Two.")
    await desk.service.ask("First?")
    await desk.service.ask("Second?")
    request = desk.endpoint.requests[-1]
    assert isinstance(request, ChatRequest)
    assert [message.text for message in request.messages[1:]] == ["Second?"]


async def test_an_empty_question_is_refused() -> None:
    with pytest.raises(SparkError, match="empty"):
        await Desk().service.ask(" \n")


async def test_an_answer_that_breaks_off_keeps_what_came() -> None:
    desk = Desk(Answer("Beca", error=IncompleteStreamError("It ended.", "Ask again.")))
    turn = await desk.service.ask("Why?")
    assert (turn.answer, turn.state) == ("Beca", TurnState.FAILED)
    assert turn.error == "It ended. Ask again."


async def test_a_core_that_failed_is_an_answer_that_failed() -> None:
    desk = Desk(error=CoreError("The model is missing.", "Pull it."))
    turn = await desk.service.ask("Why?")
    assert (turn.state, turn.error) == (TurnState.FAILED, "The model is missing. Pull it.")


async def test_stop_closes_the_stream_and_keeps_what_came() -> None:
    desk = Desk(Answer("Beca", hangs=True))
    asking = asyncio.ensure_future(desk.service.ask("Why?"))
    await desk.endpoint.reached_silence.wait()
    assert desk.service.stop()
    turn = await asking
    assert (turn.answer, turn.state) == ("Beca", TurnState.STOPPED)
    assert desk.endpoint.closed_early == 1
    assert not desk.service.stop()


async def test_another_question_ends_the_one_before() -> None:
    desk = Desk(Answer("Beca", hangs=True), "Two.")
    first = asyncio.ensure_future(desk.service.ask("First?"))
    await desk.endpoint.reached_silence.wait()
    second = await desk.service.ask("Second?")
    assert (await first).state is TurnState.STOPPED
    assert second.answer == "Two."


async def test_a_caller_that_is_cancelled_takes_the_stream_along() -> None:
    desk = Desk(Answer("Beca", hangs=True))
    asking = asyncio.ensure_future(desk.service.ask("Why?"))
    await desk.endpoint.reached_silence.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await desk.service.close()
    assert desk.endpoint.closed_early == 1


async def test_an_emulated_answer_is_marked_from_its_beginning() -> None:
    desk = Desk(Answer("So.", emulation=EMULATION))
    await desk.service.ask("Why?")
    marked = [event.turn for event in desk.events.of(TurnChanged) if event.turn.emulation]
    assert marked[0].answer == ""


async def test_a_question_that_does_not_fit_is_refused_with_numbers() -> None:
    desk = Desk()
    desk.core._endpoint = FakeEndpoint(model=ModelInfo("small", context=512, fim=False))
    turn = await desk.service.ask("Why?")
    assert "the model's context holds 512. Shorten the question" in turn.error


async def test_questions_are_kept_only_where_the_user_wants_that() -> None:
    desk = Desk()
    await desk.service.remember(" Why? ")
    assert await desk.service.history() == ("Why?",)
    desk.keeps = False
    await desk.service.remember("Secret?")
    assert await desk.service.history() == ()
    assert desk.history.kept == ["Why?"]
    await desk.service.forget()
    assert desk.history.kept == []


async def test_a_chat_adopts_a_turn_as_a_thread_of_its_own() -> None:
    clock = FakeClock()
    threads = MemoryThreads(clock)
    chat, _composing = chat_of(threads, MemoryFiles(), FakeCore(FakeEndpoint()), Bus(), clock)
    turn = Turn("t", "Why?", "So.", TurnState.DONE, clock.now())
    thread = await chat.adopt(turn)
    assert thread.turns == (turn,)
    assert (await chat.current()).id == thread.id


class Built:
    """Builds cores, and counts them."""

    def __init__(self, error: Exception | None = None) -> None:
        self.cores: list[FakeCore] = []
        self.error = error
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self) -> Core:
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        self.cores.append(FakeCore(FakeEndpoint()))
        return self.cores[-1]


async def test_a_late_core_is_built_when_it_is_first_started() -> None:
    build, bus = Built(), Bus()
    events, core = Recorder(bus), LateCore(build, bus, TaskScope("test"))
    assert isinstance(core.state, CoreStopped)
    assert build.cores == []
    core.start()
    core.start()
    assert isinstance(core.state, CoreStarting)
    assert events.of(CoreStateChanged)[0].state == CoreStarting()
    assert (await core.endpoint()).model.id == "fake-model"
    core.start()
    assert len(build.cores) == 1
    assert build.cores[0].started
    assert isinstance(core.state, CoreReady)


async def test_a_late_core_that_was_closed_is_built_anew() -> None:
    build = Built()
    core = LateCore(build, Bus(), TaskScope("test"))
    core.start()
    await core.endpoint()
    await core.close()
    assert isinstance(core.state, CoreStopped)
    with pytest.raises(CoreError, match="not running"):
        await core.endpoint()
    core.start()
    await core.endpoint()
    assert len(build.cores) == 2


async def test_a_late_core_can_be_closed_while_it_is_built() -> None:
    build = Built()
    build.gate.clear()
    core = LateCore(build, Bus(), TaskScope("test"))
    core.start()
    await asyncio.sleep(0)
    await core.close()
    assert isinstance(core.state, CoreStopped)
    assert build.cores == []


async def test_a_late_core_can_be_stopped_at_any_time_and_begun_anew() -> None:
    build = Built()
    build.gate.clear()
    core = LateCore(build, Bus(), TaskScope("test"))
    core.stop()
    core.start()
    await asyncio.sleep(0)
    core.stop()
    assert isinstance(core.state, CoreStopped)
    core.start()
    assert isinstance(core.state, CoreStarting)
    build.gate.set()
    await core.endpoint()
    assert len(build.cores) == 1
    core.stop()
    assert not build.cores[0].started


async def test_a_late_core_that_cannot_be_built_says_why_and_can_be_tried_again() -> None:
    build = Built(CoreError("No core.", "Install it."))
    core = LateCore(build, Bus(), TaskScope("test"))
    core.start()
    with pytest.raises(CoreError, match="No core"):
        await core.endpoint()
    assert core.state == CoreFailed("No core.", "Install it.")
    build.error = None
    core.start()
    assert (await core.endpoint()).model.id == "fake-model"


async def test_a_fault_in_building_a_late_core_reaches_who_waits(
    caplog: pytest.LogCaptureFixture,
) -> None:
    core = LateCore(Built(ImportError("no module")), Bus(), TaskScope("test"))
    core.start()
    with pytest.raises(CoreError, match="no module"):
        await core.endpoint()
    assert "build the core failed" in caplog.text
