"""How much of everything a connection may have, and how long it may take."""

from dataclasses import dataclass

from inference_core.server.body import BODY_LIMIT_BYTES


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the HTTP server; those of a WebSocket's life are SocketLimits.

    ``connections``: each takes a descriptor, of which a process often has 1,024; editors, agents
    and browsers on one machine have a few dozen. Beyond it, whoever waits longest without a
    request makes room; when all have one, a new request is told to come back.
    ``head_bytes``: browsers send less than 16 KiB.
    ``head_s``: from the first byte, or the connection, to the end of a request's head. On loopback
    that is a millisecond, over a bad radio link a second.
    ``body_s``: the whole of a body; 8 MiB take less than that at 0.3 MB/s.
    ``idle_s``: a connection without a request. Longer than the 5 s for which clients keep theirs:
    who closes first decides whether a request can be lost.
    ``frame_bytes``: a WebSocket message is a body.
    """

    connections: int = 256
    head_bytes: int = 64 * 1024
    head_s: float = 10.0
    body_s: float = 30.0
    idle_s: float = 15.0
    frame_bytes: int = BODY_LIMIT_BYTES


DEFAULT_LIMITS = Limits()
