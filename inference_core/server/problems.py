"""Errors on the wire, in OpenAI's shape."""

import logging

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from inference_core.domain.errors import CoreError, EngineError, RequestError

_log = logging.getLogger(__name__)

_TIMEOUT = 408

_HTTP_PROBLEMS = {
    404: ("not_found", "has no route"),
    405: ("method_not_allowed", "does not take this method at"),
}

# As much of a wrong path as an error shows.
_SHOWN = 256


def closing_error() -> EngineError:
    """Return what a client that still listens hears when the core ends."""
    return EngineError("The core is closing down.", "Start it again, then repeat the request.")


def error_json(error: CoreError) -> dict[str, object]:
    """Return ``{"error": {"message", "type", "param", "code", "next_step"}}``."""
    return {
        "error": {
            "message": error.message,
            "type": error.kind,
            "param": error.param if isinstance(error, RequestError) else None,
            "code": error.code,
            "next_step": error.next_step,
        }
    }


def error_response(error: CoreError) -> JSONResponse:
    """Return the response that tells an error."""
    after = error.retry_after_s
    headers = {} if after is None else {"Retry-After": str(after)}
    if error.status == _TIMEOUT:
        # The rest of its body may still come, and must not be taken for the next request.
        headers["Connection"] = "close"
    return JSONResponse(error_json(error), error.status, headers)


async def on_core_error(request: Request, error: Exception) -> JSONResponse:
    """Answer with one of our errors."""
    if not isinstance(error, CoreError):
        return await on_fault(request, error)
    if error.status >= 500:
        _log.error("%s %s: %s", request.method, request.url.path, error.message)
    return error_response(error)


async def on_http_error(request: Request, error: Exception) -> JSONResponse:
    """Answer an unknown path or method, and whatever else, in the same shape as everything."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    code, what = _HTTP_PROBLEMS.get(status, (f"http_{status}", "cannot answer"))
    # A path is as long as a client makes it.
    path = request.url.path[:_SHOWN]
    body = {
        "message": f"The core {what} {request.method} {path}.",
        "type": "server_error" if status >= 500 else "invalid_request_error",
        "param": None,
        "code": code,
        "next_step": "docs/api.md lists the routes.",
    }
    headers = error.headers if isinstance(error, HTTPException) else None
    return JSONResponse({"error": body}, status, headers)


async def on_client_gone(request: Request, error: Exception) -> Response:
    """Answer nobody: the client left while it was still sending, which is no fault of the core."""
    return Response(status_code=400)


async def on_fault(request: Request, error: Exception) -> JSONResponse:
    """Answer for a fault of the core itself; the trace goes to the log, not to the client."""
    body = {
        "message": f"The core failed: {type(error).__name__}.",
        "type": "server_error",
        "param": None,
        "code": "core_failed",
        "next_step": "See the core's log.",
    }
    return JSONResponse({"error": body}, 500)
