"""Quick questions: asked from anywhere, of no project, each on its own."""

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from spark_desktop.domain.completion import (
    Answering,
    ChatRequest,
    Finished,
    Message,
    Role,
    TextChunk,
)
from spark_desktop.domain.context import estimate_tokens
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import ContextExceededError, SparkError
from spark_desktop.domain.events import TurnChanged, TurnStreamed
from spark_desktop.domain.words import say
from spark_desktop.services.answers import Answers
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import Clock, Endpoint
from spark_desktop.services.prompts import question_system
from spark_desktop.services.tasks import LatestTask, TaskScope

# The id of the thread that the events of quick answers name.
QUICK = "quick"
# Questions that are remembered.
KEPT = 200
_ANSWER_TOKENS = 1024


class QuickHistory(Protocol):
    """Earlier quick questions, across restarts."""

    async def recent(self) -> tuple[str, ...]:
        """Return them, oldest first, at most KEPT and none twice. Raises StoreError."""
        ...

    async def keep(self, question: str) -> None:
        """Add one at the end; what is beyond KEPT is dropped. Raises StoreError."""
        ...

    async def clear(self) -> None:
        """Forget all. Raises StoreError."""
        ...


class QuickService:
    """Answers one question at a time; another one ends the one before.

    ``keeps`` says whether the user wants questions to be remembered. Publishes TurnChanged and
    TurnStreamed with the thread QUICK.
    """

    def __init__(
        self,
        answers: Answers,
        history: QuickHistory,
        bus: Bus,
        clock: Clock,
        keeps: Callable[[], bool],
    ) -> None:
        self._answers = answers
        self._history = history
        self._bus = bus
        self._clock = clock
        self._keeps = keeps
        self._scope = TaskScope("quick answers")
        self._answering = LatestTask(self._scope)

    def warm(self) -> None:
        """Begin to prepare the answer, so that all is ready when the question is typed."""
        self._answers.warm(WorkKind.CHAT)

    async def ask(self, question: str) -> Turn:
        """Return the answered turn; stopped or failed it has what came of the answer.

        Raises SparkError for an empty question.
        """
        question = question.strip()
        if not question:
            raise SparkError(say("The question is empty."), say("Type one."))
        self.stop()
        self.warm()
        turn = Turn(uuid.uuid4().hex, question, "", TurnState.STREAMING, self._clock.now())
        answer = _Answer(self._published(turn))
        task = self._answering.start("answer", self._answer(answer))
        try:
            return self._published(await task)
        except asyncio.CancelledError:
            task.cancel()
            stopped = self._published(replace(answer.turn, state=TurnState.STOPPED))
            own = asyncio.current_task()
            if own is not None and own.cancelling():
                raise
            return stopped

    def stop(self) -> bool:
        """End the running answer; the engine stops with it. Return whether there was one."""
        return self._answering.cancel()

    async def remember(self, question: str) -> None:
        """Keep a question for later, unless the user does not want that. Raises StoreError."""
        if self._keeps():
            await self._history.keep(question.strip())

    async def history(self) -> tuple[str, ...]:
        """Return earlier questions, oldest first; none where none are kept. Raises StoreError."""
        return await self._history.recent() if self._keeps() else ()

    async def forget(self) -> None:
        """Forget every question that was kept. Raises StoreError."""
        await self._history.clear()

    async def close(self) -> None:
        """Stop the running answer."""
        await self._scope.close()

    async def _answer(self, answer: "_Answer") -> Turn:
        try:
            endpoint = await self._answers.endpoint_for(WorkKind.CHAT)
            answer.turn = self._published(replace(answer.turn, model=endpoint.model.id))
            async with endpoint.stream(_request(answer.turn, endpoint)) as chunks:
                async for chunk in chunks:
                    if isinstance(chunk, TextChunk):
                        answer.turn = replace(answer.turn, answer=answer.turn.answer + chunk.text)
                        self._bus.publish(TurnStreamed(QUICK, answer.turn.id, chunk.text))
                    elif isinstance(chunk, Answering):
                        named = replace(answer.turn, model=chunk.model, endpoint=chunk.endpoint)
                        answer.turn = self._published(named)
                    elif isinstance(chunk, Emulation):
                        answer.turn = self._published(replace(answer.turn, emulation=chunk))
                    elif isinstance(chunk, Finished):
                        answer.turn = _finished(answer.turn, chunk)
        except SparkError as error:
            return replace(answer.turn, state=TurnState.FAILED, error=error.told)
        return replace(answer.turn, state=TurnState.DONE)

    def _published(self, turn: Turn) -> Turn:
        self._bus.publish(TurnChanged(QUICK, turn))
        return turn


class _Answer:
    """The turn as far as it came, also where its task is cancelled."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn


def _finished(turn: Turn, end: Finished) -> Turn:
    return replace(
        turn,
        usage=end.usage,
        timing=end.timing,
        emulation=end.emulation,
        cost=end.cost,
    )


def _request(turn: Turn, endpoint: Endpoint) -> ChatRequest:
    messages = (question_system(), Message(Role.USER, turn.question))
    needed = sum(estimate_tokens(message.text) for message in messages) + _ANSWER_TOKENS
    if needed > endpoint.model.context:
        shorter = say("Shorten the question, or choose a model with a longer context.")
        raise ContextExceededError(needed, endpoint.model.context, shorter)
    return ChatRequest(messages, max_tokens=_ANSWER_TOKENS)
