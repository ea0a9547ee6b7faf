"""How much one WebSocket connection may have of everything."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from inference_core.server.answering import STALL_S
from inference_core.server.body import BODY_LIMIT_BYTES


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """The bounds of a connection; those that OpenAI documents have its numbers.

    ``lifetime_s``: how long it lives, in seconds of ``sleep``. ``active_lanes`` work at a time,
    further ones wait; ``named_lanes`` may have a name. ``lane_queue`` requests wait in a lane,
    ``queued_bytes`` in all. ``frame_bytes`` as for a body over HTTP. ``outbox`` events wait for
    the reader, who may take nothing for ``stall_s``; then he has ``goodbye_s`` to take the close.
    ``kept_responses`` in ``kept_bytes`` can be continued though nobody stored them.
    ``steers`` may wait for one response, and for the outputs of calls in all.
    """

    lifetime_s: float = 3600.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    active_lanes: int = 16
    named_lanes: int = 32
    lane_queue: int = 64
    queued_bytes: int = 32 * 1024 * 1024
    frame_bytes: int = BODY_LIMIT_BYTES
    outbox: int = 32
    stall_s: float = STALL_S
    goodbye_s: float = 5.0
    kept_responses: int = 64
    kept_bytes: int = 8 * 1024 * 1024
    steers: int = 16


DEFAULT_LIMITS = SocketLimits()
