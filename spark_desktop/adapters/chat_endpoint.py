"""Any remote server that speaks OpenAI's chat completions, with whichever way to fill in."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from functools import partial

import httpx

from spark_desktop.adapters.answer_reading import chunks_in
from spark_desktop.adapters.answer_stream import AnswerStream
from spark_desktop.adapters.chat_answer import ChatAnswer
from spark_desktop.adapters.chat_body import OPTIONAL, Json, chat_body
from spark_desktop.adapters.connection_reuse import read_out
from spark_desktop.adapters.event_parsers import EventsOrJson
from spark_desktop.adapters.fill_in_wire import fill_in_body, fill_in_route
from spark_desktop.adapters.openai_wire import errors_of
from spark_desktop.adapters.rate_headers import buckets_of
from spark_desktop.adapters.refused_fields import RefusedFields
from spark_desktop.adapters.routes import below
from spark_desktop.adapters.server_tokens import ServerTokens
from spark_desktop.adapters.stop_texts import StopTexts
from spark_desktop.adapters.think_tags import ThinkTags
from spark_desktop.domain.completion import ChatRequest, Chunk, ModelInfo, Request
from spark_desktop.domain.endpoints import EndpointSpec, model_info

_ROUTE = "/chat/completions"


class ChatEndpoint:
    """Streams answers of one model.

    ``client`` holds the authorisation and belongs to the caller; addresses are the spec's.
    ``silence`` is how many seconds a server may send no event in any answer. What a server refuses
    to be told is left out, at once and from then on.
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
        self._tokens = ServerTokens(client, spec)
        self._refused = RefusedFields(OPTIONAL)
        self._now = now

    @property
    def model(self) -> ModelInfo:
        """Return what answers, and what it can do."""
        return model_info(self._spec)

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[AsyncIterator[Chunk]]:
        """Open the answer; leaving the context closes the connection at once.

        The last chunk is Finished, with what the headers told of the account's limits. Opening and
        iterating raise EndpointError.
        """
        started = self._now()
        route, body = self._asked(request)
        # Code that is filled in may begin with any tag; only a chat's answer is looked through.
        tags = ThinkTags(is_reading=isinstance(request, ChatRequest))
        # Some servers know no stops, and some tokens of a family come as text.
        stops = StopTexts((*request.stop, *body.get("stop", ())))
        ask = partial(self._answers.open, route, parser=EventsOrJson)
        async with self._refused.asking(ask, body) as answer:
            reading = ChatAnswer(tags, stops, buckets_of(answer.headers, time.time()))
            chunks = chunks_in(answer, reading, lambda: self._now() - started)
            async with aclosing(chunks):
                yield chunks
            if reading.is_over and not stops.is_met:
                await read_out(answer.events)

    async def count_tokens(self, text: str) -> int:
        """Return the number of tokens of ``text`` by the server's own route.

        Raises EndpointRejectedError where it has none, else EndpointError.
        """
        return await self._tokens.count(text)

    def _asked(self, request: Request) -> tuple[str, Json]:
        if isinstance(request, ChatRequest):
            return below(self._spec.url, _ROUTE), chat_body(request, self._spec)
        return fill_in_route(self._spec), fill_in_body(request, self._spec)
