"""Server-sent events over ASGI, to a reader that may be slow but not asleep."""

import asyncio
import json
import time

from starlette.types import Message, Send

from inference_core.server.answers import Json

# During a long prompt a comment line this often keeps readers with a time-out from giving up.
_KEEP_ALIVE_S = 5.0

_SSE_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
]


class ReaderStalledError(Exception):
    """The client is connected but reads nothing; its answer would have to wait in memory."""


def within(send: Send, stall_s: float) -> Send:
    """Return ``send``, which raises ReaderStalledError where nothing was taken for ``stall_s``.

    The server's own ``send`` waits while the connection's buffer is full, so that the engine waits
    too; this ends the wait of a slot for somebody who has gone to sleep.
    """

    async def send_within(message: Message) -> None:
        try:
            async with asyncio.timeout(stall_s):
                await send(message)
        except TimeoutError as error:
            raise ReaderStalledError from error

    return send_within


class EventStream:
    """The events of one response."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._last = time.monotonic()
        self.begun = False

    async def begin(self) -> None:
        """Send the status and the headers."""
        self.begun = True
        await self._send(
            {"type": "http.response.start", "status": 200, "headers": list(_SSE_HEADERS)}
        )

    async def data(self, chunk: Json, name: str = "") -> None:
        """Send one event, with its name where its kind of stream has names."""
        text = json.dumps(chunk, ensure_ascii=False, separators=(",", ":"))
        await self._write(f"event: {name}\ndata: {text}\n\n" if name else f"data: {text}\n\n")

    async def keep_alive(self) -> None:
        """Send a comment, if nothing has been sent for a while."""
        if time.monotonic() - self._last >= _KEEP_ALIVE_S:
            await self._write(":\n\n")

    async def end(self, *, done: bool) -> None:
        """End the response, with the mark of a complete one if it is ``done``."""
        if done:
            await self._write("data: [DONE]\n\n")
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _write(self, text: str) -> None:
        self._last = time.monotonic()
        body = text.encode("utf-8")
        await self._send({"type": "http.response.body", "body": body, "more_body": True})
