"""A client of a WebSocket that reads nothing: it costs little, and not for long."""

import asyncio
import base64
import json
import os
import socket
from contextlib import closing

from core.responses.serving import serving
from generating import ScriptedEngine, ended, pieces, service_of
from starlette.websockets import WebSocket

from inference_core.server.responses.limits import SocketLimits
from inference_core.server.responses.protocol import SocketProtocol
from inference_core.server.responses.socket import Connection
from inference_core.server.responses.store import ResponseStore

CREATE = json.dumps({"type": "response.create", "input": "hi"}).encode()


async def test_a_reader_who_sleeps_is_told_and_left_and_the_engine_stops():
    engine, sent = ScriptedEngine([*pieces(*["word"] * 100), ended()]), []
    asked = [
        {"type": "websocket.connect"},
        {"type": "websocket.receive", "text": CREATE.decode()},
    ]

    async def receive():
        if asked:
            return asked.pop(0)
        return await asyncio.Event().wait()

    async def send(message):
        sent.append(message)
        if message["type"] == "websocket.send" and len(sent) > 3:
            await asyncio.Event().wait()

    scope = {"type": "websocket", "path": "/", "headers": [], "query_string": b""}
    limits = SocketLimits(stall_s=0.01, outbox=2)
    websocket = WebSocket(scope, receive, send)
    await Connection(service_of(engine), ResponseStore(), websocket, limits).serve()
    assert engine.open == 0
    assert len(sent) == 5
    assert (sent[-1]["type"], sent[-1]["code"]) == ("websocket.close", 1013)
    assert sent[-1]["reason"]


async def handshake(sleeper, port):
    """Open a WebSocket by hand: a client of a library would read by itself."""
    loop = asyncio.get_running_loop()
    await loop.sock_connect(sleeper, ("127.0.0.1", port))
    head = (
        "GET /v1/responses HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n\r\n"
    )
    await loop.sock_sendall(sleeper, head.encode())
    assert b" 101 " in await loop.sock_recv(sleeper, 4096)
    masked = bytes([0x81, 0x80 | len(CREATE)]) + bytes(4) + CREATE
    await loop.sock_sendall(sleeper, masked)


async def test_the_connection_of_a_reader_who_sleeps_is_aborted():
    lost = asyncio.Event()

    class Hasty(SocketProtocol):
        stall_s = 0.2

        def connection_lost(self, exc):
            super().connection_lost(exc)
            lost.set()

    # Far more than the buffers of both sides hold; none of it is made once they are full.
    engine = ScriptedEngine([*pieces(*["x" * 20_000] * 5_000), ended()])
    limits = {"stall_s": 0.1, "goodbye_s": 0.05}
    async with serving(engine, Hasty, **limits) as served:
        with closing(socket.socket()) as sleeper:
            sleeper.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sleeper.setblocking(False)
            await handshake(sleeper, served.port)
            await lost.wait()
    assert engine.open == 0
