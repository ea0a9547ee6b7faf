"""What uvicorn speaks WebSocket with."""

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from inference_core.server.stalled_reader import AbortStalledReaders


class SocketProtocol(AbortStalledReaders, WebSocketsSansIOProtocol):
    """uvicorn's own, which lets go of a client that neither reads nor leaves.

    The connection is told why first (Connection); who reads nothing does not read that either, and
    closing would wait for it. Pings of one who does not read are not answered: each answer would
    have to wait in memory.
    """

    def handle_ping(self) -> None:
        """Answer, as long as answers are taken."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()
