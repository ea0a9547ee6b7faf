"""The application on a port of this machine, for clients of WebSockets."""

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import openai
import uvicorn
from generating import MODEL, TOKEN, service_of
from starlette.applications import Starlette
from websockets.asyncio.client import connect

from inference_core.server.connections import BoundedConfig, Connections
from inference_core.server.responses.http import responses_routes
from inference_core.server.responses.limits import SocketLimits
from inference_core.server.responses.protocol import SocketProtocol
from inference_core.server.served_model import ServedModel
from inference_core.server.service import Service

ENDS = ("response.completed", "response.incomplete", "response.failed", "error")


@dataclass
class Served:
    """A running server: its service, and where it listens."""

    service: Service
    port: int

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/v1/responses"


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets=None):
        await super().startup(sockets)
        self.listening.set()


@asynccontextmanager
async def serving(
    engine: Any,
    protocol: type[asyncio.Protocol] = SocketProtocol,
    model: ServedModel = MODEL,
    **limits: Any,
):
    """The routes of the Responses API over this engine, on a free port."""
    service = service_of(engine, model)
    app = Starlette(routes=responses_routes(service, SocketLimits(**limits)))
    config = BoundedConfig(app, Connections(), grace_s=1)
    config.port, config.ws = 0, protocol
    server = _Server(config)
    task = asyncio.create_task(server._serve())
    try:
        await server.listening.wait()
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Served(service, port)
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def official_socket(engine: Any, **limits: Any):
    """OpenAI's own client, connected."""
    async with (
        serving(engine, **limits) as served,
        openai.AsyncOpenAI(
            base_url=f"http://127.0.0.1:{served.port}/v1", api_key=TOKEN, max_retries=0
        ) as client,
        client.responses.connect() as connection,
    ):
        yield connection


@asynccontextmanager
async def raw_socket(engine: Any, **limits: Any):
    """A client that may send anything: the server, and the socket."""
    async with (
        serving(engine, **limits) as served,
        connect(served.url, max_size=None, compression=None) as socket,
    ):
        yield served, socket


async def until(connection: Any, *types: str) -> list[Any]:
    """The events of the official client up to the first of one of these types."""
    events = [await connection.recv()]
    while events[-1].type not in types:
        events.append(await connection.recv())
    return events


async def told(socket: Any, *types: str) -> list[Any]:
    """The events of a raw socket up to the first of one of these types."""
    events = [json.loads(await socket.recv())]
    while events[-1]["type"] not in types:
        events.append(json.loads(await socket.recv()))
    return events
