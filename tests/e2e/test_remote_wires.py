"""Remote wires against real servers: our own core's listener, and llama.cpp's own server.

Both are asked as any vendor would be, through the policy of the network.
"""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from remote_fakes import collect, end_of, told

from spark_desktop.adapters.chat_endpoint import ChatEndpoint
from spark_desktop.adapters.network import NetworkPolicy, client_for
from spark_desktop.domain.completion import (
    ChatRequest,
    FinishReason,
    InfillRequest,
    Message,
    Role,
    Tool,
    ToolCall,
)
from spark_desktop.domain.endpoints import EndpointSpec, FillInWay, RemoteModel
from spark_desktop.domain.errors import AccessRefusedError, ContextExceededError, EndpointError
from spark_desktop.domain.secret import Secret
from tests.hostile.asking import Noted

pytestmark = [pytest.mark.e2e, pytest.mark.model, pytest.mark.timeout(600)]

ASK = ChatRequest((Message(Role.USER, "Say hello in one short sentence."),), max_tokens=24)
GAP = InfillRequest("def add(a, b):\n    return ", "\n\n\nprint(add(1, 2))\n", max_tokens=12)
MODEL = RemoteModel(
    "qwen2.5-coder-0.5b",
    context=4096,
    tools=True,
    structured_output=True,
    fill_in=FillInWay.INFILL,
)
WEATHER = Tool(
    "get_weather",
    "Tell the weather in a city.",
    '{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}',
)
LISTENER = Path(__file__).parent / "llama_listener.py"


@pytest.fixture(scope="module")
def llama_url(model_path: Path) -> Iterator[str]:
    """llama-server's address; it ends with the module."""
    command = [sys.executable, str(LISTENER), str(model_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


@pytest.fixture(scope="module")
def core(model_path: Path, start_core_for_module: Callable[..., Any]) -> Any:
    return start_core_for_module("--model", str(model_path), "--context", "4096")


Open = Callable[..., ChatEndpoint]


@pytest.fixture(params=["core", "llama-server"])
async def opened(request: pytest.FixtureRequest) -> AsyncIterator[Open]:
    """Opens the endpoint of either server, with changes of its model."""
    clients = []
    if request.param == "core":
        running = request.getfixturevalue("core")
        url, key = running.url, Secret(running.token)
    else:
        url, key = request.getfixturevalue("llama_url"), None

    def open_(key: Secret | None = key, **changes: Any) -> ChatEndpoint:
        model = replace(MODEL, **changes)
        spec = EndpointSpec("one", "One", f"{url}/v1", model=model.id, models=(model,))
        client = client_for(spec, key, NetworkPolicy({}), Noted())
        clients.append(client)
        return ChatEndpoint(client, spec)

    yield open_
    for client in clients:
        await client.aclose()


async def test_a_chat_is_answered_with_its_counts_and_times(opened: Open) -> None:
    chunks = await collect(opened(), ASK)
    end = end_of(chunks)
    assert told(chunks)[0].strip()
    assert end.reason in (FinishReason.STOP, FinishReason.LENGTH)
    assert end.usage.prompt_tokens > 5
    assert 0 < end.usage.completion_tokens <= 24
    assert end.timing is not None
    assert 0 < end.timing.first_token <= end.timing.total
    assert end.timing.prefill is not None
    assert end.timing.decode is not None


async def test_stops_and_the_limit_are_kept(opened: Open) -> None:
    story = ChatRequest((Message(Role.USER, "Write a very long story."),), max_tokens=40)
    stopped = await collect(opened(), replace(story, stop=(" the",)))
    assert " the" not in told(stopped)[0]
    short = end_of(await collect(opened(), replace(story, max_tokens=3)))
    assert (short.reason, short.usage.completion_tokens) == (FinishReason.LENGTH, 3)


async def test_a_schema_is_followed(opened: Open) -> None:
    schema = '{"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"],'
    schema += ' "additionalProperties": false}'
    chunks = await collect(opened(), replace(ASK, schema=schema, max_tokens=40))
    assert isinstance(json.loads(told(chunks)[0])["n"], int)


async def test_tools_can_be_told_and_their_results_read(opened: Open) -> None:
    ask = ChatRequest(
        (Message(Role.USER, "What is the weather in Paris? Use the tool get_weather."),),
        max_tokens=80,
        temperature=0.0,
        tools=(WEATHER,),
    )
    end = end_of(await collect(opened(), ask))
    # Whether so small a model calls the tool is its own affair; what a call looks like is ours.
    assert all(call.name == "get_weather" and call.id for call in end.calls)
    assert (end.reason is FinishReason.TOOLS) == bool(end.calls)
    call = ToolCall("call_1", "get_weather", '{"city": "Paris"}')
    done = (
        *ask.messages,
        Message(Role.ASSISTANT, "", (call,)),
        Message(Role.TOOL, "Sunny, 21 degrees.", call_id="call_1"),
    )
    after = await collect(opened(), replace(ask, messages=done))
    assert told(after)[0].strip() or end_of(after).calls
    assert end_of(after).usage.prompt_tokens > end.usage.prompt_tokens


@pytest.mark.parametrize("way", [FillInWay.INFILL, FillInWay.TOKENS])
async def test_a_gap_is_filled(opened: Open, way: FillInWay) -> None:
    chunks = await collect(opened(fill_in=way), GAP)
    assert "a + b" in told(chunks)[0]
    assert end_of(chunks).usage.completion_tokens > 0


async def test_tokens_are_counted(opened: Open) -> None:
    served = opened()
    assert 0 < await served.count_tokens("def add(a, b):") < 10
    assert await served.count_tokens("x = 1\n" * 50) > 100


async def test_a_prompt_over_the_context_is_refused_with_both_numbers(opened: Open) -> None:
    long = ChatRequest((Message(Role.USER, "word " * 6000),))
    with pytest.raises(ContextExceededError) as caught:
        await collect(opened(), long)
    assert caught.value.prompt_tokens > 5000
    assert 0 < caught.value.context_tokens <= 4096


async def test_an_answer_can_be_left(opened: Open) -> None:
    served = opened()
    story = ChatRequest((Message(Role.USER, "Write a very long story."),), max_tokens=2000)
    async with served.stream(story) as chunks:
        await anext(chunks)
    assert told(await collect(served, ASK))[0].strip()


async def test_a_wrong_key_is_refused_by_the_core(core: Any) -> None:
    spec = EndpointSpec("one", "One", f"{core.url}/v1", model="m")
    async with client_for(spec, Secret("wrong"), NetworkPolicy({}), Noted()) as client:
        with pytest.raises(AccessRefusedError):
            await collect(ChatEndpoint(client, spec), ASK)


async def test_a_route_that_is_not_there_is_named(core: Any) -> None:
    spec = EndpointSpec("one", "One", f"{core.url}/v9", model="m")
    async with client_for(spec, Secret(core.token), NetworkPolicy({}), Noted()) as client:
        with pytest.raises(EndpointError, match="One has nothing at this address"):
            await collect(ChatEndpoint(client, spec), ASK)
