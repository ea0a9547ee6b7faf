"""Ollama's own protocol: what it is asked, and its lines."""

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from remote_fakes import CHAT, INFILL, FakeVendor, collect, end_of, lines, spec_of, told

from spark_desktop.adapters.event_parsers import JsonLines
from spark_desktop.adapters.ollama_endpoint import OllamaEndpoint
from spark_desktop.domain.completion import (
    ChatRequest,
    FinishReason,
    Message,
    ModelInfo,
    Role,
    Timing,
    Tool,
    ToolCall,
    Usage,
)
from spark_desktop.domain.endpoints import FillInWay
from spark_desktop.domain.errors import (
    AnswerTooLargeError,
    EndpointError,
    EndpointRejectedError,
    IncompleteStreamError,
)

FORMATS = ("search-replace", "region")

URL = "http://localhost:11434"
DONE = {
    "message": {"role": "assistant", "content": ""},
    "done": True,
    "done_reason": "stop",
    "total_duration": 5_000_000_000,
    "load_duration": 250_000_000,
    "prompt_eval_count": 26,
    "prompt_eval_duration": 500_000_000,
    "eval_count": 9,
    "eval_duration": 1_500_000_000,
}


def piece(**message: object) -> dict[str, Any]:
    return {"model": "m", "message": {"role": "assistant"} | message, "done": False}


def ollama(*answers: httpx.Response) -> FakeVendor:
    return FakeVendor(list(answers))


def says(*events: object) -> httpx.Response:
    return httpx.Response(200, text=lines(*events))


def endpoint(vendor: FakeVendor, **options: Any) -> OllamaEndpoint:
    now = options.pop("now", None)
    spec = spec_of(URL, "Ollama", **options)
    if now is None:
        return OllamaEndpoint(vendor.client(URL), spec)
    return OllamaEndpoint(vendor.client(URL), spec, now=now)


async def test_a_chat_is_asked_for_with_room_for_it() -> None:
    vendor = ollama(says(DONE))
    await collect(endpoint(vendor), replace(CHAT, stop=("END",)))
    assert str(vendor.asked[0].url) == f"{URL}/api/chat"
    assert vendor.bodies == [
        {
            "model": "m",
            "messages": [
                {"role": "system", "content": "Be short."},
                {"role": "user", "content": "Hi"},
            ],
            "stream": True,
            "truncate": False,
            "options": {
                "num_ctx": 8192,
                "num_predict": 1024,
                "temperature": 0.2,
                "stop": ["END"],
            },
        }
    ]


async def test_the_room_grows_with_the_prompts_up_to_the_models_context() -> None:
    vendor = ollama(says(DONE))
    served = endpoint(vendor, context=40_000)
    long = ChatRequest((Message(Role.USER, "x" * 40_000),))
    for request in (CHAT, long, CHAT, replace(long, max_tokens=30_000)):
        await collect(served, request)
    # It never shrinks: another size would load the model anew.
    assert [body["options"]["num_ctx"] for body in vendor.bodies] == [8192, 16_384, 16_384, 40_000]


async def test_a_small_models_context_is_all_the_room() -> None:
    vendor = ollama(says(DONE))
    await collect(endpoint(vendor, context=2048))
    assert vendor.bodies[0]["options"]["num_ctx"] == 2048


async def test_abilities_are_asked_for_where_the_model_has_them() -> None:
    vendor = ollama(says(DONE))
    calls = (ToolCall("c1", "read", '{"path": "a"}'), ToolCall("c2", "read", "odd"))
    request = ChatRequest(
        (
            Message(Role.ASSISTANT, "", calls),
            Message(Role.TOOL, "x = 1", call_id="c1"),
        ),
        tools=(Tool("read", "Read.", "{}"),),
        schema='{"type": "object"}',
    )
    await collect(endpoint(vendor, tools=True, structured_output=True, reasoning=True), request)
    await collect(endpoint(vendor), request)
    with_all, without = vendor.bodies
    assert with_all["messages"] == [
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [
                {"function": {"name": "read", "arguments": {"path": "a"}}},
                {"function": {"name": "read", "arguments": {"value": "odd"}}},
            ],
        },
        {"role": "tool", "content": "x = 1", "tool_name": "read"},
    ]
    assert (with_all["format"], with_all["think"]) == ({"type": "object"}, True)
    assert with_all["tools"][0]["function"]["name"] == "read"
    assert not {"tools", "format", "think"} & set(without)


async def test_lines_are_text_reasoning_counts_and_times() -> None:
    times = iter([10.0, 10.5, 12.0])
    vendor = ollama(
        says(piece(content="", thinking="hm"), piece(content="é"), piece(content="x"), DONE)
    )
    chunks = await collect(endpoint(vendor, now=lambda: next(times)))
    end = end_of(chunks)
    assert told(chunks) == ("éx", "hm")
    assert (end.reason, end.usage) == (FinishReason.STOP, Usage(26, 9))
    assert end.timing is not None
    assert replace(end.timing, connect=None) == Timing(
        0.5, 2.0, prefill=0.5, decode=1.5, queue=0.25
    )


async def test_tool_calls_are_put_together() -> None:
    first = {"id": "c1", "function": {"index": 0, "name": "read", "arguments": {"path": "a"}}}
    second = {"function": {"name": "read", "arguments": {"path": "b"}}}
    vendor = ollama(says(piece(tool_calls=[first]), piece(tool_calls=[second]), DONE))
    end = end_of(await collect(endpoint(vendor)))
    assert end.reason is FinishReason.TOOLS
    assert [call.arguments for call in end.calls] == ['{"path": "a"}', '{"path": "b"}']
    assert end.calls[0].id == "c1"
    assert end.calls[1].id


async def test_tags_in_the_text_are_reasoning_too() -> None:
    vendor = ollama(
        says(piece(content="<th"), piece(content="ink>hm</think>"), piece(content="x"), DONE)
    )
    assert told(await collect(endpoint(vendor))) == ("x", "hm")


@pytest.mark.parametrize(
    ("told_", "reason"),
    [("length", FinishReason.LENGTH), ("load", FinishReason.OTHER), (None, FinishReason.STOP)],
)
async def test_the_reason_is_told_in_the_last_line(told_: object, reason: FinishReason) -> None:
    vendor = ollama(says(DONE | {"done_reason": told_}))
    assert end_of(await collect(endpoint(vendor))).reason is reason


async def test_a_fill_in_is_generated() -> None:
    vendor = ollama(says({"response": "<think>", "done": False}, {"response": "x", "done": True}))
    served = endpoint(vendor, fill_in=FillInWay.SUFFIX)
    assert told(await collect(served, INFILL)) == ("<think>x", "")
    assert vendor.asked[0].url.path == "/api/generate"
    body = vendor.bodies[0]
    assert (body["prompt"], body["suffix"], body["options"]["num_predict"]) == ("def f(", "):", 9)
    assert served.model == ModelInfo("m", 8192, True, FORMATS, label="Ollama", is_local=False)


async def test_a_model_that_cannot_fill_in_is_not_asked() -> None:
    vendor = ollama(says(DONE))
    with pytest.raises(EndpointRejectedError, match="Ollama cannot fill in"):
        await collect(endpoint(vendor), INFILL)
    assert vendor.asked == []


async def test_a_model_that_does_not_think_is_not_asked_to_again() -> None:
    refusal = httpx.Response(400, json={"error": '"m" does not support think'})
    vendor = ollama(refusal, says(DONE))
    served = endpoint(vendor, reasoning=True)
    await collect(served)
    await collect(served)
    assert ["think" in body for body in vendor.bodies] == [True, False, False]


@pytest.mark.parametrize(
    ("response", "kind", "said"),
    [
        (
            httpx.Response(404, json={"error": 'model "m" not found, try pulling it first'}),
            EndpointRejectedError,
            "Ollama does not have the model m: .*pulling it",
        ),
        (
            httpx.Response(400, json={"error": '"m" does not support insert'}),
            EndpointRejectedError,
            "does not support insert",
        ),
        (httpx.Response(500, json={"error": "llama runner died"}), EndpointError, "runner died"),
        (says(piece(content="x"), {"error": "out of memory"}), EndpointError, "out of memory"),
        (says(piece(content="x")), IncompleteStreamError, "broke off"),
        (httpx.Response(200, text=""), IncompleteStreamError, "broke off"),
        (httpx.Response(200, text="<html>\n"), EndpointError, "no JSON object"),
    ],
)
async def test_errors_are_told_as_what_they_are(
    response: httpx.Response, kind: type[EndpointError], said: str
) -> None:
    with pytest.raises(kind, match=said):
        await collect(endpoint(ollama(response)))


async def test_ollama_counts_no_tokens() -> None:
    vendor = ollama(says(DONE))
    with pytest.raises(EndpointRejectedError, match="does not count tokens"):
        await endpoint(vendor).count_tokens("x")
    assert vendor.asked == []


WHOLE = lines({"a": "é\u2028"}, {"b": 1}).encode() + b'\r\n{"c": 2}'


@given(st.sets(st.integers(0, len(WHOLE))))
def test_lines_cut_anywhere_are_the_same(cuts: set[int]) -> None:
    places = [0, *sorted(cuts), len(WHOLE)]
    parser = JsonLines()
    events = []
    for begin, end in pairwise(places):
        events += parser.feed(WHOLE[begin:end])
    events += parser.end()
    assert [json.loads(event.data) for event in events] == [{"a": "é\u2028"}, {"b": 1}, {"c": 2}]


def test_half_a_line_is_none() -> None:
    parser = JsonLines()
    assert parser.feed(b'{"a": 1}\n{"b"') != []
    assert parser.end() == []


@pytest.mark.parametrize("data", [b"x" * 60, b"{}\n" * 9])
def test_lines_without_an_end_are_refused(data: bytes) -> None:
    parser = JsonLines(longest=50, most=8)
    with pytest.raises(AnswerTooLargeError):
        parser.feed(data)
