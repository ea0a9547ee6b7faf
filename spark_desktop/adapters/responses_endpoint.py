"""OpenAI's Responses over HTTP: each request holds the whole conversation."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from functools import partial

import httpx

from spark_desktop.adapters.answer_reading import chunks_in
from spark_desktop.adapters.answer_stream import AnswerStream
from spark_desktop.adapters.connection_reuse import read_out
from spark_desktop.adapters.openai_wire import errors_of
from spark_desktop.adapters.rate_headers import buckets_of
from spark_desktop.adapters.refused_fields import RefusedFields
from spark_desktop.adapters.remote_model import chat_of, uncounted
from spark_desktop.adapters.responses_answer import ResponsesAnswer
from spark_desktop.adapters.responses_wire import body_of, parted
from spark_desktop.adapters.routes import below
from spark_desktop.adapters.stop_texts import StopTexts
from spark_desktop.domain.completion import Chunk, ModelInfo, Request
from spark_desktop.domain.endpoints import EndpointSpec, model_info

_ROUTE = "/responses"


class ResponsesEndpoint:
    """Streams answers of one model.

    ``client`` has the spec's URL and the authorisation, and belongs to the caller. ``silence`` is
    how many seconds a server may send no event in any answer.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        spec: EndpointSpec,
        *,
        silence: float = 120.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._spec = spec
        self._answers = AnswerStream(client, silence, now, errors_of(spec))
        self._now = now
        self.refused = RefusedFields()

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
        body = body_of(chat, self._spec.chosen, parted(chat.messages)[1]) | {"stream": True}
        ask = partial(self._answers.open, below(self._spec.url, _ROUTE))
        async with self.refused.asking(ask, body) as streamed:
            buckets = buckets_of(streamed.headers, time.time())
            answer = ResponsesAnswer(StopTexts(chat.stop), buckets)
            chunks = chunks_in(streamed, answer, lambda: self._now() - started)
            async with aclosing(chunks):
                yield chunks
            if answer.ended:
                await read_out(streamed.events)

    async def count_tokens(self, text: str) -> int:
        """Raise EndpointRejectedError: the protocol has no way to count."""
        raise uncounted(self._spec)
