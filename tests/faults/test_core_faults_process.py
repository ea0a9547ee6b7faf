"""The core's own ends: signals, two at once, a clock that jumps."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import httpx
import openai
import pytest
from faults.core_counts import slot_when

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(os.name != "posix", reason="sends signals"),
]

CHAT = "/v1/chat/completions"
ENDLESS = [{"match": "", "text": "word " * 4000, "delay_ms": 20}]
# What the core promises for its end while answers run, in seconds.
DRAINED_S = 5.0


def question(stream=True):
    return {"messages": [{"role": "user", "content": "go"}], "stream": stream}


async def lines_of(client, begun):
    """Every line of a stream; ``begun`` is set with the first."""
    lines = []
    async with client.stream("POST", CHAT, json=question()) as response:
        async for line in response.aiter_lines():
            begun.set()
            lines += [line] if line else []
    return lines


async def test_sigterm_ends_every_stream_with_an_error_and_the_core_in_order(
    start_core, replay_script
):
    core = start_core("--model", replay_script(ENDLESS))
    async with core.client() as client, asyncio.TaskGroup() as group:
        begun = asyncio.Event()
        streams = [group.create_task(lines_of(client, begun)) for _ in range(5)]
        await begun.wait()
        # Not before: if it came first, no stream would begin for longer than a client waits.
        whole = group.create_task(client.post(CHAT, json=question(stream=False)))
        await slot_when(client, lambda slot: slot["queued"] == 5)
        core.process.send_signal(signal.SIGTERM)
        code = await asyncio.to_thread(core.wait, DRAINED_S)
    assert code == 0
    ends = [stream.result()[-1] for stream in streams]
    told = [json.loads(end.removeprefix("data: "))["error"]["message"] for end in ends]
    assert told == ["The core is closing down."] * 5
    assert whole.result().status_code >= 500


async def test_sigterm_ends_responses_and_sockets_as_well(start_core, replay_script):
    core = start_core("--model", replay_script(ENDLESS))
    async with openai.AsyncOpenAI(
        base_url=f"{core.url}/v1", api_key=core.token, max_retries=0
    ) as client:
        stream = await client.responses.create(model=core.model, input="go", stream=True)
        async with client.responses.connect(max_retries=0) as connection:
            await connection.response.create(model=core.model, input="go")
            assert (await anext(stream)).type == "response.created"
            core.process.send_signal(signal.SIGTERM)
            events = [event.type async for event in stream]
            code = await asyncio.to_thread(core.wait, DRAINED_S)
    assert code == 0
    assert events[-1] in ("response.failed", "error")


async def test_sigterm_with_clients_that_neither_read_nor_leave(start_core, replay_script):
    flood = [{"match": "", "text": ("x" * 4095 + " ") * 4000}]
    core = start_core("--model", replay_script(flood))
    async with (
        core.client() as client,
        client.stream("POST", CHAT, json=question()) as response,
    ):
        await anext(response.aiter_raw())
        core.process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(core.wait, DRAINED_S) == 0


async def test_two_cores_with_the_same_ready_file_leave_a_whole_one(
    start_core, replay_script, tmp_path
):
    ready = tmp_path / "core.json"
    flags = ("--model", replay_script(ENDLESS), "--ready-file", str(ready))
    cores = await asyncio.gather(*[asyncio.to_thread(start_core, *flags) for _ in range(2)])
    told = json.loads(ready.read_text())
    assert told["token"] in [core.token for core in cores]
    headers = {"Authorization": f"Bearer {told['token']}"}
    async with httpx.AsyncClient(base_url=told["url"], headers=headers) as client:
        assert (await client.get("/v1/models")).status_code == 200


@pytest.mark.model
async def test_two_cores_at_once_fetch_a_missing_model_once(
    model_path: Path, start_core, tmp_path, monkeypatch
):
    models = tmp_path / "models"
    monkeypatch.setenv("SPARK_MODELS_DIR", str(models))
    monkeypatch.setenv("SPARK_MODEL_SOURCE", str(model_path))
    try:
        cores = await asyncio.gather(*[asyncio.to_thread(start_core) for _ in range(2)])
        told = [[event["event"] for event in core.events] for core in cores]
        assert sum("downloading" in events for events in told) == 1
        for core in cores:
            async with core.client() as client:
                body = {"prompt": "1, 2, 3,", "max_tokens": 1}
                assert (await client.post("/v1/completions", json=body)).status_code == 200
    finally:
        for file in models.glob("*.gguf"):
            file.unlink()  # half a gigabyte, which pytest would keep for three runs


# The interpreter imports this at its start; every look at the clock jumps, by up to a year.
JUMPS = """
import itertools, time
steps = itertools.cycle([0.0, 86_400.0, -86_400.0, 3e7, -3e7])
clock = time.time
time.time = lambda: clock() + next(steps)
"""


@pytest.fixture
def jumping_clock(tmp_path, monkeypatch):
    """Processes that are started from here on see a clock that jumps."""
    (tmp_path / "sitecustomize.py").write_text(JUMPS)
    paths = [str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))


@pytest.mark.usefixtures("jumping_clock")
async def test_a_clock_that_jumps_neither_breaks_an_answer_nor_ends_the_core(
    start_core, replay_script
):
    script = [{"match": "", "text": "word " * 40, "delay_ms": 10, "prefill_ms": 200}]
    core = start_core("--model", replay_script(script), "--linger", "5")
    async with core.client() as client:
        lines = await lines_of(client, asyncio.Event())
        lease = client.stream("GET", "/lease")
        async with lease as held:
            assert await anext(held.aiter_lines()) == "lease"
            assert (await client.post(CHAT, json=question(stream=False))).status_code == 200
    assert lines[-1] == "data: [DONE]"
    core.process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(core.wait, DRAINED_S) == 0


@pytest.mark.usefixtures("jumping_clock")
def test_a_clock_that_jumps_does_not_keep_an_unused_core(start_core, replay_script):
    core = start_core("--model", replay_script(ENDLESS), "--linger", "0.2")
    assert core.wait() == 0


@pytest.mark.usefixtures("jumping_clock")
def test_the_clock_of_these_tests_does_jump(tmp_path):
    import subprocess

    code = "import time; print(max(abs(time.time() - time.time()) for _ in range(5)) > 80_000)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "True"
