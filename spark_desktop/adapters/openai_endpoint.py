"""An OpenAI-compatible server over HTTP: the local core, or any other."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager

import httpx

from spark_desktop.adapters.answer_stream import AnswerStream, StreamedAnswer, unreachable
from spark_desktop.adapters.openai_wire import Answer, body_of, error_of_response, route_of
from spark_desktop.domain.completion import Chunk, ModelInfo, Request, TextChunk
from spark_desktop.domain.errors import EndpointError, IncompleteStreamError
from spark_desktop.domain.words import say

_RETRY = say("Try again in a moment.")
# Tokenizing is local work of milliseconds; a server that takes longer is stuck.
_TOKENIZE_S = 30.0


class OpenAIEndpoint:
    """Streams answers of one model.

    ``client`` has the base URL and the authorisation, and belongs to the caller. ``silence`` is how
    many seconds a server may send no event in any answer. ``progress`` asks a llama-server for
    events during the prompt, so that a long one is not taken for silence; strict servers refuse the
    field.
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
        self._answers = AnswerStream(client, silence, now)
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
        async with (
            self._answers.open(route_of(request), body) as answer,
            aclosing(self._chunks(answer, started)) as chunks,
        ):
            yield chunks

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
            raise unreachable(self._client.base_url, error) from error
        except ValueError as error:
            raise EndpointError(
                say("The model's server did not answer in JSON."), _RETRY
            ) from error

    async def _chunks(
        self, streamed: StreamedAnswer, started: float
    ) -> AsyncGenerator[Chunk, None]:
        answer = Answer()
        first: float | None = None
        async for event in streamed.events:
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
        yield answer.finished(first, self._now() - started, streamed.connect)


def _token_count(answer: object) -> int:
    count = answer.get("count") if isinstance(answer, dict) else None
    tokens = answer.get("tokens") if isinstance(answer, dict) else None
    if isinstance(count, int):
        return count
    if isinstance(tokens, list):
        return len(tokens)
    raise EndpointError(say("The model's server did not say how many tokens there are."), _RETRY)
