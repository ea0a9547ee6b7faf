"""Any vendor's chat completions: what it is asked, what it refuses to be told, what it answers."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import httpx
import pytest
from remote_fakes import (
    CHAT,
    FakeVendor,
    collect,
    delta,
    end_of,
    refuses,
    spec_of,
    sse,
    tells,
    told,
)

from spark_desktop.adapters.chat_body import chat_body
from spark_desktop.adapters.chat_endpoint import ChatEndpoint
from spark_desktop.domain.completion import (
    Bucket,
    ChatRequest,
    FinishReason,
    Message,
    ModelInfo,
    Priority,
    Role,
    TextChunk,
    Tool,
    ToolCall,
    Usage,
)
from spark_desktop.domain.endpoints import EndpointSpec, FillInWay
from spark_desktop.domain.errors import (
    AccessRefusedError,
    EndpointBusyError,
    EndpointError,
    EndpointRejectedError,
    EndpointUnreachableError,
    IncompleteStreamError,
    LimitError,
)

FORMATS = ("search-replace", "region")

GOOD = tells(delta(content="ok"), delta("stop"), "[DONE]")
TOOL = Tool("read", "Read a file.", '{"type": "object", "properties": {"path": {}}}')
CALL = ToolCall("c1", "read", '{"path": "a.py"}')
TOOLED = ChatRequest(
    (
        Message(Role.USER, "Look."),
        Message(Role.ASSISTANT, "", (CALL,)),
        Message(Role.TOOL, "x = 1", call_id="c1"),
    ),
    tools=(TOOL,),
)


def endpoint(vendor: FakeVendor, spec: EndpointSpec | None = None) -> ChatEndpoint:
    return ChatEndpoint(vendor.client(), spec or spec_of())


def answering(*events: object, **headers: str) -> ChatEndpoint:
    return endpoint(FakeVendor([tells(*events, **headers)]))


async def test_a_plain_model_is_asked_plainly() -> None:
    vendor = FakeVendor([GOOD])
    request = replace(CHAT, stop=("END",), priority=Priority.SUGGESTION, tools=(TOOL,))
    await collect(endpoint(vendor), replace(request, schema="{}", prediction="x", thread="t"))
    assert str(vendor.asked[0].url) == "https://vendor.test/v1/chat/completions"
    assert vendor.bodies == [
        {
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
        }
    ]


async def test_an_address_with_a_query_keeps_it() -> None:
    vendor = FakeVendor([GOOD])
    spec = spec_of("https://x.openai.azure.com/openai/deployments/d?api-version=2024-10-21")
    await collect(endpoint(vendor, spec))
    assert str(vendor.asked[0].url) == (
        "https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21"
    )


def test_tools_and_their_results_are_told_to_a_model_that_has_them() -> None:
    body = chat_body(TOOLED, spec_of(tools=True))
    assert body["messages"][1:] == [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {
                    "id": "c1",
                    "type": "function",
                    "function": {"name": "read", "arguments": '{"path": "a.py"}'},
                }
            ],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "x = 1"},
    ]
    assert body["tools"] == [
        {
            "type": "function",
            "function": {
                "name": "read",
                "description": "Read a file.",
                "parameters": {"type": "object", "properties": {"path": {}}},
            },
        }
    ]


def test_a_model_without_tools_reads_what_an_earlier_one_did_with_them() -> None:
    body = chat_body(TOOLED, spec_of())
    assert "tools" not in body
    assert body["messages"][1:] == [
        {"role": "assistant", "content": 'Call of read: {"path": "a.py"}'},
        {"role": "user", "content": "Result of read:\nx = 1"},
    ]


def test_a_schema_and_a_prediction_are_told_where_they_are_known() -> None:
    request = replace(CHAT, schema='{"type": "object"}', prediction="x = 1")
    body = chat_body(request, spec_of(structured_output=True, prediction=True))
    assert body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": {"type": "object"}, "strict": True},
    }
    assert body["prediction"] == {"type": "content", "content": "x = 1"}
    with_tools = chat_body(replace(request, tools=(TOOL,)), spec_of(tools=True, prediction=True))
    assert "prediction" not in with_tools


@pytest.mark.parametrize(
    ("url", "reasoning", "limit", "has_temperature"),
    [
        ("https://api.openai.com/v1", True, "max_completion_tokens", False),
        ("https://api.openai.com/v1", False, "max_completion_tokens", True),
        ("https://r.openai.azure.com/openai/v1", True, "max_completion_tokens", False),
        ("https://api.cerebras.ai/v1", True, "max_completion_tokens", False),
        ("https://api.groq.com/openai/v1", True, "max_tokens", True),
        ("http://localhost:8000/v1", True, "max_tokens", True),
        ("https://notapi.openai.com.test/v1", True, "max_tokens", True),
    ],
)
def test_the_limit_has_the_name_that_the_vendor_knows(
    url: str, reasoning: bool, limit: str, has_temperature: bool
) -> None:
    body = chat_body(CHAT, spec_of(url, reasoning=reasoning))
    assert [name for name in body if name.startswith("max_")] == [limit]
    assert body[limit] == 1024
    assert ("temperature" in body) == has_temperature


async def test_more_stops_than_vendors_take_are_met_here() -> None:
    vendor = FakeVendor([tells(delta(content="one f"), delta(content="ive six"))])
    request = replace(CHAT, stop=("1", "2", "3", "4", "five"))
    chunks = await collect(endpoint(vendor), request)
    assert vendor.bodies[0]["stop"] == ["1", "2", "3", "4"]
    assert (told(chunks)[0], end_of(chunks).reason) == ("one ", FinishReason.STOP)


OPENAI = "Unsupported parameter: 'max_tokens' is not supported with this model. "
OPENAI += "Use 'max_completion_tokens' instead."


@pytest.mark.parametrize(
    ("refusal", "gone", "instead"),
    [
        (refuses(400, OPENAI, param="max_tokens"), "max_tokens", {"max_completion_tokens": 1024}),
        (refuses(400, "Unsupported value.", param="temperature"), "temperature", {}),
        (refuses(400, "property 'stop' is unsupported"), "stop", {}),
        (
            httpx.Response(
                422,
                json={
                    "detail": [
                        {"loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}
                    ]
                },
            ),
            "stream_options",
            {},
        ),
        (
            refuses(400, "Unrecognized request argument supplied: stream_options"),
            "stream_options",
            {},
        ),
    ],
)
async def test_a_field_that_is_refused_is_left_out_at_once_and_from_then_on(
    refusal: httpx.Response, gone: str, instead: dict[str, Any]
) -> None:
    vendor = FakeVendor([refusal, GOOD])
    served = endpoint(vendor)
    request = replace(CHAT, stop=("END",))
    assert told(await collect(served, request))[0] == "ok"
    await collect(served, request)
    first, *later = vendor.bodies
    assert len(later) == 2
    expected = {name: value for name, value in first.items() if name != gone} | instead
    assert later == [expected, expected]


async def test_a_server_that_refuses_one_field_after_the_other_is_asked_until_it_answers() -> None:
    names = ("stream_options", "temperature", "max_tokens", "max_completion_tokens")
    vendor = FakeVendor([*(refuses(400, f"Unknown field: {name}") for name in names), GOOD])
    await collect(endpoint(vendor))
    assert set(vendor.bodies[-1]) == {"model", "messages", "stream"}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refuses(400, "max_tokens is too large: 1024. At most 512 are allowed"), "refused"),
        (refuses(400, "Please stop sending so much"), "refused"),
        (refuses(400, "Unknown field: messages"), "refused"),
        (refuses(401, "Unknown field: temperature"), "access"),
        (refuses(500, "Unknown field: temperature"), "failed"),
    ],
)
async def test_another_refusal_is_told_at_once(answer: httpx.Response, kind: str) -> None:
    vendor = FakeVendor([answer, GOOD])
    with pytest.raises(EndpointError, match=kind):
        await collect(endpoint(vendor), replace(CHAT, stop=("END",)))
    assert len(vendor.asked) == 1


async def test_two_answers_that_meet_the_same_refusal_are_both_answered() -> None:
    both = asyncio.Barrier(2)

    class Meeting(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if b"temperature" not in request.content:
                return httpx.Response(200, content=GOOD.content)
            await both.wait()
            return refuses(400, "Unknown field: temperature")

    served = ChatEndpoint(httpx.AsyncClient(transport=Meeting()), spec_of())
    answers = await asyncio.gather(collect(served), collect(served))
    assert [told(chunks)[0] for chunks in answers] == ["ok", "ok"]


async def test_an_empty_event_is_a_sign_of_life() -> None:
    text = f"data:\n\n{sse(delta(content='x'), ' ', delta('stop'))}"
    vendor = FakeVendor([httpx.Response(200, text=text)])
    assert told(await collect(endpoint(vendor)))[0] == "x"


async def test_a_field_that_is_refused_again_and_again_ends_in_the_refusal() -> None:
    vendor = FakeVendor([refuses(400, "Unknown field: temperature")])
    with pytest.raises(EndpointRejectedError, match="temperature"):
        await collect(endpoint(vendor))
    assert len(vendor.asked) == 2


async def test_an_answer_is_read_with_its_calls_counts_times_and_limits() -> None:
    call = {"index": 0, "id": "c1", "function": {"name": "read", "arguments": '{"path": "a.py"}'}}
    times = iter([10.0, 10.5, 12.0])
    usage = {"prompt_tokens": 9, "completion_tokens": 2}
    body = sse(
        delta(reasoning="hm"),
        delta(tool_calls=[call]),
        delta("tool_calls"),
        {"choices": [], "usage": usage},
        "[DONE]",
    )
    headers = {"x-ratelimit-limit-tokens": "100", "x-ratelimit-remaining-tokens": "7"}
    vendor = FakeVendor([httpx.Response(200, text=body, headers=headers)])
    served = ChatEndpoint(vendor.client(), spec_of(tools=True), now=lambda: next(times))
    chunks = await collect(served, TOOLED)
    end = end_of(chunks)
    assert told(chunks) == ("", "hm")
    assert (end.reason, end.calls, end.usage) == (FinishReason.TOOLS, (CALL,), Usage(9, 2))
    assert end.buckets == (Bucket("tokens", 100, 7, None),)
    assert end.timing is not None
    # The first token is one of reasoning.
    assert (end.timing.first_token, end.timing.total) == (0.5, 2.0)


async def test_a_server_that_counts_nothing_is_given_no_figures() -> None:
    end = end_of(await collect(answering(delta(content="x"), delta("stop"))))
    assert (end.usage, end.buckets, end.cost) == (Usage(), (), None)


async def test_an_answer_that_is_no_stream_is_taken_whole() -> None:
    whole = {"choices": [{"message": {"content": "<think>a</think>b"}, "finish_reason": "stop"}]}
    for text in (
        json.dumps(whole),
        f"\n \n{json.dumps(whole, indent=2)}",
        f"\ufeff{json.dumps(whole)}",
    ):
        vendor = FakeVendor([httpx.Response(200, text=text)])
        assert told(await collect(endpoint(vendor))) == ("b", "a")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"error": {"message": "No.", "code": 429}}', EndpointBusyError),
        ('{"detail": "Not here"}', EndpointError),
        ('{"choices": [{"mess', IncompleteStreamError),
        ("", IncompleteStreamError),
        ("Hello", IncompleteStreamError),
        ('{"id": 3}', IncompleteStreamError),
        ("[]", EndpointError),
    ],
)
async def test_an_answer_that_is_none_is_a_clear_error(
    text: str, kind: type[EndpointError]
) -> None:
    with pytest.raises(kind):
        await collect(endpoint(FakeVendor([httpx.Response(200, text=text)])))


async def test_azures_filter_is_a_reason_and_its_first_chunk_no_answer() -> None:
    first = {"choices": [], "prompt_filter_results": [{"prompt_index": 0}]}
    chunk = delta(content="x")
    chunk["choices"][0]["content_filter_results"] = {"hate": {"filtered": False}}
    chunks = await collect(answering(first, chunk, delta("content_filter"), "[DONE]"))
    assert (told(chunks)[0], end_of(chunks).reason) == ("x", FinishReason.FILTER)


@pytest.mark.parametrize(
    ("response", "kind", "said"),
    [
        (refuses(401, "Bad key."), AccessRefusedError, "Bad key."),
        (refuses(402, "Insufficient credits"), LimitError, "Insufficient credits"),
        (refuses(404, "no such model"), EndpointRejectedError, "Vendor does not have the model m"),
        (
            httpx.Response(429, headers={"retry-after-ms": "1500"}),
            EndpointBusyError,
            r"in 1\.5 s",
        ),
        (
            httpx.Response(
                429,
                headers={"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "1m30s"},
            ),
            EndpointBusyError,
            "in 90 s",
        ),
        (httpx.Response(504, text="<h1>504</h1>"), EndpointUnreachableError, "gateway"),
    ],
)
async def test_a_refusal_is_told_as_what_it_is(
    response: httpx.Response, kind: type[EndpointError], said: str
) -> None:
    with pytest.raises(kind, match=said):
        await collect(endpoint(FakeVendor([response])))


async def test_an_answer_that_is_cut_keeps_what_came_and_was_held_back() -> None:
    served = answering(delta(content="x <"), delta(content=" EN"))
    came: list[str] = []

    async def ask() -> None:
        async with served.stream(replace(CHAT, stop=("END",))) as chunks:
            async for chunk in chunks:
                assert isinstance(chunk, TextChunk)
                came.append(chunk.text)

    with pytest.raises(IncompleteStreamError):
        await ask()
    assert "".join(came) == "x < EN"


class Breaking(httpx.AsyncByteStream):
    """A connection that breaks after its bytes."""

    def __init__(self, data: str) -> None:
        self._data = data

    async def __aiter__(self) -> Any:
        yield self._data.encode()
        raise httpx.ReadError("reset")


@pytest.mark.parametrize("is_whole", [True, False])
async def test_a_connection_that_breaks_behind_the_reason_took_nothing(is_whole: bool) -> None:
    events = [delta(content="x"), delta("stop" if is_whole else None)]
    served = endpoint(
        FakeVendor([lambda request: httpx.Response(200, stream=Breaking(sse(*events)))])
    )
    if is_whole:
        assert end_of(await collect(served)).reason is FinishReason.STOP
    else:
        with pytest.raises(EndpointUnreachableError):
            await collect(served)


@pytest.mark.parametrize(
    ("model", "info"),
    [
        ({}, ModelInfo("m", 8192, False, FORMATS, label="Vendor", is_local=False)),
        (
            {"context": 131_072, "fill_in": FillInWay.SUFFIX},
            ModelInfo("m", 131_072, True, FORMATS, label="Vendor", is_local=False),
        ),
    ],
)
def test_the_model_is_what_the_endpoints_data_says(model: dict[str, Any], info: ModelInfo) -> None:
    assert endpoint(FakeVendor([GOOD]), spec_of(**model)).model == info
