"""What opening a connection took, and the server's wait, over real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from spark_desktop.adapters.openai_endpoint import OpenAIEndpoint
from spark_desktop.domain.completion import (
    ChatRequest,
    Finished,
    Message,
    ModelInfo,
    Role,
    Timing,
)

REQUEST = ChatRequest((Message(Role.USER, "Hi"),))
MODEL = ModelInfo("m", context=4096, fim=False)
TIMINGS = {"prompt_ms": 20.0, "predicted_ms": 50.0, "queue_ms": 5.0}
END = {"choices": [{"delta": {}, "finish_reason": "stop"}], "timings": TIMINGS}
BODY = f"data: {json.dumps(END)}\n\ndata: [DONE]\n\n".encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: %d\r\n\r\n%s" % (
    len(BODY),
    BODY,
)


@pytest.fixture
async def url() -> AsyncIterator[str]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = next(
                int(line.split(b":")[1])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length")
            )
            await reader.readexactly(length)
            writer.write(ANSWER)
            await writer.drain()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except asyncio.IncompleteReadError:
            writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def timing_of(endpoint: OpenAIEndpoint) -> Timing:
    async with endpoint.stream(REQUEST) as chunks:
        ends = [chunk async for chunk in chunks if isinstance(chunk, Finished)]
    assert ends[0].timing is not None
    return ends[0].timing


async def test_a_new_connection_takes_time_and_an_open_one_none(url: str) -> None:
    async with httpx.AsyncClient(base_url=url) as client:
        endpoint = OpenAIEndpoint(client, MODEL)
        first = await timing_of(endpoint)
        # Read to its end, which leaves the connection open for the next request.
        await client.post("/tokenize", json={})
        second = await timing_of(endpoint)
    assert first.connect is not None
    assert first.connect > 0
    assert (second.connect, second.queue) == (0.0, 0.005)
    assert (second.prefill, second.decode) == (0.02, 0.05)


async def test_a_transport_that_tells_nothing_leaves_it_unmeasured() -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=BODY))
    async with httpx.AsyncClient(base_url="http://x", transport=transport) as client:
        timing = await timing_of(OpenAIEndpoint(client, MODEL))
    assert timing.connect is None
