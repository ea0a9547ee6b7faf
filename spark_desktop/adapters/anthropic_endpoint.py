"""Anthropic's Messages over HTTP."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager

import httpx

from spark_desktop.adapters.answer_reading import chunks_in
from spark_desktop.adapters.answer_stream import AnswerStream, StreamedAnswer, unreachable
from spark_desktop.adapters.anthropic_answer import AnthropicAnswer, error_of_response
from spark_desktop.adapters.anthropic_limits import buckets_in
from spark_desktop.adapters.anthropic_wire import body_of, headers_of, prompt_of
from spark_desktop.adapters.connection_reuse import posted, read_out
from spark_desktop.adapters.json_fields import Json, object_of
from spark_desktop.adapters.refused_fields import RefusedFields
from spark_desktop.adapters.remote_model import chat_of
from spark_desktop.adapters.routes import below
from spark_desktop.domain.completion import Chunk, Message, ModelInfo, Request, Role
from spark_desktop.domain.endpoints import EndpointSpec, model_info
from spark_desktop.domain.errors import EndpointError
from spark_desktop.domain.words import say

_ROUTE = "/messages"
_COUNT_S = 30.0


class AnthropicEndpoint:
    """Streams answers of one model.

    ``client`` has the spec's URL (``https://api.anthropic.com/v1``) and the key's header, and
    belongs to the caller. ``silence`` is how many seconds a server may send no event in any answer;
    the vendor's pings are events.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        spec: EndpointSpec,
        *,
        silence: float = 120.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._spec = spec
        self._answers = AnswerStream(client, silence, now, error_of_response)
        self._now = now
        self._refused = RefusedFields()

    @property
    def model(self) -> ModelInfo:
        """Return what answers, and what it can do."""
        return model_info(self._spec)

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[AsyncIterator[Chunk]]:
        """Open the answer; leaving the context closes the connection at once.

        The last chunk is Finished. Opening and iterating raise EndpointError.
        """
        chat, started = chat_of(request, self._spec), self._now()
        body = body_of(chat, self._spec.chosen)
        async with self._refused.asking(self._open, body) as streamed:
            answer = AnthropicAnswer(buckets_in(streamed.headers, time.time()))
            chunks = chunks_in(streamed, answer, lambda: self._now() - started)
            async with aclosing(chunks):
                yield chunks
            if answer.is_over:
                await read_out(streamed.events)

    async def count_tokens(self, text: str) -> int:
        """Return the vendor's count of ``text`` as a question. Raises EndpointError.

        A few tokens around it are counted as well; nothing is charged.
        """
        model = self._spec.chosen
        body = prompt_of((Message(Role.USER, text),), model)
        try:
            url = below(self._spec.url, f"{_ROUTE}/count_tokens")
            response = await posted(self._client, url, body, _COUNT_S, headers_of(model))
        except httpx.HTTPError as error:
            raise unreachable(self._client.base_url, error) from error
        if response.status_code >= 400:
            after = response.headers.get("Retry-After")
            raise error_of_response(response.status_code, response.text, after)
        count = object_of(response.text).get("input_tokens")
        if isinstance(count, int):
            return count
        raise EndpointError(
            say("The model's server did not say how many tokens there are."),
            say("Try again in a moment."),
        )

    def _open(self, body: Json) -> AbstractAsyncContextManager[StreamedAnswer]:
        return self._answers.open(
            below(self._spec.url, _ROUTE), body, headers=headers_of(self._spec.chosen)
        )
