"""The product's Responses, over HTTP and over WebSocket, against our own core as a process."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection

from spark_desktop.adapters.network import NetworkPolicy, client_for, socket_options
from spark_desktop.adapters.network_socket import open_socket
from spark_desktop.adapters.responses_endpoint import ResponsesEndpoint
from spark_desktop.adapters.responses_socket import SocketResponsesEndpoint
from spark_desktop.domain.completion import (
    ChatRequest,
    Finished,
    FinishReason,
    Message,
    Role,
    TextChunk,
    Tool,
)
from spark_desktop.domain.endpoints import EndpointSpec, RemoteModel
from spark_desktop.domain.errors import EndpointRejectedError
from spark_desktop.domain.secret import Secret
from spark_desktop.services.ports import Endpoint
from tests.hostile.asking import Noted

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

WAIT_S = 240.0
LOOK = Tool("look", "Look something up.", '{"type": "object", "properties": {}}')
WISH = '<tool_call>\n{"name": "look", "arguments": {"at": "x"}}\n</tool_call>'


@dataclass
class Wires:
    """Both ways to one core, and what the socket was sent."""

    core: Any
    http: ResponsesEndpoint
    socket: SocketResponsesEndpoint
    sent: list[dict[str, Any]] = field(default_factory=list)
    opened: int = 0

    async def slots(self) -> list[dict[str, Any]]:
        async with self.core.client() as client:
            found: list[dict[str, Any]] = (await client.get("/slots")).json()
            return found

    async def until(self, is_busy: bool) -> None:
        async with asyncio.timeout(WAIT_S):
            async for _ in ticks():
                if any(slot["is_processing"] for slot in await self.slots()) == is_busy:
                    return


async def ticks() -> AsyncIterator[None]:
    while True:
        yield
        await asyncio.sleep(0.05)


class Watched:
    """A socket that shows what is sent over it."""

    def __init__(self, socket: ClientConnection, sent: list[dict[str, Any]]) -> None:
        self._socket = socket
        self._sent = sent

    async def send(self, data: bytes, text: bool) -> None:
        self._sent.append(json.loads(data) | {"bytes": len(data)})
        await self._socket.send(data, text=text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)


@asynccontextmanager
async def wires_to(core: Any, path: str = "/responses") -> AsyncIterator[Wires]:
    model = RemoteModel(core.model, tools=True, structured_output=True)
    spec = EndpointSpec("core", "Core", f"{core.url}/v1", model=core.model, models=(model,))
    key, policy, ledger = Secret(core.token), NetworkPolicy(), Noted()
    made: Wires

    async def opening() -> Any:
        socket = await open_socket(socket_options(spec, key, policy), ledger, path)
        made.opened += 1
        return Watched(socket, made.sent)

    async with client_for(spec, key, policy, ledger) as client:
        http = ResponsesEndpoint(client, spec)
        made = Wires(core, http, SocketResponsesEndpoint(opening, http, spec))
        try:
            yield made
        finally:
            await made.socket.close()


def question(text: str, **more: Any) -> ChatRequest:
    first = Message(Role.SYSTEM, "You are a careful assistant. " * 4)
    asked = (first, Message(Role.USER, text))
    return ChatRequest(asked, max_tokens=24, temperature=0.0, thread="t", **more)


def then(request: ChatRequest, end: Finished, text: str, *more: Message) -> ChatRequest:
    """The next request of a conversation."""
    said = Message(Role.ASSISTANT, text, end.calls)
    return replace(request, messages=(*request.messages, said, *more))


async def ask(endpoint: Endpoint, request: ChatRequest) -> tuple[str, Finished]:
    async with asyncio.timeout(WAIT_S), endpoint.stream(request) as chunks:
        came = [chunk async for chunk in chunks]
    text = "".join(chunk.text for chunk in came if isinstance(chunk, TextChunk))
    assert isinstance(came[-1], Finished)
    return text, came[-1]


# -- with scripted answers -------------------------------------------------------------------


@pytest.fixture
async def scripted(
    start_core: Callable[..., Any], replay_script: Callable[[list[dict[str, object]]], str]
) -> AsyncIterator[Wires]:
    script = replay_script(
        [
            {"match": "found it", "text": "Thank you."},
            {"match": "look it up", "text": WISH},
            {"match": "for ever", "text": "word " * 2000, "delay_ms": 20},
            {"match": "long prompt", "text": "Read.", "prefill_ms": 60_000},
            {"match": "", "text": "Hello there."},
        ]
    )
    async with wires_to(start_core("--model", script)) as wires:
        yield wires


async def test_both_ways_give_the_same_answer(scripted: Wires) -> None:
    over_http = await ask(scripted.http, question("Hi"))
    over_socket = await ask(scripted.socket, question("Hi"))
    assert over_http[0] == over_socket[0] == "Hello there."
    for _, end in (over_http, over_socket):
        assert end.reason is FinishReason.STOP
        assert end.usage.prompt_tokens > 10
        assert end.usage.completion_tokens == 3
    assert over_socket[1].usage.cached_tokens > 0
    assert scripted.opened == 1


async def test_a_tool_loop_sends_only_the_results(scripted: Wires) -> None:
    asked = question("Please look it up. " + "Take your time. " * 50, tools=(LOOK,))
    asked = replace(asked, max_tokens=200)
    text, end = await ask(scripted.socket, asked)
    assert (end.reason, [call.name for call in end.calls]) == (FinishReason.TOOLS, ["look"])
    found = then(asked, end, text, Message(Role.TOOL, "found it", call_id=end.calls[0].id))
    text, end = await ask(scripted.socket, found)
    assert (text, end.reason) == ("Thank you.", FinishReason.STOP)
    first, second = scripted.sent
    assert [item["type"] for item in second["input"]] == ["function_call_output"]
    assert second["bytes"] < first["bytes"] / 2
    assert (await ask(scripted.http, found))[0] == "Thank you."


async def test_a_stop_while_it_writes_frees_the_slot(scripted: Wires) -> None:
    endless = question("Go on for ever")
    for endpoint in (scripted.http, scripted.socket):
        async with endpoint.stream(replace(endless, max_tokens=2000)) as chunks:
            await anext(chunks)
            assert any(slot["is_processing"] for slot in await scripted.slots())
        await scripted.until(is_busy=False)
    assert (await ask(scripted.socket, question("Hi")))[0] == "Hello there."
    assert scripted.opened == 2


async def test_a_stop_while_the_prompt_is_read_frees_the_slot(scripted: Wires) -> None:
    for endpoint in (scripted.http, scripted.socket):
        asking = asyncio.ensure_future(ask(endpoint, question("A long prompt")))
        await scripted.until(is_busy=True)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await scripted.until(is_busy=False)


async def test_a_question_beside_an_answer_goes_by_http(scripted: Wires) -> None:
    endless = replace(question("Go on for ever"), max_tokens=2000)
    async with scripted.socket.stream(endless) as chunks:
        await anext(chunks)
        beside = asyncio.ensure_future(ask(scripted.socket, question("Hi")))
        await asyncio.sleep(0)
        await anext(chunks)
    assert (await beside)[0] == "Hello there."
    assert len(scripted.sent) == 1


async def test_where_no_socket_opens_http_answers(
    start_core: Callable[..., Any], replay_script: Callable[[list[dict[str, object]]], str]
) -> None:
    core = start_core("--model", replay_script([{"match": "", "text": "Hello there."}]))
    async with wires_to(core, "/nowhere") as wires:
        assert (await ask(wires.socket, question("Hi")))[0] == "Hello there."
    assert wires.opened == 0


async def test_a_core_that_was_replaced_by_one_with_another_key_is_told(
    start_core: Callable[..., Any], replay_script: Callable[[list[dict[str, object]]], str]
) -> None:
    model = replay_script([{"match": "", "text": "Hello there."}])
    core = start_core("--model", model)
    port = core.url.rsplit(":", 1)[1]
    async with wires_to(core) as wires:
        text, end = await ask(wires.socket, question("Hi"))
        core.process.terminate()
        core.wait()
        other = start_core("--model", model, "--port", port)
        # The token is another one: both ways are refused, and that is said.
        assert other.token != core.token
        with pytest.raises(EndpointRejectedError, match="refused the access"):
            await ask(wires.socket, then(question("Hi"), end, text, Message(Role.USER, "More")))


async def test_a_wrong_model_is_refused_by_both_ways(scripted: Wires) -> None:
    other = replace(scripted.core, model="no-such-model")
    async with wires_to(other) as wires:
        for endpoint in (wires.http, wires.socket):
            with pytest.raises(EndpointRejectedError, match="no-such-model"):
                await ask(endpoint, question("Hi"))


# -- with the real model ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def core(model_path: Path, start_core_for_module: Callable[..., Any]) -> Any:
    return start_core_for_module("--model", str(model_path), "--context", "4096")


@pytest.fixture
async def real(core: Any) -> AsyncIterator[Wires]:
    async with wires_to(core) as wires:
        yield wires


@pytest.mark.model
async def test_the_model_answers_by_both_ways(real: Wires) -> None:
    request = question("Reply with the single word: yes")
    for endpoint in (real.http, real.socket):
        text, end = await ask(endpoint, request)
        assert "yes" in text.lower()
        assert end.usage.prompt_tokens > 20
        assert end.usage.completion_tokens > 0
        assert end.timing is not None
        assert 0 < end.timing.first_token <= end.timing.total


@pytest.mark.model
async def test_the_model_knows_what_was_said_though_only_the_new_is_sent(real: Wires) -> None:
    request = question("My name is Ada. Say hello." + " Be kind." * 60)
    text, end = await ask(real.socket, request)
    before = end.usage.prompt_tokens + end.usage.completion_tokens
    request = then(request, end, text, Message(Role.USER, "What is my name?"))
    text, end = await ask(real.socket, request)
    assert "ada" in text.lower()
    # The core read the rest from what it had kept of the turn before.
    assert end.usage.cached_tokens >= before - 8
    first, second = real.sent
    assert len(second["input"]) == 1
    assert second["previous_response_id"]
    assert second["bytes"] < first["bytes"] * 0.7


@pytest.mark.model
async def test_a_warm_up_reads_the_prompt_before_the_question(real: Wires) -> None:
    history = question("I am " + "very " * 200 + "curious.")
    assert await real.socket.warm(history)
    said = Message(Role.ASSISTANT, "Good.")
    asking = (*history.messages, said, Message(Role.USER, "Reply with the single word: yes"))
    text, end = await ask(real.socket, replace(history, messages=asking))
    assert text
    assert end.usage.cached_tokens > 200
    warm, asked = real.sent
    assert warm["generate"] is False
    assert [item["role"] for item in asked["input"]] == ["assistant", "user"]


@pytest.mark.model
async def test_leaving_stops_the_model(real: Wires) -> None:
    story = replace(question("Write a very long story about the sea."), max_tokens=2000)
    for endpoint in (real.http, real.socket):
        async with endpoint.stream(story) as chunks:
            await anext(chunks)
        await real.until(is_busy=False)
        slots = await real.slots()
        assert not any(slot["is_processing"] for slot in slots)
