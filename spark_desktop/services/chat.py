"""The chat: threads of turns, streamed, kept, and bounded by the model's context."""

import asyncio
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from spark_desktop.domain.completion import Answering, ChatRequest, Finished, TextChunk
from spark_desktop.domain.context_item import ContextItem, ItemKind, ItemRef, Question
from spark_desktop.domain.conversation import Thread, Turn, TurnState
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import SparkError, StoreError
from spark_desktop.domain.events import TurnChanged, TurnStreamed
from spark_desktop.domain.seam import Seam
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.words import say
from spark_desktop.services.answers import Answers
from spark_desktop.services.bus import Bus
from spark_desktop.services.chat_prompt import ChatPrompt, attached, without_mark
from spark_desktop.services.compaction import Compactor
from spark_desktop.services.continuing import continued
from spark_desktop.services.ports import Clock, Endpoint, ThreadStore
from spark_desktop.services.second_opinion import doubt_of
from spark_desktop.services.tasks import TaskScope

Items = tuple[ContextItem, ...]
# Seconds between two saves of an answer that is being written.
_SAVE = 2.0
MISTAKE = say("Spark made a mistake while this was answered; its log has more.")


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
        self._answers = answers
        self._prompt = prompt
        self._compactor = compactor
        self._bus = bus
        self._clock = clock
        self._scope = TaskScope("chat")
        self._turn_lock = asyncio.Lock()
        self._current: Thread | None = None
        self._answering: asyncio.Task[Turn] | None = None
        self._running: str | None = None
        self._answer_now: _Answer | None = None
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
        _require_text(question)
        thread = await (self.current() if thread_id is None else self.open(thread_id))
        own = (ItemRef(ItemKind.OPEN, path, lines=lines),) if path and lines else ()
        asked = Question(uuid.uuid4().hex, thread.id, question, (*own, *refs), path)
        with self._on_the_way(asked):
            try:
                items = await self._prompt.read(asked)
                _require_shown(items)
            except SparkError as error:
                failed = replace(self._begun(asked, ()), state=TurnState.FAILED, error=error.told)
                return await self._keep(thread.id, failed)
            begun = self._begun(asked, items)
            if lines is not None:
                items = tuple(without_mark(item, lines) for item in items)
            turn = await self._run(asked, begun, items)
            # A comment in the code asks for a fact of that code, which can be asked for twice.
            return turn if lines is None else await self._looked_at(thread.id, turn)

    async def answer(self, question: Question) -> Turn:
        """Return the answered turn, as ``ask`` does, of a question with what goes with it.

        Nothing is kept where SparkError is raised: the question is empty, or an item cannot be
        read.
        """
        _require_text(question.text)
        with self._on_the_way(question):
            items = await self._prompt.read(question)
            return await self._run(question, self._begun(question, items), items)

    async def repeat(self, thread_id: str, turn_id: str) -> Turn:
        """Ask a turn's question again, in its place, with its items as they are now.

        Raises SparkError for an unknown turn, for one that is being answered, and where an item is
        gone.
        """
        return await self._again(thread_id, turn_id, _asked_again)

    async def go_on(self, thread_id: str, turn_id: str) -> Turn:
        """Let the model go on with an answer that broke off or was stopped, in the same turn.

        What came stays, also where the rest fails. Raises what ``repeat`` raises, and SparkError
        for an answer that is whole or has not begun.
        """
        return await self._again(thread_id, turn_id, _gone_on_with)

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
        with self._on_the_way(question):
            items = await self._prompt.read(question)
            return await self._run(question, replace(again, attached=attached(items)), items)

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
        return self._answering is not None and self._answering.cancelling() > 0

    def stop(self) -> bool:
        """End the running answer; the engine stops with it. Return whether there was one.

        A question whose items are still being read is stopped before it is answered.
        """
        if self._answering is not None:
            return self._answering.cancel()
        coming = next((turn for turn in self._asked if turn not in self._left), None)
        if coming is not None:
            self._left.add(coming)
        return coming is not None

    def leave(self, thread_id: str) -> None:
        """Stop what is answered in a thread, or waits in it, and make it no longer the current one.

        What came of an answer is kept in the thread.
        """
        self._left |= {turn for turn, thread in self._asked.items() if thread == thread_id}
        if self._running in self._left:
            self.stop()
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
        await self._scope.close()

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
        await self._keep(question.thread_id, turn)
        try:
            return await self._in_turn(question, turn, items)
        except StoreError as error:
            # What came of it is at least shown, with the reason, and does not go on for ever.
            shown = replace(self._latest(turn), state=TurnState.FAILED, error=error.told)
            self._bus.publish(TurnChanged(question.thread_id, shown))
            return shown

    async def _looked_at(self, thread_id: str, turn: Turn) -> Turn:
        """Return the turn with a doubt where the local model contradicts its own answer."""
        now = self._answer_now
        is_own = turn.state is TurnState.DONE and not turn.endpoint
        if not is_own or now is None or now.turn.id != turn.id or now.asked is None:
            return turn
        endpoint, request = now.asked
        doubt = await doubt_of(endpoint, request, turn.question, turn.answer)
        return await self._keep(thread_id, replace(turn, doubt=doubt)) if doubt else turn

    def _latest(self, turn: Turn) -> Turn:
        now = self._answer_now
        return turn if now is None or now.turn.id != turn.id else now.turn

    async def _in_turn(self, question: Question, turn: Turn, items: Items) -> Turn:
        async with self._turn_lock:
            if turn.id in self._left:
                stopped = replace(turn, state=TurnState.STOPPED)
                return await self._keep(question.thread_id, stopped)
            answer = self._answer_now = _Answer(turn)
            self._running = turn.id
            self._answering = self._scope.start("answer", self._answer(question, answer, items))
            try:
                return await self._answering
            except asyncio.CancelledError:
                self._add(question, answer, answer.seam.finish())
                stopped = replace(answer.turn, state=TurnState.STOPPED)
                stopped = await self._keep(question.thread_id, stopped)
                own = asyncio.current_task()
                if own is not None and own.cancelling():
                    self._answering.cancel()
                    raise
                return stopped
            finally:
                self._answering, self._running = None, None

    async def _answer(self, question: Question, answer: "_Answer", items: Items) -> Turn:
        try:
            endpoint = await self._answers.endpoint_for(WorkKind.CHAT)
            answer.turn = replace(answer.turn, model=endpoint.model.id)
            request = await self._request(question, answer, items, endpoint)
            answer.asked = (endpoint, request)
            answer.kept = self._clock.monotonic()
            async with endpoint.stream(request) as chunks:
                async for chunk in chunks:
                    if isinstance(chunk, TextChunk):
                        self._add(question, answer, answer.seam.feed(chunk.text))
                        await self._keep_now_and_then(question.thread_id, answer)
                    elif isinstance(chunk, Answering):
                        answer.turn = replace(
                            answer.turn, model=chunk.model, endpoint=chunk.endpoint
                        )
                        await self._keep(question.thread_id, answer.turn)
                    elif isinstance(chunk, Emulation):
                        answer.turn = replace(answer.turn, emulation=chunk)
                        await self._keep(question.thread_id, answer.turn)
                    elif isinstance(chunk, Finished):
                        self._add(question, answer, answer.seam.finish())
                        answer.finish(chunk)
        except SparkError as error:
            self._add(question, answer, answer.seam.finish())
            failed = replace(answer.turn, state=TurnState.FAILED, error=error.told)
            return await self._keep(question.thread_id, failed)
        except Exception:
            # A mistake of ours goes on to whoever reports those; the turn has ended all the same.
            self._add(question, answer, answer.seam.finish())
            failed = replace(answer.turn, state=TurnState.FAILED, error=MISTAKE)
            await self._keep(question.thread_id, failed)
            raise
        return await self._keep(question.thread_id, replace(answer.turn, state=TurnState.DONE))

    def _add(self, question: Question, answer: "_Answer", piece: str) -> None:
        if piece:
            answer.append(piece)
            self._bus.publish(TurnStreamed(question.thread_id, question.id, piece))

    async def _keep_now_and_then(self, thread_id: str, answer: "_Answer") -> None:
        """Save what came of an answer, so that a crash takes seconds of it and not all."""
        now = self._clock.monotonic()
        if now - answer.kept < _SAVE:
            return
        # The end says whether the store fails; until then the answer goes on.
        with suppress(StoreError):
            await self._threads.save_turn(thread_id, answer.turn)
        answer.kept = self._clock.monotonic()

    async def _request(
        self, question: Question, answer: "_Answer", items: Items, endpoint: Endpoint
    ) -> ChatRequest:
        # Nobody saw beforehand what would be left out of a file that only a comment named.
        strict = question.path is not None and not question.refs
        model = endpoint.model
        prepared = await self._prompt.prepare_exactly(question, items, model, strict)
        if await self._compactor.make_room(question.thread_id, prepared, endpoint):
            prepared = await self._prompt.prepare_exactly(question, items, model, strict)
        if items:
            answer.turn = replace(answer.turn, attached=attached(items, prepared.plan))
            await self._keep(question.thread_id, answer.turn)
        await self._prompt.keep(question, prepared)
        request = replace(prepared.request, thread=question.thread_id)
        came = answer.turn.answer
        return continued(request, prepared.plan, came) if came else request

    async def _keep(self, thread_id: str, turn: Turn) -> Turn:
        await self._threads.save_turn(thread_id, turn)
        self._bus.publish(TurnChanged(thread_id, turn))
        return turn


class _Answer:
    """The turn as far as it came, also where its task is cancelled."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        # Between what came of it before, if anything, and what comes now.
        self.seam = Seam(turn.answer)
        # When it was last saved, by the monotonic clock.
        self.kept = 0.0
        # Who was asked what; None before that.
        self.asked: tuple[Endpoint, ChatRequest] | None = None

    def append(self, piece: str) -> None:
        """Add a piece of the answer."""
        self.turn = replace(self.turn, answer=self.turn.answer + piece)

    def finish(self, end: Finished) -> None:
        """Take what was counted and measured."""
        self.turn = replace(
            self.turn,
            usage=end.usage,
            timing=end.timing,
            emulation=end.emulation,
            cost=_cost(self.turn.cost, end.cost),
        )


def _require_text(question: str) -> None:
    if not question.strip():
        raise SparkError(say("The question is empty."), say("Type one."))


def _require_shown(items: Items) -> None:
    """Raise where the file that a question names is withheld: nobody sees its chip here."""
    for item in items:
        if item.withheld:
            raise SparkError(*item.notes)


def _cost(before: float | None, now: float | None) -> float | None:
    return now if before is None else before + (now or 0.0)


def _gone_on_with(turn: Turn) -> Turn:
    if not turn.can_go_on:
        raise SparkError(
            say("There is no answer that could be gone on with."), say("Ask the question again.")
        )
    return replace(turn, error="", state=TurnState.STREAMING)


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
        endpoint="",
        cost=None,
        doubt="",
    )
