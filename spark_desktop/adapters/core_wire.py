"""The words of our core, which are llama-server's: from a request to a route and a body. No I/O."""

from typing import Any

from spark_desktop.adapters.chat_body import abilities, messages_of
from spark_desktop.domain.completion import ChatRequest, InfillRequest, ModelInfo, Request
from spark_desktop.domain.endpoints import RemoteModel

# What every core can, whichever model it has.
_CORE = RemoteModel("", tools=True, structured_output=True, prediction=True)


def route_of(request: Request) -> str:
    """Return the path that answers the request."""
    return "/infill" if isinstance(request, InfillRequest) else "/v1/chat/completions"


def body_of(request: Request, model: ModelInfo, progress: bool) -> dict[str, Any]:
    """Return the JSON body; ``progress`` asks for llama-server's events during the prompt."""
    body: dict[str, Any] = {"model": model.id, "temperature": request.temperature, "stream": True}
    if request.stop:
        body["stop"] = list(request.stop)
    if request.seed is not None:
        body["seed"] = request.seed
    if progress:
        body["return_progress"] = True
    if request.priority in model.priorities:
        # Never to others: strict servers refuse a field that they do not know.
        body["priority"] = request.priority.value
    if isinstance(request, ChatRequest):
        if request.likelihood:
            body["logprobs"] = True
        return body | {
            "messages": messages_of(request.messages, has_tools=True),
            "max_tokens": request.max_tokens,
            "stream_options": {"include_usage": True},
            **abilities(request, _CORE),
        }
    return body | infill_fields(request)


def infill_fields(request: InfillRequest) -> dict[str, Any]:
    """Return the fields of ``/infill`` that say what to fill in, and how much."""
    return {
        "input_prefix": request.prefix,
        "input_suffix": request.suffix,
        "input_extra": [{"filename": name, "text": text} for name, text in request.extra],
        "n_predict": request.max_tokens,
    }
