"""Earlier turns are summed up before they no longer fit."""

import pytest
from fakes import Answer, MemoryFiles

from spark_desktop.domain.compaction import CompactionState, Summary, turns_after
from spark_desktop.domain.completion import ModelInfo, Role
from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.errors import EndpointUnreachableError
from spark_desktop.domain.events import ThreadCompacted
from spark_desktop.services.tasks import TaskScope

# About 1,500 tokens; the fake model's context holds 8,192.
LONG = "word " * 1000


def states(world):
    return [event.compaction.state for event in world.seen.of(ThreadCompacted)]


async def filled(world, count=4):
    """Ask until the next question passes three quarters of the context."""
    for number in range(count):
        await world.chat.ask(f"Question {number}?")
    return await world.chat.current()


def answers(count, *more):
    return [*(f"{LONG}{number}" for number in range(count)), *more]


async def test_the_oldest_turns_are_summed_up_and_stay_in_the_thread(world_of):
    world = world_of(MemoryFiles(), *answers(4, "They talked.", "Last."))
    before = await filled(world)
    turn = await world.chat.ask("And now?")
    assert (turn.state, turn.answer) == (TurnState.DONE, "Last.")
    assert states(world) == [CompactionState.RUNNING, CompactionState.DONE]
    summary = world.seen.of(ThreadCompacted)[-1].compaction.summary
    assert (summary.turns, summary.text) == (3, "They talked.")
    assert summary.before > 10 * summary.after
    # The thread keeps every turn; the prompt has the summary and the newest one.
    assert (await world.chat.current()).turns[:4] == before.turns
    sent = world.endpoint.requests[-1].messages
    assert "They talked." in sent[0].text
    assert [m.text for m in sent[1:]] == ["Question 3?", f"{LONG}3", "And now?"]


async def test_summing_up_begins_as_the_prompts_did_so_that_little_is_processed(world_of):
    world = world_of(MemoryFiles(), *answers(4, "They talked.", "Last."))
    await filled(world)
    await world.chat.ask("And now?")
    prompt, summing = world.endpoint.requests[3], world.endpoint.requests[4]
    assert summing.messages[:7] == prompt.messages[:7]
    assert summing.messages[7].role is Role.USER
    assert summing.max_tokens <= 400


async def test_later_prompts_only_append_to_the_one_after_the_summary(world_of):
    world = world_of(MemoryFiles(), *answers(4, "They talked.", "Last.", "More."))
    await filled(world)
    await world.chat.ask("And now?")
    await world.chat.ask("And then?")
    first, second = world.endpoint.requests[-2:]
    assert second.messages[: len(first.messages)] == first.messages


async def test_a_summary_counts_also_in_the_next_session(world_of):
    world = world_of(MemoryFiles(), "One.", "Two.")
    await world.chat.ask("First?")
    thread = await world.chat.current()
    world.memory.summaries.append(Summary(thread.id, thread.turns[0].id, "Kept.", 1, 900, 2))
    await world.chat.ask("Second?")
    sent = world.endpoint.requests[-1].messages
    assert "Kept." in sent[0].text
    assert [m.text for m in sent[1:]] == ["Second?"]


async def test_a_summary_of_turns_that_are_gone_is_not_used(world_of):
    world = world_of(MemoryFiles(), "One.", "Two.")
    await world.chat.ask("First?")
    thread = await world.chat.current()
    world.memory.summaries.append(Summary(thread.id, "another", "Old.", 1, 900, 2))
    await world.chat.ask("Second?")
    assert "Old." not in world.endpoint.requests[-1].messages[0].text
    assert turns_after(thread.turns, world.memory.summaries[0]) is None


@pytest.mark.parametrize(
    "broken",
    [
        Answer("Half", error=EndpointUnreachableError("The core ended.", "Wait.")),
        Answer(""),
        Answer(LONG * 5),
    ],
)
async def test_a_summary_that_fails_is_told_and_the_oldest_turns_are_left_out(world_of, broken):
    world = world_of(MemoryFiles(), *answers(4, broken, "Last."))
    await filled(world)
    turn = await world.chat.ask("And now?")
    assert turn.state is TurnState.DONE
    assert states(world) == [CompactionState.RUNNING, CompactionState.FAILED]
    assert world.seen.of(ThreadCompacted)[1].compaction.reason
    assert world.memory.summaries == []
    assert turn.answer == "Last."


async def test_summing_up_can_be_skipped(world_of):
    world = world_of(MemoryFiles(), *answers(4, Answer(hangs=True), "Last."))
    await filled(world)
    scope = TaskScope("test")
    asking = scope.start("ask", world.chat.ask("And now?"))
    await world.endpoint.reached_silence.wait()
    assert world.chat.skip_compaction()
    turn = await asking
    assert (turn.state, turn.answer) == (TurnState.DONE, "Last.")
    assert states(world) == [CompactionState.RUNNING, CompactionState.SKIPPED]
    assert not world.chat.skip_compaction()
    assert world.endpoint.closed_early == 1


async def test_stop_during_the_summing_up_stops_the_turn(world_of):
    world = world_of(MemoryFiles(), *answers(4, Answer(hangs=True)))
    await filled(world)
    scope = TaskScope("test")
    asking = scope.start("ask", world.chat.ask("And now?"))
    await world.endpoint.reached_silence.wait()
    assert world.chat.stop()
    assert (await asking).state is TurnState.STOPPED
    assert states(world)[-1] is CompactionState.SKIPPED
    assert world.endpoint.closed_early == 1


async def test_turns_too_long_for_a_smaller_model_are_summed_up_without_their_files(world_of):
    world = world_of(MemoryFiles(a__py="word " * 4000), "One.", "They talked.", "Last.")
    await world.chat.ask("What is this?", path="a.py")
    world.endpoint.become(ModelInfo("smaller", context=4096, fim=True))
    await world.chat.ask("And now?")
    assert states(world) == [CompactionState.RUNNING, CompactionState.DONE]
    summing = world.endpoint.requests[1]
    assert [m.text for m in summing.messages[1:3]] == ["What is this?", "One."]
