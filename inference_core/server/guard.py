"""Who may speak to the core: programs that hold the token, by a name that the core has."""

import ipaddress
import secrets
from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from inference_core.domain.errors import CoreError, ForeignHostError, NotAuthorisedError
from inference_core.plumbing.loopback import host_name, is_loopback
from inference_core.server.access import LOCAL_ONLY, Access
from inference_core.server.cross_origin import allowing, is_preflight, preflight_answer
from inference_core.server.problems import error_response
from inference_core.server.refusals import ForeignOriginError, UnknownHostError

_OPEN_PATHS = frozenset({"/health"})

# RFC 6455: a policy was violated. For servers that cannot refuse a WebSocket with an answer.
_POLICY_VIOLATED = 1008


class Guard:
    """ASGI middleware: Host must be the core's, Origin an allowed one, the bearer token right.

    A web page can make its own name resolve to 127.0.0.1 (DNS rebinding) and so reach any local
    server; its browser then sends that name as Host. Or it can ask 127.0.0.1 itself and not read
    the answer; then its browser sends its Origin. The token alone would stop both; these checks
    also keep /health from telling that the core is there.
    """

    def __init__(
        self,
        app: ASGIApp,
        token: str,
        access: Access = LOCAL_ONLY,
        public: Collection[str] = (),
    ) -> None:
        """``public`` are paths that, with all below them, need no token."""
        self._app = app
        self._public = public
        self._token = token.encode()
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 401 or 403; a page's question whether it may is answered.

        A WebSocket is refused before it is opened.
        """
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        problem = self._foreign(scope, headers)
        origin = headers.get("origin")
        if problem is None and origin in self._access.origins:
            send = allowing(origin, send)
            if is_preflight(scope, headers):
                await preflight_answer(headers)(scope, receive, send)
                return
        if problem is None and not self._may_pass(scope, headers):
            problem = NotAuthorisedError()
        if problem is None:
            await self._app(scope, receive, send)
        else:
            await _refuse(problem, scope, receive, send)

    def _foreign(self, scope: Scope, headers: Headers) -> CoreError | None:
        """Return what is wrong with the names in a request, None where they are all right."""
        host = headers.get("host", "")
        if not self._is_ours(host_name(host), scope):
            return UnknownHostError(host) if self._access.remote else ForeignHostError(host[:128])
        for origin in headers.getlist("origin"):
            # A page that the core itself gave out would be no foreign one.
            own = f"{'https' if scope['scheme'] in ('https', 'wss') else 'http'}://{host}"
            if origin not in self._access.origins and origin != own:
                return ForeignOriginError(origin)
        return None

    def _is_ours(self, name: str, scope: Scope) -> bool:
        if is_loopback(name):
            return True
        if not self._access.remote:
            return False
        if name in self._access.hosts:
            return True
        # The address at which the connection arrived; a name can be made to lead there, the
        # number itself cannot belong to somebody else.
        server = scope.get("server")
        return server is not None and _same_address(name, server[0])

    def _may_pass(self, scope: Scope, headers: Headers) -> bool:
        path = scope["path"]
        if path in _OPEN_PATHS or any(f"{path}/".startswith(f"{each}/") for each in self._public):
            return True
        raw = next((value for name, value in headers.raw if name == b"authorization"), b"")
        scheme, _, given = raw.partition(b" ")
        # In constant time, and over bytes: a header may hold any of them.
        right = secrets.compare_digest(given.strip(), self._token)
        return right and scheme.lower() == b"bearer"


async def _refuse(problem: CoreError, scope: Scope, receive: Receive, send: Send) -> None:
    extensions = scope.get("extensions") or {}
    if scope["type"] == "websocket" and "websocket.http.response" not in extensions:
        await send({"type": "websocket.close", "code": _POLICY_VIOLATED})
        return
    await error_response(problem)(scope, receive, send)


def _same_address(name: str, address: str) -> bool:
    try:
        return ipaddress.ip_address(name) == ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
