"""A remote endpoint's wires cut and split at every byte, over the product's own network policy."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest

from spark_desktop.adapters.chat_endpoint import ChatEndpoint
from spark_desktop.adapters.network import NetworkPolicy, client_for
from spark_desktop.adapters.ollama_endpoint import OllamaEndpoint
from spark_desktop.domain.completion import (
    ChatRequest,
    Finished,
    Message,
    ReasoningChunk,
    Role,
    TextChunk,
    ToolCall,
)
from spark_desktop.domain.endpoints import EndpointSpec, RemoteModel, WireProtocol
from spark_desktop.domain.errors import (
    AccessRefusedError,
    AnswerTooLargeError,
    EndpointBusyError,
    EndpointError,
    EndpointRejectedError,
    EndpointUnreachableError,
    IncompleteStreamError,
)
from spark_desktop.services.ports import Endpoint
from tests.hostile.asking import CANARY, Noted, memory
from tests.hostile.server import (
    STREAM,
    UNTIL_CLOSED,
    Asked,
    HostileServer,
    Script,
    chunked,
    close,
    endless,
    event,
    head,
    sends,
    stalls,
)

CHAT = ChatRequest((Message(Role.USER, "Hi"),), stop=("END",))
CALL = ToolCall("c1", "réad", '{"path": "é"}')
TEXT, THOUGHT = "héllo </think> EN", "hm 💡 <"


def _delta(**fields: object) -> dict[str, object]:
    return {"choices": [{"delta": fields}]}


def _call(**fields: object) -> dict[str, object]:
    return _delta(tool_calls=[{"index": 0, **fields}])


_END = {"choices": [{"delta": {}, "finish_reason": "tool_calls"}]}
EVENTS = b": OPENROUTER PROCESSING\n\n" + b"".join(
    event(one)
    for one in (
        _delta(content="<th"),
        _delta(content="ink>hm 💡 <"),
        _delta(content="</think>\n\nhéllo "),
        _delta(content="</think> EN"),
        _call(id="c1", function={"name": "réad", "arguments": ""}),
        _call(function={"arguments": '{"path"'}),
        _call(function={"arguments": ': "é"}'}),
        _END,
        {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 7}},
        "[DONE]",
    )
)
_LAST = {"message": {"content": ""}, "done": True, "done_reason": "stop", "prompt_eval_count": 5}
LINES = "".join(
    json.dumps(one, ensure_ascii=False) + "\n"
    for one in (
        {"message": {"thinking": "hm 💡 <"}, "done": False},
        {"message": {"content": "héllo </think>"}, "done": False},
        {"message": {"content": " EN"}, "done": False},
        {
            "message": {
                "tool_calls": [
                    {"id": "c1", "function": {"name": "réad", "arguments": {"path": "é"}}}
                ]
            }
        },
        _LAST,
    )
).encode()
JSON_LINES = head(content_type="application/x-ndjson", transfer_encoding="chunked")
LINES_UNTIL_CLOSED = head(content_type="application/x-ndjson", connection="close")


@dataclass
class Outcome:
    text: str = ""
    thought: str = ""
    end: Finished | None = None
    error: EndpointError | None = None


@asynccontextmanager
async def remote(
    url: str, protocol: WireProtocol = WireProtocol.CHAT, silence: float = 20.0
) -> AsyncIterator[Endpoint]:
    spec = EndpointSpec(
        "one", "One", url, protocol, model="m", models=(RemoteModel("m", tools=True),)
    )
    client: httpx.AsyncClient = client_for(spec, CANARY, NetworkPolicy({}), Noted())
    kind = OllamaEndpoint if protocol is WireProtocol.OLLAMA else ChatEndpoint
    async with client:
        yield kind(client, spec, silence=silence)


async def asked(endpoint: Endpoint) -> Outcome:
    outcome = Outcome()
    try:
        async with endpoint.stream(CHAT) as chunks:
            async for chunk in chunks:
                if isinstance(chunk, TextChunk):
                    outcome.text += chunk.text
                elif isinstance(chunk, ReasoningChunk):
                    outcome.thought += chunk.text
                elif isinstance(chunk, Finished):
                    outcome.end = chunk
    except EndpointError as error:
        outcome.error = error
    return outcome


async def outcome_of(script: Script, silence: float = 20.0) -> Outcome:
    async with (
        HostileServer(script).running() as server,
        remote(f"{server.url}/v1", silence=silence) as endpoint,
    ):
        return await asked(endpoint)


CHATS, OLLAMAS = WireProtocol.CHAT, WireProtocol.OLLAMA


@pytest.mark.parametrize(
    ("protocol", "whole"),
    [(CHATS, UNTIL_CLOSED + EVENTS), (OLLAMAS, JSON_LINES + chunked(LINES))],
    ids=["chat", "ollama"],
)
async def test_an_answer_split_at_any_byte_is_whole(protocol: WireProtocol, whole: bytes) -> None:
    cut = 0

    async def script(request: Asked, writer: asyncio.StreamWriter) -> None:
        await sends(whole[:cut], whole[cut:])(request, writer)

    async with (
        HostileServer(script).running() as server,
        remote(server.url, protocol) as endpoint,
    ):
        for cut in range(1, len(whole)):
            outcome = await asked(endpoint)
            assert (outcome.text, outcome.thought, outcome.error) == (TEXT, THOUGHT, None), cut
            assert outcome.end is not None
            assert outcome.end.calls == (CALL,), cut
            assert outcome.end.usage.prompt_tokens == 5


@pytest.mark.parametrize(
    ("protocol", "whole"),
    [(CHATS, STREAM + chunked(EVENTS)), (OLLAMAS, LINES_UNTIL_CLOSED + LINES)],
    ids=["chat", "ollama"],
)
async def test_an_answer_cut_after_any_byte_keeps_what_came(
    protocol: WireProtocol, whole: bytes
) -> None:
    cut = 0

    async def script(request: Asked, writer: asyncio.StreamWriter) -> None:
        await sends(whole[:cut], turns=0)(request, writer)

    async with (
        HostileServer(script).running() as server,
        remote(server.url, protocol) as endpoint,
    ):
        for cut in range(len(whole)):
            outcome = await asked(endpoint)
            if outcome.end is None:
                assert isinstance(
                    outcome.error, EndpointUnreachableError | IncompleteStreamError
                ), (cut, outcome.error)
                # Half a tag is text: nobody knows what it would have become.
                assert TEXT.startswith(outcome.text) or outcome.text == "<th", cut
                assert THOUGHT.startswith(outcome.thought) or outcome.thought.startswith(THOUGHT)
            else:
                assert (outcome.text, outcome.thought) == (TEXT, THOUGHT), cut
                assert outcome.end.calls == (CALL,), cut


async def test_the_key_goes_to_the_server_and_is_told_in_no_error() -> None:
    script = sends(head("401 Unauthorized", content_length="0"))
    async with HostileServer(script).running() as server, remote(f"{server.url}/v1") as endpoint:
        outcome = await asked(endpoint)
        assert server.requests[0].headers["authorization"] == f"Bearer {CANARY.reveal()}"
    assert server.requests[0].target == "/v1/chat/completions"
    assert isinstance(outcome.error, AccessRefusedError)
    assert CANARY.reveal() not in f"{outcome.error!r} {outcome.error}"


_KEY = CANARY.reveal()
_PROBLEM = json.dumps({"error": {"message": f"Bad {_KEY}", "param": _KEY, "next_step": _KEY}})


@pytest.mark.parametrize(
    "answer",
    [
        head("401 Unauthorized") + _PROBLEM.encode(),
        head("400 Bad Request") + _PROBLEM.encode(),
        head("400 Bad Request") + json.dumps({"error": "x" * 495 + _KEY}).encode(),
        head("404 Not Found") + f"<title>{_KEY}</title>".encode(),
        UNTIL_CLOSED + event({"error": {"message": _KEY}}),
        UNTIL_CLOSED + event(f"Bearer {_KEY}"),
        UNTIL_CLOSED + event("x" * 75 + _KEY),
    ],
)
async def test_a_key_that_a_server_repeats_is_not_shown(answer: bytes) -> None:
    outcome = await outcome_of(sends(answer))
    assert outcome.error is not None
    told = f"{outcome.error!r} {outcome.error}"
    # Nor the half of it.
    assert _KEY[:5] not in told


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (UNTIL_CLOSED, IncompleteStreamError),
        (head(content_type="application/json") + b"{}", IncompleteStreamError),
        (head(content_type="application/json") + b'{"choices": [', IncompleteStreamError),
        (head(content_type="application/json") + b"[" * 70_000, IncompleteStreamError),
        (head(content_type="text/html") + b"<html>Sign in</html>", EndpointRejectedError),
        (head(content_type="text/plain") + b"Not a model", IncompleteStreamError),
        (head("404 Not Found", content_length="0"), EndpointRejectedError),
        (
            head("429 Slow Down", content_length="0", retry_after="Fri, 01 Jan 2100 00:00:00 GMT"),
            EndpointBusyError,
        ),
        (head("502 Bad", content_type="text/html") + b"<h1>Bad</h1>", EndpointUnreachableError),
        (UNTIL_CLOSED + event(_delta(content="x")) + event({"error": "died"}), EndpointError),
    ],
)
async def test_what_is_no_answer_is_a_clear_error(answer: bytes, kind: type[Exception]) -> None:
    outcome = await outcome_of(sends(answer))
    assert isinstance(outcome.error, kind), repr(outcome.error)
    assert outcome.error.message


@pytest.mark.parametrize(
    "script",
    [
        stalls(head(content_type="application/json") + b'{"choices"'),
        endless(UNTIL_CLOSED, b"\n \n"),
        endless(head(content_type="application/json", connection="close"), b" \n"),
    ],
    ids=["half of JSON", "blank lines", "blanks before JSON"],
)
async def test_a_server_without_a_word_is_given_up(script: Script) -> None:
    outcome = await outcome_of(script, silence=0.3)
    assert isinstance(outcome.error, EndpointUnreachableError | AnswerTooLargeError)


LONG = b"x" * 60_000


@pytest.mark.parametrize(
    ("protocol", "flood"),
    [
        (WireProtocol.CHAT, endless(UNTIL_CLOSED + b'{"choices": "', LONG)),
        (WireProtocol.CHAT, endless(UNTIL_CLOSED + b"data: ", LONG)),
        (WireProtocol.OLLAMA, endless(LINES_UNTIL_CLOSED + b'{"message": "', LONG)),
    ],
    ids=["JSON", "event", "line"],
)
async def test_what_has_no_end_is_refused_before_it_fills_the_memory(
    protocol: WireProtocol, flood: Script
) -> None:
    async with (
        HostileServer(flood).running() as server,
        remote(server.url, protocol) as endpoint,
    ):
        with memory() as peak:
            outcome = await asked(endpoint)
        assert isinstance(outcome.error, AnswerTooLargeError)
        await asyncio.wait_for(server.was_left.wait(), 20)
    assert peak[0] < 96 * 1024 * 1024


async def test_a_field_that_is_refused_is_left_out_on_the_same_connection_policy() -> None:
    async def script(request: Asked, writer: asyncio.StreamWriter) -> None:
        if b"stream_options" in request.body:
            body = b'{"error": {"message": "Unknown field: stream_options"}}'
            writer.write(head("400 Bad Request", content_length=str(len(body))) + body)
            await writer.drain()
            return
        writer.write(UNTIL_CLOSED + EVENTS)
        await close(writer)

    async with HostileServer(script).running() as server, remote(f"{server.url}/v1") as endpoint:
        outcome = await asked(endpoint)
    assert (outcome.text, outcome.error) == (TEXT, None)
    assert len(server.requests) == 2


@pytest.mark.parametrize("protocol", [WireProtocol.CHAT, WireProtocol.OLLAMA])
async def test_leaving_the_answer_closes_the_connection(protocol: WireProtocol) -> None:
    piece = (
        LINES.splitlines()[1] + b"\n"
        if protocol is WireProtocol.OLLAMA
        else event(_delta(content="x"))
    )
    start = LINES_UNTIL_CLOSED if protocol is WireProtocol.OLLAMA else UNTIL_CLOSED
    async with (
        HostileServer(endless(start, piece)).running() as server,
        remote(server.url, protocol) as endpoint,
    ):
        async with endpoint.stream(CHAT) as chunks:
            await anext(chunks)
        await asyncio.wait_for(server.was_left.wait(), 20)


@pytest.mark.parametrize(
    ("protocol", "whole"),
    [(CHATS, STREAM + chunked(EVENTS)), (OLLAMAS, JSON_LINES + chunked(LINES))],
    ids=["chat", "ollama"],
)
async def test_the_next_question_uses_the_connection_of_the_one_before(
    protocol: WireProtocol, whole: bytes
) -> None:
    script = sends(whole, closes=False)
    async with HostileServer(script).running() as server, remote(server.url, protocol) as endpoint:
        connects = []
        for _ in range(3):
            outcome = await asked(endpoint)
            assert outcome.end is not None
            assert outcome.end.timing is not None
            connects.append(outcome.end.timing.connect)
    first, *later = connects
    assert first is not None
    assert first > 0
    assert later == [0.0, 0.0]


async def test_a_connection_that_was_just_being_closed_costs_no_answer() -> None:
    async def script(request: Asked, writer: asyncio.StreamWriter) -> None:
        if len(server.requests) == 2:
            await close(writer)
        else:
            await sends(STREAM + chunked(EVENTS), closes=False)(request, writer)

    server = HostileServer(script)
    async with server.running(), remote(server.url) as endpoint:
        for _ in range(2):
            assert (await asked(endpoint)).text == TEXT
    assert len(server.requests) == 3


async def test_a_connection_that_was_just_being_closed_costs_no_count() -> None:
    counted = b'{"tokens": [1, 2]}'
    answer = head(content_type="application/json", content_length=str(len(counted))) + counted

    async def script(_request: Asked, writer: asyncio.StreamWriter) -> None:
        if len(server.requests) == 2:
            await close(writer)
        else:
            writer.write(answer)

    server = HostileServer(script)
    async with server.running(), remote(server.url) as endpoint:
        assert await endpoint.count_tokens("a b") == 2
    # What finds out how to ask, the text, and the text once more.
    assert len(server.requests) == 3


async def test_a_server_that_closes_without_a_word_is_asked_once_on_a_new_connection() -> None:
    async def script(_request: Asked, writer: asyncio.StreamWriter) -> None:
        await close(writer)

    async with HostileServer(script).running() as server, remote(server.url) as endpoint:
        outcome = await asked(endpoint)
    assert isinstance(outcome.error, EndpointUnreachableError)
    assert len(server.requests) == 1
