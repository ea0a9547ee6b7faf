"""Questions on their way: kept, asked in order, held, given back."""

import pytest
from fakes import Answer, MemoryFiles

from spark_desktop.domain.context_item import ItemKind, ItemRef, Question
from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.errors import EndpointUnreachableError, StoreError
from spark_desktop.domain.events import QueueChanged
from spark_desktop.services.outbox import Outbox


async def asked(world, *texts, refs=(), now=False):
    """Put questions in, and return the thread's id."""
    thread = await world.chat.current()
    for text in texts:
        await world.composing.outbox.put(Question(f"q-{text}", thread.id, text, refs), now)
    return thread.id


async def turns(world):
    return [(t.question, t.answer, t.state) for t in (await world.chat.current()).turns]


def last(world):
    return world.seen.of(QueueChanged)[-1]


async def test_questions_in_quick_succession_are_asked_one_after_the_other(world_of):
    world = world_of(MemoryFiles(), "One.", "Two.")
    await asked(world, "First?", "Second?")
    await world.composing.outbox.idle()
    assert await turns(world) == [
        ("First?", "One.", TurnState.DONE),
        ("Second?", "Two.", TurnState.DONE),
    ]
    assert world.composer.unsent == {}
    assert last(world).questions == ()


async def test_a_question_is_on_disk_before_it_is_asked(world_of):
    world = world_of(MemoryFiles(), Answer("Half", hangs=True))
    await asked(world, "First?", "Second?")
    assert list(world.composer.unsent) == ["q-First?", "q-Second?"]
    await world.endpoint.reached_silence.wait()
    # Killed here, the first is a turn already and only the second is unsent.
    again = Outbox(world.composer, world.chat, world.seen_bus, world.scope)
    await again.load()
    assert [one.text for one in again.questions] == ["Second?"]
    assert last(world).held == {"q-Second?"}


async def test_a_follow_up_waits_and_can_be_taken_back(world_of):
    world = world_of(MemoryFiles(), Answer("Half", hangs=True))
    await asked(world, "First?", "Second?")
    await world.endpoint.reached_silence.wait()
    outbox = world.composing.outbox
    assert [one.text for one in last(world).questions] == ["Second?"]
    taken = await outbox.take("q-Second?")
    assert taken is not None
    assert taken.text == "Second?"
    assert await outbox.take("q-Second?") is None
    assert list(world.composer.unsent) == ["q-First?"]


async def test_send_now_keeps_what_came_and_asks_at_once(world_of):
    world = world_of(MemoryFiles(), Answer("Half", hangs=True), "Redirected.", "Later.")
    await asked(world, "First?", "Waiting?")
    await world.endpoint.reached_silence.wait()
    await asked(world, "Rather?", now=True)
    await world.composing.outbox.idle()
    assert await turns(world) == [
        ("First?", "Half", TurnState.STOPPED),
        ("Rather?", "Redirected.", TurnState.DONE),
        ("Waiting?", "Later.", TurnState.DONE),
    ]
    told = [message.text for message in world.endpoint.requests[1].messages]
    assert told[1:] == ["First?", "Half", "Rather?"]


async def test_a_waiting_question_can_be_sent_now(world_of):
    world = world_of(MemoryFiles(), Answer("Half", hangs=True), "Two.", "One.")
    await asked(world, "First?", "A?", "B?")
    await world.endpoint.reached_silence.wait()
    world.composing.outbox.ask_now("q-B?")
    world.composing.outbox.ask_now("nothing")
    await world.composing.outbox.idle()
    assert [question for question, _answer, _state in await turns(world)] == ["First?", "B?", "A?"]


async def test_stop_holds_what_waits_until_it_is_sent_or_discarded(world_of):
    world = world_of(MemoryFiles(), Answer("Half", hangs=True), "Two.")
    await asked(world, "First?", "Second?")
    await world.endpoint.reached_silence.wait()
    outbox = world.composing.outbox
    assert outbox.stop()
    await outbox.idle()
    assert last(world).held == {"q-Second?"}
    outbox.release()
    await outbox.idle()
    assert (await turns(world))[1] == ("Second?", "Two.", TurnState.DONE)


async def test_a_lost_core_holds_what_waits_and_discard_forgets_it(world_of):
    lost = EndpointUnreachableError("The core ended.", "Repeat the turn.")
    world = world_of(MemoryFiles(), Answer("Half", error=lost), "New.")
    await asked(world, "First?", "Second?")
    await world.composing.outbox.idle()
    assert last(world).held == {"q-Second?"}
    # Another question does not wait for those that are held.
    await asked(world, "Third?")
    await world.composing.outbox.idle()
    assert [q for q, _a, _s in await turns(world)] == ["First?", "Third?"]
    await world.composing.outbox.discard()
    assert world.composer.unsent == {}
    assert last(world).questions == ()


async def test_a_file_that_vanished_holds_the_question_and_says_so(world_of):
    world = world_of(MemoryFiles(a__py="A = 1\n"), "One.")
    ref = ItemRef(ItemKind.FILE, "gone.py")
    await asked(world, "Why?", refs=(ref,))
    await world.composing.outbox.idle()
    assert await turns(world) == []
    assert last(world).held == {"q-Why?"}
    assert "gone.py" in last(world).error
    assert list(world.composer.unsent) == ["q-Why?"]
    world.files.write("gone.py", "G = 1\n")
    world.composing.outbox.release()
    await world.composing.outbox.idle()
    assert "G = 1" in world.endpoint.requests[0].messages[-1].text
    assert last(world).error == ""


async def test_a_question_that_cannot_be_kept_is_not_queued(world_of):
    world = world_of(MemoryFiles())
    world.composer.error = StoreError("The disk is full.", "Free some space.")
    with pytest.raises(StoreError):
        await asked(world, "Why?")
    assert world.composing.outbox.questions == ()


async def test_what_came_back_stands_before_what_was_typed_meanwhile(world_of):
    world = world_of(MemoryFiles(), Answer(hangs=True))
    thread = await world.chat.current()
    world.composer.unsent["old"] = Question("old", thread.id, "Old?")
    await asked(world, "New?")
    await world.composing.outbox.load()
    assert world.composing.outbox.questions[0].text == "Old?"
    assert last(world).held == {"old"}


async def test_a_question_that_was_answered_is_not_asked_again_where_the_store_fails(world_of):
    world = world_of(MemoryFiles(), Answer("One.", hangs=True))
    await asked(world, "First?")
    await world.endpoint.reached_silence.wait()
    world.composer.error = StoreError("The disk is full.", "Free some space.")
    world.composing.outbox.stop()
    await world.composing.outbox.idle()
    assert last(world).questions == ()
    world.composer.error = None
    assert await world.composer.queued() == ()


async def test_two_that_are_sent_now_are_asked_in_the_order_of_their_typing(world_of):
    world = world_of(MemoryFiles(), Answer("Half", hangs=True), "One.", "Two.")
    await asked(world, "First?")
    await world.endpoint.reached_silence.wait()
    await asked(world, "Second?", "Third?", now=True)
    await world.composing.outbox.idle()
    assert [question for question, _answer, _state in await turns(world)] == [
        "First?",
        "Second?",
        "Third?",
    ]


async def test_what_is_asked_right_after_a_stop_is_not_held(world_of):
    world = world_of(MemoryFiles(), Answer("Half", hangs=True), "Two.")
    await asked(world, "First?")
    await world.endpoint.reached_silence.wait()
    assert world.composing.outbox.stop()
    await asked(world, "Second?")
    await world.composing.outbox.idle()
    assert (await turns(world))[1] == ("Second?", "Two.", TurnState.DONE)
