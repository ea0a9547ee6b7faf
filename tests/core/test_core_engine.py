"""The engines' parts that need no model: the replay engine, its slot, and work beside the loop."""

import asyncio
import threading
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_core.domain.errors import (
    EngineError,
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
from inference_core.engine.os_thread import in_os_thread
from inference_core.engine.replay import ReplayEngine, ScriptedAnswer
from inference_core.engine.slot import Slot, SlotPhase
from inference_core.engine.threads import usable_threads

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


# -- the machine -----------------------------------------------------------------------------


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
