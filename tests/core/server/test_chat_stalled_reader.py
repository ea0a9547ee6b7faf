"""A client that reads nothing, over a real connection."""

import asyncio
import json
import socket
from contextlib import asynccontextmanager

import pytest
import uvicorn
from generating import TOKEN, ScriptedEngine, service_of
from uvicorn.protocols.http.h11_impl import H11Protocol

from inference_core.domain.generation import PromptProgress, TextPiece
from inference_core.server.app import build_app
from inference_core.server.stalled_reader import AbortStalledReaders

pytestmark = pytest.mark.e2e

ASK = json.dumps({"messages": [{"role": "user", "content": "hi"}], "stream": True}).encode()
HEAD = (
    f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\n"
    f"Content-Length: {len(ASK)}\r\n\r\n"
).encode()


class Endless(ScriptedEngine):
    """Writes as fast as it is read; ``stopped`` is set when somebody stops it."""

    def __init__(self):
        super().__init__([])
        self.stopped = asyncio.Event()
        self.written = 0

    async def generate(self, request):
        try:
            yield PromptProgress(1, 0, 1)
            while True:
                self.written += 1000
                yield TextPiece("x" * 1000)
                await asyncio.sleep(0)
        finally:
            self.stopped.set()


class Impatient(AbortStalledReaders, H11Protocol):
    stall_s = 0.2


@asynccontextmanager
async def serving(engine):
    """The application behind a real socket, and an event for the end of a connection."""
    lost = asyncio.Event()

    class Watched(Impatient):
        def connection_lost(self, exc):
            super().connection_lost(exc)
            lost.set()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            build_app(service_of(engine), TOKEN), lifespan="off", log_config=None, http=Watched
        )
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve([listener]))
        try:
            yield listener.getsockname(), lost
        finally:
            server.should_exit = True
            await running


async def test_a_client_that_reads_nothing_loses_its_connection_and_frees_the_engine():
    engine = Endless()
    async with serving(engine) as (address, lost):
        reader, writer = await asyncio.open_connection(*address, limit=1024)
        writer.write(HEAD + ASK)
        await engine.stopped.wait()
        await lost.wait()
        # What filled the two ends' buffers, and not what the engine could have written.
        assert engine.written < 64 * 1024 * 1024
        assert b"[DONE]" not in await reader.read()
        writer.close()


async def test_a_client_that_reads_keeps_its_connection():
    engine = Endless()
    async with serving(engine) as (address, lost):
        reader, writer = await asyncio.open_connection(*address)
        writer.write(HEAD + ASK)
        taken = 0
        while taken < 8 * 1024 * 1024:
            taken += len(await reader.read(65536))
        assert not engine.stopped.is_set()
        assert not lost.is_set()
        writer.close()
        await engine.stopped.wait()
