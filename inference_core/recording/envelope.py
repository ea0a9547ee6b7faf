"""Errors of our own on the wire, in OpenAI's shape."""

from starlette.responses import JSONResponse

from inference_core.domain.errors import CoreError, RequestError


def error_response(error: CoreError) -> JSONResponse:
    """Return ``{"error": {"message", "type", "param", "code", "next_step"}}`` with its status."""
    fields = {
        "message": error.message,
        "type": error.kind,
        "param": error.param if isinstance(error, RequestError) else None,
        "code": error.code,
        "next_step": error.next_step,
    }
    return JSONResponse({"error": fields}, error.status)
