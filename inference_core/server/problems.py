"""Errors on the wire, in OpenAI's shape."""

import logging

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from inference_core.domain.errors import CoreError, EngineError, RequestError

_log = logging.getLogger(__name__)


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
    return JSONResponse(error_json(error), error.status, headers)


async def on_core_error(request: Request, error: Exception) -> JSONResponse:
    """Answer with one of our errors."""
    if not isinstance(error, CoreError):
        return await on_fault(request, error)
    if error.status >= 500:
        _log.error("%s %s: %s", request.method, request.url.path, error.message)
    return error_response(error)


async def on_http_error(request: Request, error: Exception) -> JSONResponse:
    """Answer an unknown path or method in the same shape as everything else."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    what = "has no route" if status == 404 else "does not take this method at"
    body = {
        "message": f"The core {what} {request.method} {request.url.path}.",
        "type": "invalid_request_error",
        "param": None,
        "code": "not_found" if status == 404 else "method_not_allowed",
        "next_step": "docs/core.md lists the routes.",
    }
    return JSONResponse({"error": body}, status)


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
