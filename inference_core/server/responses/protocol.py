"""What uvicorn speaks WebSocket with."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState

from inference_core.server.stalled_reader import AbortStalledReaders

if TYPE_CHECKING:
    from inference_core.server.connections import BoundedConfig

# RFC 6455: the server has too much to do; come again later.
_TRY_AGAIN_LATER = 1013


class SocketProtocol(AbortStalledReaders, WebSocketsSansIOProtocol):
    """uvicorn's own, which lets go of a client that neither reads nor leaves.

    The connection is told why first (Connection); who reads nothing does not read that either, and
    closing would wait for it. Pings of one who does not read are not answered: each answer would
    have to wait in memory. Where connections are short, the one over which nothing was said for
    longest makes room.
    """

    config: "BoundedConfig"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Join the row of those who say nothing."""
        super().connection_made(transport)
        self.config.room.wait(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave the row."""
        self.config.room.leave_row(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, and go to the end of the row."""
        self.config.room.wait(self)
        super().data_received(data)

    async def send(self, message: ASGISendEvent) -> None:
        """Send, and go to the end of the row: an answer is being written."""
        if not self.transport.is_closing():
            self.config.room.wait(self)
        await super().send(message)

    def handle_ping(self) -> None:
        """Answer, as long as answers are taken."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    def end(self) -> None:
        """Make room for another connection."""
        with suppress(InvalidState):  # it is being closed already
            self.conn.send_close(_TRY_AGAIN_LATER, "Others need the connection; open a new one.")
            self.transport.write(b"".join(self.conn.data_to_send()))
        self.transport.close()
