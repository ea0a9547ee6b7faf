"""The routes that generate: chats, completions and fill-ins."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from inference_core.server.answering import Answer
from inference_core.server.answers import ChatWire, CompletionWire, InfillWire, Wire
from inference_core.server.body import read_fields
from inference_core.server.fields import Fields
from inference_core.server.requests import Generation, read_chat, read_completion, read_infill
from inference_core.server.served_model import ServedModel
from inference_core.server.service import Service

Read = Callable[[Fields, ServedModel], Generation]


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

    async def chat(self, request: Request) -> Response:
        """Answer a chat."""
        return await self._answer(request, read_chat, ChatWire(self._model.id))

    async def completion(self, request: Request) -> Response:
        """Continue a text."""
        return await self._answer(request, read_completion, CompletionWire(self._model.id))

    async def infill(self, request: Request) -> Response:
        """Fill in between a prefix and a suffix."""
        return await self._answer(request, read_infill, InfillWire(self._model.id))

    async def _answer(self, request: Request, read: Read, wire: Wire) -> Response:
        generation = read(await read_fields(request), self._model)
        return Answer(self._service, generation, wire)
