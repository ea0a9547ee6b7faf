"""What browsers want to hear before a page of another origin may use the core (CORS)."""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import Message, Scope, Send

# How long a browser need not ask again; Chromium keeps no answer longer than two hours.
_KEEP_S = 600

_METHODS = "GET, POST, DELETE"

# Names of headers, as a browser lists those that the page wants to send.
_NAMES = re.compile(r"[A-Za-z0-9-]{1,64}(?:, ?[A-Za-z0-9-]{1,64}){0,63}")


def is_preflight(scope: Scope, headers: Headers) -> bool:
    """Return whether a browser asks if a page may ask; it sends no token with that."""
    if scope["type"] != "http" or scope["method"] != "OPTIONS":
        return False
    return "access-control-request-method" in headers


def preflight_answer(headers: Headers) -> Response:
    """Return the permission; the token still decides about the request itself.

    The headers are those that the page wants to send: clients add several of their own, and none
    of them opens anything.
    """
    wanted = headers.get("access-control-request-headers", "")
    granted = {
        "Access-Control-Allow-Methods": _METHODS,
        "Access-Control-Max-Age": str(_KEEP_S),
        "Vary": "Access-Control-Request-Headers",
    }
    if _NAMES.fullmatch(wanted):
        granted["Access-Control-Allow-Headers"] = wanted
    if headers.get("access-control-request-private-network") == "true":
        granted["Access-Control-Allow-Private-Network"] = "true"
    return Response(status_code=204, headers=granted)


def allowing(origin: str, send: Send) -> Send:
    """Return ``send``, which lets pages of this origin read the answers."""

    async def send_allowing(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Access-Control-Allow-Origin"] = origin
            headers["Access-Control-Expose-Headers"] = "Retry-After"
            headers.add_vary_header("Origin")
        await send(message)

    return send_allowing
