"""The queue: one turn at a time, nothing lost, stop and repeat."""

import asyncio

import pytest
from fakes import Answer, MemoryFiles

from spark_desktop.domain.completion import Priority
from spark_desktop.domain.errors import (
    CoreError,
    EndpointUnreachableError,
    SparkError,
)
from spark_desktop.domain.events import ProposalChanged, TurnChanged, WorkFailed
from spark_desktop.domain.proposal import (
    Cancelled,
    Failed,
    Queued,
    Ready,
    Streaming,
)
from spark_desktop.domain.trigger import Instruction, Span
from spark_desktop.services.answerer import MISTAKE

TWO = "def one():\n    pass\n\n\ndef two():\n    pass\n"


def instruction(world, text="x", path="a.py"):
    return Instruction(world.files.snapshot(path), Span(0, 1), text)


async def test_turns_run_one_after_the_other_in_the_order_of_the_requests(world_of):
    world = world_of(MemoryFiles(a__py=TWO), "return 1\n", "return 2\n")
    ids = [world.turns.request(trigger) for trigger in world.triggers("a.py")]
    await world.turns.idle()
    order = [
        (ids.index(event.proposal.id), type(event.proposal.state))
        for event in world.seen.of(ProposalChanged)
        if isinstance(event.proposal.state, Streaming | Ready)
    ]
    assert order[:4] == [(0, Streaming), (0, Ready), (1, Streaming), (1, Ready)]


@pytest.mark.parametrize("text", ["def one():\n    pass\n", "# shorten AI!\nx = 1\n"])
async def test_what_a_save_asks_for_is_a_suggestion(world_of, text):
    world = world_of(MemoryFiles(a__py=text), *["x = 2\n"] * 2)
    await world.ready(world.triggers("a.py")[0])
    assert {request.priority for request in world.endpoint.requests} == {Priority.SUGGESTION}


async def test_what_is_typed_is_a_question(world_of):
    world = world_of(MemoryFiles(a__py="x = 1  # why AI?\n"), "Because.", "Because.", "x = 2\n", "")
    await world.chat.ask("Why?")
    world.turns.request(world.triggers("a.py")[0])
    world.turns.request(instruction(world))
    await world.turns.idle()
    priorities = [request.priority for request in world.endpoint.requests]
    assert len(priorities) >= 3
    assert set(priorities) == {Priority.QUESTION}


async def test_a_trigger_during_a_running_turn_waits(world_of):
    world = world_of(MemoryFiles(a__py=TWO), Answer("ret", hangs=True), "return 2\n")
    first, second = (world.turns.request(trigger) for trigger in world.triggers("a.py"))
    await world.endpoint.reached_silence.wait()
    assert isinstance(world.board.get(first).state, Streaming)
    assert world.board.get(second).state == Queued()
    world.turns.stop()
    await world.turns.idle()
    assert world.board.get(first).state == Cancelled("stopped")
    assert world.board.get(second).state == Ready()


async def test_stop_closes_the_stream(world_of):
    world = world_of(MemoryFiles(a__py=TWO), Answer("ret", hangs=True))
    world.turns.request(world.triggers("a.py")[0])
    await world.endpoint.reached_silence.wait()
    assert world.turns.stop()
    await world.turns.idle()
    assert world.endpoint.closed_early == 1
    assert not world.turns.stop()


async def test_a_stopped_turn_can_be_repeated(world_of):
    world = world_of(MemoryFiles(a__py=TWO), Answer("ret", hangs=True), "return 1\n")
    stopped = world.turns.request(world.triggers("a.py")[0])
    await world.endpoint.reached_silence.wait()
    world.turns.stop()
    await world.turns.idle()
    again = world.turns.repeat(stopped)
    await world.turns.idle()
    assert world.board.get(again).state == Ready()
    assert [proposal.id for proposal in world.turns.proposals()] == [again]


async def test_a_broken_stream_fails_the_turn_with_the_next_step_and_the_queue_goes_on(world_of):
    lost = EndpointUnreachableError("The core ended.", "Repeat the turn.")
    world = world_of(MemoryFiles(a__py=TWO), Answer("ret", error=lost), "return 2\n")
    first, second = (world.turns.request(trigger) for trigger in world.triggers("a.py"))
    await world.turns.idle()
    assert world.board.get(first).state == Failed("The core ended.", "Repeat the turn.")
    assert world.board.get(second).state == Ready()


async def test_a_mistake_of_ours_fails_the_turn_is_logged_and_the_queue_goes_on(world_of, caplog):
    world = world_of(MemoryFiles(a__py=TWO), Answer("ret", error=IndexError("ours")), "return 2\n")
    first, second = (world.turns.request(trigger) for trigger in world.triggers("a.py"))
    await world.turns.idle()
    assert world.board.get(first).state == Failed(MISTAKE, "Ask for it again.")
    assert world.board.get(second).state == Ready()
    assert "IndexError: ours" in caplog.text


async def test_a_mistake_of_ours_in_a_question_is_told_and_the_queue_goes_on(world_of, caplog):
    files = MemoryFiles(a__py="x = 1  # why AI?\n", b__py=TWO)
    world = world_of(files, Answer("Be", error=IndexError("ours")), "return 1\n")
    world.turns.request(world.triggers("a.py")[0])
    waiting = world.turns.request(world.triggers("b.py")[0])
    await world.turns.idle()
    assert world.seen.of(WorkFailed) == [WorkFailed(MISTAKE, "Ask for it again.")]
    assert world.board.get(waiting).state == Ready()
    assert "IndexError: ours" in caplog.text


async def test_a_core_that_cannot_start_fails_the_turn(world_of):
    world = world_of(MemoryFiles(a__py=TWO))
    world.core.error = CoreError("No model.", "Pull it.")
    proposal = await world.ready(world.triggers("a.py")[0])
    assert proposal.state == Failed("No model.", "Pull it.")


async def test_a_newer_save_of_the_same_place_replaces_what_waits(world_of):
    world = world_of(MemoryFiles(a__py=TWO), Answer(hangs=True), "return 2\n")
    running, waiting = (world.turns.request(trigger) for trigger in world.triggers("a.py"))
    await world.endpoint.reached_silence.wait()
    world.files.write("a.py", "# new\n" + TWO)
    newer = world.turns.request(world.triggers("a.py")[1])
    assert world.board.get(waiting).state == Cancelled("replaced by a newer save")
    world.turns.stop()
    await world.turns.idle()
    assert isinstance(world.board.get(running).state, Cancelled)
    assert world.board.get(newer).state == Ready()


async def test_a_save_while_the_model_writes_moves_the_finished_proposal(world_of):
    world = world_of(MemoryFiles(a__py=TWO), "return 1\n")
    proposal_id = world.turns.request(world.triggers("a.py")[0])
    stream = world.endpoint.stream

    def saved_meanwhile(request):
        world.files.write("a.py", "# new\n" + TWO)
        return stream(request)

    world.endpoint.stream = saved_meanwhile
    await world.turns.idle()
    proposal = world.board.get(proposal_id)
    assert proposal.state == Ready()
    assert proposal.patch.base == world.files.snapshot("a.py").digest


async def test_a_question_in_a_comment_goes_to_the_chat(world_of):
    text = "def one():\n    return 1  # why one AI?\n"
    world = world_of(MemoryFiles(a__py=text), "Because.")
    world.turns.request(world.triggers("a.py")[0])
    await world.turns.idle()
    turn = world.seen.of(TurnChanged)[-1].turn
    assert (turn.question, turn.answer, turn.path) == ("why one", "Because.", "a.py")


async def test_a_question_about_a_deleted_file_is_answered_by_the_reason(world_of):
    text = "def one():\n    return 1  # why one AI?\n"
    world = world_of(MemoryFiles(a__py=text))
    trigger = world.triggers("a.py")[0]
    del world.files.data["a.py"]
    world.turns.request(trigger)
    await world.turns.idle()
    failed = world.seen.of(TurnChanged)[-1].turn
    assert "no file a.py" in failed.error
    assert world.seen.of(WorkFailed) == []


async def test_dismissing_takes_a_waiting_proposal_out_of_the_queue(world_of):
    world = world_of(MemoryFiles(a__py=TWO), Answer(hangs=True))
    _running, waiting = (world.turns.request(trigger) for trigger in world.triggers("a.py"))
    await world.endpoint.reached_silence.wait()
    world.turns.dismiss(waiting)
    world.turns.stop()
    await world.turns.idle()
    assert len(world.endpoint.requests) == 1
    with pytest.raises(SparkError):
        world.board.get(waiting)


async def test_closing_stops_the_running_turn_and_leaves_no_task(world_of):
    world = world_of(MemoryFiles(a__py=TWO), Answer(hangs=True))
    world.turns.request(instruction(world))
    await world.endpoint.reached_silence.wait()
    await world.turns.close()
    names = [task.get_name() for task in asyncio.all_tasks()]
    assert not any(name.startswith("turns") for name in names)
    assert world.endpoint.closed_early == 1


async def test_what_is_taken_back_leaves_the_list_and_the_next_turn_runs(world_of):
    world = world_of(MemoryFiles(a__py=TWO), "return 2\n")
    first, second = (world.turns.request(trigger) for trigger in world.triggers("a.py"))
    world.turns.take_back({first}, "many")
    await world.turns.idle()
    assert [(one.id, one.state) for one in world.turns.proposals()] == [(second, Ready())]
    assert world.seen.of(ProposalChanged)[2].proposal.state == Cancelled("many")


async def test_one_that_is_taken_back_just_before_its_turn_begins_breaks_nothing(world_of, caplog):
    world = world_of(MemoryFiles(a__py=TWO), "return 2\n")
    first, second = (world.turns.request(trigger) for trigger in world.triggers("a.py"))
    await asyncio.sleep(0)
    assert first not in world.turns._waiting
    world.turns.take_back({first}, "many")
    await world.turns.idle()
    assert [(one.id, one.state) for one in world.turns.proposals()] == [(second, Ready())]
    assert caplog.text == ""
