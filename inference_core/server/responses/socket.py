"""``/v1/responses`` over a WebSocket: one open connection, and only new input per turn."""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from inference_core.domain.errors import CoreError, RequestError
from inference_core.server.body import parse_fields
from inference_core.server.event_stream import ReaderStalledError
from inference_core.server.responses.dialogue import Dialogue, fault_error
from inference_core.server.responses.errors import ConnectionLimitError
from inference_core.server.responses.frames import refusal
from inference_core.server.responses.lanes import Lanes, read_lane
from inference_core.server.responses.limits import SocketLimits
from inference_core.server.responses.outbox import Outbox
from inference_core.server.responses.requests import read_request
from inference_core.server.responses.store import ResponseStore
from inference_core.server.service import Service

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Goodbye:
    """Why a connection is closed: a code of RFC 6455 and a reason for people."""

    code: int
    reason: str


_FAULT = _Goodbye(1011, "The core failed; see its log.")
_TOO_BIG = _Goodbye(1009, "A message is larger than this core reads.")
_TOO_OLD = _Goodbye(1001, "The connection has reached its limit; open a new one.")
_CLOSING = _Goodbye(1001, "The core is closing down.")
_SLOW = _Goodbye(1013, "Nobody has read what was sent; open a new connection.")


class Connection:
    """One client's WebSocket; when it ends, whatever it asked for is stopped."""

    def __init__(
        self, service: Service, store: ResponseStore, websocket: WebSocket, limits: SocketLimits
    ) -> None:
        self._service = service
        self._websocket = websocket
        self._limits = limits
        self._outbox = Outbox(websocket, limits)
        self._lanes = Lanes(limits)
        self._dialogue = Dialogue(service, store, self._outbox, limits)

    async def serve(self) -> None:
        """Answer until the client leaves, the core ends, or a limit is reached."""
        with self._service.activity.request():
            await self._websocket.accept()
            goodbye: _Goodbye | None = _FAULT
            try:
                goodbye = await _first(
                    self._read(), self._write(), self._expire(), self._core_ends(), self._broken()
                )
            except WebSocketDisconnect:
                goodbye = None
            except asyncio.CancelledError:
                goodbye = _CLOSING
                raise
            finally:
                await self._lanes.close()
                if goodbye is not None:
                    await self._close(goodbye)

    async def _read(self) -> _Goodbye | None:
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                return None
            text = message.get("text")
            if text is None:
                await self._refuse(_binary_error(), None)
                continue
            data = text.encode("utf-8")
            if len(data) > self._limits.frame_bytes:
                return _TOO_BIG
            await self._take(data)

    async def _take(self, data: bytes) -> None:
        lane: str | None = None
        try:
            fields = await parse_fields(data)
            kind = fields.choice("type", ("response.create", "response.steer"))
            if kind == "response.steer":
                await self._dialogue.steer(fields)
                return
            lane = read_lane(fields)
            request = read_request(fields, self._service.model)
            self._lanes.submit(lane, partial(self._dialogue.run, request, lane), len(data))
        except CoreError as error:
            await self._refuse(error, lane)
        except Exception as fault:  # noqa: BLE001 - logged and told
            # The answers that are being written in the lanes have no part in it.
            _log.exception("a message of a WebSocket could not be taken")
            await self._refuse(fault_error(fault), lane)

    async def _refuse(self, error: CoreError, lane: str | None) -> None:
        await self._outbox.put(refusal(error, lane))

    async def _write(self) -> _Goodbye | None:
        try:
            await self._outbox.run()
        except ReaderStalledError:
            _log.warning("closing a WebSocket that its client does not read")
        return _SLOW

    async def _expire(self) -> _Goodbye:
        await self._limits.sleep(self._limits.lifetime_s)
        await self._refuse(ConnectionLimitError(round(self._limits.lifetime_s / 60)), None)
        await self._outbox.flushed()
        return _TOO_OLD

    async def _core_ends(self) -> _Goodbye:
        await self._service.activity.closing.wait()
        return _CLOSING

    async def _broken(self) -> _Goodbye:
        await self._lanes.broken()
        return _FAULT

    async def _close(self, goodbye: _Goodbye) -> None:
        """Say why; a reader that takes nothing does not take this either, and is left."""
        with suppress(TimeoutError, WebSocketDisconnect):
            async with asyncio.timeout(self._limits.goodbye_s):
                await self._websocket.close(goodbye.code, goodbye.reason)


def _binary_error() -> RequestError:
    return RequestError(
        "Messages must be text, not binary.", code="invalid_message", next_step="Send JSON as text."
    )


async def _first(*ways: Coroutine[Any, Any, _Goodbye | None]) -> _Goodbye | None:
    """Return, or raise, what the first of them does; the others are cancelled."""
    tasks = [asyncio.create_task(way) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        ended = next(task for task in tasks if task.done())
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return ended.result()
