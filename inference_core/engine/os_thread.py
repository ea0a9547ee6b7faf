"""Run blocking work beside the event loop, in an OS thread that never holds up the exit."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Generic, Self, TypeVar

T = TypeVar("T")


class _Outcome(Generic[T]):
    """Carries the result, or whatever was raised, from the OS thread to the one who awaits."""

    def __init__(self) -> None:
        self.future: Future[T] = Future()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if error is not None:
            self.future.set_exception(error)
        return True


async def in_os_thread(work: Callable[[], T], name: str) -> T:
    """Return what ``work`` returns, or raise what it raises, without blocking the loop.

    The thread is a daemon: asyncio's own pool is joined at exit, so a process that is told to end
    during a download or a load would wait for it. Cancelling the caller leaves the thread to
    finish by itself, its result unused.
    """
    outcome: _Outcome[T] = _Outcome()

    def run() -> None:
        with outcome:
            outcome.future.set_result(work())

    threading.Thread(target=run, name=name, daemon=True).start()
    return await asyncio.shield(asyncio.wrap_future(outcome.future))
