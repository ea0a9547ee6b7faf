"""Streams answers into their turns, one at a time."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from spark_desktop.domain.completion import Answering, ChatRequest, Finished, TextChunk
from spark_desktop.domain.context_item import ContextItem, Question
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import SparkError, StoreError
from spark_desktop.domain.events import TurnChanged, TurnStreamed
from spark_desktop.domain.seam import Seam
from spark_desktop.domain.words import say
from spark_desktop.services.answers import Answers
from spark_desktop.services.bus import Bus
from spark_desktop.services.chat_prompt import ChatPrompt, attached
from spark_desktop.services.compaction import Compactor
from spark_desktop.services.continuing import continued
from spark_desktop.services.ports import Clock, Endpoint, ThreadStore
from spark_desktop.services.tasks import TaskScope

Items = tuple[ContextItem, ...]
# Seconds between two saves of an answer that is being written.
_SAVE = 2.0
MISTAKE = say("Spark made a mistake while this was answered; its log has more.")


class Answerer:
    """Answers one turn at a time; a second one waits for the first. ``scope`` runs the work."""

    def __init__(
        self,
        threads: ThreadStore,
        answers: Answers,
        prompt: ChatPrompt,
        compactor: Compactor,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self.scope = TaskScope("chat")
        self._threads = threads
        self._answers = answers
        self._prompt = prompt
        self._compactor = compactor
        self._bus = bus
        self._clock = clock
        self._turn_lock = asyncio.Lock()
        self._answering: asyncio.Task[Turn] | None = None
        self._running: str | None = None
        self._answer_now: _Answer | None = None

    @property
    def running(self) -> str | None:
        """Return the turn that is being answered."""
        return self._running

    @property
    def is_stopping(self) -> bool:
        """Return whether the running answer was told to end and has not ended yet."""
        return self._answering is not None and self._answering.cancelling() > 0

    def stop(self) -> bool:
        """End the running answer; the engine stops with it. Return whether there was one."""
        return self._answering is not None and self._answering.cancel()

    def asked(self, turn_id: str) -> tuple[Endpoint, ChatRequest] | None:
        """Return who was asked what for the turn, where that is the last one; without what came."""
        now = self._answer_now
        return None if now is None or now.turn.id != turn_id else now.asked

    async def run(
        self, question: Question, turn: Turn, items: Items, is_left: Callable[[str], bool]
    ) -> Turn:
        """Return the turn with its answer, however that ended; ``is_left`` once it is not wanted.

        Raises StoreError where it cannot even begin.
        """
        await self.keep(question.thread_id, turn)
        try:
            return await self._in_turn(question, turn, items, is_left)
        except StoreError as error:
            # What came of it is at least shown, with the reason, and does not go on for ever.
            shown = replace(self._latest(turn), state=TurnState.FAILED, error=error.told)
            self._bus.publish(TurnChanged(question.thread_id, shown))
            return shown

    async def keep(self, thread_id: str, turn: Turn) -> Turn:
        """Save the turn, and tell of it. Raises StoreError."""
        await self._threads.save_turn(thread_id, turn)
        self._bus.publish(TurnChanged(thread_id, turn))
        return turn

    def _latest(self, turn: Turn) -> Turn:
        now = self._answer_now
        return turn if now is None or now.turn.id != turn.id else now.turn

    async def _in_turn(
        self, question: Question, turn: Turn, items: Items, is_left: Callable[[str], bool]
    ) -> Turn:
        async with self._turn_lock:
            if is_left(turn.id):
                stopped = replace(turn, state=TurnState.STOPPED)
                return await self.keep(question.thread_id, stopped)
            answer = self._answer_now = _Answer(turn)
            self._running = turn.id
            self._answering = self.scope.start("answer", self._answer(question, answer, items))
            try:
                return await self._answering
            except asyncio.CancelledError:
                self._add(question, answer, answer.seam.finish())
                stopped = replace(answer.turn, state=TurnState.STOPPED)
                stopped = await self.keep(question.thread_id, stopped)
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
                        await self.keep(question.thread_id, answer.turn)
                    elif isinstance(chunk, Emulation):
                        answer.turn = replace(answer.turn, emulation=chunk)
                        await self.keep(question.thread_id, answer.turn)
                    elif isinstance(chunk, Finished):
                        self._add(question, answer, answer.seam.finish())
                        answer.finish(chunk)
        except SparkError as error:
            self._add(question, answer, answer.seam.finish())
            failed = replace(answer.turn, state=TurnState.FAILED, error=error.told)
            return await self.keep(question.thread_id, failed)
        except Exception:
            # A mistake of ours goes on to whoever reports those; the turn has ended all the same.
            self._add(question, answer, answer.seam.finish())
            failed = replace(answer.turn, state=TurnState.FAILED, error=MISTAKE)
            await self.keep(question.thread_id, failed)
            raise
        return await self.keep(question.thread_id, replace(answer.turn, state=TurnState.DONE))

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
            await self.keep(question.thread_id, answer.turn)
        await self._prompt.keep(question, prepared)
        request = replace(prepared.request, thread=question.thread_id)
        answer.asked = (endpoint, request)
        came = answer.turn.answer
        return continued(request, prepared.plan, came) if came else request


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


def _cost(before: float | None, now: float | None) -> float | None:
    return now if before is None else before + (now or 0.0)
