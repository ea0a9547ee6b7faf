"""A proxy at loopback: it passes on to one server, whatever name is asked for, and misbehaves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from tests.hostile.server import Asked, close, listening, read_request


@dataclass
class HostileProxy:
    """``port`` is where it passes on to; ``refusal`` is said instead of connecting.

    ``dies_after`` is how many bytes of the server's it passes on before it closes.
    """

    target: int
    refusal: bytes | None = None
    dies_after: int | None = None
    wanted: str = ""
    asked: list[Asked] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def running(self) -> AsyncIterator["HostileProxy"]:
        async with listening(self._serve) as self.port:
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = await read_request(reader)
            if asked is None:
                return
            self.asked.append(asked)
            told = asked.headers.get("proxy-authorization", "")
            if self.wanted and told != self.wanted:
                writer.write(
                    b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
                )
                await writer.drain()
            elif self.refusal is not None:
                writer.write(self.refusal)
                await writer.drain()
            elif asked.method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await self._relay(reader, writer)
        except ConnectionError:
            return
        finally:
            await close(writer)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, to_there = await asyncio.open_connection("127.0.0.1", self.target)
        try:
            up = asyncio.ensure_future(_pump(reader, to_there, None))
            with suppress(ConnectionError):
                await _pump(there, writer, self.dies_after)
            up.cancel()
            await asyncio.gather(up, return_exceptions=True)
        finally:
            await close(to_there)


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, most: int | None
) -> None:
    passed = 0
    while data := await reader.read(4096):
        if most is not None and passed + len(data) > most:
            writer.write(data[: most - passed])
            await writer.drain()
            return
        passed += len(data)
        writer.write(data)
        await writer.drain()
