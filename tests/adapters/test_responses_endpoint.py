"""Responses over HTTP, from a server at loopback that is cut and split wherever it can be."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from adapters.responses_events import completed, created, message, sse

from spark_desktop.adapters.responses_endpoint import ResponsesEndpoint
from spark_desktop.domain.completion import (
    ChatRequest,
    Chunk,
    Finished,
    InfillRequest,
    Message,
    Role,
    TextChunk,
)
from spark_desktop.domain.endpoints import EndpointSpec, FillInWay, RemoteModel, WireProtocol
from spark_desktop.domain.errors import (
    EndpointBusyError,
    EndpointError,
    EndpointRejectedError,
    EndpointUnreachableError,
    IncompleteStreamError,
)
from tests.hostile.server import (
    STREAM,
    UNTIL_CLOSED,
    HostileServer,
    Script,
    chunked,
    endless,
    head,
    sends,
    stalls,
)

MODEL = RemoteModel("m", context=4096, fill_in=FillInWay.TOKENS)
RESPONSES = WireProtocol.RESPONSES
SPEC = EndpointSpec("one", "One", "http://unused/v1", RESPONSES, model="m", models=(MODEL,))
CHAT = ChatRequest((Message(Role.USER, "Hi"),), stop=("END",))
EVENTS = sse([*created(), *message("héllo ", "wörld"), *completed()])
WHOLE = b"".join(EVENTS)
# Enough of them for a cut at any byte.
FEW = sse([created()[0], *message("héllo ", "wörld")[2:4], *completed()])
SHORT = b"".join(FEW)
TEXT = "héllo wörld"


@asynccontextmanager
async def endpoint_at(
    server: HostileServer, model: RemoteModel = MODEL, **options: Any
) -> AsyncIterator[ResponsesEndpoint]:
    async with httpx.AsyncClient() as client:
        yield ResponsesEndpoint(
            client, replace(SPEC, url=f"{server.url}/v1", models=(model,)), **options
        )


async def asked(endpoint: ResponsesEndpoint) -> tuple[list[Chunk], EndpointError | None]:
    """What came, and what ended it."""
    came: list[Chunk] = []
    try:
        async with endpoint.stream(CHAT) as chunks:
            async for chunk in chunks:
                came.append(chunk)
    except EndpointError as error:
        return came, error
    return came, None


def text_of(chunks: list[Chunk]) -> str:
    return "".join(chunk.text for chunk in chunks if isinstance(chunk, TextChunk))


async def outcome_of(script: Script, **options: Any) -> tuple[list[Chunk], EndpointError | None]:
    async with (
        HostileServer(script).running() as server,
        endpoint_at(server, **options) as endpoint,
    ):
        return await asked(endpoint)


async def test_a_question_is_asked_at_the_protocols_path() -> None:
    async with (
        HostileServer(sends(UNTIL_CLOSED + WHOLE)).running() as server,
        endpoint_at(server) as endpoint,
    ):
        chunks, error = await asked(endpoint)
    assert error is None
    assert text_of(chunks) == TEXT
    assert isinstance(chunks[-1], Finished)
    timing = chunks[-1].timing
    assert timing is not None
    assert 0 < timing.first_token <= timing.total
    assert timing.connect is not None
    (request,) = server.requests
    assert (request.method, request.target) == ("POST", "/v1/responses")
    body = json.loads(request.body)
    assert (body["stream"], body["store"], body["input"]) == (
        True,
        False,
        [{"role": "user", "content": "Hi"}],
    )


async def test_an_answer_split_anywhere_is_whole() -> None:
    cut = 0

    async def script(asked_: Any, writer: asyncio.StreamWriter) -> None:
        await sends(UNTIL_CLOSED + SHORT[:cut], SHORT[cut:])(asked_, writer)

    async with HostileServer(script).running() as server, endpoint_at(server) as endpoint:
        # Not at all of them: what cuts bytes into events is the chat wire's, which is split so.
        for cut in range(0, len(SHORT), 5):
            chunks, error = await asked(endpoint)
            assert (text_of(chunks), error) == (TEXT, None), cut


async def test_an_answer_cut_after_any_event_is_an_error_that_keeps_what_came() -> None:
    cut = 0

    async def script(asked_: Any, writer: asyncio.StreamWriter) -> None:
        await sends(UNTIL_CLOSED + b"".join(EVENTS[:cut]), turns=0)(asked_, writer)

    async with HostileServer(script).running() as server, endpoint_at(server) as endpoint:
        for cut in range(len(EVENTS)):
            chunks, error = await asked(endpoint)
            assert isinstance(error, IncompleteStreamError), cut
            assert error.next_step
            assert TEXT.startswith(text_of(chunks))
    assert text_of(chunks) == TEXT


async def test_an_answer_cut_in_an_event_is_an_error_that_keeps_what_came() -> None:
    whole = STREAM + chunked(WHOLE)
    chunks, error = await outcome_of(sends(whole[:-300]))
    assert isinstance(error, EndpointUnreachableError | IncompleteStreamError)
    assert text_of(chunks) == TEXT


async def test_the_next_answer_uses_the_connection_of_the_one_before() -> None:
    async with (
        HostileServer(sends(STREAM + chunked(WHOLE), closes=False)).running() as server,
        endpoint_at(server) as endpoint,
    ):
        for is_first in (True, False):
            chunks, error = await asked(endpoint)
            assert error is None
            assert isinstance(chunks[-1], Finished)
            assert chunks[-1].timing is not None
            assert (chunks[-1].timing.connect == 0.0) is not is_first


async def test_a_server_that_sends_no_end_behind_its_answer_is_left() -> None:
    chunks, error = await outcome_of(stalls(UNTIL_CLOSED, WHOLE))
    assert (text_of(chunks), error) == (TEXT, None)


async def test_leaving_closes_the_connection() -> None:
    server = HostileServer(endless(UNTIL_CLOSED, EVENTS[4]))
    async with server.running(), endpoint_at(server) as endpoint:
        async with endpoint.stream(CHAT) as chunks:
            await anext(chunks)
        await asyncio.wait_for(server.was_left.wait(), 20)


async def test_a_stop_text_ends_the_answer_and_the_servers_work() -> None:
    events = sse([*created(), *message("one E", "ND", *("x" * 50))])
    server = HostileServer(endless(UNTIL_CLOSED + b"".join(events), events[-1]))
    async with server.running(), endpoint_at(server) as endpoint:
        chunks, error = await asked(endpoint)
        await asyncio.wait_for(server.was_left.wait(), 20)
    assert (text_of(chunks), error) == ("one ", None)


async def test_a_server_that_falls_silent_is_given_up() -> None:
    chunks, error = await outcome_of(
        stalls(UNTIL_CLOSED, b"".join(EVENTS[:5]), b": ping\n\n"), silence=0.2
    )
    assert text_of(chunks) == "héllo "
    assert isinstance(error, EndpointUnreachableError)
    assert "said nothing" in error.message


def refusing(status: str, *refused: str) -> Script:
    """Refuse the fields, one after the other, and then answer."""
    left = list(refused)

    async def script(asked_: Any, writer: asyncio.StreamWriter) -> None:
        body = json.loads(asked_.body)
        name = next((name for name in left if name in body), None)
        if name is None:
            await sends(UNTIL_CLOSED + WHOLE)(asked_, writer)
            return
        error = {"message": f"Unsupported parameter: '{name}'", "param": name}
        text = json.dumps({"error": error}).encode()
        answer = head(status, content_length=str(len(text))) + text
        await sends(answer, closes=False)(asked_, writer)

    return script


@pytest.mark.parametrize("is_reasoning", [True, False])
async def test_a_field_that_the_model_refuses_is_left_out_from_then_on(
    is_reasoning: bool,
) -> None:
    server = HostileServer(refusing("400 Bad Request", "temperature", "reasoning"))
    model = replace(MODEL, reasoning=is_reasoning)
    async with server.running(), endpoint_at(server, model) as endpoint:
        for _ in range(2):
            chunks, error = await asked(endpoint)
            assert (text_of(chunks), error) == (TEXT, None)
    name = "reasoning" if is_reasoning else "temperature"
    told = [name in json.loads(request.body) for request in server.requests]
    assert told == [True, False, False]


async def test_another_refusal_is_told() -> None:
    _, error = await outcome_of(refusing("400 Bad Request", "input"))
    assert isinstance(error, EndpointRejectedError)
    _, error = await outcome_of(refusing("429 Too Many Requests", "temperature"))
    assert isinstance(error, EndpointBusyError)


async def test_a_fill_in_is_refused_by_name_and_nothing_is_sent() -> None:
    async with HostileServer(sends(b"")).running() as server, endpoint_at(server) as endpoint:
        assert endpoint.model.fim is False
        assert (endpoint.model.context, endpoint.model.label) == (4096, "One")
        with pytest.raises(EndpointRejectedError, match="One cannot fill in"):
            async with endpoint.stream(InfillRequest("a", "b")):
                pass
        with pytest.raises(EndpointRejectedError, match="One does not count"):
            await endpoint.count_tokens("x")
    assert server.requests == []
