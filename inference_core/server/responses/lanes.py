"""Lanes: what has the same name is done in order, different names beside each other."""

import asyncio
import re
from collections import deque
from collections.abc import Awaitable, Callable

from inference_core.server.fields import Fields
from inference_core.server.responses.errors import StreamIdError, StreamLimitError
from inference_core.server.responses.limits import SocketLimits

Job = Callable[[], Awaitable[None]]

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,256}")


class Lanes:
    """Does jobs in their lanes; None is the lane of those that name none.

    Owns the tasks that do them: ``close`` cancels and awaits them all.
    """

    def __init__(self, limits: SocketLimits) -> None:
        self._limits = limits
        self._waiting: dict[str | None, deque[tuple[Job, int]]] = {}
        self._bytes = 0
        self._tasks: dict[str | None, asyncio.Task[None]] = {}
        self._room = asyncio.Semaphore(limits.active_lanes)
        self._broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def submit(self, name: str | None, job: Job, size: int) -> None:
        """Do a job when those before it in its lane are done; ``size`` is its request's, in bytes.

        Raises StreamLimitError.
        """
        self._require_room(name, size)
        self._waiting.setdefault(name, deque()).append((job, size))
        self._bytes += size
        running = self._tasks.get(name)
        if running is None or running.done():
            task = asyncio.create_task(self._drain(name), name=f"lane {name!r}")
            self._tasks[name] = task
            task.add_done_callback(self._ended)

    async def broken(self) -> None:
        """Wait until a job fails for a fault of the core, and raise that; else wait for ever."""
        await asyncio.shield(self._broken)

    async def close(self) -> None:
        """Stop what runs and forget what waits; everything has ended when this returns."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._waiting.clear()
        self._broken.cancel()

    def _require_room(self, name: str | None, size: int) -> None:
        limits = self._limits
        known = len([each for each in self._waiting if each is not None])
        if name is not None and name not in self._waiting and known >= limits.named_lanes:
            raise StreamLimitError(
                f"A connection has at most {limits.named_lanes} named streams.",
                "Use one of its names again, or open another connection.",
            )
        if len(self._waiting.get(name, ())) >= limits.lane_queue:
            raise StreamLimitError(
                f"{limits.lane_queue} requests wait in this stream already.",
                "Wait for the end of one of them.",
            )
        if self._bytes + size > limits.queued_bytes:
            raise StreamLimitError(
                f"Requests of more than {limits.queued_bytes} bytes wait on this connection.",
                "Wait for the end of one of them.",
            )

    async def _drain(self, name: str | None) -> None:
        waiting = self._waiting[name]
        while waiting:
            async with self._room:
                job, size = waiting.popleft()
                self._bytes -= size
                await job()

    def _ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or self._broken.done():
            return
        error = task.exception()
        if error is not None:
            self._broken.set_exception(error)


def read_lane(fields: Fields) -> str | None:
    """Return the lane that a request names, None if it names none. Raises StreamIdError."""
    name = fields.data.get("stream_id")
    if name is None:
        return None
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        raise StreamIdError
    return name
