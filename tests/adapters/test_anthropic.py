"""Anthropic's Messages: what a request becomes, what its events, errors and headers mean."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from spark_desktop.adapters.anthropic_answer import AnthropicAnswer
from spark_desktop.adapters.anthropic_endpoint import AnthropicEndpoint
from spark_desktop.adapters.anthropic_limits import buckets_in
from spark_desktop.adapters.anthropic_wire import body_of, headers_of
from spark_desktop.domain.completion import (
    Bucket,
    ChatRequest,
    Chunk,
    Finished,
    FinishReason,
    InfillRequest,
    Message,
    ReasoningChunk,
    Role,
    TextChunk,
    Timing,
    Tool,
    ToolCall,
    Usage,
)
from spark_desktop.domain.endpoints import EndpointSpec, RemoteModel
from spark_desktop.domain.errors import (
    AccessRefusedError,
    ContextExceededError,
    EndpointBusyError,
    EndpointError,
    EndpointRejectedError,
    EndpointUnreachableError,
    IncompleteStreamError,
    LimitError,
)
from tests.hostile.server import (
    UNTIL_CLOSED,
    HostileServer,
    Script,
    endless,
    head,
    sends,
    stalls,
)

MODEL = RemoteModel("claude", context=200_000, max_output=4000, tools=True)
SPEC = EndpointSpec("a", "Anthropic", "https://unused/v1", model="claude", models=(MODEL,))
KEPT = {"type": "ephemeral"}
SYSTEM, HI = Message(Role.SYSTEM, "Be short."), Message(Role.USER, "Hi")
CHAT = ChatRequest((SYSTEM, HI))
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": words, **more}


def turns(*messages: Message) -> list[tuple[str, list[dict[str, Any]]]]:
    body = body_of(ChatRequest(messages), MODEL)
    found = [(turn["role"], turn["content"]) for turn in body["messages"]]
    for _, blocks in found:
        for block in blocks:
            block.pop("cache_control", None)
    return found


def test_a_question_is_asked_with_the_instructions_apart_and_the_beginning_kept() -> None:
    assert body_of(replace(CHAT, stop=("END", "\n")), MODEL) == {
        "model": "claude",
        "system": [text("Be short.", cache_control=KEPT)],
        "messages": [{"role": "user", "content": [text("Hi", cache_control=KEPT)]}],
        "max_tokens": 1024,
        "temperature": 0.2,
        # One of blanks alone is refused.
        "stop_sequences": ["END"],
        "stream": True,
    }
    assert headers_of(MODEL) == {"anthropic-version": "2023-06-01"}


def test_those_who_speak_twice_speak_once() -> None:
    said = Message(Role.ASSISTANT, "Hello")
    assert turns(HI, HI, said, said, HI) == [
        ("user", [text("Hi"), text("Hi")]),
        ("assistant", [text("Hello"), text("Hello")]),
        ("user", [text("Hi")]),
    ]


def test_calls_and_their_results_are_blocks_and_results_come_first() -> None:
    call = ToolCall("c", "look", '{"at": "x"}')
    broken = ToolCall("d", "look", '{"at')
    said = Message(Role.ASSISTANT, "I look.", (call, broken))
    given = tuple(Message(Role.TOOL, "nothing", call_id=name) for name in "cd")
    results = [{"type": "tool_result", "tool_use_id": name, "content": "nothing"} for name in "cd"]
    use = {"type": "tool_use", "name": "look"}
    assert turns(HI, said, given[0], HI, given[1]) == [
        ("user", [text("Hi")]),
        (
            "assistant",
            [
                text("I look."),
                use | {"id": "c", "input": {"at": "x"}},
                use | {"id": "d", "input": {}},
            ],
        ),
        ("user", [*results, text("Hi")]),
    ]


def test_a_conversation_begins_and_ends_with_a_question() -> None:
    said = Message(Role.ASSISTANT, "Hello")
    nothing = ("user", [text("…")])
    assert turns(said) == [nothing, ("assistant", [text("Hello")]), nothing]
    assert turns() == [nothing]
    assert turns(Message(Role.USER, " \n")) == [nothing]
    late = Message(Role.SYSTEM, "Be kind.")
    assert turns(HI, late) == [("user", [text("Hi"), text("Be kind.")])]


def test_tools_schemas_and_fast_mode_are_asked_of_models_that_have_them_only() -> None:
    tool = Tool("look", "Look.", json.dumps(SCHEMA))
    asking = replace(CHAT, tools=(tool,), schema=json.dumps(SCHEMA), max_tokens=9000)
    model = replace(MODEL, structured_output=True, fast=True, reasoning=True)
    asked = body_of(asking, model)
    assert asked["tools"] == [{"name": "look", "description": "Look.", "input_schema": SCHEMA}]
    assert asked["output_config"] == {"format": {"type": "json_schema", "schema": SCHEMA}}
    assert asked["speed"] == "fast"
    assert asked["max_tokens"] == 4000
    assert "temperature" not in asked
    assert headers_of(model)["anthropic-beta"] == "fast-mode-2026-02-01"
    plain = body_of(asking, RemoteModel("claude"))
    assert not {"tools", "output_config", "speed"} & plain.keys()
    assert plain["max_tokens"] == 9000


# -- events ----------------------------------------------------------------------------------

START = {
    "type": "message_start",
    "message": {
        "id": "msg_1",
        "content": [],
        "usage": {
            "input_tokens": 10,
            "cache_creation_input_tokens": 5,
            "cache_read_input_tokens": 85,
            "output_tokens": 1,
        },
    },
}
PING = {"type": "ping"}
STOP = {"type": "message_stop"}


def delta(kind: str, place: int = 0, **fields: str) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": place, "delta": {"type": kind, **fields}}


def block(place: int, first: dict[str, Any], *deltas: dict[str, Any]) -> list[dict[str, Any]]:
    begun = {"type": "content_block_start", "index": place, "content_block": first}
    return [begun, *deltas, {"type": "content_block_stop", "index": place}]


def said(*pieces: str, place: int = 0) -> list[dict[str, Any]]:
    return block(place, text(""), *(delta("text_delta", place, text=one) for one in pieces))


def ending(reason: str | None, **usage: Any) -> list[dict[str, Any]]:
    told = {"output_tokens": 7, **usage}
    changes = {"stop_reason": reason, "stop_sequence": None}
    return [{"type": "message_delta", "delta": changes, "usage": told}, STOP]


def read(*parts: list[dict[str, Any]]) -> list[Chunk]:
    answer, chunks = AnthropicAnswer(), []
    for event in (event for part in parts for event in part):
        chunks += answer.take(json.dumps(event))
    assert answer.is_over
    return [*chunks, answer.finished(Timing(0.0, 0.0))]


def end(chunks: list[Chunk]) -> Finished:
    assert isinstance(chunks[-1], Finished)
    return chunks[-1]


def text_of(chunks: list[Chunk]) -> str:
    return "".join(chunk.text for chunk in chunks if isinstance(chunk, TextChunk))


def test_text_thinking_and_usage_are_read() -> None:
    thinking = block(
        0,
        {"type": "thinking", "thinking": ""},
        delta("thinking_delta", thinking="Hm."),
        delta("signature_delta", signature="x"),
    )
    chunks = read([START, PING], thinking, said("Hel", "lo", place=1), ending("end_turn"))
    assert chunks[0] == ReasoningChunk("Hm.")
    assert text_of(chunks) == "Hello"
    # What was read from the cache and written to it is part of the prompt.
    assert end(chunks).usage == Usage(100, 7, 85, 5)
    assert end(chunks).reason is FinishReason.STOP


def test_the_last_counts_are_the_true_ones() -> None:
    chunks = read([START], ending("end_turn", input_tokens=20, cache_read_input_tokens=None))
    assert end(chunks).usage == Usage(110, 7, 85, 5)


def test_calls_come_with_the_end() -> None:
    look = block(
        1,
        {"type": "tool_use", "id": "c", "name": "look", "input": {}},
        delta("input_json_delta", 1, partial_json='{"at": '),
        delta("input_json_delta", 1, partial_json='"x"}'),
    )
    now = block(2, {"type": "tool_use", "id": "d", "name": "now", "input": {}})
    chunks = read([START], said("I look."), look, now, ending("tool_use"))
    assert end(chunks).reason is FinishReason.TOOLS
    assert end(chunks).calls == (
        ToolCall("c", "look", '{"at": "x"}'),
        ToolCall("d", "now", "{}"),
    )
    assert end(read([START], look, ending("max_tokens"))).calls == ()


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("end_turn", FinishReason.STOP),
        ("stop_sequence", FinishReason.STOP),
        ("max_tokens", FinishReason.LENGTH),
        ("model_context_window_exceeded", FinishReason.LENGTH),
        ("refusal", FinishReason.FILTER),
        ("pause_turn", FinishReason.OTHER),
        ("something new", FinishReason.OTHER),
        (None, FinishReason.OTHER),
    ],
)
def test_why_an_answer_ended_is_told(told: str | None, reason: FinishReason) -> None:
    assert end(read([START], said("x"), ending(told))).reason is reason


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"type": "new_event"},
        delta("new_delta", text="x"),
        delta("input_json_delta", 9, partial_json="x"),
        {"type": "content_block_start", "content_block": {"type": "server_tool_use"}},
        {"type": "content_block_stop", "index": "x"},
        {"type": "message_start", "message": None},
        {"type": "message_delta", "delta": None, "usage": None},
    ],
)
def test_what_is_not_known_is_passed_over(event: dict[str, Any]) -> None:
    assert text_of(read([START, event], said("Hello"), ending("end_turn"))) == "Hello"


@pytest.mark.parametrize(
    ("kind", "words", "error"),
    [
        ("overloaded_error", "Overloaded", EndpointBusyError),
        ("rate_limit_error", "Slow down.", EndpointBusyError),
        ("authentication_error", "invalid x-api-key", AccessRefusedError),
        ("permission_error", "Not yours.", AccessRefusedError),
        ("billing_error", "Pay.", LimitError),
        ("invalid_request_error", "Your credit balance is too low to …", LimitError),
        (
            "invalid_request_error",
            "prompt is too long: 210000 tokens > 200000 maximum",
            ContextExceededError,
        ),
        ("invalid_request_error", "No.", EndpointRejectedError),
        ("not_found_error", "model: claude", EndpointRejectedError),
        ("api_error", "Sorry.", EndpointError),
        ("new_error", "Sorry.", EndpointError),
    ],
)
def test_an_error_in_an_event_is_an_error(
    kind: str, words: str, error: type[EndpointError]
) -> None:
    event = {"type": "error", "error": {"type": kind, "message": words}}
    for told in (event, {"error": event["error"]}):
        with pytest.raises(EndpointError) as raised:
            read([START], said("Hel"), [told])
        assert type(raised.value) is error
        assert raised.value.message


# -- limits ----------------------------------------------------------------------------------

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC).timestamp()


def limits(kind: str, limit: str, remaining: str, reset: str) -> dict[str, str]:
    start = f"anthropic-ratelimit-{kind}"
    return {f"{start}-limit": limit, f"{start}-remaining": remaining, f"{start}-reset": reset}


def test_what_is_left_is_read_from_the_headers() -> None:
    told = limits("requests", "50", "49", "2026-11-28T12:00:02Z")
    told |= limits("input-tokens", "30000", "29000", "2026-11-28T12:00:30+00:00")
    told |= limits("output-tokens", "8000", "x", "soon")
    told |= limits("tokens", "38000", "37000", "2026-11-28T12:00:30Z")
    told |= {"anthropic-fast-output-tokens-remaining": "5"}
    assert buckets_in(told, NOW) == (
        Bucket("requests-minute", 50, 49, 2.0),
        Bucket("input-tokens-minute", 30000, 29000, 30.0),
        Bucket("output-tokens-minute", 8000, None, None),
        Bucket("fast-output-tokens-minute", None, 5, None),
    )


def test_the_servers_own_clock_counts() -> None:
    told = limits("requests", "50", "49", "2026-11-28T12:00:02Z")
    told["date"] = "Sat, 28 Nov 2026 11:59:52 GMT"
    assert buckets_in(told, NOW)[0].reset == 10.0
    told["date"] = "rubbish"
    assert buckets_in(told, NOW)[0].reset == 2.0
    assert buckets_in({}, NOW) == ()


# -- over the wire ---------------------------------------------------------------------------


def sse(event: dict[str, Any]) -> bytes:
    words = json.dumps(event, ensure_ascii=False)
    return f"event: {event['type']}\ndata: {words}\n\n".encode()


EVENTS = [sse(event) for event in (START, PING, *said("héllo ", "wörld"), *ending("end_turn"))]
WHOLE = b"".join(EVENTS)
TEXT = "héllo wörld"


@asynccontextmanager
async def endpoint_at(
    server: HostileServer, model: RemoteModel = MODEL, **options: Any
) -> AsyncIterator[AnthropicEndpoint]:
    async with httpx.AsyncClient() as client:
        yield AnthropicEndpoint(
            client, replace(SPEC, url=f"{server.url}/v1", models=(model,)), **options
        )


async def asked(endpoint: AnthropicEndpoint) -> tuple[list[Chunk], EndpointError | None]:
    came: list[Chunk] = []
    try:
        async with endpoint.stream(CHAT) as chunks:
            async for chunk in chunks:
                came.append(chunk)
    except EndpointError as error:
        return came, error
    return came, None


async def outcome_of(script: Script, **options: Any) -> tuple[list[Chunk], EndpointError | None]:
    async with HostileServer(script).running() as server, endpoint_at(server, **options) as one:
        return await asked(one)


async def test_a_question_goes_to_the_protocols_path_with_its_headers() -> None:
    answer = head(
        content_type="text/event-stream",
        connection="close",
        anthropic_ratelimit_requests_remaining="49",
    )
    async with (
        HostileServer(sends(answer + WHOLE)).running() as server,
        endpoint_at(server, replace(MODEL, fast=True)) as endpoint,
    ):
        chunks, error = await asked(endpoint)
    assert (text_of(chunks), error) == (TEXT, None)
    assert end(chunks).buckets == (Bucket("requests-minute", None, 49, None),)
    (request,) = server.requests
    assert (request.method, request.target) == ("POST", "/v1/messages")
    assert request.headers["anthropic-version"] == "2023-06-01"
    assert request.headers["anthropic-beta"] == "fast-mode-2026-02-01"
    assert json.loads(request.body)["speed"] == "fast"


async def test_an_answer_split_anywhere_is_whole() -> None:
    cut = 0

    async def script(asked_: Any, writer: asyncio.StreamWriter) -> None:
        await sends(UNTIL_CLOSED + WHOLE[:cut], WHOLE[cut:])(asked_, writer)

    async with HostileServer(script).running() as server, endpoint_at(server) as endpoint:
        # Not at all of them: what cuts bytes into events is the chat wire's, which is split so.
        for cut in range(0, len(WHOLE), 5):
            chunks, error = await asked(endpoint)
            assert (text_of(chunks), error) == (TEXT, None), cut


async def test_an_answer_cut_after_any_event_is_an_error_that_keeps_what_came() -> None:
    cut = 0

    async def script(asked_: Any, writer: asyncio.StreamWriter) -> None:
        await sends(UNTIL_CLOSED + b"".join(EVENTS[:cut]), turns=0)(asked_, writer)

    async with HostileServer(script).running() as server, endpoint_at(server) as endpoint:
        # A reason for the end is one, also without the mark behind it.
        for cut in range(len(EVENTS) - 1):
            chunks, error = await asked(endpoint)
            assert isinstance(error, IncompleteStreamError), cut
            assert TEXT.startswith(text_of(chunks))
    assert text_of(chunks) == TEXT


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        ("529 Overloaded", '{"error": {"type": "overloaded_error"}}', EndpointBusyError),
        ("429 Too Many", '{"error": {"type": "rate_limit_error"}}', EndpointBusyError),
        ("401 Unauthorized", '{"error": {"message": "No."}}', AccessRefusedError),
        ("402 Pay", "{}", LimitError),
        ("413 Too Large", "<h1>Large</h1>", EndpointRejectedError),
        ("502 Bad Gateway", "<h1>Bad</h1>", EndpointUnreachableError),
    ],
)
async def test_a_status_says_what_is_wrong(
    status: str, body: str, kind: type[EndpointError]
) -> None:
    answer = head(status, content_length=str(len(body)), retry_after="7")
    _, error = await outcome_of(sends(answer + body.encode()))
    assert type(error) is kind
    if isinstance(error, EndpointBusyError):
        assert error.retry_after == 7


async def test_pings_are_signs_of_life_and_silence_is_none() -> None:
    chunks, error = await outcome_of(stalls(UNTIL_CLOSED, b"".join(EVENTS[:4])), silence=0.2)
    assert text_of(chunks) == "héllo "
    assert isinstance(error, EndpointUnreachableError)


async def test_leaving_closes_the_connection() -> None:
    server = HostileServer(endless(UNTIL_CLOSED + b"".join(EVENTS[:4]), EVENTS[1]))
    async with server.running(), endpoint_at(server) as endpoint:
        async with endpoint.stream(CHAT) as chunks:
            await anext(chunks)
        await asyncio.wait_for(server.was_left.wait(), 20)


async def test_a_temperature_that_the_model_refuses_is_left_out_from_then_on() -> None:
    async def script(asked_: Any, writer: asyncio.StreamWriter) -> None:
        if "temperature" in json.loads(asked_.body):
            message = "`temperature` is deprecated for this model."
            error = {"type": "invalid_request_error", "message": message}
            words = json.dumps({"type": "error", "error": error}).encode()
            answer = head("400 Bad Request", content_length=str(len(words))) + words
            await sends(answer, closes=False)(asked_, writer)
        else:
            await sends(UNTIL_CLOSED + WHOLE)(asked_, writer)

    async with HostileServer(script).running() as server, endpoint_at(server) as endpoint:
        for _ in range(2):
            assert (await asked(endpoint))[1] is None
    told = ["temperature" in json.loads(request.body) for request in server.requests]
    assert told == [True, False, False]


async def test_tokens_are_counted_by_the_vendor() -> None:
    count = head(content_length="21") + b'{"input_tokens": 17 }'
    async with HostileServer(sends(count)).running() as server, endpoint_at(server) as endpoint:
        assert await endpoint.count_tokens("Hi") == 17
    (request,) = server.requests
    assert request.target == "/v1/messages/count_tokens"
    assert request.headers["anthropic-version"] == "2023-06-01"
    question = {"role": "user", "content": [text("Hi", cache_control=KEPT)]}
    assert json.loads(request.body) == {"model": "claude", "messages": [question]}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (head(content_length="2") + b"{}", EndpointError),
        (head(content_length="2") + b"[]", EndpointError),
        (head("401 No", content_length="2") + b"{}", AccessRefusedError),
        (b"", EndpointUnreachableError),
    ],
)
async def test_a_count_that_fails_is_told(answer: bytes, kind: type[EndpointError]) -> None:
    async with (
        HostileServer(sends(answer)).running() as server,
        endpoint_at(server) as endpoint,
    ):
        with pytest.raises(EndpointError) as raised:
            await endpoint.count_tokens("Hi")
    assert type(raised.value) is kind


async def test_a_fill_in_is_refused_by_name_and_nothing_is_sent() -> None:
    async with HostileServer(sends(b"")).running() as server, endpoint_at(server) as endpoint:
        assert endpoint.model.fim is False
        with pytest.raises(EndpointRejectedError, match="Anthropic cannot fill in"):
            async with endpoint.stream(InfillRequest("a", "b")):
                pass
    assert server.requests == []
