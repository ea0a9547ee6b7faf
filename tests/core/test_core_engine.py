"""The engines' parts that need no model: the slot, the wire, the script, the batch size."""

import asyncio
import json
import threading
from contextlib import aclosing
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_core.domain.errors import (
    ContextExceededError,
    EngineError,
    ModelError,
    RequestError,
)
from inference_core.domain.generation import (
    Finished,
    GenerationRequest,
    PromptProgress,
    Sampling,
    StopReason,
    TextPiece,
    TextPrompt,
    Timings,
)
from inference_core.engine.batch import LARGEST, SMALLEST, batch_tokens
from inference_core.engine.llama import LlamaEngine, LlamaSettings, usable_threads
from inference_core.engine.llama_wire import AnswerReader, engine_error, engine_request
from inference_core.engine.loopback import Loopback
from inference_core.engine.os_thread import in_os_thread
from inference_core.engine.replay import ReplayEngine, ScriptedAnswer
from inference_core.engine.slot import Slot, SlotPhase

TIMINGS = {"cache_n": 3, "prompt_n": 5, "prompt_ms": 10, "predicted_n": 2, "predicted_ms": 4}


# -- the engine's end ------------------------------------------------------------------------


async def test_an_engine_that_still_counts_tokens_is_not_freed_under_the_question(monkeypatch):
    monkeypatch.setattr("inference_core.engine.llama.CLOSE_S", 0.01)
    loop, begun, answer = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    class Busy:
        def post(self, path, body):
            loop.call_soon_threadsafe(begun.set)
            answer.wait(10)
            raise EngineError("too late")

    engine = LlamaEngine(object(), Busy(), 64)
    asking = asyncio.create_task(engine.tokenize("text", False))
    await begun.wait()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    assert await engine.close() is False
    answer.set()
    monkeypatch.setattr("inference_core.engine.llama.CLOSE_S", 10)
    assert await engine.close() is True


# -- the slot --------------------------------------------------------------------------------


async def test_the_slot_admits_one_at_a_time_in_order_of_arrival():
    slot, order = Slot(), []

    async def use(name):
        await slot.acquire()
        order.append(name)
        await asyncio.sleep(0)
        slot.release()

    await asyncio.gather(use("first"), use("second"), use("third"))
    assert order == ["first", "second", "third"]
    assert (slot.state().answers, slot.state().phase) == (3, SlotPhase.FREE)


async def test_a_waiter_that_is_cancelled_leaves_the_queue():
    slot = Slot()
    await slot.acquire()
    waiter = asyncio.create_task(slot.acquire())
    await asyncio.sleep(0)
    assert slot.state().queued == 1
    waiter.cancel()
    await asyncio.gather(waiter, return_exceptions=True)
    assert slot.state().queued == 0
    slot.release()
    await slot.acquire()
    assert slot.state().answers == 2


async def test_reused_tokens_are_not_counted_as_work():
    slot = Slot()
    await slot.acquire()
    for processed in (40, 60, 100):
        slot.note(PromptProgress(100, 40, processed))
    assert slot.state().prompt_tokens_processed == 60
    assert slot.state().prompt_tokens_done == 100


async def test_a_token_that_the_engine_redid_after_the_last_progress_is_counted():
    slot = Slot()
    await slot.acquire()
    slot.note(PromptProgress(100, 100, 100))
    slot.note(Finished(StopReason.STOP, Timings(99, 1, 1.0, 1, 1.0)))
    assert slot.state().prompt_tokens_processed == 1


async def test_the_slot_says_what_it_is_doing():
    slot = Slot()
    await slot.acquire()
    slot.note(PromptProgress(10, 0, 5))
    assert slot.state().phase is SlotPhase.PREFILL
    assert slot.prefilling == PromptProgress(10, 0, 5)
    slot.note(PromptProgress(10, 0, 10))
    slot.note(TextPiece("a"))
    assert slot.state().phase is SlotPhase.DECODE
    assert slot.prefilling is None


# -- the wire to llama.cpp -------------------------------------------------------------------


def test_an_error_in_the_stream_is_raised():
    with pytest.raises(EngineError, match="out of memory"):
        list(AnswerReader().read(json.dumps({"error": {"code": 500, "message": "out of memory"}})))


def test_the_engines_errors_become_ours():
    too_long = {"type": "exceed_context_size_error", "n_prompt_tokens": 9, "n_ctx": 8}
    exceeded = engine_error(too_long)
    assert isinstance(exceeded, ContextExceededError)
    assert (exceeded.prompt_tokens, exceeded.context_tokens) == (9, 8)
    assert isinstance(engine_error({"code": 400, "message": "bad"}), RequestError)
    assert isinstance(engine_error({"message": "worse"}), EngineError)


@given(st.integers(1, 10**12), st.integers(1, 256))
def test_a_batch_is_a_multiple_of_8_within_its_limits(model_bytes, threads):
    batch = batch_tokens(model_bytes, threads, accelerated=False)
    assert SMALLEST <= batch <= LARGEST
    assert batch % 8 == 0


def test_more_threads_take_larger_batches_and_an_accelerator_the_largest():
    two, sixteen = (batch_tokens(491_400_064, threads, False) for threads in (2, 16))
    assert two < sixteen < batch_tokens(491_400_064, 2, True) == LARGEST


def test_a_missing_model_file_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"no model file .*gone\.gguf"):
        LlamaEngine.load(tmp_path / "gone.gguf", LlamaSettings())


def test_at_least_one_thread_is_usable():
    assert usable_threads() >= 1


# -- beside the loop -------------------------------------------------------------------------


async def test_work_in_an_os_thread_returns_or_raises():
    assert await in_os_thread(threading.current_thread, "job") is not threading.main_thread()
    with pytest.raises(ZeroDivisionError):
        await in_os_thread(lambda: 1 // 0, "job")


async def test_a_cancelled_caller_leaves_the_os_thread_to_finish():
    go, done = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def work():
        go.wait(10)
        loop.call_soon_threadsafe(done.set)

    caller = asyncio.create_task(in_os_thread(work, "job"))
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    go.set()
    assert await asyncio.wait_for(done.wait(), 10)


@pytest.fixture
def listener():
    """A stand-in for the engine's own HTTP listener: /ok answers, /text and /bad are wrong."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            answers = {"/ok": (200, b'{"a": 1}'), "/text": (200, b"hello")}
            status, body = answers.get(self.path, (503, b"not now"))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_engines_listener_is_asked_for_json(listener):
    assert Loopback(listener, "k").get("/ok") == {"a": 1}


@pytest.mark.parametrize(("path", "says"), [("/bad", "not now"), ("/text", "does not answer")])
def test_a_listener_that_answers_wrongly_is_an_engine_error(listener, path, says):
    with pytest.raises(EngineError, match=says):
        Loopback(listener, "k").get(path)


def test_a_listener_that_is_gone_is_an_engine_error():
    with pytest.raises(EngineError, match="does not answer POST"):
        Loopback("http://127.0.0.1:9", "k").post("/tokenize", {})


# -- the replay engine -----------------------------------------------------------------------


async def collect(engine, prompt, sampling=None):
    request = GenerationRequest(TextPrompt(prompt), sampling or Sampling())
    return [event async for event in engine.generate(request)]


async def test_the_first_entry_that_matches_answers():
    engine = ReplayEngine((ScriptedAnswer("b", "first"), ScriptedAnswer("", "second")))
    assert TextPiece("first") in await collect(engine, "a b c")
    assert TextPiece("second") in await collect(engine, "x")


async def test_stopping_a_replay_during_the_prompt_frees_its_slot_with_part_of_the_prompt_done():
    engine = ReplayEngine((ScriptedAnswer("", "x", prefill_ms=20),))
    async with aclosing(engine.generate(GenerationRequest(TextPrompt("word " * 99)))) as events:
        first = await anext(events)
    assert isinstance(first, PromptProgress)
    slot = engine.slots()[0]
    assert slot.phase is SlotPhase.FREE
    assert slot.prompt_tokens_processed == first.processed < 99


async def test_an_answer_that_fills_the_context_says_so():
    engine = ReplayEngine((ScriptedAnswer("", "a b c d e f"),), context=6)
    events = await collect(engine, "one two three")
    assert events[-1].reason is StopReason.LENGTH
    assert events[-1].timings.predicted_n == 3


async def test_a_replay_breaks_off_where_the_script_says():
    engine = ReplayEngine((ScriptedAnswer("", "a b c", fail_after=1),))
    events = engine.generate(GenerationRequest(TextPrompt("x")))
    assert isinstance(await anext(events), PromptProgress)
    assert await anext(events) == TextPiece("a")
    with pytest.raises(EngineError, match="breaks this answer off"):
        await anext(events)
    assert engine.slots()[0].phase is SlotPhase.FREE


@given(st.text(), st.text())
async def test_replayed_pieces_are_the_text_and_prompt_tokens_add_up(prompt, answer):
    engine = ReplayEngine((ScriptedAnswer("", answer),), context=10**6)
    first, second = await collect(engine, prompt), await collect(engine, prompt)
    for events in (first, second):
        assert "".join(e.text for e in events if isinstance(e, TextPiece)) == answer
    assert first[-1].timings.prompt_tokens == second[-1].timings.prompt_tokens
    assert second[-1].timings.prompt_n <= 1
    assert await engine.close()
