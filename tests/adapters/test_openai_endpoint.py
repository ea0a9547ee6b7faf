"""The endpoint against answers of many servers, and against one that is really there."""

import asyncio
import gc
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest

from spark_desktop.adapters.openai_endpoint import OpenAIEndpoint
from spark_desktop.domain.completion import (
    ChatRequest,
    Chunk,
    Finished,
    FinishReason,
    InfillRequest,
    Message,
    ModelInfo,
    Priority,
    ReasoningChunk,
    Request,
    Role,
    TextChunk,
    Tool,
    ToolCall,
    Usage,
)
from spark_desktop.domain.errors import (
    AccessRefusedError,
    ContextExceededError,
    EndpointBusyError,
    EndpointError,
    EndpointRejectedError,
    EndpointUnreachableError,
    EngineDownError,
    IncompleteStreamError,
)

MODEL = ModelInfo("m", 8192, True)
CHAT = ChatRequest((Message(Role.SYSTEM, "Be short."), Message(Role.USER, "Hi")), stop=("END",))
INFILL = InfillRequest("def f(", "):", (("b.py", "x = 1"),), max_tokens=9)

Handler = Callable[[httpx.Request], httpx.Response]


def sse(*events: object) -> str:
    return "".join(
        f"data: {event if isinstance(event, str) else json.dumps(event)}\n\n" for event in events
    )


def delta(reason: str | None = None, **fields: object) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": fields, "finish_reason": reason}]}


def endpoint(handler: Handler, **options: Any) -> OpenAIEndpoint:
    client = httpx.AsyncClient(transport=httpx.MockTransport(handler), base_url="http://core")
    return OpenAIEndpoint(client, MODEL, **options)


def answering(*events: object) -> OpenAIEndpoint:
    return endpoint(lambda request: httpx.Response(200, text=sse(*events)))


async def collect(served: OpenAIEndpoint, request: Request = CHAT) -> list[Chunk]:
    async with served.stream(request) as chunks:
        return [chunk async for chunk in chunks]


async def test_a_chat_is_asked_for_with_its_usage() -> None:
    asked: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, text=sse(delta("stop"), "[DONE]"))

    await collect(endpoint(handler, progress=True))
    assert asked[0].url.path == "/v1/chat/completions"
    assert json.loads(asked[0].content) == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "Be short."},
            {"role": "user", "content": "Hi"},
        ],
        "max_tokens": 1024,
        "temperature": 0.2,
        "stop": ["END"],
        "stream": True,
        "stream_options": {"include_usage": True},
        "return_progress": True,
    }


async def test_the_core_is_told_of_tools_schemas_and_predictions() -> None:
    asked: list[dict[str, Any]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        call = {"index": 0, "id": "c1", "function": {"name": "read", "arguments": "{}"}}
        return httpx.Response(200, text=sse(delta(tool_calls=[call]), delta("tool_calls")))

    schema = '{"type": "object"}'
    request = replace(CHAT, tools=(Tool("read", "Read.", "{}"),), schema=schema)
    chunks = await collect(endpoint(handler), request)
    await collect(endpoint(handler), replace(CHAT, prediction="x"))
    assert isinstance(chunks[-1], Finished)
    assert chunks[-1].calls == (ToolCall("c1", "read", "{}"),)
    assert asked[0]["tools"][0]["function"]["name"] == "read"
    assert asked[0]["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert asked[1]["prediction"] == {"type": "content", "content": "x"}


async def test_a_fill_in_is_asked_for_in_llama_servers_words() -> None:
    asked: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        pieces = [{"content": "a"}, {"content": "", "stop": True, "stop_type": "limit"}]
        return httpx.Response(200, text=sse(*pieces))

    chunks = await collect(endpoint(handler), INFILL)
    assert asked[0].url.path == "/infill"
    assert json.loads(asked[0].content) == {
        "model": "m",
        "input_prefix": "def f(",
        "input_suffix": "):",
        "input_extra": [{"filename": "b.py", "text": "x = 1"}],
        "n_predict": 9,
        "temperature": 0.0,
        "stream": True,
    }
    assert chunks[0] == TextChunk("a")
    assert isinstance(chunks[1], Finished)
    assert chunks[1].reason is FinishReason.LENGTH


@pytest.mark.parametrize("request_", [CHAT, INFILL])
@pytest.mark.parametrize("priority", Priority)
@pytest.mark.parametrize(
    ("known", "told"), [(frozenset(Priority), True), (frozenset(), False)], ids=["core", "other"]
)
async def test_a_priority_is_told_only_to_a_server_that_knows_it(
    known: frozenset[Priority], told: bool, priority: Priority, request_: Request
) -> None:
    asked: list[dict[str, object]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        return httpx.Response(200, text=sse("[DONE]"))

    client = httpx.AsyncClient(transport=httpx.MockTransport(handler), base_url="http://core")
    served = OpenAIEndpoint(client, replace(MODEL, priorities=known))
    await collect(served, replace(request_, priority=priority))
    assert asked[0].get("priority") == (priority.value if told else None)


async def test_pieces_usage_and_timing_are_read() -> None:
    times = iter([10.0, 10.5, 12.0])
    body = sse(
        delta(role="assistant", content=""),
        {"choices": [], "prompt_progress": {"processed": 5}},
        delta(content="Hel"),
        delta(content="lo"),
        delta("stop"),
        {
            "choices": [],
            "usage": {
                "prompt_tokens": 40,
                "completion_tokens": 2,
                "prompt_tokens_details": {"cached_tokens": 7},
            },
            "timings": {"cache_n": 30, "prompt_ms": 400, "predicted_ms": 1500.0},
        },
        "[DONE]",
    )
    served = endpoint(lambda request: httpx.Response(200, text=body), now=lambda: next(times))
    *pieces, last = await collect(served)
    assert pieces == [TextChunk("Hel"), TextChunk("lo")]
    assert isinstance(last, Finished)
    assert (last.reason, last.usage) == (FinishReason.STOP, Usage(40, 2, 30))
    assert last.timing is not None
    assert (last.timing.first_token, last.timing.total) == (0.5, 2.0)
    assert (last.timing.prefill, last.timing.decode) == (0.4, 1.5)


async def test_cached_tokens_are_read_from_the_usage_without_timings() -> None:
    usage = {"prompt_tokens": 4, "prompt_tokens_details": {"cached_tokens": 3}}
    (last,) = await collect(answering(delta("stop"), {"choices": [], "usage": usage}))
    assert isinstance(last, Finished)
    assert last.usage == Usage(4, 0, 3)


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
async def test_reasoning_is_apart_from_the_text(field: str) -> None:
    chunks = await collect(answering(delta(**{field: "hm"}), delta(content="x"), delta("stop")))
    assert chunks[:2] == [ReasoningChunk("hm"), TextChunk("x")]


async def test_null_deltas_and_empty_choices_are_taken() -> None:
    odd = [delta(content=None), {"choices": []}, {"choices": [{"delta": None}]}, {"choices": None}]
    chunks = await collect(answering(*odd, delta("stop")))
    assert [type(chunk) for chunk in chunks] == [Finished]


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("stop", FinishReason.STOP),
        ("length", FinishReason.LENGTH),
        ("abort", FinishReason.OTHER),
    ],
)
async def test_the_finish_reason_is_kept(reason: str, expected: FinishReason) -> None:
    (last,) = await collect(answering(delta(reason)))
    assert isinstance(last, Finished)
    assert last.reason is expected


async def test_a_done_without_a_reason_is_an_end() -> None:
    chunks = await collect(answering(delta(content="x"), "[DONE]", delta(content="never")))
    assert chunks[0] == TextChunk("x")
    assert isinstance(chunks[1], Finished)
    assert chunks[1].reason is FinishReason.OTHER


async def test_an_end_without_a_finish_is_no_success() -> None:
    with pytest.raises(IncompleteStreamError, match="broke off"):
        await collect(answering(delta(content="x")))


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (
            400,
            '{"error": {"message": "The prompt has 9000 tokens, but the context holds 8192.",'
            ' "code": "context_length_exceeded"}}',
            ContextExceededError,
            "9000 tokens, the model's context holds 8192",
        ),
        (
            400,
            '{"error": {"code": 400, "message": "too long", "n_prompt_tokens": 9, "n_ctx": 8}}',
            ContextExceededError,
            "9 tokens, the model's context holds 8",
        ),
        (
            400,
            '{"object": "error", "message": "maximum context length is 10, you asked for 12"}',
            ContextExceededError,
            "12 tokens, the model's context holds 10",
        ),
        (
            400,
            '{"error": {"message": "\'top_k\' is wrong.", "next_step": "Mend it."}}',
            EndpointRejectedError,
            "'top_k' is wrong. Mend it.",
        ),
        (401, '{"error": {"message": "no token"}}', AccessRefusedError, "Check the token"),
        (404, '{"detail": "Not Found"}', EndpointRejectedError, "Not Found"),
        (404, '{"message": "no such model"}', EndpointRejectedError, "no such model"),
        (422, "", EndpointRejectedError, "HTTP status 422"),
        (500, '{"error": "it crashed"}', EndpointError, "it crashed"),
        (503, "<html>\n  busy</html>", EndpointBusyError, "too much to do: busy"),
        (500, '{"error": {}}', EndpointError, "did not say why"),
    ],
)
async def test_a_refusal_becomes_the_most_specific_error(
    status: int, body: str, kind: type[EndpointError], said: str
) -> None:
    with pytest.raises(EndpointError) as caught:
        await collect(endpoint(lambda request: httpx.Response(status, text=body)))
    assert type(caught.value) is kind
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("status", "body", "header", "kind", "seconds", "said"),
    [
        (
            503,
            '{"error": {"message": "It died.", "code": "engine_down", "next_step": "Wait."}}',
            "2",
            EngineDownError,
            2.0,
            "It died. Wait.",
        ),
        (
            503,
            '{"error": {"message": "All 64 are in use.", "code": "too_many_connections"}}',
            "1",
            EndpointBusyError,
            1.0,
            "All 64 are in use. Ask again in 1 s.",
        ),
        (
            429,
            '{"error": {"message": "32 wait.", "code": "engine_busy", "next_step": "Ask later."}}',
            "1",
            EndpointBusyError,
            1.0,
            "too much to do: 32 wait. Ask later.",
        ),
        (429, "slow down", None, EndpointBusyError, None, "slow down Ask again in a moment."),
        (
            429,
            "slow down",
            "Wed, 21 Oct 2020 07:28:00 GMT",
            EndpointBusyError,
            0.0,
            "Ask again in a moment.",
        ),
        (429, "slow down", "soon", EndpointBusyError, None, "Ask again in a moment."),
    ],
)
async def test_a_server_that_cannot_answer_now_says_when_to_ask_again(
    status: int,
    body: str,
    header: str | None,
    kind: type[EndpointBusyError | EngineDownError],
    seconds: float | None,
    said: str,
) -> None:
    headers = {} if header is None else {"Retry-After": header}
    served = endpoint(lambda request: httpx.Response(status, text=body, headers=headers))
    with pytest.raises(kind) as caught:
        await collect(served)
    assert caught.value.retry_after == seconds
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("event", "kind", "said"),
    [
        ({"error": {"message": "gone", "next_step": "Wait."}}, EndpointError, "gone Wait."),
        ({"error": "text"}, EndpointError, "text"),
        (
            {"error": {"message": "It was killed.", "code": "engine_down", "next_step": "Wait."}},
            EngineDownError,
            "It was killed. Wait.",
        ),
        ({"object": "error", "message": "flat", "code": 400}, EndpointRejectedError, "flat"),
        ({"error": {"message": "x", "type": "invalid_request_error"}}, EndpointRejectedError, "x"),
        ("not json", EndpointError, "no JSON object: 'not json'"),
        ("[1]", EndpointError, "no JSON object"),
    ],
)
async def test_an_error_in_mid_stream_is_raised(
    event: object, kind: type[EndpointError], said: str
) -> None:
    with pytest.raises(EndpointError) as caught:
        await collect(answering(delta(content="x"), event))
    assert type(caught.value) is kind
    assert said in str(caught.value)


@pytest.mark.parametrize("request_", [CHAT, INFILL])
async def test_a_server_that_is_not_there_is_named(request_: Request) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(EndpointUnreachableError, match=r"http://core.* cannot be reached: refused"):
        await collect(endpoint(handler), request_)


class Scripted(httpx.AsyncByteStream):
    """A body that ends as its script says."""

    def __init__(self, script: AsyncIterator[bytes]) -> None:
        self._script = script
        self.closed = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._script

    async def aclose(self) -> None:
        self.closed = True


async def pings() -> AsyncIterator[bytes]:
    yield sse(delta(content="x")).encode()
    while True:
        yield b": keep-alive\n\n"
        await asyncio.sleep(0.01)


async def breaking() -> AsyncIterator[bytes]:
    yield sse(delta(content="x")).encode()
    raise httpx.ReadError("reset")


async def test_keep_alive_bytes_are_silence() -> None:
    body = Scripted(pings())
    served = endpoint(lambda request: httpx.Response(200, stream=body), silence=0.1)
    with pytest.raises(EndpointUnreachableError, match=r"said nothing for 0\.1 s"):
        await collect(served)
    assert body.closed


class Talking:
    """Answers a chat by as many pieces as it is let to, and a fill-in by nothing."""

    def __init__(self) -> None:
        self.say = asyncio.Semaphore(0)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        chat = request.url.path != "/infill"
        return httpx.Response(200, stream=Scripted(self.pieces() if chat else self.nothing()))

    async def pieces(self) -> AsyncIterator[bytes]:
        while True:
            await self.say.acquire()
            yield sse(delta(content="x")).encode()

    async def nothing(self) -> AsyncIterator[bytes]:
        await asyncio.Event().wait()
        yield b""


async def test_an_answer_that_waits_for_another_is_not_taken_for_silence() -> None:
    server = Talking()
    served = endpoint(server, silence=0.3)
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as held:
        paused = await held.enter_async_context(served.stream(INFILL))
        waiting = asyncio.ensure_future(anext(paused))
        answer = await held.enter_async_context(served.stream(CHAT))
        begun = loop.time()
        while loop.time() - begun < 0.6:
            server.say.release()
            assert await anext(answer) == TextChunk("x")
        assert not waiting.done()
        with pytest.raises(EndpointUnreachableError, match="said nothing"):
            await waiting


@pytest.mark.parametrize("status", [200, 400])
async def test_a_broken_connection_is_unreachable(status: int) -> None:
    body = Scripted(breaking())
    with pytest.raises(EndpointUnreachableError, match="broke off the connection"):
        await collect(endpoint(lambda request: httpx.Response(status, stream=body)))
    assert body.closed


class Loopback:
    """A server that sends ``first`` after a request and then waits for the client to go."""

    def __init__(self, first: bytes) -> None:
        self._first = first
        self.left = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(self._first)
        await writer.drain()
        while await reader.read(4096):
            continue
        writer.close()
        await writer.wait_closed()
        self.left.set()

    @asynccontextmanager
    async def endpoint(self, silence: float = 60.0) -> AsyncIterator[OpenAIEndpoint]:
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server, httpx.AsyncClient(base_url=url, trust_env=False) as client:
            yield OpenAIEndpoint(client, MODEL, silence=silence)
            async with asyncio.timeout(10):
                await self.left.wait()


async def test_a_server_that_never_begins_to_answer_is_silent() -> None:
    async with Loopback(b"").endpoint(silence=0.5) as served:
        with pytest.raises(EndpointUnreachableError, match="said nothing"):
            await collect(served)


async def test_leaving_the_stream_closes_the_connection() -> None:
    server = Loopback(b"HTTP/1.1 200 OK\r\n\r\n" + sse(delta(content="x")).encode())
    async with server.endpoint() as served:
        async with served.stream(CHAT) as chunks:
            assert await anext(chunks) == TextChunk("x")
            assert not server.left.is_set()
        async with asyncio.timeout(5):
            await server.left.wait()
    assert server.left.is_set()


async def test_leaving_the_stream_leaves_no_open_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    unraised: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda told: unraised.append(told.exc_value))
    # Qt's loop looks after no asynchronous generators; the plain loop sets its hooks at each run.
    sys.set_asyncgen_hooks(firstiter=None, finalizer=None)
    server = Loopback(b"HTTP/1.1 200 OK\r\n\r\n" + sse(delta(content="x")).encode())
    async with server.endpoint() as served:
        async with served.stream(CHAT) as chunks:
            await anext(chunks)
        gc.collect()
    assert unraised == []


@pytest.mark.parametrize("answer", [{"count": 3}, {"tokens": [1, 2, 3]}])
async def test_tokens_are_counted(answer: dict[str, Any]) -> None:
    served = endpoint(lambda request: httpx.Response(200, json=answer))
    assert await served.count_tokens("a b c") == 3
    assert served.model == MODEL


@pytest.mark.parametrize(
    ("response", "said"),
    [
        (httpx.Response(200, json={}), "how many tokens"),
        (httpx.Response(200, json=[]), "how many tokens"),
        (httpx.Response(200, text="<html>"), "did not answer in JSON"),
        (httpx.Response(500, json={"error": "stuck"}), "stuck"),
    ],
)
async def test_a_count_that_fails_says_why(response: httpx.Response, said: str) -> None:
    with pytest.raises(EndpointError, match=said):
        await endpoint(lambda request: response).count_tokens("x")


async def test_a_count_without_a_connection_is_unreachable() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("", request=request)

    with pytest.raises(EndpointUnreachableError, match="did not answer in time"):
        await endpoint(handler).count_tokens("x")
