"""An OpenAI-compatible server over HTTP: the local core, or any other."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager

import httpx

from spark_desktop.adapters.openai_wire import (
    Answer,
    Json,
    body_of,
    error_of_response,
    route_of,
)
from spark_desktop.adapters.silence import Silence
from spark_desktop.adapters.sse import SseEvent, SseParser
from spark_desktop.domain.completion import Chunk, ModelInfo, Request, TextChunk
from spark_desktop.domain.errors import (
    EndpointError,
    EndpointUnreachableError,
    IncompleteStreamError,
)
from spark_desktop.domain.words import say

_log = logging.getLogger(__name__)

_RETRY = say("Try again in a moment.")
# Tokenizing is local work of milliseconds; a server that takes longer is stuck.
_TOKENIZE_S = 30.0
_CONNECT_S = 10.0


class OpenAIEndpoint:
    """Streams answers of one model.

    ``client`` has the base URL and the authorisation, and belongs to the caller. ``silence`` is how
    many seconds a server may send no event in any answer; bytes do not count, as keep-alive
    comments would hold a dead answer open for ever. ``progress`` asks a llama-server for events
    during the prompt, so that a long one is not taken for silence; strict servers refuse the field.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        model: ModelInfo,
        *,
        silence: float = 120.0,
        progress: bool = False,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._model = model
        self._silence = Silence(silence)
        self._progress = progress
        self._now = now

    @property
    def model(self) -> ModelInfo:
        """Return what answers, and what it can do."""
        return self._model

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[AsyncIterator[Chunk]]:
        """Open the answer; leaving the context closes the connection at once.

        The last chunk is Finished. Opening and iterating raise EndpointError.
        """
        started = self._now()
        body = body_of(request, self._model, self._progress)
        opening = _Opening(self._now)
        response = await self._open(route_of(request), body, opening)
        # Kept until the response is closed: dropped earlier, httpx's generators would have to close
        # it as garbage, which a loop without hooks for asynchronous generators cannot do.
        pieces = response.aiter_bytes()
        try:
            if response.status_code >= 400:
                text = await self._text(response)
                after = response.headers.get("Retry-After")
                raise error_of_response(response.status_code, text, after)
            async with aclosing(self._chunks(pieces, started, opening)) as chunks:
                yield chunks
        finally:
            await response.aclose()

    async def count_tokens(self, text: str) -> int:
        """Return the number of tokens of ``text``. Raises EndpointError."""
        try:
            response = await self._client.post(
                "/tokenize", json={"content": text}, timeout=_TOKENIZE_S
            )
            if response.status_code >= 400:
                after = response.headers.get("Retry-After")
                raise error_of_response(response.status_code, response.text, after)
            return _token_count(response.json())
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error
        except ValueError as error:
            raise EndpointError(
                say("The model's server did not answer in JSON."), _RETRY
            ) from error

    async def _open(self, route: str, body: Json, opening: "_Opening") -> httpx.Response:
        # The deadlines are ours: httpx's read time-out would count keep-alive bytes as life.
        limits = httpx.Timeout(_CONNECT_S, read=None)
        request = self._client.build_request(
            "POST", route, json=body, timeout=limits, extensions={"trace": opening.hear}
        )
        try:
            async with self._silence.limit(_now()):
                return await self._client.send(request, stream=True)
        except TimeoutError as error:
            raise self._silent() from error
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error

    async def _text(self, response: httpx.Response) -> str:
        try:
            async with self._silence.limit(_now()):
                await response.aread()
        except TimeoutError as error:
            raise self._silent() from error
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error
        return response.text

    async def _chunks(
        self, pieces: AsyncIterator[bytes], started: float, opening: "_Opening"
    ) -> AsyncGenerator[Chunk, None]:
        answer = Answer()
        first: float | None = None
        async with aclosing(self._events(pieces)) as events:
            async for event in events:
                for chunk in answer.take(event.data):
                    if first is None and isinstance(chunk, TextChunk):
                        first = self._now() - started
                    yield chunk
                if event.data == "[DONE]":
                    break
        if answer.reason is None:
            raise IncompleteStreamError(
                say("The answer broke off: the model's server ended it without a finish."), _RETRY
            )
        yield answer.finished(first, self._now() - started, opening.seconds)

    async def _events(self, pieces: AsyncIterator[bytes]) -> AsyncGenerator[SseEvent, None]:
        parser = SseParser()
        since = _now()
        while True:
            try:
                async with self._silence.limit(since):
                    piece = await anext(pieces, None)
            except TimeoutError as error:
                raise self._silent() from error
            except httpx.HTTPError as error:
                raise self._unreachable(error) from error
            if piece is None:
                return
            for event in parser.feed(piece):
                self._silence.broken()
                yield event
                # Counted from here, as the reader may have taken its time.
                since = _now()

    def _silent(self) -> EndpointUnreachableError:
        return EndpointUnreachableError(
            say(
                "The model's server at {base_url} said nothing for {seconds:g} s.",
                base_url=self._client.base_url,
                seconds=self._silence.seconds,
            ),
            _RETRY,
        )

    def _unreachable(self, error: httpx.HTTPError) -> EndpointUnreachableError:
        _log.debug("%s: %r", self._client.base_url, error)
        place = self._client.base_url
        match error:
            case httpx.ConnectError():
                text = say(
                    "The model's server at {base_url} cannot be reached: {reason}.",
                    base_url=place,
                    reason=error,
                )
            case httpx.TimeoutException():
                text = say(
                    "The model's server at {base_url} did not answer in time.", base_url=place
                )
            case _:
                # httpx words these for programmers ("incomplete chunked read").
                text = say(
                    "The model's server at {base_url} broke off the connection.", base_url=place
                )
        return EndpointUnreachableError(text, _RETRY)


class _Opening:
    """Hears from httpcore how long a request's connection took to open.

    ``seconds`` is 0 where an open one was used, None where the transport tells nothing.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._began: float | None = None
        self.seconds: float | None = None

    async def hear(self, event: str, _info: object) -> None:
        """Take one of httpcore's trace events."""
        if event in ("connection.connect_tcp.started", "connection.start_tls.started"):
            self._began = self._now()
        elif event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            if self._began is not None:
                self.seconds = (self.seconds or 0.0) + self._now() - self._began
        elif event.endswith("send_request_headers.started") and self.seconds is None:
            self.seconds = 0.0


def _now() -> float:
    return asyncio.get_running_loop().time()


def _token_count(answer: object) -> int:
    count = answer.get("count") if isinstance(answer, dict) else None
    tokens = answer.get("tokens") if isinstance(answer, dict) else None
    if isinstance(count, int):
        return count
    if isinstance(tokens, list):
        return len(tokens)
    raise EndpointError(say("The model's server did not say how many tokens there are."), _RETRY)
