"""Clients that leave, stall and fall silent: real cores, real sockets, nothing left behind."""

import asyncio
import json
import os
from pathlib import Path

import psutil
import pytest
from faults.core_counts import at_rest, leaves_nothing, settles_within, slot_when, until_quiet
from faults.raw_client import RawClient, raw_client

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(os.name != "posix", reason="counts descriptors, resets connections"),
]

CHAT = "/v1/chat/completions"
ENDLESS = [{"match": "", "text": "word " * 4000, "delay_ms": 20}]
SLOW_PROMPT = [{"match": "", "text": "done", "prefill_ms": 60_000}]
HELLO = [
    {"match": "long", "text": "word " * 4000, "delay_ms": 20},
    {"match": "", "text": "hello there"},
]
STALLED = 200


def question(text="go", stream=True):
    return {"messages": [{"role": "user", "content": text}], "stream": stream}


def is_in(state):
    return lambda slot: slot["state"] == state


def is_free(slot):
    return not slot["is_processing"] and not slot["queued"]


@pytest.mark.parametrize("go", [RawClient.vanish, RawClient.leave])
@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(("script", "state"), [(SLOW_PROMPT, "prefill"), (ENDLESS, "decode")])
async def test_a_client_that_is_gone_leaves_nothing(
    start_core, replay_script, script, state, stream, go
):
    core = start_core("--model", replay_script(script))

    async def fault():
        async with core.client() as watcher:
            client = RawClient(core)
            client.ask(CHAT, question(stream=stream))
            await slot_when(watcher, is_in(state))
            go(client)
            await slot_when(watcher, is_free)

    await leaves_nothing(core, fault)


@pytest.mark.parametrize("go", [RawClient.vanish, RawClient.leave])
async def test_a_client_that_is_gone_from_the_queue_leaves_nothing(start_core, replay_script, go):
    core = start_core("--model", replay_script(ENDLESS))

    async def fault():
        async with core.client() as watcher:
            with raw_client(core) as first:
                first.ask(CHAT, question())
                await slot_when(watcher, is_in("decode"))
                waiting = RawClient(core)
                waiting.ask(CHAT, question())
                await slot_when(watcher, lambda slot: slot["queued"] == 1)
                go(waiting)
                await slot_when(watcher, lambda slot: slot["queued"] == 0)
            await slot_when(watcher, is_free)

    await leaves_nothing(core, fault)


@pytest.mark.parametrize(("script", "state"), [(SLOW_PROMPT, "prefill"), (ENDLESS, "decode")])
async def test_a_half_open_connection_is_ended_and_leaves_nothing(
    start_core, replay_script, script, state
):
    core = start_core("--model", replay_script(script))

    async def fault():
        async with core.client() as watcher:
            with raw_client(core) as client:
                client.ask(CHAT, question())
                await slot_when(watcher, is_in(state))
                client.half_close()
                rest = await asyncio.to_thread(client.read_all)
                assert b"[DONE]" not in rest
            await slot_when(watcher, is_free)

    await leaves_nothing(core, fault)


async def test_a_body_that_breaks_off_leaves_nothing(start_core, replay_script):
    core = start_core("--model", replay_script(HELLO))

    async def fault():
        client = RawClient(core)
        client.send_head(CHAT, 5000)
        client.socket.sendall(b'{"messages": [')
        client.vanish()

    await leaves_nothing(core, fault, times=20)


async def test_clients_that_connect_and_stall_stop_nobody(start_core, replay_script):
    core = start_core("--model", replay_script(HELLO))

    async def fault():
        stalled = [RawClient(core) for _ in range(STALLED)]
        for number, client in enumerate(stalled):
            if number % 3 == 1:
                client.socket.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: loc")
            elif number % 3 == 2:
                client.send_head(CHAT, 1000)
        async with core.client() as client:
            answer = (await client.post(CHAT, json=question(stream=False))).json()
        assert answer["choices"][0]["message"]["content"] == "hello there"
        for client in stalled:
            client.vanish()

    await leaves_nothing(core, fault, times=2)


async def test_clients_that_stop_reading_their_streams_stop_nobody(start_core, replay_script):
    core = start_core("--model", replay_script(HELLO))

    async def fault():
        async with core.client() as client:
            stalled = [RawClient(core) for _ in range(20)]
            for one in stalled:
                one.ask(CHAT, question("a long one"))
            await slot_when(client, is_in("decode"))
            for one in stalled:
                one.vanish()
            answer = (await client.post(CHAT, json=question(stream=False))).json()
            assert answer["choices"][0]["message"]["content"] == "hello there"

    await leaves_nothing(core, fault, times=2)


async def test_a_connection_that_says_nothing_is_closed(start_core, replay_script):
    core = start_core("--model", replay_script(HELLO))
    with raw_client(core) as silent, raw_client(core) as broken_off:
        broken_off.socket.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: loc")
        assert await asyncio.to_thread(silent.read_all) == b""
        rest = await asyncio.to_thread(broken_off.read_all)
    assert b"200 OK" not in rest


# A word of 4 KiB is one token of a script: 32 MiB in all, more than sockets can hold. The script's
# engine cuts them out beforehand, which takes them once more; what waits unread would be a third.
FLOOD_BYTES = 32 * 1024 * 1024
FLOOD = [{"match": "", "text": ("x" * 4095 + " ") * (FLOOD_BYTES // 4096)}]


async def test_a_reader_that_stops_costs_no_memory(start_core, replay_script):
    core = start_core("--model", replay_script(FLOOD))
    process = psutil.Process(core.pid)

    async with core.client() as watcher:
        with raw_client(core, receive_buffer=4096) as slow:
            before = process.memory_info().rss
            slow.ask(CHAT, question())
            assert await asyncio.to_thread(slow.socket.recv, 1) == b"H"
            await until_quiet(process)
            grown = process.memory_info().rss - before
            assert (await slot_when(watcher, is_in("decode")))["state"] == "decode"
        await slot_when(watcher, is_free)
    assert grown < 1.5 * FLOOD_BYTES, f"{grown:,} bytes for a reader that does not read"


# The core's interpreter reads this at its start: a reader may sleep for a minute otherwise.
IMPATIENT = """
from inference_core.server.answering import Answer
from inference_core.server.stalled_reader import AbortStalledReaders
Answer.__init__.__defaults__ = (0.5,)
AbortStalledReaders.stall_s = 1.0
"""


async def test_a_reader_that_sleeps_is_let_go_though_it_stays_connected(
    start_core, replay_script, tmp_path, monkeypatch
):
    (tmp_path / "sitecustomize.py").write_text(IMPATIENT)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(Path.cwd())]))
    core = start_core("--model", replay_script(FLOOD))
    before = await at_rest(core)
    with raw_client(core, receive_buffer=4096) as slow:
        slow.ask(CHAT, question())
        async with core.client() as watcher:
            await slot_when(watcher, is_in("decode"))
            await slot_when(watcher, is_free)
        await settles_within(core, before)
        assert b"[DONE]" not in await asyncio.to_thread(slow.read_all)


async def test_what_a_client_sends_after_it_was_answered_leaves_nothing(start_core, replay_script):
    core = start_core("--model", replay_script(HELLO))
    body = json.dumps(question(stream=False)).encode()

    async def fault():
        with raw_client(core) as client:
            client.send_head(CHAT, len(body))
            client.socket.sendall(body + b"\x00\xff this is no request \r\n\r\n")
            answered = await asyncio.to_thread(client.read_all)
            assert b"hello there" in answered

    await leaves_nothing(core, fault)
