"""The local core over HTTP, which speaks as llama-server does; others are ChatEndpoint's."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager

import httpx

from spark_desktop.adapters.answer_reading import chunks_in
from spark_desktop.adapters.answer_stream import AnswerStream, unreachable
from spark_desktop.adapters.chat_answer import ChatAnswer
from spark_desktop.adapters.connection_reuse import posted
from spark_desktop.adapters.core_wire import body_of, route_of
from spark_desktop.adapters.openai_wire import error_of_response
from spark_desktop.domain.completion import Chunk, ModelInfo, Request
from spark_desktop.domain.errors import EndpointError
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
        # Not read out behind its end, as a remote one is: a connection at loopback costs nothing.
        async with (
            self._answers.open(route_of(request), body) as answer,
            aclosing(chunks_in(answer, ChatAnswer(), lambda: self._now() - started)) as chunks,
        ):
            yield chunks

    async def count_tokens(self, text: str) -> int:
        """Return the number of tokens of ``text``. Raises EndpointError."""
        try:
            response = await posted(self._client, "/tokenize", {"content": text}, _TOKENIZE_S)
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


def _token_count(answer: object) -> int:
    count = answer.get("count") if isinstance(answer, dict) else None
    tokens = answer.get("tokens") if isinstance(answer, dict) else None
    if isinstance(count, int):
        return count
    if isinstance(tokens, list):
        return len(tokens)
    raise EndpointError(say("The model's server did not say how many tokens there are."), _RETRY)
