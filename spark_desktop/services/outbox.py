"""Questions on their way: kept before they are sent, asked one after the other."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from spark_desktop.domain.context_item import Question
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.errors import SparkError, StoreError
from spark_desktop.domain.events import QueueChanged
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import ComposerStore
from spark_desktop.services.tasks import TaskScope


class Answers(Protocol):
    """What answers a question."""

    async def answer(self, question: Question) -> Turn:
        """Return the turn, however it ended; raises SparkError where none could begin."""
        ...

    @property
    def is_stopping(self) -> bool:
        """Return whether the running answer was told to end and has not ended yet."""
        ...

    def stop(self) -> bool:
        """End the running answer; return whether there was one."""
        ...


class Outbox:
    """A held question waits for the user: it came back after a crash, or an answer before it broke.

    QueueChanged tells of every change.
    """

    def __init__(self, store: ComposerStore, chat: Answers, bus: Bus, scope: TaskScope) -> None:
        self._store = store
        self._chat = chat
        self._bus = bus
        self._scope = scope
        self._waiting: list[Question] = []
        self._held: set[str] = set()
        self._mine: set[str] = set()
        self._error = ""
        self._worker: asyncio.Task[None] | None = None
        self._redirects = False
        # What is to be asked at once, and what was asked after the answer was stopped.
        self._urgent: set[str] = set()
        self._after_stop: set[str] = set()

    @property
    def questions(self) -> tuple[Question, ...]:
        """Return the unsent questions in the order in which they will be asked."""
        return tuple(self._waiting)

    async def load(self) -> None:
        """Take back what was not sent when the program ended; it is held. Raises StoreError."""
        stored = await self._store.queued()
        # What was put meanwhile is known; it may be on its way already.
        kept = [question for question in stored if question.id not in self._mine]
        self._waiting = [*kept, *self._waiting]
        self._held |= {question.id for question in kept}
        self._mine |= self._held
        self._tell()

    async def put(self, question: Question, now: bool = False) -> None:
        """Keep the question, and ask it when its turn comes; ``now`` stops the answer before it.

        Raises StoreError, with nothing queued.
        """
        self._mine.add(question.id)
        await self._store.queue(question)
        if self._is_asking and self._chat.is_stopping:
            self._after_stop.add(question.id)
        if now:
            self._redirect_to(question)
        else:
            self._waiting.append(question)
        self._go()

    async def take(self, question_id: str) -> Question | None:
        """Return a question that is not sent, which is forgotten here; None for one that is."""
        found = next((one for one in self._waiting if one.id == question_id), None)
        if found is not None:
            self._waiting.remove(found)
            self._held.discard(question_id)
            self._tell()
            await self._store.unqueue(question_id)
        return found

    def ask_now(self, question_id: str) -> None:
        """Ask a waiting question next, stopping the running answer."""
        found = next((one for one in self._waiting if one.id == question_id), None)
        if found is None:
            return
        self._waiting.remove(found)
        self._held.discard(question_id)
        self._redirect_to(found)
        self._go()

    def release(self) -> None:
        """Ask what is held, too."""
        self._held.clear()
        self._error = ""
        self._go()

    async def discard(self) -> None:
        """Forget what is held. Raises StoreError."""
        held = [question for question in self._waiting if question.id in self._held]
        self._waiting = [question for question in self._waiting if question not in held]
        self._held.clear()
        self._error = ""
        self._tell()
        for question in held:
            await self._store.unqueue(question.id)

    def stop(self) -> bool:
        """Stop the running answer; what waits is held. Return whether there was one."""
        return self._chat.stop()

    async def idle(self) -> None:
        """Return when nothing is being asked."""
        while self._is_asking and self._worker is not None:
            await asyncio.wait({self._worker})

    @property
    def _is_asking(self) -> bool:
        return self._worker is not None and not self._worker.done()

    def _redirect_to(self, question: Question) -> None:
        # Behind what else is to be asked at once: the thread reads in the order of the typing.
        places = [n for n, one in enumerate(self._waiting, 1) if one.id in self._urgent]
        self._waiting.insert(max(places, default=0), question)
        self._urgent.add(question.id)
        self._redirects = (self._is_asking and self._chat.stop()) or self._redirects

    def _go(self) -> None:
        self._tell()
        if not self._is_asking and self._next() is not None:
            self._worker = self._scope.start("outbox", self._work())

    def _next(self) -> Question | None:
        return next((one for one in self._waiting if one.id not in self._held), None)

    async def _work(self) -> None:
        while (question := self._next()) is not None:
            self._waiting.remove(question)
            self._urgent.discard(question.id)
            self._error = ""
            self._tell()
            try:
                turn = await self._chat.answer(question)
            except SparkError as error:
                self._give_back(question, error)
                continue
            # Where this fails the next start finds the turn, and passes the row over.
            with suppress(StoreError):
                await self._store.unqueue(question.id)
            if turn.state is not TurnState.DONE and not self._redirects:
                self._hold([one for one in self._waiting if one.id not in self._after_stop])
            self._redirects = False
            self._after_stop.clear()

    def _give_back(self, question: Question, error: SparkError) -> None:
        # Nothing is lost: the user mends it, or sends it again.
        self._waiting.insert(0, question)
        self._error = error.told
        self._redirects = False
        self._hold(self._waiting)

    def _hold(self, questions: Sequence[Question]) -> None:
        self._held |= {question.id for question in questions}
        self._tell()

    def _tell(self) -> None:
        self._bus.publish(QueueChanged(self.questions, frozenset(self._held), self._error))
