"""A server at loopback that answers as a file says; the files are in ``described``.

A file is a JSON object: ``server``, ``version``, ``as_of`` (ISO day), ``sources`` (addresses of the
documents that it was written from), ``url`` (the path that the endpoint's address ends in),
``protocol``, ``auth``, ``model``, ``fill_in``, and ``exchanges``. Each of these has

- ``for``: the features that it answers for;
- ``request``: method and path, ``WS`` for a WebSocket;
- ``wants``: fields that the request must have, else the answer is 400;
- ``status`` and ``headers``, where they are not 200 and none;
- ``json`` for a whole answer, ``events`` for server-sent ones (a text is sent as it is), ``lines``
  for lines of JSON, ``messages`` for those of a WebSocket;
- ``protocol``, where these features are asked for by another one;
- ``stalls``: after what there is nothing comes, and the connection stays.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from spark_desktop.domain.endpoints import AuthKind, FillInWay, WireProtocol
from spark_desktop.domain.secret import Secret
from tests.hostile.server import Asked, HostileServer, head
from tests.wires.features import Feature
from tests.wires.peer import Peer, spec_of

FOLDER = Path(__file__).parent / "described"
KEY = Secret("described-key")
_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 413: "Payload Too Large"}


def wires() -> dict[str, dict[str, Any]]:
    """Every described server, by the name of its file."""
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(FOLDER.glob("*.json"))
    }


@asynccontextmanager
async def described_peer(id_: str, feature: Feature) -> AsyncIterator[Peer]:
    """The server of a file, as it answers when this feature is asked for."""
    wire = wires()[id_]
    exchanges = [one for one in wire["exchanges"] if feature.value in one["for"]]
    spec = spec_of(
        id_,
        "",
        wire["model"],
        WireProtocol(_told(exchanges, "protocol", wire)),
        AuthKind(wire["auth"]),
        FillInWay(wire["fill_in"]),
    )
    if any(one["request"].startswith("WS ") for one in exchanges):
        async with _socket_server(exchanges) as port:
            yield Peer(replace(spec, url=f"http://127.0.0.1:{port}{wire['url']}"), KEY)
        return
    server = _Described(exchanges)
    async with HostileServer(server.answer).running() as listening:
        server.was_left = listening.was_left
        url = f"{listening.url}{wire['url']}"
        yield Peer(replace(spec, url=url), KEY, server.is_busy)


def _told(exchanges: list[dict[str, Any]], name: str, wire: dict[str, Any]) -> str:
    return next((one[name] for one in exchanges if name in one), wire[name])


class _Described:
    def __init__(self, exchanges: list[dict[str, Any]]) -> None:
        self._exchanges = exchanges
        self.was_left = asyncio.Event()

    async def is_busy(self) -> bool:
        """Whether a client reads that answer to which nothing comes any more."""
        return not self.was_left.is_set()

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        path = asked.target.partition("?")[0]
        body = json.loads(asked.body) if asked.body else {}
        for one in self._exchanges:
            if one["request"] == f"{asked.method} {path}":
                missing = [name for name in one.get("wants", ()) if name not in body]
                if missing:
                    _send(writer, 400, {}, _json({"error": {"message": f"missing: {missing}"}}))
                else:
                    await self._send(one, writer)
                break
        else:
            _send(writer, 404, {}, _json({"error": {"message": f"no route {path}"}}))
        await writer.drain()

    async def _send(self, one: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        if not one.get("stalls"):
            _send(writer, one.get("status", 200), one.get("headers", {}), _body(one))
            return
        kind = "application/x-ndjson" if "lines" in one else "text/event-stream"
        writer.write(head(content_type=kind, connection="close") + _body(one)[1])
        await writer.drain()
        # Comments go on until the client leaves, which is when writing fails.
        while True:
            writer.write(b": \n\n" if "events" in one else b"\n")
            await writer.drain()
            await asyncio.sleep(0.01)


def _body(one: dict[str, Any]) -> tuple[str, bytes]:
    if "events" in one:
        return "text/event-stream", b"".join(_event(value) for value in one["events"])
    if "lines" in one:
        lines = "".join(json.dumps(value) + "\n" for value in one["lines"])
        return "application/x-ndjson", lines.encode()
    return _json(one["json"])


def _event(value: Any) -> bytes:
    if isinstance(value, str):
        return f"{value}\n\n".encode()
    # Anthropic and OpenAI's Responses name their events by the type that is in them, too.
    name = f"event: {value['type']}\n" if "type" in value else ""
    return f"{name}data: {json.dumps(value)}\n\n".encode()


def _json(value: Any) -> tuple[str, bytes]:
    return "application/json", json.dumps(value).encode()


def _send(
    writer: asyncio.StreamWriter, status: int, headers: dict[str, str], body: tuple[str, bytes]
) -> None:
    kind, data = body
    lines = {"Content-Type": kind, "Content-Length": str(len(data)), **headers}
    told = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    reason = _REASONS.get(status, "Error")
    writer.write(f"HTTP/1.1 {status} {reason}\r\n{told}\r\n".encode() + data)


@asynccontextmanager
async def _socket_server(exchanges: list[dict[str, Any]]) -> AsyncIterator[int]:
    by_path = {one["request"].removeprefix("WS "): one for one in exchanges}

    def known(connection: ServerConnection, request: Request) -> Response | None:
        return None if request.path in by_path else connection.respond(404, "no such route")

    async def answer(connection: ServerConnection) -> None:
        assert connection.request is not None
        one = by_path[connection.request.path]
        async for message in connection:
            missing = [name for name in one.get("wants", ()) if name not in json.loads(message)]
            assert not missing, missing
            for value in one["messages"]:
                await connection.send(json.dumps(value))

    async with serve(answer, "127.0.0.1", 0, process_request=known) as server:
        yield server.sockets[0].getsockname()[1]
