"""The edge of the emulation: its paths, and the headers that every answer has."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inference_core.server.emulation.settings import Emulation

# With /v1 and without: the base address of Cerebras' own client has none, OpenAI's has.
_SHORT = ("/chat/completions", "/completions", "/models", "/tcp_warming")

# Cerebras has neither, and their documents would describe another server.
_ABSENT = ("/v1/responses", "/openapi.json")


class Edge:
    """ASGI middleware: gives short paths their long form, and stamps what it answers.

    The headers say that the answer is emulated, and how much of the account's limits is left.
    """

    def __init__(self, app: ASGIApp, emulation: Emulation) -> None:
        self._app = app
        self._emulation = emulation

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on under the path that the routes know."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        await self._app(_with_path(scope, _long(scope["path"])), receive, self._stamping(send))

    def _stamping(self, send: Send) -> Send:
        async def send_stamped(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=list(message["headers"]))
                headers["x-spark-emulated"] = self._emulation.header
                extra = self._emulation.quota.headers()
                message = {**message, "headers": [*headers.raw, *extra]}
            await send(message)

        return send_stamped


def _long(path: str) -> str:
    if any(path == absent or path.startswith(f"{absent}/") for absent in _ABSENT):
        return f"/absent{path}"
    is_short = any(path == short or path.startswith(f"{short}/") for short in _SHORT)
    return f"/v1{path}" if is_short else path


def _with_path(scope: Scope, path: str) -> Scope:
    if path == scope["path"]:
        return scope
    return {**scope, "path": path, "raw_path": path.encode("utf-8")}
