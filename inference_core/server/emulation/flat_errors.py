"""Errors as Cerebras' service writes them: flat, and in its own words where it has some.

The core's routes write OpenAI's envelope, in one place. This takes it apart again at the edge, so
that no route knows about it.
"""

import json

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inference_core.domain.errors import CoreError, RequestError
from inference_core.server.answers import Json

_KINDS = {
    403: "permission_error",
    404: "not_found_error",
    429: "too_many_requests_error",
}

_WRONG_KEY: Json = {
    "message": "Wrong API Key",
    "type": "invalid_request_error",
    "param": "api_key",
    "code": "wrong_api_key",
}
_NO_KEY: Json = {"detail": "Not authenticated"}


def _kind(status: int) -> str:
    """Return the service's word for a status; others below 500 are the client's doing."""
    return _KINDS.get(status, "invalid_request_error" if status < 500 else "server_error")


def stream_error(error: CoreError, request_id: str) -> Json:
    """Return the event that breaks off a stream."""
    return {
        "error": {
            "id": request_id,
            "message": error.message,
            "type": _kind(error.status),
            "param": error.param if isinstance(error, RequestError) else None,
            "code": error.code,
        },
        "status_code": error.status,
    }


class FlatErrors:
    """ASGI middleware: takes the errors of everything inside out of OpenAI's envelope.

    The next step, for which the service has no field, is in the header ``x-spark-next-step``.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "http":
            send = _Flattening(scope, send)
        await self._app(scope, receive, send)


class _Flattening:
    """Holds the start of an error back until its body is there."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._has_key = "authorization" in Headers(scope=scope)
        self._send = send
        self._start: Message | None = None
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        """Send it on, or keep it."""
        if message["type"] == "http.response.start" and message["status"] >= 400:
            self._start = message
            return
        if self._start is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if not message.get("more_body", False):
            await self._send_flat(self._start)

    async def _send_flat(self, start: Message) -> None:
        enveloped = _enveloped(bytes(self._body))
        body, status = bytes(self._body), start["status"]
        headers = MutableHeaders(raw=list(start["headers"]))
        if enveloped is not None:
            status, flat = self._flat(status, enveloped)
            body = b"" if flat is None else json.dumps(flat, ensure_ascii=False).encode("utf-8")
            if flat is None:
                del headers["content-type"]
            if step := enveloped.get("next_step"):
                headers["x-spark-next-step"] = str(step).encode("ascii", "replace").decode()
        headers["content-length"] = str(len(body))
        await self._send({**start, "status": status, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": body, "more_body": False})

    def _flat(self, status: int, error: Json) -> tuple[int, Json | None]:
        if error["code"] == "not_found":
            return status, None  # an unknown path has an empty answer
        if error["code"] == "invalid_api_key":
            return (401, _WRONG_KEY) if self._has_key else (403, _NO_KEY)
        return status, {
            "message": error["message"],
            "type": _kind(status),
            "param": error["param"],
            "code": error["code"],
        }


def _enveloped(body: bytes) -> Json | None:
    """Return what is in OpenAI's envelope; None where there is none, as in a route's own answer."""
    try:
        data = json.loads(body)
    except ValueError:
        return None
    error = data.get("error") if isinstance(data, dict) else None
    return error if isinstance(error, dict) and "code" in error else None
