"""A comment's question that is asked again, and what ends the doubting of an answer."""

import asyncio

import pytest
from fakes import Answer, MemoryFiles

from spark_desktop.domain.context_item import ItemKind, ItemRef, Question
from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.errors import EndpointUnreachableError, SparkError
from spark_desktop.domain.trigger import Span
from spark_desktop.services.tasks import TaskScope

FILE = "# what do 125 minutes cost? AI?\nPER_HOUR = 200\n"
DOUBT = "Asked again, the model answered something else each time: do not rely on it."
LONELY = ("It costs 200.", "It is 400.", "It costs 600.")
HANGING = ("It costs 200.", Answer("It", hangs=True), Answer("It", hangs=True))


async def asked(world):
    return await world.chat.ask("what do 125 minutes cost?", "a.py", lines=Span(0, 1))


async def doubting(world):
    """Return who waits for an answer that is shown, and is being asked again."""
    asking = TaskScope("test").start("ask", asked(world))
    await world.endpoint.reached_silence.wait()
    thread = await world.chat.current()
    return asking, thread.id, thread.turns[-1].id


async def test_a_comments_question_that_is_asked_once_more_is_doubted_again(world_of):
    world = world_of(MemoryFiles(a__py=FILE), "Some money.", *LONELY)
    turn = await asked(world)
    assert turn.doubt == ""
    again = await world.chat.repeat((await world.chat.current()).id, turn.id)
    assert (again.answer, again.doubt) == ("It costs 200.", DOUBT)
    assert all("AI?" not in one.messages[-1].text for one in world.endpoint.requests)


async def test_one_whose_file_could_not_be_read_keeps_its_place(world_of):
    files = MemoryFiles()
    world = world_of(files, *LONELY)
    failed = await asked(world)
    assert failed.state is TurnState.FAILED
    files.write("a.py", FILE)
    again = await world.chat.repeat((await world.chat.current()).id, failed.id)
    assert again.doubt == DOUBT
    assert "AI?" not in world.endpoint.requests[0].messages[-1].text


async def test_what_may_hold_secrets_is_not_asked_about_again_either(world_of):
    files = MemoryFiles(a__py=FILE)
    world = world_of(files, "Some money.")
    turn = await asked(world)
    files.write("a.py", f'{FILE}TOKEN = "ghp_{"a1B2c3D4e5F6" * 3}"\n')
    with pytest.raises(SparkError, match="secret"):
        await world.chat.repeat((await world.chat.current()).id, turn.id)


async def test_an_answer_that_went_on_is_doubted_as_a_whole(world_of):
    broke = EndpointUnreachableError("It broke off.", "Go on.")
    world = world_of(MemoryFiles(a__py=FILE), Answer("It costs ", error=broke), "200.", *LONELY[1:])
    failed = await asked(world)
    whole = await world.chat.go_on((await world.chat.current()).id, failed.id)
    assert (whole.answer, whole.doubt) == ("It costs 200.", DOUBT)
    first, _rest, *others = world.endpoint.requests
    assert [one.messages for one in others] == [first.messages] * 2


async def test_what_was_typed_for_selected_lines_is_not_doubted(world_of):
    world = world_of(MemoryFiles(a__py=FILE), *["It costs 200."] * 2)
    thread = await world.chat.current()
    refs = (ItemRef(ItemKind.OPEN, "a.py", lines=Span(0, 1)),)
    turn = await world.chat.answer(Question("t", thread.id, "what does it cost?", refs, "a.py"))
    await world.chat.repeat(thread.id, turn.id)
    assert len(world.endpoint.requests) == 2


async def test_stop_ends_the_doubting_and_leaves_the_answer(world_of):
    world = world_of(MemoryFiles(a__py=FILE), *HANGING)
    asking, _thread, _turn = await doubting(world)
    assert world.chat.stop()
    assert not world.chat.stop()
    turn = await asking
    assert (turn.state, turn.answer, turn.doubt) == (TurnState.DONE, "It costs 200.", "")
    assert world.endpoint.closed_early == 2
    assert not world.chat.stop()


async def test_leaving_the_thread_ends_the_doubting(world_of):
    world = world_of(MemoryFiles(a__py=FILE), *HANGING)
    asking, thread_id, _turn = await doubting(world)
    world.chat.leave("another")
    await asyncio.sleep(0)
    assert not asking.done()
    world.chat.leave(thread_id)
    assert (await asking).doubt == ""
    assert world.endpoint.closed_early == 2


async def test_an_answer_can_be_asked_for_anew_while_it_is_doubted(world_of):
    world = world_of(MemoryFiles(a__py=FILE), *HANGING, "Some money.")
    asking, thread_id, turn_id = await doubting(world)
    again = await world.chat.repeat(thread_id, turn_id)
    await asking
    assert (again.answer, again.doubt) == ("Some money.", "")
    assert (await world.chat.current()).turns == (again,)


async def test_closing_ends_the_doubting(world_of):
    world = world_of(MemoryFiles(a__py=FILE), *HANGING)
    asking, _thread, _turn = await doubting(world)
    await world.chat.close()
    assert (await asking).state is TurnState.DONE
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "chat.doubt"]
