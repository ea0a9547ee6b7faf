"""The application: every route, behind one guard, with one place for errors."""

from dataclasses import replace

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect

from inference_core.domain.errors import CoreError
from inference_core.engine.protocol import Engine
from inference_core.server.about import about_routes
from inference_core.server.access import LOCAL_ONLY, Access
from inference_core.server.body_deadline import BodyDeadline
from inference_core.server.connections import Connections
from inference_core.server.emulation.edge import Edge
from inference_core.server.emulation.faulty import Faulty
from inference_core.server.emulation.flat_errors import FlatErrors
from inference_core.server.emulation.paced_engine import PacedEngine
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
    # Measured is what the real engine does, also where its answers are held back.
    engine: Engine = MeasuredEngine(service.engine, metrics)
    if service.emulation is not None:
        engine = PacedEngine(engine, service.emulation)
    service = replace(service, engine=engine)
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
            *_outer(service),
            Middleware(MeasuredRequests, metrics=metrics, routes=routes),
            Middleware(Guard, token=token, access=access, public=_public(service)),
            *_inner(service),
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


def _outer(service: Service) -> list[Middleware]:
    """Return what lies around everything where another service is emulated."""
    if service.emulation is None:
        return []
    return [Middleware(Edge, emulation=service.emulation), Middleware(FlatErrors)]


def _public(service: Service) -> tuple[str, ...]:
    """Return what needs no token: of Cerebras' paths one that says so, as /health does here."""
    return () if service.emulation is None else ("/public/v1/models",)


def _inner(service: Service) -> list[Middleware]:
    """Return what only those meet who may pass."""
    if service.emulation is None:
        return []
    return [Middleware(Faulty, plan=service.emulation.faults)]
