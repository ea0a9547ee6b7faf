"""The document: all routes of the core."""

from importlib.metadata import version

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from inference_core.server.openapi.answers import answer_schemas
from inference_core.server.openapi.operations import Operation, error_responses
from inference_core.server.openapi.requests import request_schemas
from inference_core.server.openapi.shapes import Schema, listed, named, text, told

# One of the server-sent events; the data of the last one of most routes is the word [DONE].
_EVENTS: Schema = told(
    event=text("The kind of a response's event; of the other routes 'message', unsaid."),
    data={"type": "string", "contentMediaType": "application/json"},
)
_PLAIN: Schema = {"type": "string"}
_NAME: Schema = {"type": "string", "minLength": 1}

_RESPONSES = (
    "Over a WebSocket at the same path, messages of the type response.create have this body, "
    "without 'stream'."
)


def openapi_route() -> BaseRoute:
    """Return the route that serves the document."""
    document = openapi_document()

    async def tell(request: Request) -> Response:
        return JSONResponse(document)

    return Route("/openapi.json", tell)


def openapi_document() -> Schema:
    """Return the document, OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Spark's inference core",
            "version": version("spark-desktop"),
            "description": "A local server that speaks as OpenAI's, Cerebras' and llama-server do.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": {**_generating(), **_responses(), **_telling()},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": request_schemas() | answer_schemas(),
            "responses": error_responses(),
        },
    }


def _generating() -> Schema:
    def streamed(name: str, summary: str, takes: str, answer: str) -> Schema:
        operation = Operation(name, summary, "generate").takes(takes).answers(named(answer))
        return {"post": operation.answers(_EVENTS, "text/event-stream").may_fail(404, 429).entry()}

    return {
        "/v1/chat/completions": streamed("chat", "Answer a chat", "ChatRequest", "ChatCompletion"),
        "/v1/completions": streamed(
            "complete", "Continue a text, or fill a gap in", "CompletionRequest", "Completion"
        ),
        "/infill": streamed(
            "infill", "Fill a gap in, as llama-server does", "InfillRequest", "Infill"
        ),
    }


def _responses() -> Schema:
    one = "/v1/responses/{response_id}"

    def stored(name: str, summary: str) -> Operation:
        operation = Operation(name, summary, "responses").may_fail(404)
        return operation.with_parameter("response_id", "path", _NAME)

    create = Operation("respond", "Answer, and keep the answer", "responses")
    create.takes("ResponseRequest").answers(named("Response"))
    create.answers(_EVENTS, "text/event-stream").may_fail(404, 429)
    page = stored("list_input_items", "List what a response was asked with")
    page.with_parameter("order", "query", {"enum": ["asc", "desc"]})
    page.with_parameter("limit", "query", {"type": "integer", "minimum": 1, "maximum": 100})
    page.with_parameter("after", "query", {"type": "string"})
    fetch = stored("fetch_response", "Fetch a response that ended")
    fetch.with_parameter("stream", "query", {"enum": ["false"]})
    # Never done, only refused: what is kept has ended.
    cancel = stored("cancel_response", "Refuse to cancel a response, which has ended")
    return {
        "/v1/responses": {"post": create.entry() | {"description": _RESPONSES}},
        one: {
            "get": fetch.answers(named("Response")).entry(),
            "delete": stored("forget_response", "Forget a response")
            .answers(named("DeletedResponse"))
            .entry(),
        },
        f"{one}/input_items": {"get": page.answers(named("ItemList")).entry()},
        f"{one}/cancel": {"post": cancel.answers(named("Response")).entry()},
    }


def _telling() -> Schema:
    def get(
        name: str, summary: str, answer: Schema, media_type: str = "application/json"
    ) -> Schema:
        return {"get": Operation(name, summary, "about").answers(answer, media_type).entry()}

    def one_model(name: str) -> Schema:
        operation = Operation(name, "Tell about the model", "about").may_fail(404)
        operation.with_parameter("model", "path", _NAME)
        return {"get": operation.answers(named("Model")).entry()}

    def post(name: str, summary: str, takes: str, answer: str) -> Schema:
        operation = Operation(name, summary, "tokens").takes(takes).may_fail(429)
        return {"post": operation.answers(named(answer)).entry()}

    health = Operation("health", "Say that the core answers", "about").open_to_all()
    return {
        "/health": {"get": health.answers(named("Health")).entry()},
        "/v1/models": get("list_models", "List the loaded model", named("ModelList")),
        "/v1/models/{model}": one_model("tell_model"),
        "/public/v1/models": get("list_public_models", "The same list", named("ModelList")),
        "/public/v1/models/{model}": one_model("tell_public_model"),
        "/v1/tcp_warming": get("warm", "Open a connection", named("Warm")),
        "/props": get("props", "Tell what llama-server's clients read", named("Props")),
        "/slots": get("slots", "Tell what the slots do", listed(named("Slot"))),
        "/lease": get("lease", "Keep the core while the stream is open", _PLAIN, "text/plain"),
        "/metrics": get("metrics", "Figures for Prometheus", _PLAIN, "text/plain"),
        "/openapi.json": get("openapi", "This document", {"type": "object"}),
        "/tokenize": post("tokenize", "Cut a text into tokens", "TokenizeRequest", "Tokens"),
        "/detokenize": post("detokenize", "Join tokens", "DetokenizeRequest", "Text"),
    }
