"""The routes that tell: what is loaded, what it does, how a text is cut into tokens."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from inference_core.engine.slot import SlotPhase, SlotState
from inference_core.server.body import read_fields
from inference_core.server.disconnect import ClientGoneError, while_connected
from inference_core.server.lease import Lease
from inference_core.server.problems import closing_error
from inference_core.server.service import Service


def about_routes(service: Service) -> list[BaseRoute]:
    """Return the routes that generate nothing."""
    handlers = _Handlers(service)
    return [
        Route("/health", handlers.health),
        Route("/v1/models", handlers.models),
        Route("/tokenize", handlers.tokenize, methods=["POST"]),
        Route("/slots", handlers.slots),
        Route("/lease", handlers.lease),
    ]


class _Handlers:
    def __init__(self, service: Service) -> None:
        self._engine = service.engine
        self._model = service.model
        self._activity = service.activity

    async def health(self, request: Request) -> Response:
        """Say that the core can answer; it listens only when it can."""
        return JSONResponse({"status": "ok", "model": self._model.id})

    async def models(self, request: Request) -> Response:
        """List the loaded model, in OpenAI's shape and with what Spark wants to know."""
        spark = {
            "context": self._engine.info.context,
            "formats": list(self._model.formats),
            "fim": self._model.fim is not None,
            "memory_bytes": self._model.memory_bytes,
        }
        entry = {"id": self._model.id, "object": "model", "created": 0, "owned_by": "local"}
        return JSONResponse({"object": "list", "data": [entry | {"spark": spark}]})

    async def tokenize(self, request: Request) -> Response:
        """Count and list the tokens of a text."""
        fields = await read_fields(request)
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
