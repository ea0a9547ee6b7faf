"""Comments on lines of a proposal go back to the model as its next instruction."""

import asyncio

import pytest
from fakes import Answer, MemoryFiles

from spark_desktop.domain.completion import ChatRequest
from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.errors import CoreError, SparkError
from spark_desktop.domain.events import WorkFailed
from spark_desktop.domain.line_comment import LineComment
from spark_desktop.domain.patch import apply
from spark_desktop.domain.proposal import Cancelled, Proposal, Ready
from spark_desktop.domain.trigger import AnswerEdit, Instruction, QuickAction, Span

TEXT = "def mean(values):\n    return 0\n\n\ndef other():\n    return 1\n"
FIRST = "def mean(values):\n    return sum(values)\n"
SECOND = "def mean(values):\n    return sum(values) / len(values)\n"
COMMENT = LineComment(1, True, "    return sum(values)", "divide by the count")


def fenced(code: str) -> str:
    return f"```python\n{code}```\n"


async def revised(world, *comments):
    trigger = Instruction(world.files.snapshot("a.py"), Span(0, 2), "mean")
    first = await world.ready(trigger)
    assert first.state == Ready()
    again = world.turns.revise(first.id, comments or (COMMENT,))
    await world.turns.idle()
    return first, world.board.get(again)


async def test_the_model_sees_its_own_lines_and_what_was_said_of_them(world_of):
    world = world_of(MemoryFiles(a__py=TEXT), fenced(FIRST), fenced(SECOND))
    _first, second = await revised(world)
    asked, request = world.endpoint.requests
    assert isinstance(request, ChatRequest)
    assert request.messages[:2] == asked.messages, "the prompt is appended to"
    assert request.messages[2].text == fenced(FIRST).rstrip()
    assert "`return sum(values)`: divide by the count" in request.messages[3].text
    assert second.state == Ready()
    assert apply(TEXT, second.patch.hunks) == TEXT.replace("0", "sum(values) / len(values)")


async def test_the_proposal_before_gives_way(world_of):
    world = world_of(MemoryFiles(a__py=TEXT), fenced(FIRST), fenced(SECOND))
    first, second = await revised(world)
    assert world.board.get(first.id).state == Cancelled("revised by your comments")
    assert second.id != first.id


async def test_a_revision_that_fails_its_checks_is_asked_for_once_more(world_of):
    broken = SECOND.replace("(values)\n", "(values\n")
    world = world_of(MemoryFiles(a__py=TEXT), fenced(FIRST), fenced(broken), fenced(SECOND))
    _first, second = await revised(world)
    request = world.endpoint.requests[2]
    assert [message.text for message in request.messages[2:5:2]] == [
        fenced(FIRST).rstrip(),
        fenced(broken),
    ]
    assert "syntax error" in request.messages[5].text
    assert second.state == Ready()


async def test_where_a_part_is_accepted_the_rest_is_revised_in_its_place(world_of):
    stub = "x = 1\n\n\ndef one():\n    pass\n"
    world = world_of(MemoryFiles(a__py=stub), "return 1\n", fenced("def one():\n    return 2\n"))
    first = await world.ready(world.triggers("a.py")[0])
    await world.review.accept(first.id)
    comment = LineComment(4, True, "    return 1", "return 2 instead")
    again = world.turns.revise(first.id, (comment,))
    await world.turns.idle()
    second = world.board.get(again)
    assert isinstance(second.trigger, Instruction)
    accepted = world.files.text("a.py")
    assert apply(accepted, second.patch.hunks) == accepted.replace("return 1", "return 2")


async def test_where_a_part_is_accepted_a_quick_action_stays_what_it_is(world_of):
    text = "x = 1\n\n\ndef one():\n    a = 1\n    return a\n"
    first = 'def one():\n    """One."""\n    a = 1\n    # a\n    return a\n'
    world = world_of(MemoryFiles(a__py=text), fenced(first), fenced(first.replace("# a", "# b")))
    asked = "as usual, and nothing else of what the code says in more than eighty characters of it"
    trigger = Instruction(
        world.files.snapshot("a.py"), Span(3, 6), asked, action=QuickAction.DOCUMENT
    )
    proposal = await world.ready(trigger)
    await world.review.accept(proposal.id, [proposal.patch.hunks[0].id])
    again = world.turns.revise(proposal.id, (COMMENT,))
    await world.turns.idle()
    second = world.board.get(again).trigger
    assert (second.instruction, second.action) == (asked, QuickAction.DOCUMENT)
    assert second.lines is not None


async def test_without_a_comment_nothing_is_sent(world_of):
    world = world_of(MemoryFiles(a__py=TEXT), fenced(FIRST))
    trigger = Instruction(world.files.snapshot("a.py"), Span(0, 2), "mean")
    first = await world.ready(trigger)
    with pytest.raises(SparkError, match="There is no comment"):
        world.turns.revise(first.id, ())
    assert len(world.endpoint.requests) == 1


async def test_what_has_no_patch_cannot_be_revised(world_of):
    world = world_of(MemoryFiles(a__py=TEXT), Answer(error=CoreError("No model.", "Pull it.")))
    failed = await world.ready(Instruction(world.files.snapshot("a.py"), Span(0, 2), "mean"))
    with pytest.raises(SparkError, match="no proposal to comment on"):
        world.turns.revise(failed.id, (COMMENT,))


async def put_answer_edit(world):
    turn = await world.chat.ask("Divide by the count.")
    thread = await world.chat.current()
    trigger = AnswerEdit(world.files.snapshot("a.py"), turn.question, thread.id, turn.id)
    world.board.put(Proposal("edit", trigger, Ready()))
    return turn


async def settled(world, count):
    for _ in range(200):
        await asyncio.sleep(0)
        turns = (await world.chat.current()).turns
        if len(world.endpoint.requests) == count and turns[-1].state is TurnState.DONE:
            return
    raise AssertionError("nothing was answered")


async def test_what_an_answer_changed_is_revised_in_its_thread(world_of):
    world = world_of(MemoryFiles(a__py=TEXT), "Like this.", "Then like that.")
    await put_answer_edit(world)
    assert world.turns.revise("edit", (COMMENT,)) == "edit"
    await settled(world, 2)
    question = (await world.chat.current()).turns[-1].question
    assert question == (
        "About your change of a.py, please revise it:\n- `return sum(values)`: divide by the count"
    )


async def test_what_an_answer_changed_is_repeated_by_its_question(world_of):
    world = world_of(MemoryFiles(a__py=TEXT), "Like this.", "Or like that.")
    turn = await put_answer_edit(world)
    assert world.turns.repeat("edit") == "edit"
    await settled(world, 2)
    (kept,) = (await world.chat.current()).turns
    assert kept.id == turn.id


async def test_an_answer_that_is_gone_is_said_to_be(world_of):
    world = world_of(MemoryFiles(a__py=TEXT), "Like this.")
    await put_answer_edit(world)
    trigger = world.board.get("edit").trigger
    gone = AnswerEdit(trigger.snapshot, trigger.title, trigger.thread_id, "no such turn")
    world.board.put(Proposal("gone", gone, Ready()))
    world.turns.repeat("gone")
    for _ in range(50):
        await asyncio.sleep(0)
    assert [event.message for event in world.seen.of(WorkFailed)] == ["This question is gone."]
