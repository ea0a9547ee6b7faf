"""What a connection has to say, one event after the other, to a reader who may be slow."""

import asyncio
import json
from collections.abc import Iterator

from starlette.websockets import WebSocket

from inference_core.server.event_stream import within
from inference_core.server.responses.items import Json
from inference_core.server.responses.limits import SocketLimits


class Outbox:
    """A few events that wait to be sent: who has more to say waits, and the engine with it."""

    def __init__(self, websocket: WebSocket, limits: SocketLimits) -> None:
        self._websocket = websocket
        self._stall_s = limits.stall_s
        self._events: asyncio.Queue[tuple[Json, Iterator[int] | None]] = asyncio.Queue(
            limits.outbox
        )

    async def put(self, event: Json, numbers: Iterator[int] | None = None) -> None:
        """Have an event sent as soon as there is room; ``numbers`` gives it the next number.

        Numbers are given when events leave, so that they rise in the order of the wire whoever
        puts events of one response in.
        """
        await self._events.put((event, numbers))

    async def flushed(self) -> None:
        """Wait until everything is sent."""
        await self._events.join()

    async def run(self) -> None:
        """Send for as long as somebody reads.

        Raises ReaderStalledError where nobody reads for too long, WebSocketDisconnect where the
        client is gone.
        """
        send = within(self._websocket.send, self._stall_s)
        while True:
            event, numbers = await self._events.get()
            if numbers is not None:
                event = event | {"sequence_number": next(numbers)}
            text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
            await send({"type": "websocket.send", "text": text})
            self._events.task_done()
