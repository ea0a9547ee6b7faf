"""Who may speak to the core: this machine's own programs that hold the token."""

import ipaddress
import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from inference_core.domain.errors import CoreError, ForeignHostError, NotAuthorisedError
from inference_core.server.problems import error_response

_OPEN_PATHS = frozenset({"/health"})


def is_loopback(host: str) -> bool:
    """Return whether a host name or address, without port, is this machine's loopback."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Guard:
    """ASGI middleware: the Host header must be loopback, the bearer token right.

    A web page can make its own name resolve to 127.0.0.1 (DNS rebinding) and so reach any local
    server; its browser then sends that name as Host. The token alone would stop it, the Host check
    also keeps /health from telling it that the core is there.
    """

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 401 or 403."""
        if scope["type"] == "http" and (problem := self._problem(scope)) is not None:
            await error_response(problem)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _problem(self, scope: Scope) -> CoreError | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not is_loopback(_host_name(host)):
            return ForeignHostError(host)
        if scope["path"] in _OPEN_PATHS:
            return None
        given = headers.get("authorization", "").encode()
        return None if secrets.compare_digest(given, self._expected) else NotAuthorisedError()


def _host_name(header: str) -> str:
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""
