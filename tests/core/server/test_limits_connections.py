"""Real sockets against the bounds of connections: stalls, drips, floods."""

import asyncio
import json
from contextlib import asynccontextmanager, suppress

import pytest
import uvicorn
from generating import TOKEN, ScriptedEngine, ended, pieces, service_of

from inference_core.server.app import build_app
from inference_core.server.connections import BoundedConfig, Connections
from inference_core.server.limits import Limits
from inference_core.server.listener import bound_listener

HEAD = f"Host: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"
GET = f"GET /slots HTTP/1.1\r\n{HEAD}\r\n".encode()
LONG = 60.0
SHORT = 0.05


class Core:
    """A server on a real socket, and the connections that it has."""

    def __init__(self, connections, address):
        self.connections = connections
        self._address = address
        self._writers = []

    async def connect(self, data=b""):
        reader, writer = await asyncio.open_connection(*self._address)
        self._writers.append(writer)
        writer.write(data)
        await writer.drain()
        return reader, writer

    async def ask(self, data):
        reader, _ = await self.connect(data)
        return await answer(reader)

    def close(self):
        for writer in self._writers:
            writer.close()


async def answer(reader):
    """Status, headers and body of one response."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    status = int(head.split()[1])
    headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return status, headers, body


@asynccontextmanager
async def core(engine=None, **limits):
    connections = Connections(Limits(**({"head_s": LONG, "body_s": LONG} | limits)))
    service = service_of(engine or ScriptedEngine([*pieces("hello"), ended()]))
    app = build_app(service, TOKEN, connections=connections)
    server = uvicorn.Server(BoundedConfig(app, connections, grace_s=1))
    with bound_listener("127.0.0.1", 0) as listener:
        await _start(server, listener)
        running = Core(connections, listener.getsockname())
        try:
            yield running
        finally:
            running.close()
            service.activity.closing.set()
            await server.shutdown([listener])


async def _start(server, listener):
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup([listener])


async def closed(reader):
    """What comes until the core closes."""
    return await reader.read()


async def test_a_client_that_says_nothing_is_closed_without_a_word():
    async with core(head_s=SHORT) as server:
        reader, _ = await server.connect()
        assert await closed(reader) == b""
        assert (server.connections.late, server.connections.open) == (1, 0)


@pytest.mark.parametrize("begun", [b"G", b"GET /slots HTTP/1.1\r\nHost: loc"])
async def test_a_head_that_does_not_end_is_told_so_and_closed(begun):
    async with core(head_s=SHORT) as server:
        reader, _ = await server.connect(begun)
        assert (await closed(reader)).startswith(b"HTTP/1.1 408 ")


async def test_a_head_in_drips_gets_no_more_time_for_each_of_them():
    async with core(head_s=SHORT) as server:
        reader, writer = await server.connect(b"GET /slots HTTP/1.1\r\n")
        got = asyncio.ensure_future(closed(reader))
        while not got.done():
            writer.write(b"X: y\r\n")
            await asyncio.wait({got}, timeout=SHORT / 10)
        # A drip that arrives after the end resets the connection, with what was said on it.
        with suppress(ConnectionResetError):
            assert (await got).startswith(b"HTTP/1.1 408 ")
    assert server.connections.late == 1


async def test_the_second_request_has_its_own_time():
    async with core(head_s=SHORT, idle_s=LONG) as server:
        reader, writer = await server.connect(GET)
        assert (await answer(reader))[0] == 200
        writer.write(b"GET")
        assert (await closed(reader)).startswith(b"HTTP/1.1 408 ")


async def test_a_body_that_does_not_come_is_refused_with_an_error_and_closed():
    async with core(body_s=SHORT) as server:
        head = f"POST /v1/completions HTTP/1.1\r\n{HEAD}Content-Length: 50\r\n\r\n{{"
        reader, _ = await server.connect(head.encode())
        status, headers, body = await answer(reader)
        assert (status, headers["connection"]) == (408, "close")
        assert json.loads(body)["error"]["code"] == "body_too_slow"
        assert await closed(reader) == b""


async def test_a_body_that_nobody_waited_for_may_not_drip_for_ever():
    async with core(head_s=SHORT, idle_s=LONG) as server:
        head = "POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90000\r\n\r\n"
        reader, writer = await server.connect(head.encode())
        assert (await answer(reader))[0] == 401
        writer.write(b"x")
        assert await closed(reader) == b""
        assert server.connections.late == 1


async def test_an_answer_may_take_longer_than_its_question():
    gate = asyncio.Event()
    engine = ScriptedEngine([*pieces("a"), gate, *pieces("b"), ended()])
    async with core(engine, head_s=SHORT, body_s=SHORT) as server:
        body = json.dumps({"prompt": "p"})
        head = f"POST /v1/completions HTTP/1.1\r\n{HEAD}Content-Length: {len(body)}\r\n\r\n"
        reader, _ = await server.connect((head + body).encode())
        await engine.waits.get()
        silent, _ = await server.connect()
        assert await closed(silent) == b""  # by now the time for a head has passed
        gate.set()
        status, _, told = await answer(reader)
        assert (status, json.loads(told)["choices"][0]["text"]) == (200, "ab")


async def test_who_waits_longest_without_a_request_makes_room():
    async with core(connections=3) as server:
        stalled = [await server.connect(b"GET") for _ in range(3)]
        status, _, _ = await server.ask(GET)
        assert status == 200
        assert await closed(stalled[0][0]) == b""
        assert server.connections.made_room == 1


async def test_a_flood_of_silent_clients_stops_nobody():
    async with core(connections=20) as server:
        for _ in range(200):
            await server.connect()
        status, _, _ = await server.ask(GET)
        assert status == 200
        assert server.connections.open <= 21


async def test_when_all_connections_are_in_use_a_new_request_is_told_to_come_back():
    gate = asyncio.Event()
    engine = ScriptedEngine([gate, ended()])
    async with core(engine, connections=2) as server:
        body = json.dumps({"prompt": "p"})
        head = f"POST /v1/completions HTTP/1.1\r\n{HEAD}Content-Length: {len(body)}\r\n\r\n"
        busy = [await server.connect((head + body).encode()) for _ in range(2)]
        for _ in busy:
            await engine.waits.get()
        status, headers, told = await server.ask(GET)
        assert (status, headers["retry-after"], headers["connection"]) == (503, "1", "close")
        assert json.loads(told)["error"]["code"] == "too_many_connections"
        upgrade = (
            f"GET /v1/responses HTTP/1.1\r\n{HEAD}Connection: Upgrade\r\nUpgrade: websocket\r\n"
        )
        assert (await server.ask(f"{upgrade}\r\n".encode()))[0] == 503
        assert server.connections.refused == 2
        gate.set()
        for reader, _ in busy:
            assert (await answer(reader))[0] == 200
        assert (await server.ask(GET))[0] == 200


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 40 + b"\r\n\r\n",
        b"GET /slots\r\n\r\n",
        b"GET /slots HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET /slots HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 70_000,
        b"POST /slots HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_refused_in_the_shape_of_every_error(nonsense):
    async with core() as server:
        reader, _ = await server.connect(nonsense)
        status, _, body = await answer(reader)
        assert (status, json.loads(body)["error"]["code"]) == (400, "bad_http")
        assert await closed(reader) == b""


async def test_nonsense_after_an_answer_has_begun_only_closes():
    async with core() as server:
        head = "POST /nowhere HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        reader, writer = await server.connect(head.encode())
        assert (await answer(reader))[0] == 401
        writer.write(b"no length\r\n")
        assert await closed(reader) == b""


async def test_requests_that_were_sent_at_once_are_answered_in_turn():
    async with core(head_s=SHORT, idle_s=LONG) as server:
        reader, _ = await server.connect(GET * 3)
        for _ in range(3):
            assert (await answer(reader))[0] == 200
