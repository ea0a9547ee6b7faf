import json
from collections.abc import Iterator

import httpx
import pytest

from inference_core.pacing.errors import MeasuringError
from inference_core.pacing.measuring import Endpoint, observe, read_answer

ENDPOINT = Endpoint("http://127.0.0.1:1/v1/", "m", "secret")


def text(content: str, key: str = "content") -> dict[str, object]:
    return {"choices": [{"delta": {key: content}}]}


def lines(*chunks: object) -> Iterator[tuple[float, str]]:
    for number, chunk in enumerate(chunks):
        yield number / 10, f"data: {json.dumps(chunk)}"
        yield number / 10, ""
    yield 9.0, "data: [DONE]"


def events(*chunks: object) -> str:
    return "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"


USAGE = {
    "choices": [],
    "usage": {
        "prompt_tokens": 40,
        "completion_tokens": 7,
        "prompt_tokens_details": {"cached_tokens": 30},
    },
}


def test_an_answer_has_its_tokens_spread_over_the_chunks_with_text():
    found = read_answer(
        lines({"choices": [{"delta": {"role": "assistant"}}]}, text("a"), text("b"), USAGE)
    )
    assert (found.prompt_tokens, found.cached_tokens) == (40, 30)
    assert found.arrivals == ((0.1, 3), (0.2, 4))


def test_without_usage_each_chunk_is_one_token():
    found = read_answer(lines(text("a"), text("b")))
    assert found.arrivals == ((0.0, 1), (0.1, 1))


@pytest.mark.parametrize("key", ["reasoning", "reasoning_content"])
def test_reasoning_counts_as_text(key):
    assert read_answer(lines(text("a", key), text("b"))).first_token_s == 0


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("data: {", "no JSON"),
        ("data: []", "no object"),
        ('data: {"error": {"message": "overloaded"}}', "overloaded"),
        ("data: [DONE]", "no text"),
    ],
)
def test_a_stream_that_is_none_is_told(line, complaint):
    with pytest.raises(MeasuringError, match=complaint):
        read_answer([(0.0, line)])


def test_requests_ask_for_a_stream_with_usage_and_carry_the_key():
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, text=events(text("a"), text("b"), USAGE))

    told = []
    found = observe(ENDPOINT, 3, told.append, httpx.MockTransport(answer))
    assert told == found
    assert len(found) == 3
    assert str(asked[0].url) == "http://127.0.0.1:1/v1/chat/completions"
    assert asked[0].headers["authorization"] == "Bearer secret"
    bodies = [json.loads(request.content) for request in asked]
    assert bodies[0]["stream"] is True
    assert bodies[0]["stream_options"] == {"include_usage": True}
    assert len({len(body["messages"][0]["content"]) for body in bodies}) == 3


def test_a_refusal_is_told_with_its_status():
    transport = httpx.MockTransport(lambda request: httpx.Response(401, text="Wrong API Key"))
    with pytest.raises(MeasuringError, match="answered 401: Wrong API Key"):
        observe(ENDPOINT, 2, lambda _: None, transport)


def test_an_endpoint_that_is_not_there_is_named():
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection refused", request=request)

    with pytest.raises(MeasuringError, match="cannot be asked: connection refused"):
        observe(ENDPOINT, 2, lambda _: None, httpx.MockTransport(refuse))


def test_what_is_emulated_is_not_measured():
    def answer(request: httpx.Request) -> httpx.Response:
        told = {"x-spark-emulated": "profile=codex; source=replay; kind=vendor"}
        return httpx.Response(200, headers=told, text=events(text("a"), text("b"), USAGE))

    with pytest.raises(MeasuringError, match="emulates another service: profile=codex"):
        observe(ENDPOINT, 2, lambda _: None, httpx.MockTransport(answer))
