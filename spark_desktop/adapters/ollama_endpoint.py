"""Ollama over its own protocol, which tells more than its imitation of OpenAI's."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from functools import partial

import httpx

from spark_desktop.adapters.answer_reading import chunks_in
from spark_desktop.adapters.answer_stream import AnswerStream
from spark_desktop.adapters.connection_reuse import read_out
from spark_desktop.adapters.event_parsers import JsonLines
from spark_desktop.adapters.ollama_wire import OPTIONAL, OllamaAnswer, body_of, route_of
from spark_desktop.adapters.openai_wire import errors_of
from spark_desktop.adapters.refused_fields import RefusedFields
from spark_desktop.adapters.remote_model import no_fill_in, uncounted
from spark_desktop.adapters.routes import below
from spark_desktop.adapters.think_tags import ThinkTags
from spark_desktop.domain.completion import ChatRequest, Chunk, ModelInfo, Request
from spark_desktop.domain.context import estimate_tokens
from spark_desktop.domain.endpoints import EndpointSpec, model_info
from spark_desktop.domain.truncation import prompt_text

# A larger context takes memory, and another size than before loads the model anew: it begins so
# large, and grows by doubling when a prompt needs it.
_FIRST_CONTEXT = 8192
# Tokens of a chat's template and of each message's head; rather too many.
_TEMPLATE = 256


class OllamaEndpoint:
    """Streams answers of one model; the spec's URL is the server's root.

    ``client`` holds the authorisation and belongs to the caller. ``silence`` is how many seconds a
    server may send no line in any answer; loading a large model may take a minute.
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
        self._refused = RefusedFields(OPTIONAL)
        self._now = now
        self._context = min(_FIRST_CONTEXT, model_info(spec).context)

    @property
    def model(self) -> ModelInfo:
        """Return what answers, and what it can do."""
        return model_info(self._spec)

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[AsyncIterator[Chunk]]:
        """Open the answer; leaving the context closes the connection at once.

        The last chunk is Finished. Opening and iterating raise EndpointError.
        """
        started = self._now()
        is_chat = isinstance(request, ChatRequest)
        if not is_chat and not self.model.fim:
            raise no_fill_in(self._spec)
        self._context = self._room_for(request)
        body = body_of(request, self._spec, self._context)
        route = below(self._spec.url, route_of(request))
        reading = OllamaAnswer(ThinkTags(is_reading=is_chat))
        ask = partial(self._answers.open, route, parser=JsonLines)
        async with self._refused.asking(ask, body) as answer:
            chunks = chunks_in(answer, reading, lambda: self._now() - started)
            async with aclosing(chunks):
                yield chunks
            if reading.is_over:
                await read_out(answer.events)

    async def count_tokens(self, text: str) -> int:
        """Raise EndpointRejectedError: Ollama has no route that counts."""
        raise uncounted(self._spec)

    def _room_for(self, request: Request) -> int:
        """Return the context to ask for: never smaller than before, never over the model's."""
        messages = len(request.messages) if isinstance(request, ChatRequest) else 1
        tools = "".join(one.parameters + one.description for one in getattr(request, "tools", ()))
        needed = estimate_tokens(prompt_text(request) + tools) + request.max_tokens
        needed += _TEMPLATE + 16 * messages
        room = self._context
        while room < needed:
            room *= 2
        return min(room, model_info(self._spec).context)
