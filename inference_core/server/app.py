"""The application: every route, behind one guard, with one place for errors."""

from dataclasses import replace

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect

from inference_core.domain.errors import CoreError
from inference_core.server.about import about_routes
from inference_core.server.access import LOCAL_ONLY, Access
from inference_core.server.body_deadline import BodyDeadline
from inference_core.server.connections import Connections
from inference_core.server.encoded_body import EncodedBodies
from inference_core.server.generating import generating_routes
from inference_core.server.guard import Guard
from inference_core.server.live_figures import LiveFigures
from inference_core.server.measured_engine import MeasuredEngine
from inference_core.server.measured_requests import MeasuredRequests, metrics_route
from inference_core.server.metrics import Metrics
from inference_core.server.openapi.document import openapi_route
from inference_core.server.problems import on_client_gone, on_core_error, on_fault, on_http_error
from inference_core.server.responses.http import responses_routes
from inference_core.server.service import Service
from inference_core.server.tokens import token_routes


def build_app(
    service: Service,
    token: str,
    access: Access = LOCAL_ONLY,
    connections: Connections | None = None,
) -> Starlette:
    """Return the application; every route but /health wants the bearer token.

    ``connections`` are those of the server that it runs in, None where there is none.
    """
    room = connections or Connections()
    metrics = Metrics()
    metrics.add(LiveFigures(service, room))
    service = replace(service, engine=MeasuredEngine(service.engine, metrics))
    routes = [
        *generating_routes(service),
        *responses_routes(service),
        *token_routes(service),
        *about_routes(service),
        metrics_route(metrics),
        openapi_route(),
    ]
    return Starlette(
        routes=routes,
        middleware=[
            Middleware(MeasuredRequests, metrics=metrics, routes=routes),
            Middleware(Guard, token=token, access=access),
            Middleware(BodyDeadline, body_s=room.limits.body_s),
            Middleware(EncodedBodies),
        ],
        exception_handlers={
            CoreError: on_core_error,
            HTTPException: on_http_error,
            ClientDisconnect: on_client_gone,
            Exception: on_fault,
        },
    )
