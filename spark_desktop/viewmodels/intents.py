"""Starts what the user asked for, and turns its failure into state."""

from collections.abc import Callable, Coroutine
from typing import Any

from spark_desktop.domain.errors import SparkError
from spark_desktop.services.tasks import TaskScope


class Intents:
    """Runs work in a scope; ``failed`` is called with the SparkError that ended it."""

    def __init__(self, scope: TaskScope, failed: Callable[[SparkError], None]) -> None:
        self._scope = scope
        self._failed = failed

    def start(self, name: str, work: Coroutine[Any, Any, Any]) -> None:
        """Run ``work``; other exceptions are programming errors, which the scope logs."""
        task = self._scope.start(name, self._guarded(work))
        # A task that is cancelled before its first step would leave the work unawaited.
        task.add_done_callback(lambda _task: work.close())

    def call(self, work: Callable[[], object]) -> None:
        """Do ``work`` at once."""
        try:
            work()
        except SparkError as error:
            self._failed(error)

    async def _guarded(self, work: Coroutine[Any, Any, Any]) -> None:
        try:
            await work
        except SparkError as error:
            self._failed(error)
