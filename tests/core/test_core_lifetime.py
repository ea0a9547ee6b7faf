"""Leases, owners, idle time and the ready file, each by itself."""

import asyncio
import json
import os
import subprocess
import sys

import psutil
import pytest

from inference_core.domain.errors import UsageError
from inference_core.server.activity import Activity
from inference_core.server.disconnect import ClientGoneError, while_connected
from inference_core.server.lease import Lease
from inference_core.server.lifecycle import Lifecycle, until_dead
from inference_core.server.owner import Owner
from inference_core.server.ready import Ready, ready_file, refuse_unwritable


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


class Client:
    """The receiving half of a connection that is closed on demand."""

    def __init__(self):
        self.left = asyncio.Event()
        self.sent = []
        self.heard_body = asyncio.Event()

    async def receive(self):
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.sent.append(message)
        if "body" in message:
            self.heard_body.set()


class LivingOwner:
    alive = True

    def is_alive(self):
        return self.alive


def dead_pid():
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_the_idle_time_counts_from_the_last_request():
    clock = Clock()
    activity = Activity(clock)
    with activity.request():
        clock.now += 50
        assert activity.idle_seconds() == 0
    clock.now += 3
    assert activity.idle_seconds() == 3


def test_a_held_lease_means_no_idle_time():
    clock = Clock()
    activity = Activity(clock)
    with activity.lease():
        clock.now += 1000
        assert (activity.idle_seconds(), activity.leases) == (0, 1)
    assert activity.lease_was_dropped


def test_a_core_without_an_owner_is_unused_after_its_linger_time():
    clock = Clock()
    life = Lifecycle(Activity(clock), None, 10)
    clock.now += 9
    assert not life.is_unused()
    clock.now += 1
    assert life.is_unused()


def test_an_owner_that_has_not_yet_come_stops_the_idle_time():
    clock = Clock()
    activity = Activity(clock)
    life = Lifecycle(activity, LivingOwner(), 10)
    clock.now += 1000
    assert not life.is_unused()
    with activity.lease():
        pass
    clock.now += 10
    assert life.is_unused()


def test_a_linger_time_of_zero_does_not_end_a_core_in_use():
    activity = Activity(Clock())
    with activity.request():
        assert not Lifecycle(activity, None, 0).is_unused()


def test_a_dead_owner_is_waited_for_no_longer():
    clock = Clock()
    life = Lifecycle(Activity(clock), Owner(dead_pid()), 10)
    clock.now += 10
    assert life.is_unused()


def test_this_process_is_a_living_owner():
    assert Owner(os.getpid()).is_alive()


def test_a_process_that_ends_later_is_a_dead_owner():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        owner = Owner(process.pid)
        assert owner.is_alive()
        process.kill()
        psutil.wait_procs([psutil.Process(process.pid)])
    assert not owner.is_alive()


async def test_the_wait_for_a_death_ends_when_the_owner_is_dead():
    owner = LivingOwner()
    waiting = asyncio.create_task(until_dead(owner))
    await asyncio.sleep(0)
    assert not waiting.done()
    owner.alive = False
    assert await waiting is None


async def test_without_an_owner_no_death_is_seen():
    waiting = asyncio.create_task(until_dead(None))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_lease_is_held_until_the_client_leaves():
    activity, client = Activity(), Client()
    held = asyncio.create_task(Lease(activity)({}, client.receive, client.send))
    await client.heard_body.wait()
    assert client.sent[1]["body"] == b"lease\n"
    assert activity.leases == 1
    client.left.set()
    await held
    assert activity.leases == 0


async def test_a_lease_is_closed_in_order_when_the_core_ends():
    activity, client = Activity(), Client()
    held = asyncio.create_task(Lease(activity)({}, client.receive, client.send))
    await asyncio.sleep(0)
    activity.closing.set()
    await held
    assert client.sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


async def test_work_for_a_client_that_leaves_is_cancelled_before_the_error_rises():
    client, ended = Client(), []

    async def work():
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("work")

    client.left.set()
    with pytest.raises(ClientGoneError):
        await while_connected(client.receive, asyncio.Event(), work())
    assert ended == ["work"]


async def test_what_work_for_a_client_raises_comes_through():
    async def work():
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        await while_connected(Client().receive, asyncio.Event(), work())


READY = Ready("http://127.0.0.1:1", "t", 7, "m")


def test_the_ready_file_is_there_only_while_the_core_can_answer(tmp_path):
    path = tmp_path / "deep" / "core.json"
    with ready_file(path, READY):
        assert json.loads(path.read_text())["token"] == "t"
        assert [entry.name for entry in path.parent.iterdir()] == ["core.json"]
    assert not path.exists()


@pytest.mark.parametrize("content", ['{"token": "other"}', "{", "[]"])
def test_a_ready_file_that_is_not_ours_any_more_stays(tmp_path, content):
    path = tmp_path / "core.json"
    with ready_file(path, READY):
        path.write_text(content)
    assert path.read_text() == content


def test_a_ready_file_that_is_gone_already_is_no_problem(tmp_path):
    path = tmp_path / "core.json"
    with ready_file(path, READY):
        path.unlink()
    assert not path.exists()


def test_a_ready_file_in_place_of_a_folder_cannot_be_written_and_leaves_nothing(tmp_path):
    path = tmp_path / "core.json"
    path.mkdir()
    with pytest.raises(UsageError, match=r"core\.json cannot be written"), ready_file(path, READY):
        pass
    assert [entry.name for entry in tmp_path.iterdir()] == ["core.json"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_ready_file_replaces_no_pipe_and_no_device(tmp_path):
    os.mkfifo(tmp_path / "core.json")
    with pytest.raises(UsageError, match="it is a device or a pipe"):
        refuse_unwritable(tmp_path / "core.json")
    assert (tmp_path / "core.json").is_fifo()
