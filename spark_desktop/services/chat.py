"""The chat: threads of turns, streamed, kept, and bounded by the model's context."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from spark_desktop.domain.context_item import COMMENT, ItemKind, ItemRef, Question
from spark_desktop.domain.conversation import Thread, Turn, TurnState
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.words import say
from spark_desktop.services.answerer import Answerer, Items
from spark_desktop.services.answers import Answers
from spark_desktop.services.asking import (
    asked_again,
    comment_of,
    gone_on_with,
    read_items,
    require_shown,
    require_text,
    unread,
)
from spark_desktop.services.bus import Bus
from spark_desktop.services.chat_prompt import ChatPrompt, attached
from spark_desktop.services.compaction import Compactor
from spark_desktop.services.doubting import Doubting
from spark_desktop.services.ports import Clock, ThreadStore


class ChatService:
    """Asks one question at a time; a second one waits for the first."""

    def __init__(
        self,
        threads: ThreadStore,
        answers: Answers,
        prompt: ChatPrompt,
        compactor: Compactor,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._threads = threads
        self._prompt = prompt
        self._compactor = compactor
        self._clock = clock
        self._answerer = Answerer(threads, answers, prompt, compactor, bus, clock)
        self._doubting = Doubting(self._answerer.scope)
        self._current: Thread | None = None
        # Turn and thread of what is answered or waits for that; what left needs no answer.
        self._asked: dict[str, str] = {}
        self._left: set[str] = set()

    async def ask(
        self,
        question: str,
        path: str | None = None,
        thread_id: str | None = None,
        lines: Span | None = None,
        refs: tuple[ItemRef, ...] = (),
    ) -> Turn:
        """Return the answered turn, which is kept in the thread (None: the current one).

        ``path`` is the file that the question is about, ``lines`` the place in it; ``refs`` go
        along. A turn that the user stopped or that failed, also since a file cannot be read, is
        returned as such, with what came of the answer. Raises SparkError where the question is
        empty, StoreError.
        """
        require_text(question)
        thread = await (self.current() if thread_id is None else self.open(thread_id))
        asked = Question(uuid.uuid4().hex, thread.id, question, refs, path)
        if path and lines:
            own = ItemRef(ItemKind.OPEN, path, COMMENT, lines=lines)
            asked = replace(asked, refs=(own, *refs))
        with self._on_the_way(asked):
            try:
                items = await read_items(self._prompt, asked)
                require_shown(items)
            except SparkError as error:
                failed = replace(self._begun(asked, ()), attached=unread(asked.refs))
                failed = replace(failed, state=TurnState.FAILED, error=error.told)
                return await self._answerer.keep(thread.id, failed)
            turn = await self._run(asked, self._begun(asked, items), items)
        return await self._doubted(asked, turn)

    async def answer(self, question: Question) -> Turn:
        """Return the answered turn, as ``ask`` does, of a question with what goes with it.

        Nothing is kept where SparkError is raised: the question is empty, or an item cannot be
        read.
        """
        require_text(question.text)
        with self._on_the_way(question):
            items = await read_items(self._prompt, question)
            return await self._run(question, self._begun(question, items), items)

    async def repeat(self, thread_id: str, turn_id: str) -> Turn:
        """Ask a turn's question again, in its place, with its items as they are now.

        Raises SparkError for an unknown turn, for one that is being answered, and where an item is
        gone.
        """
        return await self._again(thread_id, turn_id, asked_again)

    async def go_on(self, thread_id: str, turn_id: str) -> Turn:
        """Let the model go on with an answer that broke off or was stopped, in the same turn.

        What came stays, also where the rest fails. Raises what ``repeat`` raises, and SparkError
        for an answer that is whole or has not begun.
        """
        return await self._again(thread_id, turn_id, gone_on_with)

    async def _again(self, thread_id: str, turn_id: str, begun: Callable[[Turn], Turn]) -> Turn:
        if turn_id in self._asked:
            raise SparkError(
                say("This question is being answered already."),
                say("Wait for its end, or stop it."),
            )
        thread = await self._threads.thread(thread_id)
        turn = next((one for one in thread.turns if one.id == turn_id), None)
        if turn is None:
            raise SparkError(say("This question is gone."), say("Type it again."))
        refs = tuple(kept.ref for kept in turn.attached)
        question = Question(turn.id, thread_id, turn.question, refs, turn.path)
        again = begun(turn)
        # What is said of the answer before would be kept over the new one.
        self._doubting.stop(turn_id=turn_id)
        with self._on_the_way(question):
            items = await read_items(self._prompt, question)
            turn = await self._run(question, replace(again, attached=attached(items)), items)
        return await self._doubted(question, turn)

    async def new_thread(self) -> Thread:
        """Return a new thread, which becomes the current one; an empty one is used again."""
        if self._current is None or (await self._threads.thread(self._current.id)).turns:
            self._current = await self._threads.create("")
        return self._current

    async def adopt(self, turn: Turn) -> Thread:
        """Return a new thread of a turn that was asked elsewhere; it becomes the current one."""
        thread = await self._threads.create("")
        await self._threads.save_turn(thread.id, turn)
        return await self.open(thread.id)

    async def current(self) -> Thread:
        """Return the current thread: the last used one, created where there is none."""
        if self._current is None:
            known = await self._threads.threads()
            self._current = known[0] if known else await self._threads.create("")
        self._current = await self._threads.thread(self._current.id)
        return self._current

    async def thread(self, thread_id: str) -> Thread:
        """Return a thread with its turns. Raises StoreError for an unknown one."""
        return await self._threads.thread(thread_id)

    async def open(self, thread_id: str) -> Thread:
        """Return a thread with its turns, and make it the current one."""
        self._current = await self._threads.thread(thread_id)
        return self._current

    async def threads(self) -> tuple[Thread, ...]:
        """Return the threads without their turns, the last used first."""
        return await self._threads.threads()

    @property
    def is_stopping(self) -> bool:
        """Return whether the running answer was told to end and has not ended yet."""
        return self._answerer.is_stopping

    def stop(self) -> bool:
        """End the running answer; the engine stops with it. Return whether there was one.

        A question whose items are still being read is stopped before it is answered; where nothing
        else is under way, asking again for an answer that is shown is.
        """
        if self._answerer.running is not None:
            return self._answerer.stop()
        coming = next((turn for turn in self._asked if turn not in self._left), None)
        if coming is None:
            return self._doubting.stop()
        self._left.add(coming)
        return True

    def leave(self, thread_id: str) -> None:
        """Stop what is answered in a thread, or waits in it, and make it no longer the current one.

        What came of an answer is kept in the thread.
        """
        self._left |= {turn for turn, thread in self._asked.items() if thread == thread_id}
        if self._answerer.running in self._left:
            self._answerer.stop()
        self._doubting.stop(thread_id=thread_id)
        if self._current is not None and self._current.id == thread_id:
            self._current = None

    async def copied(self, source: str, target: str, turn_ids: dict[str, str]) -> None:
        """Note that turns (old id, new id) of a thread were copied into another one.

        Later prompts there repeat them word for word. Raises StoreError.
        """
        await self._prompt.copied(source, target, turn_ids)

    def skip_compaction(self) -> bool:
        """Ask without summing up earlier turns first; return whether that was under way."""
        return self._compactor.skip()

    async def close(self) -> None:
        """Stop the running answer; what came of it is kept."""
        await self._answerer.scope.close()

    def _begun(self, question: Question, items: Items) -> Turn:
        return Turn(
            id=question.id,
            question=question.text,
            answer="",
            state=TurnState.STREAMING,
            created=self._clock.now(),
            path=question.path,
            attached=attached(items),
        )

    @contextmanager
    def _on_the_way(self, question: Question) -> Iterator[None]:
        self._asked[question.id] = question.thread_id
        try:
            yield
        finally:
            self._asked.pop(question.id, None)
            self._left.discard(question.id)

    async def _run(self, question: Question, turn: Turn, items: Items) -> Turn:
        return await self._answerer.run(question, turn, items, self._left.__contains__)

    async def _doubted(self, question: Question, turn: Turn) -> Turn:
        """Return the turn with a doubt where a comment asked and the local model contradicts it."""
        # A comment in the code asks for a fact of that code, which can be asked for twice.
        is_own = turn.state is TurnState.DONE and not turn.endpoint
        if not is_own or comment_of(question.refs) is None:
            return turn
        asked = self._answerer.asked(turn.id)
        doubt = await self._doubting.doubt(question.thread_id, turn, asked)
        # Meanwhile it may have been asked anew.
        if not doubt or turn.id in self._asked:
            return turn
        return await self._answerer.keep(question.thread_id, replace(turn, doubt=doubt))
