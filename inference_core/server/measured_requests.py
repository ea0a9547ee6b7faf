"""Counts requests, and tells the figures to who may see them."""

import time
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inference_core.server.metrics import MEDIA_TYPE, Metrics

_FAULT = 500
# nginx's word for a client that left before its answer began.
_CLIENT_LEFT = 499
_SWITCHED = 101

# They last for as long as somebody likes, which says nothing about the core.
_UNTIMED = frozenset({"/lease"})


def metrics_route(metrics: Metrics) -> BaseRoute:
    """Return the route that tells the figures."""

    async def tell(request: Request) -> Response:
        return Response(metrics.text(), media_type=MEDIA_TYPE)

    return Route("/metrics", tell)


class MeasuredRequests:
    """ASGI middleware: counts by the route's template, so that no client invents a label."""

    def __init__(self, app: ASGIApp, metrics: Metrics, routes: Sequence[BaseRoute]) -> None:
        self._app = app
        self._metrics = metrics
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and count it when its answer has ended."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        begun = time.monotonic()
        status = 0

        async def send_noting(message: Message) -> None:
            nonlocal status
            status = status or _status_in(message)
            await send(message)

        try:
            with self._metrics.active():
                await self._app(scope, receive, send_noting)
            status = status or _CLIENT_LEFT
        finally:
            route = self._template(scope)
            method = scope.get("method", "WEBSOCKET")
            self._metrics.request(route, method, status or _FAULT)
            if status != _SWITCHED and route not in _UNTIMED:
                self._metrics.took(route, time.monotonic() - begun)

    def _template(self, scope: Scope) -> str:
        partial = ""
        for route in self._routes:
            if not isinstance(route, Route | WebSocketRoute):
                continue
            match, _ = route.matches(scope)
            if match is Match.FULL:
                return route.path
            if match is Match.PARTIAL:
                partial = route.path
        return partial or "none"


def _status_in(message: Message) -> int:
    if message["type"] in ("http.response.start", "websocket.http.response.start"):
        return int(message["status"])
    return _SWITCHED if message["type"] == "websocket.accept" else 0
