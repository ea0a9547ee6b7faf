"""Blocking calls that may never return, one after the other, outside the loop's OS thread."""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class PatientThread:
    """Starts its OS thread with the first call; the program's end does not wait for it.

    ``asyncio.to_thread`` would keep the program from ending while one call hangs.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    async def call(self, job: Callable[[], T], seconds: float) -> T:
        """Return what ``job`` returns, or raise what it raises.

        Raises TimeoutError after ``seconds``; a job that had begun then goes on, and the next ones
        wait for it, while one that had not is never begun.
        """
        future: Future[T] = Future()
        self._jobs.put((future, job))
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        return await asyncio.wait_for(asyncio.wrap_future(future), seconds)

    def _run(self) -> None:
        while True:
            future, job = self._jobs.get()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(job())
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever asked
                future.set_exception(error)
            # What was done is not held until the next call comes.
            del future, job
