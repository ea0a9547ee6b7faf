"""The real model behind real HTTP: the official client, and what a stop leaves undone."""

import asyncio
import json
import signal
import subprocess
import sys
import time

import httpx
import openai
import pytest

pytestmark = [pytest.mark.model, pytest.mark.e2e]

# Numbered lines do not repeat, so that nothing of them is in the cache by chance.
LONG_TOKENS = 4000


def long_prompt(name):
    return "".join(f"{name} line {number}: value = {number * 7919}\n" for number in range(250))


@pytest.fixture(scope="module")
def core(model_path, start_core_for_module):
    return start_core_for_module("--model", str(model_path), "--context", "8192")


@pytest.fixture
async def client(core):
    async with core.client() as client:
        yield client


@pytest.fixture
async def official(core):
    async with openai.AsyncOpenAI(base_url=f"{core.url}/v1", api_key=core.token) as client:
        yield client


async def slot_when(client, condition, seconds=60.0):
    """The first state of the slot for which the condition holds."""
    end = time.monotonic() + seconds
    while not condition(slot := (await client.get("/slots")).json()[0]):
        assert time.monotonic() < end, f"the slot stays {slot}"
        await asyncio.sleep(0.005)
    return slot


async def test_the_official_client_streams_a_chat(core, official):
    stream = await official.chat.completions.create(
        model=core.model,
        messages=[{"role": "user", "content": "Write a Python function that adds two numbers."}],
        max_tokens=40,
        temperature=0,
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = [chunk async for chunk in stream]
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert "def " in text
    assert 0 < chunks[-1].usage.completion_tokens <= 40


async def test_the_official_client_streams_a_completion(core, official):
    stream = await official.completions.create(
        model=core.model, prompt="1, 2, 3, 4, 5,", max_tokens=6, temperature=0, stream=True
    )
    text = "".join([chunk.choices[0].text async for chunk in stream])
    assert "6" in text


async def test_the_official_client_sees_a_prompt_over_the_context_as_a_bad_request(core, official):
    with pytest.raises(openai.BadRequestError, match=r"but the context holds 8192") as refused:
        await official.completions.create(model=core.model, prompt="one two " * 9000)
    assert refused.value.code == "context_length_exceeded"


async def test_the_context_is_the_one_that_prompts_are_refused_by(model_path, start_core):
    for asked in (300, 40_000):
        core = start_core("--model", str(model_path), "--context", str(asked))
        async with core.client() as client:
            told = (await client.get("/v1/models")).json()["data"][0]["spark"]["context"]
            body = {"prompt": [1000] * (told + 1), "max_tokens": 1}
            refused = (await client.post("/v1/completions", json=body)).json()
        assert f"but the context holds {told}." in refused["error"]["message"]


async def test_a_stub_is_filled_in(client):
    body = {
        "input_prefix": "def add(a, b):\n    return ",
        "input_suffix": "\n\nprint(add(1, 2))\n",
        "n_predict": 16,
        "temperature": 0,
    }
    answer = (await client.post("/infill", json=body)).json()
    assert answer["content"].strip().startswith("a + b")


async def test_text_that_looks_like_a_special_token_is_plain_text(client):
    plain = (await client.post("/tokenize", json={"content": "<|fim_suffix|>"})).json()
    special = (
        await client.post("/tokenize", json={"content": "<|fim_suffix|>", "special": True})
    ).json()
    assert special["count"] == 1
    assert plain["count"] > 1


async def test_a_second_request_reuses_the_prefix_that_both_have(client):
    body = {"prompt": long_prompt("cache")[:1500], "max_tokens": 1}
    await client.post("/v1/completions", json=body)
    again = (await client.post("/v1/completions", json=body)).json()
    assert again["timings"]["prompt_n"] <= 4
    assert again["usage"]["prompt_tokens_details"]["cached_tokens"] > 250


async def test_a_stop_during_a_long_prompt_cuts_the_batch_short_that_runs(core, client):
    body = {"prompt": long_prompt("stop"), "stream": True, "max_tokens": 8}
    async with core.client() as other:
        before = (await client.get("/slots")).json()[0]["prompt_tokens_processed"]
        async with other.stream("POST", "/v1/completions", json=body):
            running = await slot_when(client, lambda slot: slot["prompt_tokens_done"] > 0)
            assert running["prompt_tokens"] >= LONG_TOKENS
            assert running["state"] == "prefill"
    free = await slot_when(client, lambda slot: not slot["is_processing"])
    after_stop = free["prompt_tokens_processed"] - running["prompt_tokens_processed"]
    # The batch that runs is given up; another may have ended between the last look and the stop.
    assert 0 <= after_stop <= 512
    assert free["prompt_tokens_processed"] - before < running["prompt_tokens"] / 4


async def test_the_slot_answers_the_next_client_after_a_stop(core, client):
    body = {"prompt": long_prompt("next"), "stream": True}
    async with core.client() as other, other.stream("POST", "/v1/completions", json=body):
        await slot_when(client, lambda slot: slot["state"] == "prefill")
    answer = await client.post("/v1/completions", json={"prompt": "1, 2, 3,", "max_tokens": 2})
    assert answer.json()["usage"]["completion_tokens"] == 2


def is_text(line):
    if not line.startswith("data: {"):
        return False
    choices = json.loads(line.removeprefix("data: "))["choices"]
    return bool(choices and choices[0]["delta"].get("content"))


async def test_a_stop_while_text_is_written_frees_the_slot(core, client):
    body = {
        "messages": [{"role": "user", "content": "Write a very long story about the sea."}],
        "stream": True,
    }
    async with (
        core.client() as other,
        other.stream("POST", "/v1/chat/completions", json=body) as response,
    ):
        lines = response.aiter_lines()
        while not is_text(await anext(lines)):
            continue
        assert (await client.get("/slots")).json()[0]["state"] == "decode"
    free = await slot_when(client, lambda slot: not slot["is_processing"])
    assert free["queued"] == 0


async def test_a_client_that_leaves_the_queue_never_reaches_the_engine(core, client):
    body = {"prompt": long_prompt("queue"), "stream": True}
    async with (
        core.client() as first,
        core.client(timeout_s=0.5) as second,
        first.stream("POST", "/v1/completions", json=body),
    ):
        running = await slot_when(client, lambda slot: slot["state"] == "prefill")
        with pytest.raises(httpx.ReadTimeout):
            await second.post("/v1/completions", json={"prompt": "waiting", "max_tokens": 1})
        left = await slot_when(client, lambda slot: slot["queued"] == 0)
    assert left["answers"] == running["answers"]


async def test_sigterm_during_a_long_prompt_ends_the_core_in_order(
    model_path, start_core, tmp_path
):
    ready = tmp_path / "core.json"
    core = start_core("--model", str(model_path), "--ready-file", str(ready))
    body = {"prompt": long_prompt("end"), "stream": True}
    async with (
        core.client() as asking,
        core.client() as watching,
        asking.stream("POST", "/v1/completions", json=body) as response,
    ):
        await slot_when(watching, lambda slot: slot["state"] == "prefill")
        core.process.send_signal(signal.SIGTERM)
        lines = [line async for line in response.aiter_lines() if line]
    assert await asyncio.to_thread(core.wait) == 0
    assert "The core is closing down." in lines[-1]
    assert not ready.exists()


def test_sigterm_while_the_model_loads_ends_the_core_in_order(model_path):
    command = [sys.executable, "-m", "inference_core", "serve", "--events", "--model"]
    with subprocess.Popen([*command, str(model_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["event"] == "loading"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.read() == b""
        assert process.wait(20) == 0
