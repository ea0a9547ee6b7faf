"""A server at loopback that does what a script says, byte by byte, with TLS or without."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Asked:
    """One request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]]


@asynccontextmanager
async def listening(serve: Serve, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Serve every connection in a task of its own, give the port, and end them all behind."""
    tasks: set[asyncio.Task[None]] = set()

    def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    listener = await asyncio.start_server(met, "127.0.0.1", 0, ssl=tls)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await listener.wait_closed()


Script = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class HostileServer:
    """Answers each request by the script, which may close, wait or send rubbish."""

    script: Script
    tls: ssl.SSLContext | None = None
    requests: list[Asked] = field(default_factory=list)
    # Whether the peer left while the script was still sending.
    was_left: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0

    @property
    def url(self) -> str:
        scheme = "https" if self.tls else "http"
        return f"{scheme}://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def running(self) -> AsyncIterator["HostileServer"]:
        async with listening(self._serve, self.tls) as self.port:
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                asked = await read_request(reader)
                if asked is None:
                    return
                self.requests.append(asked)
                await self.script(asked, writer)
        except (ConnectionError, ssl.SSLError):
            self.was_left.set()
        finally:
            await close(writer)


async def close(writer: asyncio.StreamWriter) -> None:
    """Close a connection, whatever became of it."""
    writer.close()
    with suppress(ConnectionError, ssl.SSLError, TimeoutError):
        await writer.wait_closed()


async def read_request(reader: asyncio.StreamReader) -> Asked | None:
    """Return the next request, None where the client has left."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
        return None
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    length = int(headers.get("content-length", 0))
    return Asked(method, target, headers, await reader.readexactly(length))


# What scripts are made of.

DELTA = {"choices": [{"index": 0, "delta": {"content": "héllo "}, "finish_reason": None}]}
STOP = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}


def event(value: object) -> bytes:
    """One server-sent event."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"data: {text}\n\n".encode()


GOOD = event(DELTA) + event(DELTA) + event(STOP) + event("[DONE]")


def head(status: str = "200 OK", **headers: str) -> bytes:
    """A response's head; ``content_type="…"`` becomes Content-Type."""
    lines = [f"{name.replace('_', '-').title()}: {value}" for name, value in headers.items()]
    return "\r\n".join((f"HTTP/1.1 {status}", *lines, "", "")).encode("latin-1")


def chunked(body: bytes) -> bytes:
    """A body as one HTTP chunk, with the end after it."""
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


STREAM = head(content_type="text/event-stream", transfer_encoding="chunked")
UNTIL_CLOSED = head(content_type="text/event-stream", connection="close")


def sends(*pieces: bytes, closes: bool = True, turns: int = 4) -> Script:
    """Send the pieces, each as the network packet of its own that the client then reads."""

    async def script(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            # The client lives in the same loop: it takes some turns to read.
            for _ in range(turns):
                await asyncio.sleep(0)
        if closes:
            await close(writer)

    return script


def stalls(*pieces: bytes) -> Script:
    """Send the pieces, and then nothing for ever."""

    async def script(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"".join(pieces))
        await writer.drain()
        await asyncio.Event().wait()

    return script


def endless(begin: bytes, piece: bytes) -> Script:
    """Send ``piece`` again and again until the client leaves."""

    async def script(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(begin)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)

    return script


def redirects(status: str, location: str, then: Script | None = None) -> Script:
    """Redirect the first request, or all where nothing comes ``then``."""
    asked_before = False

    async def script(asked: Asked, writer: asyncio.StreamWriter) -> None:
        nonlocal asked_before
        if then is not None and asked_before:
            await then(asked, writer)
            return
        asked_before = True
        writer.write(head(status, location=location, content_length="0"))
        await writer.drain()

    return script
