"""Threads of turns: streamed, kept, stopped, repeated, bounded."""

import asyncio

import pytest
from fakes import EMULATION, ENDED, Answer, MemoryFiles

from spark_desktop.domain.completion import Role
from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.errors import EndpointUnreachableError, SparkError, StoreError
from spark_desktop.domain.events import TurnChanged, TurnStreamed
from spark_desktop.domain.trigger import Span
from spark_desktop.services.tasks import TaskScope


async def test_an_answer_is_streamed_and_kept_with_its_numbers(world_of):
    world = world_of(MemoryFiles(), Answer("Be", "cause."))
    turn = await world.chat.ask("Why?")
    assert (turn.answer, turn.state, turn.usage) == ("Because.", TurnState.DONE, ENDED.usage)
    assert [event.piece for event in world.seen.of(TurnStreamed)] == ["Be", "cause."]
    assert (await world.chat.current()).turns == (turn,)


async def test_the_next_prompt_only_appends_to_the_one_before(world_of):
    world = world_of(MemoryFiles(a__py="X = 1\n"), "One.", "Two.")
    await world.chat.ask("What is X?", path="a.py")
    await world.chat.ask("And now?")
    first, second = world.endpoint.requests
    assert "X = 1" in first.messages[-1].text
    assert second.messages[: len(first.messages)] == first.messages
    assert [m.role for m in second.messages[-2:]] == [Role.ASSISTANT, Role.USER]


async def test_stop_keeps_what_came_and_closes_the_stream(world_of):
    world = world_of(MemoryFiles(), Answer("Half an", hangs=True))
    scope = TaskScope("test")
    asking = scope.start("ask", world.chat.ask("Why?"))
    await world.endpoint.reached_silence.wait()
    assert world.chat.stop()
    turn = await asking
    assert (turn.answer, turn.state) == ("Half an", TurnState.STOPPED)
    assert world.endpoint.closed_early == 1
    assert not world.chat.stop()


async def test_a_lost_core_fails_the_turn_and_it_can_be_repeated(world_of):
    lost = EndpointUnreachableError("The core ended.", "Repeat the turn.")
    world = world_of(MemoryFiles(), Answer("Half", error=lost), "Whole.")
    failed = await world.chat.ask("Why?")
    assert (failed.state, failed.error) == (TurnState.FAILED, "The core ended. Repeat the turn.")
    thread = await world.chat.current()
    again = await world.chat.repeat(thread.id, failed.id)
    assert (again.id, again.answer, again.state) == (failed.id, "Whole.", TurnState.DONE)
    assert len((await world.chat.current()).turns) == 1


async def test_a_mistake_of_the_programs_own_ends_the_turn_and_is_not_hidden(world_of):
    world = world_of(MemoryFiles(), Answer("Half", error=ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        await world.chat.ask("Why?")
    (turn,) = (await world.chat.current()).turns
    assert (turn.answer, turn.state) == ("Half", TurnState.FAILED)
    assert "its log has more" in turn.error


async def test_an_emulated_answer_is_marked_before_its_first_word_and_kept_so(world_of):
    world = world_of(MemoryFiles(), Answer("Because.", emulation=EMULATION))
    turn = await world.chat.ask("Why?")
    assert (await world.chat.current()).turns[0].emulation == turn.emulation == EMULATION
    marked = next(e for e in world.seen.of(TurnChanged) if e.turn.emulation is not None)
    (piece,) = world.seen.of(TurnStreamed)
    assert world.seen.events.index(marked) < world.seen.events.index(piece)


async def test_an_answer_asked_for_again_is_not_marked_by_the_one_before(world_of):
    world = world_of(MemoryFiles(), Answer("Half", emulation=EMULATION), "Whole.")
    emulated = await world.chat.ask("Why?")
    thread = await world.chat.current()
    again = await world.chat.repeat(thread.id, emulated.id)
    assert (again.answer, again.emulation) == ("Whole.", None)
    begun = [event.turn for event in world.seen.of(TurnChanged)][-2]
    assert (begun.answer, begun.emulation, begun.timing) == ("", None, None)


async def test_an_unknown_turn_cannot_be_repeated(world_of):
    world = world_of(MemoryFiles())
    thread = await world.chat.current()
    with pytest.raises(SparkError, match="gone"):
        await world.chat.repeat(thread.id, "nothing")


async def test_an_empty_question_is_refused(world_of):
    world = world_of(MemoryFiles())
    with pytest.raises(SparkError, match="empty"):
        await world.chat.ask("  ")
    assert world.seen.of(TurnChanged) == []


async def test_a_file_too_long_for_the_context_is_refused_with_both_numbers(world_of):
    world = world_of(MemoryFiles(a__py="value = compute(one, two)\n" * 2000))
    turn = await world.chat.ask("Why?", path="a.py")
    assert turn.state is TurnState.FAILED
    assert "8192" in turn.error
    assert world.endpoint.requests == []


async def test_a_question_at_a_place_of_a_long_file_shows_the_lines_around_it(world_of):
    lines = [f"value_{n} = compute(one, two)\n" for n in range(2000)]
    world = world_of(MemoryFiles(a__py="".join(lines)), "Because.")
    turn = await world.chat.ask("Why?", path="a.py", lines=Span(1000, 1001))
    assert turn.state is TurnState.DONE
    sent = world.endpoint.requests[0].messages[-1].text
    assert "value_1000 " in sent
    assert "value_100 " not in sent


async def test_a_new_thread_starts_without_history_and_old_ones_can_be_opened(world_of):
    world = world_of(MemoryFiles(), "One.", "Two.")
    await world.chat.ask("First?")
    first = await world.chat.current()
    second = await world.chat.new_thread()
    await world.chat.ask("Second?")
    assert len(world.endpoint.requests[1].messages) == 2
    assert second.id != first.id
    assert (await world.chat.open(first.id)).turns[0].question == "First?"
    assert [thread.id for thread in await world.chat.threads()] == [second.id, first.id]


async def test_an_empty_new_thread_is_used_again(world_of):
    world = world_of(MemoryFiles())
    assert await world.chat.new_thread() == await world.chat.new_thread()


async def test_an_unknown_thread_is_an_error(world_of):
    world = world_of(MemoryFiles())
    with pytest.raises(StoreError):
        await world.chat.open("nothing")


async def test_closing_keeps_the_half_answer(world_of):
    world = world_of(MemoryFiles(), Answer("Half", hangs=True))
    scope = TaskScope("test")
    scope.start("ask", world.chat.ask("Why?"))
    await world.endpoint.reached_silence.wait()
    await world.chat.close()
    await scope.close()
    assert (await world.chat.current()).turns[0].state is TurnState.STOPPED


async def test_history_that_no_longer_fits_is_left_out_whole_with_its_files(world_of):
    long = "value = compute(one, two)\n" * 700
    lost = EndpointUnreachableError("The core ended.", "Repeat the turn.")
    world = world_of(MemoryFiles(a__py=long), "One.", Answer(error=lost), "Two.")
    await world.chat.ask("What is this?", path="a.py")
    await world.chat.ask("And now?", path="a.py")
    sent = world.endpoint.requests[2].messages
    assert [message.role for message in sent] == [Role.SYSTEM, Role.USER]


async def test_a_turn_that_is_being_answered_is_not_asked_a_second_time(world_of):
    world = world_of(MemoryFiles(), Answer("Half", hangs=True))
    scope = TaskScope("test")
    asking = scope.start("ask", world.chat.ask("Why?"))
    await world.endpoint.reached_silence.wait()
    thread = await world.chat.current()
    with pytest.raises(SparkError, match="being answered already"):
        await world.chat.repeat(thread.id, thread.turns[0].id)
    world.chat.stop()
    assert world.chat.is_stopping
    await asking
    assert not world.chat.is_stopping


async def test_an_answer_is_saved_while_it_is_written(world_of):
    world = world_of(MemoryFiles(), Answer("Half an", " answer", hangs=True))

    def later(_event):
        world.clock.seconds += 3.0

    world.seen_bus.subscribe(TurnStreamed, later)
    scope = TaskScope("test")
    asking = scope.start("ask", world.chat.ask("Why?"))
    await world.endpoint.reached_silence.wait()
    # What a crash would leave behind.
    (kept,) = (await world.chat.current()).turns
    assert (kept.state, kept.answer) == (TurnState.STREAMING, "Half an answer")
    world.chat.stop()
    await asking


async def test_a_question_is_stopped_while_its_items_are_still_read(world_of):
    files = MemoryFiles(a__py="X = 1\n")
    world = world_of(files, "never")
    reading, go_on = asyncio.Event(), asyncio.Event()
    read = files.read

    async def slow(path):
        reading.set()
        await go_on.wait()
        return await read(path)

    files.read = slow
    scope = TaskScope("test")
    asking = scope.start("ask", world.chat.ask("What is X?", "a.py", lines=Span(0, 1)))
    await reading.wait()
    assert world.chat.stop()
    go_on.set()
    assert (await asking).state is TurnState.STOPPED
    assert world.endpoint.requests == []


async def test_an_answer_that_cannot_be_saved_is_shown_with_the_reason(world_of):
    world = world_of(MemoryFiles(), Answer("All of", " it."))

    def full(_event):
        world.threads.error = StoreError("The disk is full.", "Free some space.")

    world.seen_bus.subscribe(TurnStreamed, full)
    turn = await world.chat.ask("Why?")
    assert (turn.state, turn.answer) == (TurnState.FAILED, "All of it.")
    assert turn.error == "The disk is full. Free some space."
    assert world.seen.of(TurnChanged)[-1].turn == turn


async def test_an_answer_that_broke_off_is_told_with_the_next_question(world_of):
    lost = EndpointUnreachableError("The core ended.", "Repeat the turn.")
    world = world_of(MemoryFiles(), Answer("Half", error=lost), "Whole.")
    await world.chat.ask("Why?")
    await world.chat.ask("Go on.")
    told = [message.text for message in world.endpoint.requests[1].messages[1:]]
    assert told == ["Why?", "Half", "Go on."]


BROKE = EndpointUnreachableError("It broke off.", "Go on.")


async def test_an_answer_that_broke_off_is_gone_on_with_in_its_turn(world_of):
    half = Answer("The list is ", "empty, so ", error=BROKE)
    world = world_of(MemoryFiles(), half, Answer("is empty, so ", "max fails."))
    failed = await world.chat.ask("Why?")
    thread = await world.chat.current()
    whole = await world.chat.go_on(thread.id, failed.id)
    assert (whole.state, whole.error) == (TurnState.DONE, "")
    assert whole.answer == "The list is empty, so max fails."
    assert (await world.chat.current()).turns == (whole,)
    pieces = "".join(event.piece for event in world.seen.of(TurnStreamed))
    assert pieces == whole.answer
    first, second = world.endpoint.requests
    assert second.messages[: len(first.messages)] == first.messages
    assert [m.role for m in second.messages[-2:]] == [Role.ASSISTANT, Role.USER]
    assert second.messages[-2].text == failed.answer
    assert second.thread == first.thread == thread.id


async def test_what_came_stays_where_the_rest_breaks_off_or_is_stopped_too(world_of):
    again = Answer("two ", error=BROKE)
    world = world_of(MemoryFiles(), Answer("One ", error=BROKE), again, Answer("three", hangs=True))
    turn = await world.chat.ask("Count?")
    thread = await world.chat.current()
    turn = await world.chat.go_on(thread.id, turn.id)
    assert (turn.answer, turn.state) == ("One two ", TurnState.FAILED)
    going = asyncio.ensure_future(world.chat.go_on(thread.id, turn.id))
    await world.endpoint.reached_silence.wait()
    world.chat.stop()
    turn = await going
    assert (turn.answer, turn.state) == ("One two three", TurnState.STOPPED)


async def test_only_an_answer_that_was_cut_can_be_gone_on_with(world_of):
    world = world_of(MemoryFiles(), "Whole.", Answer(error=BROKE))
    whole = await world.chat.ask("Why?")
    empty = await world.chat.ask("And?")
    thread = await world.chat.current()
    for turn in (whole, empty):
        with pytest.raises(SparkError, match="no answer that could be gone on with"):
            await world.chat.go_on(thread.id, turn.id)


async def test_of_an_answer_that_is_too_long_to_send_the_end_goes(world_of):
    world = world_of(MemoryFiles(), Answer("word " * 9000, "end", error=BROKE), Answer(" of it."))
    turn = await world.chat.ask("Write?")
    turn = await world.chat.go_on((await world.chat.current()).id, turn.id)
    assert turn.answer.endswith("word end of it.")
    shown = world.endpoint.requests[-1].messages[-2].text
    assert shown.endswith("word end")
    assert 1000 < len(shown) < 25_000
