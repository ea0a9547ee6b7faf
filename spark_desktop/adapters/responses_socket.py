"""OpenAI's Responses over one WebSocket that stays open: each turn sends only what is new.

One answer at a time: what is asked meanwhile goes by HTTP. Lanes on one connection (``stream_id``)
would do it as well, but servers beside OpenAI and our core do not know them, and a stop could then
not be the closing of the connection, which is the one way to stop that the protocol has.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass

from websockets.asyncio.client import ClientConnection

from spark_desktop.adapters.answer_reading import chunks_in
from spark_desktop.adapters.json_fields import Json
from spark_desktop.adapters.remote_model import chat_of
from spark_desktop.adapters.responses_answer import ResponsesAnswer
from spark_desktop.adapters.responses_connection import ConnectionLostError, ResponsesConnection
from spark_desktop.adapters.responses_endpoint import ResponsesEndpoint
from spark_desktop.adapters.responses_wire import body_of
from spark_desktop.adapters.silence import Silence
from spark_desktop.adapters.sse import SseEvent
from spark_desktop.adapters.stop_texts import StopTexts
from spark_desktop.domain.completion import ChatRequest, Chunk, Finished, ModelInfo, Request
from spark_desktop.domain.endpoints import EndpointSpec
from spark_desktop.domain.errors import (
    EndpointError,
    EndpointRejectedError,
    EndpointUnreachableError,
    ProxyFailedError,
)
from spark_desktop.domain.words import say

_log = logging.getLogger(__name__)

# Servers end a connection after 60 minutes, also in the middle of an answer.
_LIFETIME_S = 55 * 60.0
# How long a server, or a proxy on the way, that opens no WebSocket is not asked for one again.
_HTTP_ONLY_S = 600.0
_UNKNOWN_PARENT = "previous_response_not_found"
_TOO_OLD = "websocket_connection_limit_reached"


@dataclass(frozen=True, slots=True)
class _Asked:
    events: AsyncIterator[SseEvent]
    connect: float | None


class SocketResponsesEndpoint:
    """Streams answers of one model; ``fallback`` does it where no WebSocket can be opened.

    ``open_socket`` opens one to the spec's ``/responses`` (``network_socket.open_socket``).
    ``silence`` is how many seconds a server may send no event in any answer.
    """

    def __init__(
        self,
        open_socket: Callable[[], Awaitable[ClientConnection]],
        fallback: ResponsesEndpoint,
        spec: EndpointSpec,
        *,
        silence: float = 120.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open_socket = open_socket
        self._fallback = fallback
        self._spec = spec
        self._silence = Silence(silence)
        self._now = now
        self._connection: ResponsesConnection | None = None
        self._turn = asyncio.Lock()
        # The thread of a warm-up that nobody waits for yet.
        self._warming: str | None = None
        self._http_until = float("-inf")
        self._is_closed = False

    @property
    def model(self) -> ModelInfo:
        """Return what answers, and what it can do."""
        return self._fallback.model

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[AsyncIterator[Chunk]]:
        """Open the answer; leaving the context before its end closes the connection at once.

        The last chunk is Finished. Opening and iterating raise EndpointError.
        """
        chat, started = chat_of(request, self._spec), self._now()
        if self._turn.locked() and self._warming != chat.thread:
            async with self._fallback.stream(chat) as chunks:
                yield chunks
            return
        # What is warmed up is the beginning of this prompt: waiting for it costs nothing.
        self._warming = None
        async with self._turn, aclosing(self._chunks(chat, started)) as chunks:
            yield chunks

    async def warm(self, request: ChatRequest) -> bool:
        """Let the server read the beginning of the next request of a thread; return whether it did.

        It writes nothing, and the next request sends only what follows. Call it while the user
        types; a question of the same thread waits for it, one of another goes by HTTP. Not done
        where there is no WebSocket, while an answer is written, or where the server has it already.
        Never raises EndpointError: it was nobody's question.
        """
        if self._turn.locked():
            return False
        async with self._turn:
            self._warming = request.thread
            try:
                return await self._warmed(request)
            except EndpointError as error:
                _log.info("%s was not warmed up: %s", self._spec.title, error)
                return False
            finally:
                self._warming = None

    async def count_tokens(self, text: str) -> int:
        """Raise EndpointRejectedError: the protocol has no way to count."""
        return await self._fallback.count_tokens(text)

    async def close(self) -> None:
        """Close the connection; an answer on it breaks off, and nothing is asked any more."""
        self._is_closed = True
        if self._connection is not None:
            await self._connection.close()

    async def _chunks(self, chat: ChatRequest, started: float) -> AsyncGenerator[Chunk, None]:
        while (connection := await self._connected()) is not None:
            answer, is_told = ResponsesAnswer(StopTexts(chat.stop)), False
            body = self._message(connection, chat)
            try:
                async with aclosing(self._asked(connection, body, answer, started)) as chunks:
                    async for chunk in chunks:
                        if isinstance(chunk, Finished) and answer.can_go_on:
                            connection.memory.keep(chat, answer.id, answer.said)
                        is_told = True
                        yield chunk
                return
            except EndpointError as error:
                connection.memory.forget(chat)
                if is_told or not self._helps_again(error, answer, connection, body):
                    raise
            finally:
                if not answer.ended:
                    await connection.close()
        async with self._fallback.stream(chat) as chunks:
            async for chunk in chunks:
                yield chunk

    async def _asked(
        self, connection: ResponsesConnection, body: Json, answer: ResponsesAnswer, started: float
    ) -> AsyncGenerator[Chunk, None]:
        took = 0.0 if connection.asked else connection.took
        async with aclosing(connection.events(body)) as events:
            chunks = chunks_in(_Asked(events, took), answer, lambda: self._now() - started)
            async with aclosing(chunks):
                async for chunk in chunks:
                    yield chunk

    async def _warmed(self, request: ChatRequest) -> bool:
        connection = await self._connected()
        if connection is None or connection.memory.has_all(request):
            return False
        answer = ResponsesAnswer(StopTexts(()))
        body = self._message(connection, request) | {"generate": False}
        try:
            async with aclosing(self._asked(connection, body, answer, self._now())) as chunks:
                async for _ in chunks:
                    pass
            connection.memory.keep(request, answer.id)
        except EndpointError:
            connection.memory.forget(request)
            raise
        finally:
            if not answer.ended:
                await connection.close()
        return True

    def _message(self, connection: ResponsesConnection, chat: ChatRequest) -> Json:
        previous, new = connection.memory.split(chat)
        body = self._fallback.refused.without(body_of(chat, self._spec.chosen, new))
        parent = {"previous_response_id": previous} if previous else {}
        return {"type": "response.create", **body, **parent}

    async def _connected(self) -> ResponsesConnection | None:
        """Return the connection, a new one where it is needed, None where HTTP is the way."""
        self._check_open()
        connection, began = self._connection, self._now()
        if connection is not None and began - connection.opened_at > _LIFETIME_S:
            await connection.close()
        if connection is not None and connection.is_open:
            return connection
        if began < self._http_until:
            return None
        try:
            socket = await self._open_socket()
        except (EndpointRejectedError, ProxyFailedError) as error:
            # Also for 403: servers made with Starlette answer so where they have no such route, and
            # a key that is really refused is refused over HTTP as well.
            self._go_by_http(error)
            return None
        opened = self._now()
        self._connection = ResponsesConnection(
            socket, self._silence, self._spec.title, opened, opened - began
        )
        if self._is_closed:
            await self._connection.close()
        self._check_open()
        return self._connection

    def _check_open(self) -> None:
        if self._is_closed:
            raise EndpointUnreachableError(
                say("The connection to {title} was closed.", title=self._spec.title),
                say("Ask again."),
            )

    def _helps_again(
        self,
        error: EndpointError,
        answer: ResponsesAnswer,
        connection: ResponsesConnection,
        body: Json,
    ) -> bool:
        """Return whether asking once more may help; each reason ends after one time."""
        is_first = connection.asked == 1
        if answer.code == _UNKNOWN_PARENT:
            return "previous_response_id" in body
        if answer.code == _TOO_OLD:
            answer.ended = False  # closes it
            return not is_first
        if isinstance(error, ConnectionLostError):
            if is_first:
                self._go_by_http(error)
            return True
        return self._fallback.refused.learn(error, body)

    def _go_by_http(self, error: EndpointError) -> None:
        self._http_until = self._now() + _HTTP_ONLY_S
        _log.warning(
            "%s is asked over HTTP for %.0f minutes, as no WebSocket works: %s",
            self._spec.title,
            _HTTP_ONLY_S / 60,
            error,
        )
