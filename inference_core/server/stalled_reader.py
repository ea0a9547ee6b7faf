"""Close the connections of clients that have gone to sleep with an answer on its way."""

import asyncio
import logging

from inference_core.server.answering import STALL_S

_log = logging.getLogger(__name__)

# After the answer itself has given up, which frees its slot and says so in the log.
_MARGIN_S = 2.0


class AbortStalledReaders(asyncio.Protocol):
    """Mixed into a server's protocol, before it: aborts a connection whose reader takes nothing.

    Closing is not enough: a closed connection waits until its buffer is sent, which for a client
    that reads nothing is never, so that each would keep its buffer and its file descriptor.
    """

    stall_s = STALL_S + _MARGIN_S

    _connection: asyncio.BaseTransport | None = None
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        self._connection = transport
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_timer()
        self._connection = None
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Begin to count: the buffer is full, and sending waits."""
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self.stall_s, self._abort)
        super().pause_writing()

    def resume_writing(self) -> None:
        """Stop counting: the reader took something."""
        self._stop_timer()
        super().resume_writing()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _abort(self) -> None:
        if isinstance(self._connection, asyncio.WriteTransport):
            _log.warning("a client read nothing for %g s: connection aborted", self.stall_s)
            self._connection.abort()
