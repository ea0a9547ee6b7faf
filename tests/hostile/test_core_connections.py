"""The core's connections that are closed while nobody uses them, over loopback."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from inference_core.server.limits import DEFAULT_LIMITS
from spark_desktop.adapters.core_lookup import KEPT_S, CoreAddress, client_for
from spark_desktop.adapters.openai_endpoint import OpenAIEndpoint
from spark_desktop.domain.completion import ChatRequest, Message, ModelInfo, Role, TextChunk
from spark_desktop.domain.errors import EndpointUnreachableError
from tests.hostile.server import (
    STREAM,
    Asked,
    HostileServer,
    chunked,
    close,
    event,
    head,
    listening,
    read_request,
)

CHAT = ChatRequest((Message(Role.USER, "Hi"),))
_COUNT = b'{"tokens": [1, 2]}'
COUNTED = head(content_type="application/json", content_length=str(len(_COUNT))) + _COUNT
SAID = [
    event({"choices": [{"delta": {"content": "Hello"}}]}),
    event({"choices": [{"delta": {}, "finish_reason": "stop"}]}),
    event("[DONE]"),
]
ANSWERED = STREAM + chunked(b"".join(SAID))
IDLE_S = 0.05


@asynccontextmanager
async def core_at(url: str) -> AsyncIterator[OpenAIEndpoint]:
    async with client_for(CoreAddress(url, "token", 1, "m")) as client:
        yield OpenAIEndpoint(client, ModelInfo("m", context=4096, fim=False), progress=True)


async def counts(core: OpenAIEndpoint) -> None:
    assert await core.count_tokens("a b") == 2


async def asks(core: OpenAIEndpoint) -> None:
    async with core.stream(CHAT) as chunks:
        said = [chunk.text async for chunk in chunks if isinstance(chunk, TextChunk)]
    assert said == ["Hello"]


Use = Callable[[OpenAIEndpoint], Awaitable[None]]
uses = pytest.mark.parametrize(("use", "answer"), [(counts, COUNTED), (asks, ANSWERED)])


def test_we_end_an_idle_connection_long_before_the_core_does() -> None:
    assert DEFAULT_LIMITS.idle_s >= 2 * KEPT_S


@uses
async def test_a_connection_that_the_core_just_closes_costs_nothing(
    use: Use, answer: bytes
) -> None:
    async def script(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        if len(server.requests) == 2:
            await close(writer)
        else:
            writer.write(COUNTED if len(server.requests) == 1 else answer)

    server = HostileServer(script)
    async with server.running(), core_at(server.url) as core:
        await counts(core)
        await use(core)
    assert len(server.requests) == 3


@uses
async def test_a_core_that_closes_each_new_connection_is_not_asked_again(
    use: Use, answer: bytes
) -> None:
    async def script(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        await close(writer)

    server = HostileServer(script)
    async with server.running(), core_at(server.url) as core:
        with pytest.raises(EndpointUnreachableError, match="broke off the connection"):
            await use(core)
    assert len(server.requests) == 1


@uses
async def test_every_request_is_answered_by_a_core_that_closes_what_is_idle(
    use: Use, answer: bytes
) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                async with asyncio.timeout(IDLE_S):
                    if await read_request(reader) is None:
                        return
                writer.write(answer)
        except TimeoutError:
            pass
        finally:
            await close(writer)

    async with listening(serve) as port, core_at(f"http://127.0.0.1:{port}") as core:
        for turn in range(20):
            await use(core)
            # Now before, now at, now after the moment at which the server gives up.
            await asyncio.sleep(IDLE_S + (turn % 5 - 2) * 0.001)
