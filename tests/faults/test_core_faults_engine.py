"""The engine's process dies, or the core's: real cores with the real model."""

import asyncio
import json
import os
import signal

import httpx
import psutil
import pytest
from faults.core_counts import at_rest, leaves_nothing, settles_within, slot_when
from faults.raw_client import RawClient

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.model,
    pytest.mark.skipif(os.name != "posix", reason="sends signals"),
]

CHAT = "/v1/chat/completions"
# What the core lets wait, and answers beside it, where its flags say nothing.
QUEUED = 64 + 4
# How long an engine may outlive its core, in seconds: a batch of a prompt is the longest step.
GONE_S = 10.0
STORY = {
    "messages": [{"role": "user", "content": "Write a very long story about the sea."}],
    "stream": True,
    "max_tokens": 2000,
}
SHORT = {"messages": [{"role": "user", "content": "Say hello."}], "max_tokens": 2}


def long_prompt(name):
    """About 4,000 tokens, of which nothing is in the cache by chance."""
    lines = [f"{name} line {number}: value = {number * 7919}\n" for number in range(250)]
    return {"prompt": "".join(lines), "stream": True, "max_tokens": 8}


def engine_of(core):
    """The process in which the model is."""
    children = psutil.Process(core.pid).children()
    assert len(children) == 1, f"the core has {children}"
    return children[0]


async def answers(client):
    """Ask until the core answers again; everything else must be a clear 503 with Retry-After."""
    for _ in range(100):
        response = await client.post(CHAT, json=SHORT)
        if response.status_code == 200:
            return response.json()
        assert response.status_code == 503, response.text
        assert response.json()["error"]["code"] == "engine_down"
        assert int(response.headers["retry-after"]) > 0
        await asyncio.sleep(0.1)
    raise AssertionError("the core did not come back")


async def test_a_stream_whose_engine_is_killed_ends_with_an_error(model_path, start_core):
    core = start_core("--model", str(model_path))
    async with core.client() as client, client.stream("POST", CHAT, json=STORY) as response:
        lines = response.aiter_lines()
        await anext(lines)
        engine_of(core).kill()
        rest = [line async for line in lines if line]
    assert rest[-1] != "data: [DONE]"
    assert json.loads(rest[-1].removeprefix("data: "))["error"]["code"] == "engine_down"


async def test_the_core_answers_again_after_its_engine_was_killed(model_path, start_core):
    core = start_core("--model", str(model_path))
    async with core.client() as client:
        before = engine_of(core)
        before.kill()
        answer = await answers(client)
        assert answer["usage"]["completion_tokens"] == 2
        assert engine_of(core).pid != before.pid


async def test_an_engine_that_was_killed_leaves_nothing(model_path, start_core):
    core = start_core("--model", str(model_path))
    async with core.client() as client:
        await answers(client)
        before = await at_rest(core)
        engine_of(core).kill()
        await answers(client)
    await settles_within(core, before)


async def test_whoever_waits_in_the_queue_is_told_that_the_engine_was_killed(
    model_path, start_core
):
    core = start_core("--model", str(model_path))
    async with core.client() as client, asyncio.TaskGroup() as group:
        asked = [
            group.create_task(client.post(CHAT, json=STORY | {"stream": False})) for _ in range(12)
        ]
        await slot_when(client, lambda slot: slot["queued"] > 0)
        engine_of(core).kill()
        told = await asyncio.gather(*asked)
    assert {response.status_code for response in told} == {503}
    assert all("retry-after" in response.headers for response in told)


async def test_more_requests_than_the_queue_holds_are_told_to_come_back(model_path, start_core):
    core = start_core("--model", str(model_path))
    body = STORY | {"stream": False}
    async with core.client() as client, asyncio.TaskGroup() as group:
        asked = [group.create_task(client.post(CHAT, json=body)) for _ in range(QUEUED + 20)]
        done, waiting = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        refused = done.pop().result()
        for task in waiting:
            task.cancel()
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "engine_busy")
    assert int(refused.headers["retry-after"]) > 0
    async with core.client() as client:
        assert (await answers(client))["usage"]["completion_tokens"] == 2


async def test_a_core_that_is_killed_leaves_no_engine(model_path, start_core):
    core = start_core("--model", str(model_path))
    async with core.client() as client, client.stream("POST", CHAT, json=STORY) as response:
        lines = response.aiter_lines()
        await anext(lines)
        engine = engine_of(core)
        core.process.kill()
        with pytest.raises(httpx.HTTPError):
            assert [line async for line in lines]
        await asyncio.to_thread(psutil.wait_procs, [engine], GONE_S)
    assert not engine.is_running()


async def test_a_core_that_is_killed_during_a_prompt_leaves_no_engine(model_path, start_core):
    core = start_core("--model", str(model_path))
    async with core.client() as client, core.client() as watcher:
        body = long_prompt("killed")
        async with client.stream("POST", "/v1/completions", json=body):
            await slot_when(watcher, lambda slot: slot["state"] == "prefill")
            engine = engine_of(core)
            core.process.kill()
            await asyncio.to_thread(psutil.wait_procs, [engine], GONE_S)
    assert not engine.is_running()


async def test_sigterm_ends_the_engine_with_the_core(model_path, start_core):
    core = start_core("--model", str(model_path))
    async with core.client() as client, client.stream("POST", CHAT, json=STORY) as response:
        lines = response.aiter_lines()
        await anext(lines)
        engine = engine_of(core)
        core.process.send_signal(signal.SIGTERM)
        rest = [line async for line in lines if line]
    assert await asyncio.to_thread(core.wait, 5.0) == 0
    assert "The core is closing down." in rest[-1]
    assert not engine.is_running()


@pytest.mark.parametrize("go", [RawClient.vanish, RawClient.leave])
@pytest.mark.parametrize("state", ["prefill", "decode"])
async def test_a_client_that_is_gone_leaves_nothing(model_path, start_core, state, go):
    core = start_core("--model", str(model_path))
    number = iter(range(1000))

    async def fault():
        async with core.client() as watcher:
            client = RawClient(core)
            if state == "prefill":
                client.ask("/v1/completions", long_prompt(f"gone {next(number)}"))
            else:
                client.ask(CHAT, STORY)
            await slot_when(watcher, lambda slot: slot["state"] == state)
            go(client)
            await slot_when(watcher, lambda slot: not slot["is_processing"])

    await leaves_nothing(core, fault)
