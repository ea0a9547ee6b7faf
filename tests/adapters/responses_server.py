"""A WebSocket server at loopback that answers ``response.create`` by a script."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from adapters.responses_events import completed, created, message
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

Json = dict[str, Any]
Script = Callable[[ServerConnection, Json], Awaitable[None]]


@dataclass
class SocketServer:
    """``scripts`` answer the messages in their order, the last one all further ones.

    ``messages`` has what was asked, with the number of its connection as ``on``.
    """

    scripts: list[Script]
    messages: list[Json] = field(default_factory=list)
    opened: int = 0
    port: int = 0
    # The sizes of the messages, in bytes.
    sizes: list[int] = field(default_factory=list)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["SocketServer"]:
        async with serve(self._serve, "127.0.0.1", 0, compression=None) as server:
            self.port = next(iter(server.sockets)).getsockname()[1]
            yield self

    async def open(self) -> ClientConnection:
        return await connect(f"ws://127.0.0.1:{self.port}/v1/responses", compression=None)

    async def _serve(self, connection: ServerConnection) -> None:
        self.opened += 1
        number = self.opened
        with suppress(ConnectionClosed):
            async for text in connection:
                assert isinstance(text, str)
                self.sizes.append(len(text.encode()))
                told = json.loads(text)
                self.messages.append(told | {"on": number})
                script = self.scripts[min(len(self.messages), len(self.scripts)) - 1]
                await script(connection, told)


async def tell(connection: ServerConnection, *events: Json) -> None:
    for event in events:
        await connection.send(json.dumps(event, ensure_ascii=False))


def says(*events: Json) -> Script:
    """Tell the events."""

    async def script(connection: ServerConnection, _asked: Json) -> None:
        await tell(connection, *events)

    return script


def answers(*pieces: str, response_id: str = "resp_1") -> Script:
    """Answer with a text in pieces; a warm-up without one."""

    async def script(connection: ServerConnection, asked: Json) -> None:
        said = message(*pieces) if asked.get("generate", True) else []
        await tell(connection, *created(response_id), *said, *completed(response_id))

    return script


def leaves(*events: Json, code: int = 1001) -> Script:
    """Tell the events, and close the connection."""

    async def script(connection: ServerConnection, _asked: Json) -> None:
        await tell(connection, *events)
        await connection.close(code)

    return script
