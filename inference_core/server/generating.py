"""The routes that generate: chats, completions and fill-ins."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from inference_core.domain.generation import TextPrompt, TokenPrompt
from inference_core.server.answering import Answer
from inference_core.server.answers import Wire
from inference_core.server.body import read_fields
from inference_core.server.chat_requests import read_chat
from inference_core.server.chat_wire import ChatWire
from inference_core.server.completion_requests import read_completion, read_infill
from inference_core.server.completion_wire import CompletionWire
from inference_core.server.emulation.reasoning import ReasoningFormat, read_reasoning_format
from inference_core.server.emulation.requests import check_request
from inference_core.server.emulation.wire import EmulatedWire
from inference_core.server.infill_wire import InfillWire
from inference_core.server.requests import Generation
from inference_core.server.service import Service


def generating_routes(service: Service) -> list[BaseRoute]:
    """Return the routes that make the engine work."""
    handlers = _Handlers(service)
    return [
        Route("/v1/chat/completions", handlers.chat, methods=["POST"]),
        Route("/v1/completions", handlers.completion, methods=["POST"]),
        Route("/infill", handlers.infill, methods=["POST"]),
    ]


class _Handlers:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._model = service.model
        self._vocabulary = service.engine.info.vocabulary

    async def chat(self, request: Request) -> Response:
        """Answer a chat."""
        fields = await read_fields(request)
        reasoning = ReasoningFormat.NONE
        if self._service.emulation is not None:
            check_request(fields)
            reasoning = read_reasoning_format(fields)
        generation, shape = read_chat(fields, self._model, self._vocabulary)
        return self._answer(generation, ChatWire(self._model.id, shape), reasoning)

    async def completion(self, request: Request) -> Response:
        """Continue a text."""
        fields = await read_fields(request)
        if self._service.emulation is not None:
            check_request(fields)
        generation, shape = read_completion(fields, self._model, self._vocabulary)
        echoes = await self._texts(shape.prompts)
        return self._answer(generation, CompletionWire(self._model.id, shape, echoes))

    async def infill(self, request: Request) -> Response:
        """Fill in between a prefix and a suffix."""
        fields = await read_fields(request)
        generation, shape = read_infill(fields, self._model, self._vocabulary)
        return self._answer(generation, InfillWire(self._model.id, shape))

    def _answer(
        self,
        generation: Generation,
        wire: Wire,
        reasoning: ReasoningFormat = ReasoningFormat.NONE,
    ) -> Answer:
        emulation = self._service.emulation
        dressed = wire if emulation is None else EmulatedWire(wire, emulation, reasoning)
        return Answer(self._service, generation, dressed)

    async def _texts(self, prompts: Sequence[TextPrompt | TokenPrompt]) -> list[str]:
        engine = self._service.engine
        return [
            each.text if isinstance(each, TextPrompt) else await engine.detokenize(each.tokens)
            for each in prompts
        ]
