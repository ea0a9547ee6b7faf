"""The routes that tell: what is loaded, what it can do, and what its slots do right now."""

import time
from importlib.metadata import version

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from inference_core.domain.generation import Priority
from inference_core.engine.slot import SlotPhase, SlotState
from inference_core.server.lease import Lease
from inference_core.server.service import Service


def about_routes(service: Service) -> list[BaseRoute]:
    """Return the routes that make the engine do nothing."""
    handlers = _Handlers(service)
    return [
        Route("/health", handlers.health),
        Route("/v1/models", handlers.models),
        # A path: some clients ask for models by names that have slashes.
        Route("/v1/models/{model:path}", handlers.model),
        # Cerebras' clients know the list by this address, too, and warm their connection up.
        Route("/public/v1/models", handlers.models),
        Route("/public/v1/models/{model:path}", handlers.model),
        Route("/v1/tcp_warming", handlers.warming),
        Route("/props", handlers.props),
        Route("/slots", handlers.slots),
        Route("/lease", handlers.lease),
    ]


class _Handlers:
    def __init__(self, service: Service) -> None:
        self._engine = service.engine
        self._model = service.model
        self._activity = service.activity
        self._started = int(time.time())
        self._owner = "local" if service.emulation is None else "Cerebras"

    async def health(self, request: Request) -> Response:
        """Say that the core can answer, or why its engine cannot now: 503."""
        if (down := self._engine.down) is not None:
            raise down
        return JSONResponse({"status": "ok", "model": self._model.id})

    async def models(self, request: Request) -> Response:
        """List the loaded model, in OpenAI's shape and with what Spark wants to know."""
        return JSONResponse({"object": "list", "data": [self._entry()]})

    async def model(self, request: Request) -> Response:
        """Tell about one model, by its id or another of its names."""
        self._model.check_name(request.path_params["model"])
        return JSONResponse(self._entry())

    async def warming(self, request: Request) -> Response:
        """Say something: what counts is that the connection is open."""
        return JSONResponse({"status": "ok"})

    async def props(self, request: Request) -> Response:
        """Tell what clients of llama-server read there."""
        info = self._engine.info
        return JSONResponse(
            {
                "default_generation_settings": {"n_ctx": info.context},
                "total_slots": len(self._engine.slots()),
                "model_alias": self._model.id,
                # The name alone: where it lies on this disk is nobody else's business.
                "model_path": self._model.id,
                "chat_template": info.chat_template,
                "modalities": {"vision": False, "audio": False},
                "build_info": f"spark-core {version('spark-desktop')}",
            }
        )

    async def slots(self, request: Request) -> Response:
        """Tell what the slots do."""
        return JSONResponse([_slot_json(slot) for slot in self._engine.slots()])

    async def lease(self, request: Request) -> Response:
        """Hold the core for a client."""
        return Lease(self._activity)

    def _entry(self) -> dict[str, object]:
        info = self._engine.info
        return {
            "id": self._model.id,
            "object": "model",
            "created": self._model.created or self._started,
            "owned_by": self._owner,
            # Two names for what a prompt and its answer may have together: clients read either.
            "context_length": info.context,
            "max_context_length": info.context,
            "spark": self._abilities(),
        }

    def _abilities(self) -> dict[str, object]:
        info = self._engine.info
        # A script has no vocabulary: nothing to constrain, to weigh or to draft.
        generates = info.vocabulary > 0
        return {
            "context": info.context,
            "trained_context": info.trained_context,
            "formats": list(self._model.formats),
            "fim": self._model.fim is not None,
            "tools": "tools" in info.chat_template,
            "json_schema": generates,
            "logprobs": generates,
            "prediction": generates,
            "memory_bytes": self._model.memory_bytes,
            "priorities": [priority.name.lower() for priority in Priority],
        }


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
