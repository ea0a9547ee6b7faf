"""One open WebSocket over which responses are asked for, one after the other."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import suppress

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from spark_desktop.adapters.answer_stream import half_a_character
from spark_desktop.adapters.json_fields import Json
from spark_desktop.adapters.responses_memory import ServerMemory
from spark_desktop.adapters.silence import Silence
from spark_desktop.adapters.sse import SseEvent
from spark_desktop.domain.errors import (
    AnswerTooLargeError,
    EndpointError,
    EndpointRejectedError,
    EndpointUnreachableError,
)
from spark_desktop.domain.words import say

_AGAIN = say("Try again in a moment.")
# Servers answer a close at once; one that does not is not waited for.
_GOODBYE_S = 1.0
# Of one answer, as over HTTP.
_MOST_EVENTS = 2_000_000
# RFC 6455: a message is larger than the other side takes.
_TOO_BIG = 1009


class ConnectionLostError(EndpointUnreachableError):
    """The connection was closed by the server, or broke."""


class ResponsesConnection:
    """Owns the socket. ``memory`` is what its server knows; it ends with the connection.

    ``opened_at`` is in seconds by the caller's clock, ``took`` is what the opening took.
    """

    def __init__(
        self, socket: ClientConnection, silence: Silence, title: str, opened_at: float, took: float
    ) -> None:
        self._socket = socket
        self._silence = silence
        self._title = title
        self.opened_at = opened_at
        self.took = took
        self.memory = ServerMemory()
        # How many were asked before; the first may meet a gateway that opens sockets in vain.
        self.asked = 0

    @property
    def is_open(self) -> bool:
        """Return whether nobody has closed it, as far as is known here."""
        return self._socket.state is State.OPEN

    async def events(self, message: Json) -> AsyncGenerator[SseEvent, None]:
        """Ask, and yield what comes, for as long as it is iterated.

        Raises ConnectionLostError, else EndpointError.
        """
        self.asked += 1
        since = asyncio.get_running_loop().time()
        data = _encoded(message)
        try:
            async with self._silence.limit(since):
                await self._socket.send(data, text=True)
            for _ in range(_MOST_EVENTS):
                async with self._silence.limit(since):
                    text = await self._socket.recv(decode=True)
                self._silence.broken()
                yield SseEvent(text)
                # Counted from here, as the reader may have taken its time.
                since = asyncio.get_running_loop().time()
        except TimeoutError as error:
            raise self._silent() from error
        except ConnectionClosed as error:
            raise self._closed(error) from error
        raise AnswerTooLargeError(
            say(
                "The model's server sent more than {count:,} events and did not stop.",
                count=_MOST_EVENTS,
            ),
            say("Try again; if it stays so, ask who runs the server."),
        )

    async def close(self) -> None:
        """Close at once; what the server works on for us, it stops."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE_S):
                await self._socket.close()
        self._socket.transport.abort()

    def _silent(self) -> EndpointUnreachableError:
        return EndpointUnreachableError(
            say(
                "{title} said nothing for {seconds:g} s.",
                title=self._title,
                seconds=self._silence.seconds,
            ),
            _AGAIN,
        )

    def _closed(self, error: ConnectionClosed) -> EndpointError:
        # Whoever closes first says why; the other one repeats it.
        first = error.rcvd if error.rcvd_then_sent else error.sent
        is_too_big = first is not None and first.code == _TOO_BIG
        if is_too_big and not error.rcvd_then_sent:
            return AnswerTooLargeError(
                say("{title} sent a message that is too large to be read.", title=self._title),
                say("Try again; if it stays so, ask who runs the server."),
            )
        if is_too_big:
            return EndpointRejectedError(
                say("The request is larger than {title} takes.", title=self._title),
                say("Select a smaller region, or take files out of the question."),
            )
        return ConnectionLostError(
            say("{title} broke off the connection.", title=self._title), _AGAIN
        )


def _encoded(message: Json) -> bytes:
    try:
        return json.dumps(message, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise half_a_character() from error
