"""Doubts answers that are shown already, and ends that where nobody waits for it any more."""

import asyncio

from spark_desktop.domain.completion import ChatRequest
from spark_desktop.domain.conversation import Turn
from spark_desktop.services.ports import Endpoint
from spark_desktop.services.second_opinion import doubt_of
from spark_desktop.services.tasks import TaskScope


class Doubting:
    """The questions that are asked again, each a task in ``scope``."""

    def __init__(self, scope: TaskScope) -> None:
        self._scope = scope
        # Of each turn its thread and its task.
        self._tasks: dict[str, tuple[str, asyncio.Task[str]]] = {}

    async def doubt(
        self, thread_id: str, turn: Turn, asked: tuple[Endpoint, ChatRequest] | None
    ) -> str:
        """Return why the turn's answer should not be relied on; "" also where this was stopped."""
        if asked is None or not self._scope.can_start:
            return ""
        work = doubt_of(*asked, turn.question, turn.answer)
        task = self._scope.start("doubt", work)
        self._tasks[turn.id] = thread_id, task
        try:
            # Cancelling the one who waits ends the task; the task's own end only means no doubt.
            await asyncio.wait({task})
            return "" if task.cancelled() else task.result()
        finally:
            if self._tasks.get(turn.id) == (thread_id, task):
                del self._tasks[turn.id]
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def stop(self, *, turn_id: str | None = None, thread_id: str | None = None) -> bool:
        """End the doubting of a turn, of a thread's turns, or of all; return whether any was."""
        found = [
            task
            for turn, (thread, task) in self._tasks.items()
            if turn_id in (None, turn) and thread_id in (None, thread)
        ]
        ended = [task.cancel() for task in found if not task.cancelling()]
        return any(ended)
