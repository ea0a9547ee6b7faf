"""Do work for a client only as long as the client is there."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.types import Receive

T = TypeVar("T")


class ClientGoneError(Exception):
    """The client left, or the core ends; nobody waits for an answer."""


async def while_connected(
    receive: Receive, closing: asyncio.Event, work: Coroutine[Any, Any, T]
) -> T:
    """Return what ``work`` returns; cancel it at once if the client leaves or the core ends.

    The request's body must have been read: whatever ``receive`` then brings is the disconnect.
    Raises ClientGoneError when it was cut short, else what the work raises.
    """
    task = asyncio.create_task(work, name="work for a client")
    gone = asyncio.create_task(_disconnected(receive), name="client's disconnect")
    ending = asyncio.create_task(closing.wait(), name="core's end")
    try:
        await asyncio.wait({task, gone, ending}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in (task, gone, ending):
            each.cancel()
        await asyncio.gather(task, gone, ending, return_exceptions=True)
    if task.cancelled():
        raise ClientGoneError
    return task.result()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
