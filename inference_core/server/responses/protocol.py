"""What uvicorn speaks WebSocket with."""

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from inference_core.server.stalled_reader import AbortStalledReaders


class SocketProtocol(AbortStalledReaders, WebSocketsSansIOProtocol):
    """uvicorn's own, which lets go of a client that neither reads nor leaves.

    The connection is told why first (Connection); who reads nothing does not read that either, and
    closing would wait for it.
    """
