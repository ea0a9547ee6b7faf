"""The chat: threads of turns, streamed, kept, and bounded by the model's context."""

import asyncio
import uuid
from dataclasses import replace

from spark_desktop.domain.completion import (
    ChatRequest,
    Finished,
    Message,
    Role,
    TextChunk,
)
from spark_desktop.domain.context import estimate_tokens, fit_history, window
from spark_desktop.domain.conversation import Thread, Turn, TurnState
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.errors import ContextExceededError, SparkError
from spark_desktop.domain.events import TurnChanged, TurnStreamed
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Span
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import Clock, Core, Endpoint, FileStore, ThreadStore
from spark_desktop.services.prompts import question_system, question_text
from spark_desktop.services.tasks import TaskScope

_ANSWER_TOKENS = 1024
# Lines around the place that a question is about, where the whole file is too long.
_AROUND = 40


class ChatService:
    """Asks one question at a time; a second one waits for the first."""

    def __init__(
        self, threads: ThreadStore, files: FileStore, core: Core, bus: Bus, clock: Clock
    ) -> None:
        self._threads = threads
        self._files = files
        self._core = core
        self._bus = bus
        self._clock = clock
        self._scope = TaskScope("chat")
        self._turn_lock = asyncio.Lock()
        self._current: Thread | None = None
        self._answering: asyncio.Task[Turn] | None = None
        self._running: str | None = None
        # What was sent for a turn: later prompts repeat it word for word, so that the engine's
        # cache of them stays good.
        self._sent: dict[str, str] = {}
        # Turn and thread of what is answered or waits for that; what left needs no answer.
        self._asked: dict[str, str] = {}
        self._left: set[str] = set()

    async def ask(
        self,
        question: str,
        path: str | None = None,
        thread_id: str | None = None,
        lines: Span | None = None,
    ) -> Turn:
        """Return the answered turn, which is kept in the thread (None: the current one).

        ``path`` is the file that the question is about, ``lines`` the place in it. A turn that the
        user stopped or that failed is returned as such, with what came of the answer. Raises
        SparkError where the question is empty or the file cannot be read, StoreError.
        """
        if not question.strip():
            raise SparkError("The question is empty.", "Type one.")
        thread = await (self.current() if thread_id is None else self.open(thread_id))
        turn = Turn(
            id=uuid.uuid4().hex,
            question=question,
            answer="",
            state=TurnState.STREAMING,
            created=self._clock.now(),
            path=path,
        )
        return await self._run(thread, turn, lines)

    async def repeat(self, thread_id: str, turn_id: str) -> Turn:
        """Ask a turn's question again, in its place; raises SparkError for an unknown turn."""
        thread = await self._threads.thread(thread_id)
        for turn in thread.turns:
            if turn.id == turn_id:
                return await self._run(thread, _asked_again(turn), None)
        raise SparkError("This question is gone.", "Type it again.")

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

    def stop(self) -> bool:
        """End the running answer; the engine stops with it. Return whether there was one."""
        return self._answering is not None and self._answering.cancel()

    def leave(self, thread_id: str) -> None:
        """Stop what is answered in a thread, or waits in it, and make it no longer the current one.

        What came of an answer is kept in the thread.
        """
        self._left |= {turn for turn, thread in self._asked.items() if thread == thread_id}
        if self._running in self._left:
            self.stop()
        if self._current is not None and self._current.id == thread_id:
            self._current = None

    def copied(self, turn_ids: dict[str, str]) -> None:
        """Note that turns (old id, new id) were copied: later prompts repeat them word for word."""
        self._sent |= {new: self._sent[old] for old, new in turn_ids.items() if old in self._sent}

    async def close(self) -> None:
        """Stop the running answer; what came of it is kept."""
        await self._scope.close()

    async def _run(self, thread: Thread, turn: Turn, lines: Span | None) -> Turn:
        self._asked[turn.id] = thread.id
        try:
            await self._keep(thread.id, turn)
            return await self._in_turn(thread, turn, lines)
        finally:
            self._asked.pop(turn.id, None)
            self._left.discard(turn.id)

    async def _in_turn(self, thread: Thread, turn: Turn, lines: Span | None) -> Turn:
        async with self._turn_lock:
            if turn.id in self._left:
                return await self._keep(thread.id, replace(turn, state=TurnState.STOPPED))
            answer = _Answer(turn)
            self._running = turn.id
            self._answering = self._scope.start("answer", self._answer(thread.id, answer, lines))
            try:
                return await self._answering
            except asyncio.CancelledError:
                stopped = await self._keep(thread.id, replace(answer.turn, state=TurnState.STOPPED))
                own = asyncio.current_task()
                if own is not None and own.cancelling():
                    self._answering.cancel()
                    raise
                return stopped
            finally:
                self._answering, self._running = None, None

    async def _answer(self, thread_id: str, answer: "_Answer", lines: Span | None) -> Turn:
        try:
            endpoint = await self._core.endpoint()
            answer.turn = replace(answer.turn, model=endpoint.model.id)
            request = await self._request(thread_id, answer.turn, lines, endpoint)
            async with endpoint.stream(request) as chunks:
                async for chunk in chunks:
                    if isinstance(chunk, TextChunk):
                        answer.append(chunk.text)
                        self._bus.publish(TurnStreamed(thread_id, answer.turn.id, chunk.text))
                    elif isinstance(chunk, Emulation):
                        answer.turn = replace(answer.turn, emulation=chunk)
                        await self._keep(thread_id, answer.turn)
                    elif isinstance(chunk, Finished):
                        answer.finish(chunk)
        except SparkError as error:
            return await self._keep(
                thread_id, replace(answer.turn, state=TurnState.FAILED, error=str(error))
            )
        return await self._keep(thread_id, replace(answer.turn, state=TurnState.DONE))

    async def _request(
        self, thread_id: str, turn: Turn, lines: Span | None, endpoint: Endpoint
    ) -> ChatRequest:
        context = endpoint.model.context
        question = await self._question(turn, lines, context)
        self._sent[turn.id] = question
        thread = await self._threads.thread(thread_id)
        # With the question as it was sent, which may hold a whole file.
        earlier = [
            replace(past, question=self._sent.get(past.id, past.question))
            for past in thread.turns
            if past.id != turn.id and past.state is TurnState.DONE
        ]
        room = context - _ANSWER_TOKENS - estimate_tokens(question) - 100
        messages = [question_system()]
        for past in fit_history(earlier, max(0, room), estimate_tokens):
            messages.append(Message(Role.USER, past.question))
            messages.append(Message(Role.ASSISTANT, past.answer))
        messages.append(Message(Role.USER, question))
        return ChatRequest(tuple(messages), max_tokens=_ANSWER_TOKENS)

    async def _question(self, turn: Turn, lines: Span | None, context: int) -> str:
        room = context - _ANSWER_TOKENS - 200
        if turn.path is None:
            question = turn.question
        else:
            snapshot = await self._files.read(turn.path)
            content = snapshot.text.content
            question = question_text(turn.question, turn.path, content)
            if estimate_tokens(question) > room and lines is not None:
                all_lines = split_lines(content)
                part = window(all_lines, lines, _AROUND)
                content = "".join(all_lines[part.start : part.end])
                name = f"{turn.path} (lines {part.start + 1} to {part.end})"
                question = question_text(turn.question, name, content)
        needed = estimate_tokens(question)
        if needed > room:
            raise ContextExceededError(needed + _ANSWER_TOKENS, context)
        return question

    async def _keep(self, thread_id: str, turn: Turn) -> Turn:
        await self._threads.save_turn(thread_id, turn)
        self._bus.publish(TurnChanged(thread_id, turn))
        return turn


class _Answer:
    """The turn as far as it came, also where its task is cancelled."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn

    def append(self, piece: str) -> None:
        """Add a piece of the answer."""
        self.turn = replace(self.turn, answer=self.turn.answer + piece)

    def finish(self, end: Finished) -> None:
        """Take what was counted and measured."""
        self.turn = replace(self.turn, usage=end.usage, timing=end.timing, emulation=end.emulation)


def _asked_again(turn: Turn) -> Turn:
    # What was measured, or emulated, belongs to the answer that goes.
    return replace(
        turn,
        answer="",
        error="",
        state=TurnState.STREAMING,
        usage=None,
        timing=None,
        emulation=None,
    )
