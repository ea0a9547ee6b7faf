"""Send the events of a response over HTTP, to a client that reads them."""

import asyncio
import json
from itertools import count

from starlette.types import Message, Send

from inference_core.server.responses.items import Json

# A reader that takes nothing for this long has hung up without saying so, or hangs itself.
STALL_S = 60.0

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
]


class SlowReaderError(Exception):
    """The client has not read anything for too long."""


class EventStream:
    """Server-sent events, each sent as soon as its reader has room for it.

    They are numbered from 0, as they leave. A reader may take nothing for ``stall_s`` seconds;
    then every method raises SlowReaderError.
    """

    def __init__(self, send: Send, stall_s: float = STALL_S) -> None:
        self._send = send
        self._stall_s = stall_s
        self._numbers = count()
        self.begun = False

    async def event(self, event: Json) -> None:
        """Send one event; the first one begins the stream."""
        if not self.begun:
            self.begun = True
            await self._write(
                {"type": "http.response.start", "status": 200, "headers": list(_HEADERS)}
            )
        data = event_text(event | {"sequence_number": next(self._numbers)})
        await self._body(f"event: {event['type']}\ndata: {data}\n\n".encode())

    async def end(self) -> None:
        """End the stream."""
        await self._body(b"", more=False)

    async def _body(self, data: bytes, more: bool = True) -> None:
        await self._write({"type": "http.response.body", "body": data, "more_body": more})

    async def _write(self, message: Message) -> None:
        try:
            async with asyncio.timeout(self._stall_s):
                await self._send(message)
        except TimeoutError as error:
            raise SlowReaderError from error


def event_text(event: Json) -> str:
    """Return an event as the one line of JSON that goes over the wire."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))
