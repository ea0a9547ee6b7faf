"""Owners of tasks: no task runs without a scope that cancels and awaits it."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_log = logging.getLogger(__name__)


async def to_end(work: Coroutine[Any, Any, T]) -> T:
    """Return what ``work`` returns; it is not broken off where the caller is cancelled.

    The cancellation is raised once the work has ended. Only the end of the loop ends it early.
    """
    task = asyncio.get_running_loop().create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        return task.result()
    if not task.cancelled() and (failed := task.exception()) is not None:
        _log.error("what a cancelled caller had begun failed", exc_info=failed)
    raise cancelled


class TaskScope:
    """Owns the tasks started in it; ``close`` cancels and awaits them all."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    @property
    def can_start(self) -> bool:
        """Return whether tasks can be started: the scope is open, and a loop runs."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return False
        return not self._closed

    def start(self, name: str, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run ``work``; an exception that nobody awaits is logged once, with its name.

        Raises RuntimeError where the scope is closed already.
        """
        if self._closed:
            work.close()
            raise RuntimeError(f"{name} was started after {self._name} was closed")
        task = asyncio.get_running_loop().create_task(work, name=f"{self._name}.{name}")
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def close(self) -> None:
        """Cancel and await every task; nothing can be started afterwards."""
        self._closed = True
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("%s failed", task.get_name(), exc_info=error)


class LatestTask:
    """Keeps one task: starting another cancels the one before."""

    def __init__(self, scope: TaskScope) -> None:
        self._scope = scope
        self._task: asyncio.Task[Any] | None = None

    @property
    def running(self) -> bool:
        """Return whether the task has not ended."""
        return self._task is not None and not self._task.done()

    def start(self, name: str, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Cancel the running task, if any, and run ``work``."""
        self.cancel()
        self._task = self._scope.start(name, work)
        return self._task

    def cancel(self) -> bool:
        """Ask the running task to end; return whether there was one."""
        return self._task is not None and self._task.cancel()
