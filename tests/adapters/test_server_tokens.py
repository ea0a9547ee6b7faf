"""Tokens as a remote server counts them, where it can."""

import json

import httpx
import pytest
from remote_fakes import FakeVendor, refuses, spec_of

from spark_desktop.adapters.chat_endpoint import ChatEndpoint
from spark_desktop.domain.errors import (
    EndpointBusyError,
    EndpointError,
    EndpointRejectedError,
    EndpointUnreachableError,
)


def endpoint(vendor: FakeVendor, url: str = "http://localhost:8080/v1") -> ChatEndpoint:
    return ChatEndpoint(vendor.client(), spec_of(url))


def llama(request: httpx.Request) -> httpx.Response:
    words = json.loads(request.content).get("content", "").split()
    return httpx.Response(200, json={"tokens": list(range(len(words)))})


def vllm(request: httpx.Request) -> httpx.Response:
    body = json.loads(request.content)
    if "prompt" not in body or body.get("model") != "m":
        return httpx.Response(400, json={"error": {"message": "prompt: field required"}})
    return httpx.Response(200, json={"count": len(body["prompt"].split()), "max_model_len": 9})


@pytest.mark.parametrize(("server", "trials"), [(llama, 1), (vllm, 2)])
async def test_either_form_is_found_and_kept(server: object, trials: int) -> None:
    vendor = FakeVendor([server])  # type: ignore[list-item]
    served = endpoint(vendor)
    assert await served.count_tokens("a b c") == 3
    assert await served.count_tokens("a b") == 2
    assert len(vendor.asked) == trials + 2
    assert {str(request.url) for request in vendor.asked} == {"http://localhost:8080/tokenize"}


async def test_an_empty_text_has_no_tokens() -> None:
    vendor = FakeVendor([llama])
    assert await endpoint(vendor).count_tokens("") == 0
    assert vendor.asked == []


@pytest.mark.parametrize(
    "answer",
    [
        refuses(404, "Not found"),
        refuses(401, "No."),
        refuses(405, "Method not allowed"),
        httpx.Response(200, json={}),
        httpx.Response(200, json={"tokens": []}),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, text="[" * 50_000),
    ],
)
async def test_a_server_that_cannot_count_gets_no_text_and_is_not_asked_again(
    answer: httpx.Response,
) -> None:
    vendor = FakeVendor([answer])
    served = endpoint(vendor)
    for _ in range(3):
        with pytest.raises(EndpointRejectedError, match="Vendor does not count tokens"):
            await served.count_tokens("my secret code")
    assert len(vendor.asked) == 2
    assert not any(b"secret" in request.content for request in vendor.asked)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refuses(503, "Loading model"), EndpointBusyError),
        (refuses(429, "Slow down"), EndpointBusyError),
        (refuses(502, "Bad gateway"), EndpointUnreachableError),
    ],
)
async def test_a_server_that_cannot_now_is_asked_again(
    answer: httpx.Response, kind: type[EndpointError]
) -> None:
    served = endpoint(FakeVendor([answer, llama]))
    with pytest.raises(kind):
        await served.count_tokens("a b")
    assert await served.count_tokens("a b") == 2


async def test_a_server_that_is_not_there_is_named() -> None:
    def gone(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(EndpointUnreachableError, match="cannot be reached: refused"):
        await endpoint(FakeVendor([gone])).count_tokens("a")


async def test_a_count_that_is_missing_later_is_an_error() -> None:
    served = endpoint(FakeVendor([llama, httpx.Response(200, json={})]))
    with pytest.raises(EndpointError, match="how many tokens"):
        await served.count_tokens("a")
