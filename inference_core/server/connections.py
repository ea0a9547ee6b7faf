"""The connections of the HTTP server: how many there are, and how long they may say nothing.

uvicorn waits for the head of a first request for as long as its client likes, and answers a client
too many in a shape of its own. This protocol bounds both.
"""

import asyncio
from collections.abc import Collection
from typing import Any, Protocol, cast

import h11
import uvicorn
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from inference_core.domain.errors import CoreError, RequestError
from inference_core.server.limits import DEFAULT_LIMITS, Limits
from inference_core.server.problems import error_response
from inference_core.server.refusals import TooManyConnectionsError
from inference_core.server.responses.protocol import SocketProtocol
from inference_core.server.stalled_reader import AbortStalledReaders

_HEAD_TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"

# The extension of a scope that closes its connection at once.
ABORT = "spark.abort"

# uvicorn's side of a connection while it owes an answer.
_ANSWERING = (h11.SEND_RESPONSE, h11.SEND_BODY)


class Waiting(Protocol):
    """A connection without a request: an idle one, or a WebSocket over which nothing comes."""

    def end(self) -> None:
        """Close it."""
        ...


class Connections:
    """How many connections there are, and who waits without a request; for the event loop only.

    WebSockets are in the row as well: what is said over one puts it at the row's end.

    ``made_room`` counts those that were closed for others, ``refused`` requests that found no room,
    ``late`` connections whose client did not say in time what it wants.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self.limits = limits
        self.made_room = 0
        self.refused = 0
        self.late = 0
        # uvicorn's own set, known from the first connection on; WebSockets are in it, too.
        self._all: Collection[object] = ()
        # Longest first: a dictionary keeps the order in which they came.
        self._waiting: dict[Waiting, None] = {}

    @property
    def open(self) -> int:
        """How many connections there are."""
        return len(self._all)

    def enter(self, connection: "BoundedProtocol") -> bool:
        """Take a new connection in; False where there is no room for what it will ask.

        Somebody who has nothing to ask makes room, if there is one.
        """
        self._all = connection.connections
        has_room = self.open <= self.limits.connections or self._make_room()
        self.wait(connection)
        return has_room

    def wait(self, connection: Waiting) -> None:
        """Note that a connection has no request; it goes to the end of the row."""
        self._waiting.pop(connection, None)
        self._waiting[connection] = None

    def leave_row(self, connection: Waiting) -> None:
        """Note that a connection has a request, or is gone."""
        self._waiting.pop(connection, None)

    def _make_room(self) -> bool:
        if not self._waiting:
            return False
        longest = next(iter(self._waiting))
        self.leave_row(longest)
        longest.end()
        self.made_room += 1
        return True


class BoundedConfig(uvicorn.Config):
    """uvicorn's settings for an application whose connections are bounded."""

    def __init__(self, app: ASGIApp, connections: Connections, grace_s: int) -> None:
        limits = connections.limits
        super().__init__(
            cast(Any, app),  # starlette and uvicorn have types of their own for the same thing
            http=BoundedProtocol,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=grace_s,
            timeout_keep_alive=round(limits.idle_s),
            h11_max_incomplete_event_size=limits.head_bytes,
            ws=SocketProtocol,
            ws_max_size=limits.frame_bytes,
            # On loopback, compressing costs more than it saves.
            ws_per_message_deflate=False,
        )
        self.room = connections


class BoundedProtocol(AbortStalledReaders, H11Protocol):
    """One connection, whose client must say in time what it wants; for a BoundedConfig."""

    config: BoundedConfig

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._room = self.config.room
        self._deadline: asyncio.TimerHandle | None = None
        self._has_said = False
        self._has_room = self._room.enter(self)
        self.app = self._abortable(self.app) if self._has_room else self._refuse
        self._begin_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._room.leave_row(self)
        self._end_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came.

        Neither a head that comes in drips nor a body that its answer did not wait for gets more
        time for each of its pieces.
        """
        self._has_said = True
        super().data_received(data)
        if self.transport.is_closing() or self.transport.get_protocol() is not self:
            return
        if self.conn.our_state in _ANSWERING:
            self._room.leave_row(self)
            self._end_deadline()
        else:
            self._begin_deadline()

    def on_response_complete(self) -> None:
        """Wait for the next request, unless it has been sent already."""
        super().on_response_complete()
        if self.conn.our_state not in _ANSWERING:
            self._has_said = False
            self._room.wait(self)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hand the connection over, if there is room for it."""
        self._end_deadline()
        self._room.leave_row(self)
        if self._has_room:
            super().handle_websocket_upgrade(event)
        else:
            self._say(self._no_room())

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, in the shape of every error."""
        limit = self._room.limits.head_bytes
        self._say(
            RequestError(
                f"The request is no valid HTTP, or its head has more than {limit} bytes.",
                code="bad_http",
            )
        )

    def timeout_keep_alive_handler(self) -> None:
        """End a connection that has been idle for long enough."""
        self.end()

    def end(self) -> None:
        """Close the connection; what a client has not read in all that time, it does not get."""
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()

    def _begin_deadline(self) -> None:
        if self._deadline is None:
            seconds = self._room.limits.head_s
            self._deadline = self.loop.call_later(seconds, self._on_deadline)

    def _end_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _on_deadline(self) -> None:
        self._deadline = None
        self._room.late += 1
        if self._has_said and self.conn.our_state is h11.IDLE:
            self.transport.write(_HEAD_TOO_LATE)
        self.end()

    def _say(self, error: CoreError) -> None:
        """Answer from here, without the application, and close."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            response = _last_response(error)
            head = h11.Response(status_code=response.status_code, headers=response.raw_headers)
            for event in (head, h11.Data(data=bytes(response.body)), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _no_room(self) -> TooManyConnectionsError:
        self._room.refused += 1
        return TooManyConnectionsError(self._room.limits.connections)

    def _abortable(self, app: ASGIApp) -> ASGIApp:
        async def call(scope: Scope, receive: Receive, send: Send) -> None:
            extensions = (scope.get("extensions") or {}) | {ABORT: self.transport.abort}
            await app({**scope, "extensions": extensions}, receive, send)

        return call

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _last_response(self._no_room())(scope, receive, send)


def _last_response(error: CoreError) -> Response:
    response = error_response(error)
    response.headers["Connection"] = "close"
    return response
