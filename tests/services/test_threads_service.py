from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import Answer, MemoryExports, MemoryFiles, Recorder
from thread_fakes import MemoryLibrary
from worlds import World, build

from spark_desktop.domain.completion import Role
from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.errors import FileError, SparkError, StoreError
from spark_desktop.domain.events import ThreadsChanged
from spark_desktop.domain.thread_export import from_json
from spark_desktop.services.bus import Bus
from spark_desktop.services.tasks import TaskScope
from spark_desktop.services.threads import ExportFormat, ThreadService


class Desk:
    """The service over a world whose model gives these answers."""

    def __init__(self, *answers: Answer | str, files: MemoryFiles | None = None) -> None:
        self.world: World = build(files or MemoryFiles(), *answers)
        self.exports = MemoryExports()
        bus = Bus()
        self.seen = Recorder(bus)
        library = MemoryLibrary(self.world.threads)
        self.threads = ThreadService(library, self.world.chat, self.exports, bus, self.world.clock)

    async def asked(self, *questions: str) -> str:
        """Return the thread in which these were asked."""
        thread = await self.world.chat.new_thread()
        for question in questions:
            await self.world.chat.ask(question, thread_id=thread.id)
        return thread.id

    @property
    def told(self) -> list[tuple[str, ...]]:
        return [event.thread_ids for event in self.seen.of(ThreadsChanged)]


async def test_a_thread_is_renamed_and_pinned_and_both_are_told() -> None:
    desk = Desk("One.")
    thread = await desk.asked("First?")
    await desk.threads.rename(thread, "  A\n title ")
    await desk.threads.pin(thread, True)
    (info,) = await desk.threads.page(0, 10)
    assert (info.title, info.is_pinned) == ("A title", True)
    assert desk.told == [(thread,), (thread,)]


async def test_deleting_the_thread_that_is_answered_stops_the_answer_and_keeps_it() -> None:
    desk = Desk(Answer("Half", hangs=True))
    scope = TaskScope("test")
    asking = scope.start("ask", desk.world.chat.ask("Why?"))
    await desk.world.endpoint.reached_silence.wait()
    thread = (await desk.world.chat.current()).id
    await desk.threads.delete([thread])
    turn = await asking
    assert (turn.answer, turn.state) == ("Half", TurnState.STOPPED)
    assert desk.world.endpoint.closed_early == 1
    assert await desk.threads.count() == 0
    await desk.threads.restore([thread])
    assert (await desk.world.chat.open(thread)).turns == (turn,)
    assert desk.told == [(thread,), (thread,)]


async def test_deleting_another_thread_does_not_stop_the_answer() -> None:
    desk = Desk("One.", Answer("Half", hangs=True))
    other = await desk.asked("First?")
    await desk.world.chat.new_thread()
    scope = TaskScope("test")
    asking = scope.start("ask", desk.world.chat.ask("Why?"))
    await desk.world.endpoint.reached_silence.wait()
    await desk.threads.delete([other])
    assert not asking.done()
    desk.world.chat.stop()
    await asking


async def test_a_question_that_waits_in_a_deleted_thread_is_not_asked() -> None:
    desk = Desk(Answer("Half", hangs=True), "Never.")
    first = (await desk.world.chat.new_thread()).id
    scope = TaskScope("test")
    asking = scope.start("ask", desk.world.chat.ask("Why?", thread_id=first))
    await desk.world.endpoint.reached_silence.wait()
    second = await desk.world.threads.create("Second")
    waiting = scope.start("wait", desk.world.chat.ask("And?", thread_id=second.id))
    while not desk.world.threads.kept[second.id].turns:
        await desk.world.clock.sleep(0)
    await desk.threads.delete([second.id])
    desk.world.chat.stop()
    await asking
    assert (await waiting).state is TurnState.STOPPED
    assert len(desk.world.endpoint.requests) == 1


async def test_after_the_current_thread_was_deleted_another_is_current() -> None:
    desk = Desk("One.", "Two.")
    first, second = await desk.asked("First?"), await desk.asked("Second?")
    await desk.threads.delete([second])
    assert (await desk.world.chat.current()).id == first


async def test_deleted_threads_are_purged_after_thirty_days_or_on_demand() -> None:
    desk = Desk("One.", "Two.")
    first, second = await desk.asked("First?"), await desk.asked("Second?")
    await desk.threads.delete([first])
    desk.world.clock.seconds += timedelta(days=29).total_seconds()
    assert await desk.threads.purge() == 0
    desk.world.clock.seconds += timedelta(days=2).total_seconds()
    assert await desk.threads.purge() == 1
    with pytest.raises(StoreError):
        await desk.threads.restore([first])
    await desk.threads.delete([second])
    assert await desk.threads.purge(all_of_them=True) == 1


async def test_a_thread_is_exported_as_markdown_and_as_json() -> None:
    desk = Desk("One.")
    thread = await desk.asked("First?")
    await desk.threads.export(thread, Path("a.md"), ExportFormat.MARKDOWN)
    await desk.threads.export(thread, Path("a.json"), ExportFormat.JSON)
    assert b"First?" in desk.exports.written[Path("a.md")]
    written = desk.exports.written[Path("a.json")].decode("utf-8")
    assert from_json(written) == await desk.world.chat.thread(thread)


async def test_a_file_that_cannot_be_written_is_told() -> None:
    desk = Desk("One.")
    thread = await desk.asked("First?")
    desk.exports.error = FileError("a.md cannot be written.", "Choose another place.")
    with pytest.raises(FileError, match="cannot be written"):
        await desk.threads.export(thread, Path("a.md"), ExportFormat.MARKDOWN)


async def test_an_exported_thread_is_taken_in_beside_the_old_one() -> None:
    desk = Desk("One.")
    thread = await desk.asked("First?")
    text = await desk.threads.text_of(thread, ExportFormat.JSON)
    taken = await desk.threads.take_in(text)
    assert taken.id != thread
    assert taken.turns[0].id != (await desk.world.chat.thread(thread)).turns[0].id
    assert [turn.answer for turn in taken.turns] == ["One."]
    assert await desk.threads.count() == 2
    assert desk.told == [(taken.id,)]


async def test_a_fork_holds_copies_up_to_and_including_the_turn() -> None:
    desk = Desk("One.", "Two.", "Three.", "Four.")
    thread = await desk.asked("First?", "Second?", "Third?")
    before = await desk.world.chat.thread(thread)
    fork = await desk.threads.fork(thread, before.turns[1].id, "First? (fork)")
    assert [turn.question for turn in fork.turns] == ["First?", "Second?"]
    assert not {turn.id for turn in fork.turns} & {turn.id for turn in before.turns}
    assert await desk.world.chat.thread(fork.id) == fork
    await desk.world.chat.ask("Fourth?", thread_id=fork.id)
    asked = [message.text for message in desk.world.endpoint.requests[-1].messages]
    assert asked[1:] == ["First?", "One.", "Second?", "Two.", "Fourth?"]
    assert await desk.world.chat.thread(thread) == before
    last = await desk.threads.fork(thread, None, "All")
    assert len(last.turns) == 3


async def test_a_forks_prompt_repeats_what_was_sent_word_for_word() -> None:
    desk = Desk("One.", "Two.", "Three.", files=MemoryFiles(a__py="value = 1\n"))
    thread = await desk.world.chat.new_thread()
    await desk.world.chat.ask("First?", path="a.py", thread_id=thread.id)
    fork = await desk.threads.fork(thread.id, None, "Fork")
    await desk.world.chat.ask("Second?", thread_id=fork.id)
    first, second = (request.messages for request in desk.world.endpoint.requests)
    assert [message.role for message in second][:2] == [Role.SYSTEM, Role.USER]
    assert second[1] == first[1]


async def test_editing_a_question_forks_before_it_and_leaves_the_thread_as_it_is() -> None:
    desk = Desk("One.", "Two.")
    thread = await desk.asked("First?", "Second?")
    before = await desk.world.chat.thread(thread)
    fork, turn = await desk.threads.edit_again(thread, before.turns[1].id, "First? (fork)")
    assert ([one.question for one in fork.turns], turn.question) == (["First?"], "Second?")
    assert fork.title == "First? (fork)"
    fork, turn = await desk.threads.edit_again(thread, before.turns[0].id, "First? (fork)")
    assert (fork.turns, fork.title, turn.question) == ((), "", "First?")
    assert await desk.world.chat.thread(thread) == before


async def test_what_is_still_written_cannot_be_forked_but_its_question_can_be_edited() -> None:
    desk = Desk("One.")
    thread = await desk.asked("First?")
    kept = desk.world.threads.kept
    (turn,) = kept[thread].turns
    kept[thread] = replace(kept[thread], turns=(replace(turn, state=TurnState.STREAMING),))
    with pytest.raises(SparkError, match="still being written") as caught:
        await desk.threads.fork(thread, turn.id, "Fork")
    assert caught.value.next_step
    _fork, edited = await desk.threads.edit_again(thread, turn.id, "Fork")
    assert edited.question == "First?"


@pytest.mark.parametrize("turn", ["nowhere", None])
async def test_a_turn_that_is_not_there_is_an_error_with_a_next_step(turn: str | None) -> None:
    desk = Desk()
    thread = await desk.world.threads.create("Empty")
    with pytest.raises(SparkError, match="no such question") as caught:
        await desk.threads.fork(thread.id, turn, "Fork")
    assert caught.value.next_step
    with pytest.raises(SparkError, match="no such question"):
        await desk.threads.edit_again(thread.id, turn, "Fork")
