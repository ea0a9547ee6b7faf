"""What the tests of recordings share: an upstream that says what it is told to, and exchanges."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from inference_core.recording.exchange import (
    Chunk,
    End,
    Exchange,
    Headers,
    JsonBody,
    RecordedRequest,
    RecordedResponse,
)
from inference_core.recording.hashing import request_hash
from inference_core.recording.loopback import loopback_listener, serve_until

# With what JSON and URLs escape.
KEY = 'sk-planted/"0123+é456789'
PLAIN_KEY = "sk-planted-0123456789"

EVENTS = (("content-type", "text/event-stream"),)


@dataclass
class Asked:
    """A request as the upstream got it."""

    head: bytes
    body: bytes

    def header(self, name: str) -> list[str]:
        lines = [line.partition(":") for line in self.head.decode("latin-1").split("\r\n")[1:]]
        return [value.strip() for given, _, value in lines if given.lower() == name]


@dataclass
class Upstream:
    """A server of one connection after another; ``script`` writes the answer to each request."""

    script: Callable[["Answering"], Awaitable[None]]
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                asked = Asked(head, b"")
                length = asked.header("content-length")
                asked.body = await reader.readexactly(int(length[0])) if length else b""
                self.asked.append(asked)
                await self.script(Answering(reader, writer))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            self.closed.set()
            writer.close()


@dataclass
class Answering:
    """The upstream's side of one answer."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def begin(self, status: str = "200 OK", *headers: str) -> None:
        self.writer.write("\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode("latin-1"))

    def begin_chunks(self, *headers: str) -> None:
        self.begin("200 OK", "Transfer-Encoding: chunked", *headers)

    async def chunk(self, data: bytes) -> None:
        self.writer.write(b"%x\r\n%s\r\n" % (len(data), data))
        await self.writer.drain()

    async def until_left(self) -> None:
        """Return when the other side has closed the connection."""
        await self.reader.read()


def answering(body: bytes, status: str = "200 OK", *headers: str) -> Upstream:
    """An upstream that answers everything with this body."""

    async def script(answer: Answering) -> None:
        answer.begin(status, f"Content-Length: {len(body)}", *headers)
        answer.writer.write(body)

    return Upstream(script)


def streaming(*chunks: bytes, headers: tuple[str, ...] = ()) -> Upstream:
    """An upstream that answers everything with these chunks."""

    async def script(answer: Answering) -> None:
        answer.begin_chunks(*(headers or ("Content-Type: text/event-stream",)))
        for data in (*chunks, b""):
            await answer.chunk(data)

    return Upstream(script)


@asynccontextmanager
async def running(upstream: Upstream) -> AsyncIterator[Upstream]:
    server = await asyncio.start_server(upstream.serve, "127.0.0.1", 0)
    async with server:
        upstream.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield upstream


@asynccontextmanager
async def served(app, closing: asyncio.Event) -> AsyncIterator[str]:
    """Serve an application as the commands do; yields its URL."""
    url: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    with loopback_listener("127.0.0.1", 0) as listener:
        serving = asyncio.create_task(serve_until(app, listener, closing, url.set_result))
        try:
            yield await url
        finally:
            closing.set()
            await serving


def exchange(
    *chunks: bytes,
    body: object = None,
    number: int = 1,
    headers: Headers = EVENTS,
    status: int = 200,
    end: End = End.COMPLETE,
    path: str = "/v1/chat/completions",
) -> Exchange:
    """An exchange whose chunks came a second after one another, the first after two."""
    kept = JsonBody({"model": "m"} if body is None else body)
    request = RecordedRequest("POST", path, (), kept, request_hash("POST", path, kept, b""))
    timed = tuple(Chunk(2.0 + at, data) for at, data in enumerate(chunks))
    return Exchange(number, 0.0, request, RecordedResponse(status, headers, 1.0, timed, end))
