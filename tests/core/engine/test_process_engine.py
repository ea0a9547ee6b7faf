"""The engine in a process of its own: its answers, its end, and its next beginning."""

import asyncio
import sys
from contextlib import aclosing
from pathlib import Path
from types import SimpleNamespace

import fake_host
import psutil
import pytest
from engine_fakes import FakeDecoder, answer_to
from fake_host import BABBLING, DEADLY, ENDLESS

from inference_core.cli import main
from inference_core.domain.errors import (
    BusyError,
    ContextExceededError,
    EngineDownError,
    EngineError,
    ModelError,
    RequestError,
)
from inference_core.domain.generation import (
    GenerationRequest,
    Plain,
    Priority,
    PromptProgress,
    Sampling,
    Special,
    TextPiece,
    TextPrompt,
    TokenPrompt,
)
from inference_core.domain.generation import MarkedPrompt as Marked
from inference_core.engine import link, process_engine
from inference_core.engine.link import EngineLink
from inference_core.engine.process_engine import ProcessEngine
from inference_core.engine.scheduler import Limits
from inference_core.engine.slot import SlotPhase
from inference_core.engine.spec import EngineSpec

pytestmark = pytest.mark.e2e

SPEC = EngineSpec(Path("model.gguf"))


@pytest.fixture(autouse=True)
def _fake_host(monkeypatch):
    folder = Path(fake_host.__file__).parent
    monkeypatch.setenv("PYTHONPATH", f"{folder}:{folder.parent}")
    monkeypatch.setattr(link, "host_command", lambda: [sys.executable, fake_host.__file__])


@pytest.fixture
async def engine():
    engine = await ProcessEngine.start(SPEC)
    yield engine
    await engine.close()


def ask(tokens, most=3):
    return GenerationRequest(TokenPrompt(tuple(tokens)), Sampling(max_tokens=most))


async def text_of(engine, request):
    return "".join(
        [event.text async for event in engine.generate(request) if isinstance(event, TextPiece)]
    )


def written(tokens):
    return "".join(f"<{token}>" for token in tokens if token)


async def until(condition):
    """Wait for what another process does: nothing tells of it."""
    async with asyncio.timeout(20):
        while not condition():
            await a_moment()


async def a_moment():
    await asyncio.sleep(0.01)


async def test_answers_come_from_the_process(engine):
    assert await text_of(engine, ask([5, 6, 7])) == written(answer_to([5, 6, 7], 3))
    assert psutil.Process(engine.pid).ppid() == psutil.Process().pid


async def test_many_answers_at_once_stay_apart(engine):
    prompts = [[n, n + 1, n + 2] for n in range(20, 30)]
    answers = await asyncio.gather(*(text_of(engine, ask(prompt)) for prompt in prompts))
    assert answers == [written(answer_to(prompt, 3)) for prompt in prompts]


async def test_the_loading_is_told_on_the_way():
    told = []
    engine = await ProcessEngine.start(SPEC, told.append)
    await engine.close()
    assert told == [0.5]


async def test_marked_prompts_texts_and_tokens_are_cut_in_the_process(engine):
    assert [token.id for token in await engine.tokenize("ab", special=False)] == [49, 1]
    marked = Marked((Special("ab"), Plain("c")))
    assert await text_of(
        engine, GenerationRequest(marked, Sampling(max_tokens=2))
    ) == await text_of(engine, GenerationRequest(TextPrompt("abc"), Sampling(max_tokens=2)))


async def test_tokens_are_read_as_text_and_one_that_is_none_is_refused(engine):
    assert await engine.detokenize([3, 4]) == "<3><4>"
    with pytest.raises(RequestError, match="no token"):
        await engine.detokenize([999])


async def test_a_prompt_with_a_number_that_is_no_token_is_refused(engine):
    with pytest.raises(RequestError, match=r"prompt\[1\]") as caught:
        await text_of(engine, ask([1, 50]))
    assert caught.value.param == "prompt[1]"


@pytest.mark.parametrize("length", [256, 300])
async def test_a_prompt_over_the_context_is_refused_with_both_numbers(engine, length):
    with pytest.raises(ContextExceededError) as caught:
        await text_of(engine, ask([1] * length))
    assert (caught.value.prompt_tokens, caught.value.context_tokens) == (length, 256)


async def test_megabytes_are_refused_without_counting_them_to_their_end(engine):
    with pytest.raises(ContextExceededError, match="at least 65535 tokens") as caught:
        await text_of(engine, GenerationRequest(TextPrompt("x" * 3_000_000)))
    assert caught.value.at_least


async def test_leaving_an_answer_stops_the_engine(engine):
    async with aclosing(engine.generate(ask([ENDLESS, 1]))) as events:
        await anext(events)
        assert engine.slots()[0].phase is SlotPhase.PREFILL
    await until(lambda: engine.slots()[0].phase is SlotPhase.FREE)
    assert await text_of(engine, ask([5, 6])) == written(answer_to([5, 6], 3))


async def test_a_request_that_waits_hears_again_and_again_how_far_it_is(engine, monkeypatch):
    monkeypatch.setattr(link, "SIGN_OF_LIFE_S", 0.01)
    async with aclosing(engine.generate(ask([ENDLESS, 1]))) as events:
        told = [await anext(events) for _ in range(4)]
    assert told[1:] == [PromptProgress(2, 0, 0)] * 3


async def test_a_process_that_dies_ends_its_answers_with_an_error_and_is_started_again(engine):
    before = engine.pid
    with pytest.raises(EngineDownError, match="killed by signal 6") as caught:
        await text_of(engine, ask([DEADLY]))
    assert (caught.value.status, caught.value.retry_after_s) == (503, 2)
    await until(lambda: engine.pid not in (None, before))
    assert await text_of(engine, ask([5, 6])) == written(answer_to([5, 6], 3))


async def test_while_it_is_down_every_question_is_told_so(engine, monkeypatch):
    monkeypatch.setattr(process_engine, "_PAUSES_S", (60.0,))
    psutil.Process(engine.pid).kill()
    await until(lambda: engine.pid is None)
    with pytest.raises(EngineDownError, match="started again"):
        await text_of(engine, ask([1]))
    assert engine.down is not None
    with pytest.raises(EngineDownError):
        await engine.tokenize("a", special=False)
    assert all(slot.phase is SlotPhase.FREE for slot in engine.slots())


async def test_one_that_dies_again_and_again_is_left_alone(engine, monkeypatch):
    monkeypatch.setattr(process_engine, "_PAUSES_S", (0.0,))
    for _ in range(2):
        await until(lambda: engine.pid is not None)
        psutil.Process(engine.pid).kill()
        await until(lambda: engine.pid is None)
    await until(engine._watching.done)
    with pytest.raises(EngineDownError, match="too often") as caught:
        await text_of(engine, ask([1]))
    assert "Start the core again" in caught.value.next_step


async def test_closing_leaves_no_process():
    engine = await ProcessEngine.start(SPEC)
    child = psutil.Process(engine.pid)
    events = engine.generate(ask([ENDLESS, 1]))
    await anext(events)
    assert await engine.close() is True
    assert not child.is_running()
    with pytest.raises(EngineDownError):
        await anext(events)


async def test_closing_while_it_is_being_started_again_leaves_no_process(engine):
    psutil.Process(engine.pid).kill()
    await until(lambda: engine.pid is None)
    await engine.close()
    await until(lambda: not psutil.Process().children())


async def test_a_model_that_cannot_be_loaded_is_told():
    with pytest.raises(ModelError, match=r"There is no model") as caught:
        await ProcessEngine.start(EngineSpec(Path("missing.gguf")))
    assert caught.value.next_step == "Check the path."


async def test_a_process_that_dies_while_it_loads_is_told():
    with pytest.raises(EngineError, match="killed by signal 6 while it loaded"):
        await ProcessEngine.start(EngineSpec(Path("crash.gguf")))
    assert not psutil.Process().children()


async def test_a_processor_without_the_engines_instructions_is_told_as_such():
    with pytest.raises(EngineError, match="instructions that this processor does not have") as told:
        await ProcessEngine.start(EngineSpec(Path("old-processor.gguf")))
    assert "spark doctor" in told.value.next_step


async def test_the_process_ends_with_the_one_who_started_it(engine):
    child = psutil.Process(engine.pid)
    engine._link._process.stdin.close()
    await until(lambda: engine.pid != child.pid)
    assert not child.is_running()


async def test_a_process_ends_also_when_its_core_died_in_the_middle_of_a_message(engine):
    child = psutil.Process(engine.pid)
    engine._link._process.stdin.write(b'{"op":"start","id":7,"requ')
    engine._link._process.stdin.close()
    await until(lambda: engine.pid != child.pid)
    assert not child.is_running()


async def test_a_process_ends_when_it_hears_what_is_no_message(engine, capfd):
    child = psutil.Process(engine.pid)
    engine._link._process.stdin.write(b"hello\n")
    await until(lambda: engine.pid != child.pid)
    assert not child.is_running()


async def test_a_process_that_says_what_is_no_message_is_replaced(engine):
    before = engine.pid
    with pytest.raises(EngineDownError, match="said something that is no message"):
        await text_of(engine, ask([BABBLING]))
    await until(lambda: engine.pid not in (None, before))
    assert await text_of(engine, ask([5, 6])) == written(answer_to([5, 6], 3))


async def test_a_process_that_hangs_is_replaced_and_its_answers_end_with_an_error(
    engine, monkeypatch
):
    monkeypatch.setattr(link, "PULSE_S", 0.01)
    monkeypatch.setattr(link, "PULSE_ANSWER_S", 0.05)
    hung = await ProcessEngine.start(SPEC)
    before = hung.pid
    try:
        psutil.Process(before).suspend()
        with pytest.raises(EngineDownError, match="did not answer any more"):
            await text_of(hung, ask([5, 6]))
        monkeypatch.setattr(link, "PULSE_ANSWER_S", 20)
        await until(lambda: hung.pid not in (None, before))
    finally:
        await hung.close()
    assert not psutil.pid_exists(before)


async def test_a_process_that_computes_for_long_is_left_alone(monkeypatch):
    monkeypatch.setattr(link, "PULSE_S", 0.001)
    engine = await ProcessEngine.start(SPEC)
    before, answers = engine.pid, []
    receive = EngineLink._receive

    def counted(self, message):
        if "answer" in message:
            answers.append(message)
        receive(self, message)

    monkeypatch.setattr(EngineLink, "_receive", counted)
    async with aclosing(engine.generate(ask([ENDLESS, 1]))) as events:
        await anext(events)
        await until(lambda: len(answers) >= 10)
    assert engine.pid == before
    await engine.close()


async def test_half_a_surrogate_pair_reaches_the_engine_as_some_text(engine):
    answer = await text_of(
        engine, GenerationRequest(TextPrompt("a\ud800b"), Sampling(max_tokens=2))
    )
    assert answer == await text_of(
        engine, GenerationRequest(TextPrompt("a\ud800b"), Sampling(max_tokens=2))
    )


async def test_an_engine_that_no_process_can_be_made_for_is_tried_again(engine, monkeypatch):
    before, real = engine.pid, link.host_command
    commands = iter([["/nowhere/no-such-program"]])
    monkeypatch.setattr(link, "host_command", lambda: next(commands, None) or real())
    monkeypatch.setattr(process_engine, "_PAUSES_S", (0.0, 0.0, 0.0))
    psutil.Process(before).kill()
    await until(lambda: engine.pid not in (None, before))
    assert await text_of(engine, ask([5, 6])) == written(answer_to([5, 6], 3))


async def test_closing_twice_is_closing_once(engine):
    child = psutil.Process(engine.pid)
    await asyncio.gather(engine.close(), engine.close())
    assert not child.is_running()


def test_a_frozen_app_starts_its_own_program_as_the_engine(monkeypatch):
    monkeypatch.undo()
    assert link.host_command()[1:] == ["-P", "-m", "inference_core.engine.host"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert link.host_command() == [sys.executable, "engine-host"]


def test_the_program_knows_the_engines_command(monkeypatch):
    monkeypatch.setattr("inference_core.engine.host.main", lambda: 7)
    assert main(["engine-host"]) == 7


# -- what is handed to the process -------------------------------------------------------------

MEGABYTE = GenerationRequest(TextPrompt("x" * 1_000_000))


@pytest.fixture
async def stopped():
    """An engine with one slot and a queue of one, whose process reads nothing until resumed."""
    engine = await ProcessEngine.start(EngineSpec(Path("model.gguf"), limits=Limits(1, 1)))
    engine.process = psutil.Process(engine.pid)
    engine.process.suspend()
    yield engine
    engine.process.resume()
    await engine.close()


def written_to(engine):
    return engine._link._out._written


async def several_moments():
    for _ in range(20):
        await a_moment()


async def cancelled(*tasks):
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_what_the_queue_has_no_room_for_is_refused_before_anything_is_written(stopped):
    running = [asyncio.create_task(text_of(stopped, ask([n, 1]))) for n in (5, 6)]
    await a_moment()
    before = written_to(stopped)
    with pytest.raises(BusyError) as caught:
        await text_of(stopped, MEGABYTE)
    assert (caught.value.waiting, caught.value.status) == (1, 429)
    assert written_to(stopped) == before
    stopped.process.resume()
    assert await asyncio.gather(*running) == [written(answer_to([n, 1], 3)) for n in (5, 6)]


async def test_those_of_lower_priority_do_not_stand_in_the_way(stopped):
    suggestion = GenerationRequest(
        TokenPrompt((5, 1)), Sampling(max_tokens=3), priority=Priority.SUGGESTION
    )
    running = [asyncio.create_task(text_of(stopped, suggestion)) for _ in range(2)]
    await a_moment()
    with pytest.raises(BusyError):
        await text_of(stopped, suggestion)
    question = asyncio.create_task(text_of(stopped, ask([6, 1])))
    await a_moment()
    stopped.process.resume()
    assert await question == written(answer_to([6, 1], 3))
    await asyncio.gather(*running)


async def test_who_has_left_leaves_room_in_the_queue(stopped):
    running = [asyncio.create_task(text_of(stopped, ask([n, 1]))) for n in (5, 6)]
    await a_moment()
    await cancelled(*running)
    stopped.process.resume()
    assert await text_of(stopped, ask([7, 1])) == written(answer_to([7, 1], 3))


async def test_a_finished_answer_that_nobody_has_read_leaves_room_in_the_queue(engine):
    engine._link._limits = Limits(1, 0)
    async with aclosing(engine.generate(ask([5, 6]))) as events:
        await anext(events)
        await until(lambda: all(each.over for each in engine._link._jobs.values()))
        assert await text_of(engine, ask([6, 7])) == written(answer_to([6, 7], 3))


async def test_more_questions_about_texts_than_may_wait_are_refused(stopped):
    running = [asyncio.create_task(stopped.tokenize("ab", special=False)) for _ in range(2)]
    await a_moment()
    with pytest.raises(BusyError):
        await stopped.tokenize("ab", special=False)
    stopped.process.resume()
    assert [len(tokens) for tokens in await asyncio.gather(*running)] == [2, 2]


async def test_a_long_prompt_that_left_before_its_turn_is_never_written(stopped):
    first, second = (asyncio.create_task(text_of(stopped, MEGABYTE)) for _ in range(2))
    await a_moment()
    await cancelled(second)
    stopped.process.resume()
    with pytest.raises(ContextExceededError):
        await first
    assert written_to(stopped) < 1_100_000


async def test_prompts_that_are_sent_and_left_never_lie_in_the_pipe_together(stopped):
    for _ in range(6):
        running = asyncio.create_task(text_of(stopped, MEGABYTE))
        await a_moment()
        await cancelled(running)
    assert written_to(stopped) < 1_100_000
    stopped.process.resume()
    assert await text_of(stopped, ask([5, 6])) == written(answer_to([5, 6], 3))


async def test_a_short_prompt_behind_a_long_one_is_answered(stopped):
    long = asyncio.create_task(text_of(stopped, MEGABYTE))
    await a_moment()
    short = asyncio.create_task(text_of(stopped, ask([5, 6])))
    stopped.process.resume()
    assert await short == written(answer_to([5, 6], 3))
    with pytest.raises(ContextExceededError):
        await long


async def test_nothing_is_told_before_the_prompt_is_found_to_fit(stopped, monkeypatch):
    monkeypatch.setattr(link, "SIGN_OF_LIFE_S", 0.001)
    async with aclosing(stopped.generate(ask([1] * 300))) as events:
        first = asyncio.create_task(anext(events))
        await several_moments()
        assert not first.done()
        stopped.process.resume()
        with pytest.raises(ContextExceededError):
            await first


async def test_a_long_text_is_cut_as_a_whole_though_it_is_told_in_parts(engine):
    text = "".join(chr(33 + n % 90) for n in range(30_000))
    tokens = await engine.tokenize(text, special=False)
    assert [token.id for token in tokens] == FakeDecoder().tokenize(text, special=False)
    assert {token.text for token in tokens} == {f"<{token.id}>" for token in tokens}
    numbers = [token.id for token in tokens]
    assert await engine.detokenize(numbers) == "".join(token.text for token in tokens)


class SlowPipe:
    """Takes a piece of what is on its way at each of so many looks, and then nothing more."""

    def __init__(self, pieces):
        self.transport = self
        self.pieces = pieces
        self.pings = self.left = 0

    def get_write_buffer_size(self):
        self.pieces = max(0, self.pieces - 1)
        return self.pieces + self.left

    def write(self, line):
        # None of the questions themselves is taken.
        self.pings += 1
        self.left += len(line)

    def is_closing(self):
        return False


@pytest.mark.parametrize("pieces", [0, 2, 20])
async def test_a_process_that_goes_on_taking_a_long_message_is_not_taken_for_dead(
    pieces, monkeypatch
):
    monkeypatch.setattr(link, "PULSE_S", 0)
    monkeypatch.setattr(link, "PULSE_ANSWER_S", 0)
    pipe, killed = SlowPipe(pieces), []
    process = SimpleNamespace(stdin=pipe, kill=lambda: killed.append(pipe.pings), returncode=None)
    await EngineLink(process, Limits())._feel_pulse()
    assert killed == [pieces // 2 + 3]
