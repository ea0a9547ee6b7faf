"""The routes of the core."""

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from inference_core.domain.errors import BodyTooLargeError, CoreError
from inference_core.engine.protocol import Engine
from inference_core.engine.slot import SlotPhase, SlotState
from inference_core.server.activity import Activity
from inference_core.server.answering import Answer
from inference_core.server.answers import ChatWire, CompletionWire, InfillWire, Wire
from inference_core.server.disconnect import ClientGoneError, while_connected
from inference_core.server.fields import Fields
from inference_core.server.guard import Guard
from inference_core.server.lease import Lease
from inference_core.server.problems import (
    closing_error,
    on_client_gone,
    on_core_error,
    on_fault,
    on_http_error,
)
from inference_core.server.requests import Generation, read_chat, read_completion, read_infill
from inference_core.server.served_model import ServedModel

# A context of 128k tokens is about half a megabyte of text; JSON escapes can multiply that by six.
BODY_LIMIT_BYTES = 8 * 1024 * 1024

Read = Callable[[Fields, ServedModel], Generation]


class Routes:
    """The handlers, over one engine and its model."""

    def __init__(self, engine: Engine, model: ServedModel, activity: Activity) -> None:
        self._engine = engine
        self._model = model
        self._activity = activity

    async def health(self, request: Request) -> Response:
        """Say that the core can answer; it listens only when it can."""
        return JSONResponse({"status": "ok", "model": self._model.id})

    async def models(self, request: Request) -> Response:
        """List the loaded model, in OpenAI's shape and with what Spark wants to know."""
        spark = {
            "context": self._engine.context,
            "formats": list(self._model.formats),
            "fim": self._model.fim is not None,
            "memory_bytes": self._model.memory_bytes,
        }
        entry = {"id": self._model.id, "object": "model", "created": 0, "owned_by": "local"}
        return JSONResponse({"object": "list", "data": [entry | {"spark": spark}]})

    async def chat(self, request: Request) -> Response:
        """Answer a chat."""
        return await self._answer(request, read_chat, ChatWire(self._model.id))

    async def completion(self, request: Request) -> Response:
        """Continue a text."""
        return await self._answer(request, read_completion, CompletionWire(self._model.id))

    async def infill(self, request: Request) -> Response:
        """Fill in between a prefix and a suffix."""
        return await self._answer(request, read_infill, InfillWire(self._model.id))

    async def tokenize(self, request: Request) -> Response:
        """Count and list the tokens of a text."""
        fields = await _fields(request)
        with self._activity.request():
            work = self._engine.tokenize(fields.text("content"), fields.flag("special"))
            try:
                tokens = await while_connected(request.receive, self._activity.closing, work)
            except ClientGoneError:
                if not self._activity.closing.is_set():
                    return Response(status_code=400)  # nobody reads it
                raise closing_error() from None
        listed = [{"id": token.id, "piece": token.text} for token in tokens]
        return JSONResponse({"count": len(tokens), "tokens": listed})

    async def slots(self, request: Request) -> Response:
        """Tell what the slots do."""
        return JSONResponse([_slot_json(slot) for slot in self._engine.slots()])

    async def lease(self, request: Request) -> Response:
        """Hold the core for a client."""
        return Lease(self._activity)

    async def _answer(self, request: Request, read: Read, wire: Wire) -> Response:
        generation = read(await _fields(request), self._model)
        return Answer(self._engine, self._activity, generation, wire)


def build_app(engine: Engine, model: ServedModel, token: str, activity: Activity) -> Starlette:
    """Return the application; every route but /health wants the bearer token."""
    routes = Routes(engine, model, activity)
    return Starlette(
        routes=[
            Route("/health", routes.health),
            Route("/v1/models", routes.models),
            Route("/v1/chat/completions", routes.chat, methods=["POST"]),
            Route("/v1/completions", routes.completion, methods=["POST"]),
            Route("/infill", routes.infill, methods=["POST"]),
            Route("/tokenize", routes.tokenize, methods=["POST"]),
            Route("/slots", routes.slots),
            Route("/lease", routes.lease),
        ],
        middleware=[Middleware(Guard, token=token)],
        exception_handlers={
            CoreError: on_core_error,
            HTTPException: on_http_error,
            ClientDisconnect: on_client_gone,
            Exception: on_fault,
        },
    )


async def _fields(request: Request) -> Fields:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > BODY_LIMIT_BYTES:
            raise BodyTooLargeError(BODY_LIMIT_BYTES)
    return Fields.parse(bytes(body))


def _slot_json(slot: SlotState) -> dict[str, object]:
    return {
        "id": slot.id,
        "state": slot.phase.value,
        "is_processing": slot.phase is not SlotPhase.FREE,
        "queued": slot.queued,
        "prompt_tokens": slot.prompt_tokens,
        "prompt_tokens_done": slot.prompt_tokens_done,
        "prompt_tokens_processed": slot.prompt_tokens_processed,
        "answers": slot.answers,
    }
