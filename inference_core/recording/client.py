"""The client's side of an exchange: what it sends, and work that lasts only while it listens."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

from starlette.types import Receive, Scope

from inference_core.domain.errors import BodyTooLargeError, RequestError
from inference_core.recording.exchange import End, Headers

# Pictures and long contexts; a model server takes less.
_BODY_BYTES = 64 * 2**20


class ClientGoneError(Exception):
    """The client left before it had sent its request; nobody waits for an answer."""


def target_of(scope: Scope) -> str:
    """Return the path with its query, as on the wire. Raises RequestError for what is no path."""
    path: str = scope["raw_path"].decode("latin-1")
    if not path.startswith("/"):
        raise RequestError("The request names no path of this server.", code="no_path")
    query: str = scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path


def headers_of(scope: Scope) -> Headers:
    """Return the request's headers; their names are in lower case."""
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]
    )


def raw_headers(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Return headers as ASGI and httpx take them."""
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]


async def body_of(receive: Receive) -> bytes:
    """Return the request's body. Raises ClientGoneError, and RequestError for one too large."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        body += message.get("body", b"")
        if len(body) > _BODY_BYTES:
            raise BodyTooLargeError(_BODY_BYTES)
        if not message.get("more_body", False):
            return bytes(body)


async def while_wanted(
    receive: Receive, closing: asyncio.Event, work: Coroutine[Any, Any, End]
) -> End:
    """Return what ``work`` returns; where the client leaves or we end, cancel it and say that.

    The request's body must have been read: whatever ``receive`` then brings is the disconnect.
    Raises what the work raises.
    """
    task = asyncio.create_task(work, name="an exchange")
    gone = asyncio.create_task(_disconnected(receive), name="client's disconnect")
    ending = asyncio.create_task(closing.wait(), name="our end")
    try:
        await asyncio.wait({task, gone, ending}, return_when=asyncio.FIRST_COMPLETED)
        left = gone.done()
    finally:
        for each in (task, gone, ending):
            each.cancel()
        await asyncio.gather(task, gone, ending, return_exceptions=True)
    if task.cancelled():
        return End.CLIENT_LEFT if left else End.STOPPED
    return task.result()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
