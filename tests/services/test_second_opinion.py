"""A question that a comment asks is asked again of the local model; contradictions are told."""

import asyncio
from dataclasses import replace

import pytest
from fakes import Answer, MemoryFiles

from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.errors import EndpointUnreachableError
from spark_desktop.domain.events import TurnChanged
from spark_desktop.domain.trigger import Span
from spark_desktop.services.tasks import TaskScope

DOUBT = "Asked again, the model answered something else each time: do not rely on it."
FILE = "PER_HOUR = 200\n"


async def asked(world):
    return await world.chat.ask("What do 125 minutes cost?", "a.py", lines=Span(0, 1))


async def test_an_answer_that_none_of_the_others_repeats_is_doubted_and_kept_so(world_of):
    world = world_of(MemoryFiles(a__py=FILE), "It costs 200.", "It is 400.", "It costs 600.")
    turn = await asked(world)
    assert (turn.state, turn.answer, turn.doubt) == (TurnState.DONE, "It costs 200.", DOUBT)
    assert (await world.chat.current()).turns == (turn,)
    # It is shown before anybody doubts it.
    states = [(event.turn.state, event.turn.doubt) for event in world.seen.of(TurnChanged)]
    assert states[-2:] == [(TurnState.DONE, ""), (TurnState.DONE, DOUBT)]
    first, *others = world.endpoint.requests
    assert [one.messages for one in others] == [first.messages] * 2
    assert len({one.seed for one in world.endpoint.requests}) == 3


async def test_an_answer_that_is_repeated_is_not_doubted(world_of):
    world = world_of(MemoryFiles(a__py=FILE), "It costs 600.", "600 cents", "It costs 200.")
    assert (await asked(world)).doubt == ""


async def test_what_claims_nothing_and_what_was_typed_is_asked_once(world_of):
    world = world_of(MemoryFiles(a__py=FILE), "It depends.", "It costs 200.")
    assert (await asked(world)).doubt == ""
    assert (await world.chat.ask("What do 125 minutes cost?")).doubt == ""
    assert len(world.endpoint.requests) == 2


async def test_the_question_stands_in_the_code_without_its_mark(world_of):
    file = "# what do 125 minutes cost? AI?\nPER_HOUR = 200\n"
    world = world_of(MemoryFiles(a__py=file), "Some money.")
    assert (await asked(world)).doubt == ""
    prompt = world.endpoint.requests[0].messages[-1].text
    assert "# what do 125 minutes cost?\nPER_HOUR = 200\n" in prompt


async def test_an_answer_that_says_nothing_is_said_to(world_of):
    world = world_of(MemoryFiles(a__py=FILE), "AI?")
    assert (await asked(world)).doubt == "The answer says nothing."
    assert len(world.endpoint.requests) == 1


async def test_an_answer_that_repeats_the_code_is_doubted_without_another_one(world_of):
    world = world_of(MemoryFiles(a__py=FILE + "x = 1\n"), "```python\nPER_HOUR = 200\nx = 1\n```")
    assert (await asked(world)).doubt == "The answer only repeats what the model was shown."
    assert len(world.endpoint.requests) == 1


@pytest.mark.parametrize("model", ["qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b"])
async def test_a_fact_told_by_small_models_is_doubted_at_once(world_of, model):
    world = world_of(MemoryFiles(a__py=FILE), "It costs 600.", "It costs KeyError.")
    world.endpoint.become(replace(world.endpoint.model, id=model))
    told = "Models of this size are mostly wrong about facts of code: do not rely on it."
    assert (await asked(world)).doubt == told
    assert len(world.endpoint.requests) == 1


async def test_an_answer_without_the_number_that_was_asked_for_is_doubted(world_of):
    world = world_of(MemoryFiles(a__py=FILE), "It is what `PER_HOUR` says.")
    turn = await world.chat.ask("how many cents is an hour?", "a.py", lines=Span(0, 1))
    assert turn.doubt == "The answer gives no number, which was asked for."
    assert len(world.endpoint.requests) == 1


async def test_what_fails_meanwhile_says_nothing(world_of):
    lost = EndpointUnreachableError("The core ended.", "Ask again.")
    world = world_of(MemoryFiles(a__py=FILE), "200.", Answer("4", error=lost), "600.")
    turn = await asked(world)
    assert (turn.state, turn.doubt) == (TurnState.DONE, "")


async def test_a_mistake_in_comparing_says_nothing_and_is_logged(world_of, caplog):
    broken = Answer("4", error=IndexError("ours"))
    world = world_of(MemoryFiles(a__py=FILE), "200.", broken, "600.")
    turn = await asked(world)
    assert (turn.state, turn.doubt) == (TurnState.DONE, "")
    assert "IndexError: ours" in caplog.text


async def test_stopping_while_it_is_asked_again_leaves_the_answer_whole(world_of):
    world = world_of(MemoryFiles(a__py=FILE), "It costs 200.", Answer("It", hangs=True), "600.")
    scope = TaskScope("test")
    asking = scope.start("ask", asked(world))
    await world.endpoint.reached_silence.wait()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    (turn,) = (await world.chat.current()).turns
    assert (turn.state, turn.answer, turn.doubt) == (TurnState.DONE, "It costs 200.", "")
    assert world.endpoint.closed_early == 1
