"""Read several streams at once, as one."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import TypeVar

T = TypeVar("T")


async def merged(streams: Sequence[AsyncGenerator[T, None]]) -> AsyncGenerator[tuple[int, T], None]:
    """Yield the events of all streams as they come, each with the number of its stream.

    Of each stream at most one event is read ahead, so that a slow reader slows all of them. When
    one fails, its error rises; then, and when this is closed, all of them are closed.
    """
    if len(streams) == 1:
        # A task for every token would be paid for nothing.
        async with aclosing(streams[0]) as only:
            async for event in only:
                yield 0, event
        return
    waiting: dict[asyncio.Task[T | None], int] = {}
    try:
        for number, stream in enumerate(streams):
            waiting[_next(stream)] = number
        while waiting:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in sorted(done, key=waiting.__getitem__):
                following = task.result()
                number = waiting.pop(task)
                if following is not None:
                    waiting[_next(streams[number])] = number
                    yield number, following
    finally:
        await _close(list(waiting), streams)


def _next(stream: AsyncGenerator[T, None]) -> asyncio.Task[T | None]:
    async def read() -> T | None:
        return await anext(stream, None)

    return asyncio.create_task(read(), name="next event of one of several answers")


async def _close(
    reading: Sequence[asyncio.Task[T | None]], streams: Sequence[AsyncGenerator[T, None]]
) -> None:
    for task in reading:
        task.cancel()
    await asyncio.gather(*reading, return_exceptions=True)
    await asyncio.gather(*(stream.aclose() for stream in streams), return_exceptions=True)
