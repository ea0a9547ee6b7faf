"""Clients of the Responses API that leave or fall silent: real cores, real sockets."""

import asyncio
import json
import os
import socket
import struct
from contextlib import AsyncExitStack

import psutil
import pytest
from faults.core_counts import at_rest, leaves_nothing, settles_within, slot_when, until_quiet
from faults.raw_client import RawClient
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from inference_core.server.lease import MOST_LEASES

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(os.name != "posix", reason="counts descriptors, resets connections"),
]

ENDLESS = [{"match": "", "text": "word " * 4000, "delay_ms": 20}]
SLOW_PROMPT = [{"match": "", "text": "done", "prefill_ms": 60_000}]
# A word of 4 KiB is one token of a script; see the same of chats in test_core_faults_clients.
FLOOD_BYTES = 32 * 1024 * 1024
FLOOD = [{"match": "", "text": ("x" * 4095 + " ") * (FLOOD_BYTES // 4096)}]
SILENT = 50


def opened(core):
    """A WebSocket to a core; it sends no pings, and takes no more frames than are asked for.

    Nothing is compressed: a flood of the same sign would come through as a trickle.
    """
    url = core.url.replace("http", "ws", 1) + "/v1/responses"
    return connect(
        url,
        additional_headers=core.headers,
        ping_interval=None,
        max_queue=1,
        compression=None,
        close_timeout=0.5,
    )


async def ask(connection, **more):
    await connection.send(json.dumps({"type": "response.create", "input": "go", **more}))


async def until_type(connection, kind):
    while json.loads(await connection.recv())["type"] != kind:
        continue


async def close(connection):
    await connection.close()


async def vanish(connection):
    """Reset the connection, as a system does for a program that is gone."""
    raw = connection.transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.transport.abort()


def is_free(slot):
    return not slot["is_processing"] and not slot["queued"]


@pytest.mark.parametrize("go", [close, vanish])
@pytest.mark.parametrize(("script", "state"), [(SLOW_PROMPT, "prefill"), (ENDLESS, "decode")])
async def test_a_websocket_that_is_gone_leaves_nothing(
    start_core, replay_script, script, state, go
):
    core = start_core("--model", replay_script(script))

    async def fault():
        async with core.client() as watcher, opened(core) as connection:
            await ask(connection)
            await slot_when(watcher, lambda slot: slot["state"] == state)
            await go(connection)
            await slot_when(watcher, is_free)

    await leaves_nothing(core, fault)


async def test_a_websocket_with_several_lanes_that_is_gone_leaves_nothing(
    start_core, replay_script
):
    core = start_core("--model", replay_script(ENDLESS))

    async def fault():
        async with core.client() as watcher, opened(core) as connection:
            for number in range(12):
                await ask(connection, stream_id=f"lane-{number % 4}")
            await until_type(connection, "response.output_text.delta")
            await vanish(connection)
            await slot_when(watcher, is_free)

    await leaves_nothing(core, fault)


@pytest.mark.parametrize("go", [RawClient.vanish, RawClient.leave])
async def test_a_client_that_leaves_the_stream_of_a_response_leaves_nothing(
    start_core, replay_script, go
):
    core = start_core("--model", replay_script(ENDLESS))

    async def fault():
        async with core.client() as watcher:
            client = RawClient(core)
            client.ask("/v1/responses", {"input": "go", "stream": True})
            await slot_when(watcher, lambda slot: slot["state"] == "decode")
            go(client)
            await slot_when(watcher, is_free)

    await leaves_nothing(core, fault)


async def test_websockets_that_say_nothing_stop_nobody(start_core, replay_script):
    core = start_core("--model", replay_script([{"match": "", "text": "hello there"}]))

    async def fault():
        silent = await asyncio.gather(*[opened(core) for _ in range(SILENT)])
        async with opened(core) as connection:
            await ask(connection)
            await until_type(connection, "response.completed")
        for connection in silent:
            await vanish(connection)

    await leaves_nothing(core, fault, times=2)


async def test_pings_of_a_client_that_does_not_read_cost_no_memory(start_core, replay_script):
    core = start_core("--model", replay_script(FLOOD))
    process = psutil.Process(core.pid)
    ping = b"\x89\xfd" + bytes(4) + b"x" * 125
    async with core.client() as watcher, opened(core) as connection:
        rss = process.memory_info().rss
        raw = connection.transport.get_extra_info("socket")
        connection.transport.pause_reading()
        blocking = raw.dup()
        blocking.setblocking(True)
        with blocking:
            flood = ping * (FLOOD_BYTES // len(ping))
            await asyncio.to_thread(blocking.sendall, flood)
        # Answered after all that came before it has been read.
        assert (await watcher.get("/health")).status_code == 200
        await until_quiet(process)
        grown = process.memory_info().rss - rss
        await vanish(connection)
    assert grown < FLOOD_BYTES / 4, f"{grown:,} bytes for pings"


async def test_a_websocket_that_is_not_read_costs_no_memory(start_core, replay_script):
    core = start_core("--model", replay_script(FLOOD))
    process = psutil.Process(core.pid)
    before = await at_rest(core)
    async with opened(core) as connection:
        rss = process.memory_info().rss
        await ask(connection)
        await until_type(connection, "response.output_text.delta")
        await until_quiet(process)
        grown = process.memory_info().rss - rss
        await vanish(connection)
    await settles_within(core, before)
    # The script's engine cuts its words out beforehand: that is once their size.
    assert grown < 1.5 * FLOOD_BYTES, f"{grown:,} bytes for a client that does not read"


async def test_websockets_that_say_nothing_make_room_for_who_has_something_to_ask(
    start_core, replay_script
):
    core = start_core("--model", replay_script([{"match": "", "text": "hello there"}]))
    async with core.client() as watcher:
        limit = 256
        silent = [await opened(core) for _ in range(limit)]
        assert (await watcher.get("/health")).status_code == 200
        with pytest.raises(ConnectionClosed) as closed:
            await silent[0].recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1013
        async with opened(core) as connection:
            await ask(connection)
            await until_type(connection, "response.completed")
        for connection in silent[2:]:
            await vanish(connection)


async def test_more_leases_than_programs_could_need_are_refused(start_core, replay_script):
    core = start_core("--model", replay_script(ENDLESS))
    async with core.client() as client, AsyncExitStack() as leases:
        for _ in range(MOST_LEASES):
            held = await leases.enter_async_context(client.stream("GET", "/lease"))
            assert held.status_code == 200
        async with core.client() as other:
            refused = await other.get("/lease")
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "too_many_leases")
        assert refused.headers["retry-after"] == "5"
