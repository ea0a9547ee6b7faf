"""Real cores as processes: how they come, say where they are, and go."""

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest

pytestmark = pytest.mark.e2e

HELLO = [{"match": "", "text": "hello there"}]
SLOW = [{"match": "", "text": "word " * 400, "delay_ms": 50, "prefill_ms": 100}]


async def until(condition, seconds=15.0):
    """Wait for a state, however long this machine needs for it."""
    end = time.monotonic() + seconds
    while not (await condition() if asyncio.iscoroutinefunction(condition) else condition()):
        assert time.monotonic() < end, "the state was not reached"
        await asyncio.sleep(0.02)


def test_the_ready_file_holds_the_ready_line_and_only_its_owner_may_read_it(
    start_core, replay_script, tmp_path
):
    ready = tmp_path / "run" / "core.json"
    core = start_core("--model", replay_script(HELLO), "--ready-file", str(ready))
    assert json.loads(ready.read_text()) == {
        "url": core.url,
        "token": core.token,
        "pid": core.process.pid,
        "model": "replay",
    }
    if os.name == "posix":
        assert stat.S_IMODE(ready.stat().st_mode) == 0o600
    assert core.url.startswith("http://127.0.0.1:")


async def test_sigterm_during_an_answer_ends_the_core_in_order(start_core, replay_script, tmp_path):
    ready = tmp_path / "core.json"
    core = start_core("--model", replay_script(SLOW), "--ready-file", str(ready))
    body = {"messages": [{"role": "user", "content": "go"}], "stream": True}
    async with (
        core.client() as client,
        client.stream("POST", "/v1/chat/completions", json=body) as response,
    ):
        lines = response.aiter_lines()
        await anext(lines)
        core.process.send_signal(signal.SIGTERM)
        rest = [line async for line in lines if line]
    assert core.wait() == 0
    assert json.loads(rest[-1].removeprefix("data: "))["error"]["message"] == (
        "The core is closing down."
    )
    assert not ready.exists()


async def test_sigterm_is_told_to_whoever_waits_for_a_whole_answer(start_core, replay_script):
    core = start_core("--model", replay_script(SLOW))
    body = {"messages": [{"role": "user", "content": "go"}]}
    async with core.client() as client, core.client() as other:
        asked = asyncio.create_task(client.post("/v1/chat/completions", json=body))

        async def running():
            return (await other.get("/slots")).json()[0]["is_processing"]

        await until(running)
        core.process.send_signal(signal.SIGTERM)
        answer = await asked
    assert answer.json()["error"]["message"] == "The core is closing down."
    assert core.wait() == 0


def test_sigint_ends_the_core_with_exit_code_0(start_core, replay_script):
    core = start_core("--model", replay_script(HELLO))
    core.process.send_signal(signal.SIGINT)
    assert core.wait() == 0


def test_the_core_dies_with_its_owner_even_after_kill_9(start_core, replay_script):
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as owner:
        core = start_core("--model", replay_script(HELLO), "--owner", str(owner.pid))
        owner.kill()
    assert core.wait() == 0
    assert not psutil.pid_exists(core.pid)


async def test_the_core_ends_after_the_last_lease_is_dropped(start_core, replay_script):
    core = start_core(
        "--model", replay_script(HELLO), "--linger", "0.2", "--owner", str(os.getpid())
    )
    async with core.client() as first, core.client() as second:
        async with first.stream("GET", "/lease") as lease:
            assert await anext(lease.aiter_lines()) == "lease"
            async with second.stream("GET", "/lease") as other:
                assert await anext(other.aiter_lines()) == "lease"
            assert (await second.get("/health")).status_code == 200
        assert await asyncio.to_thread(core.wait) == 0


async def test_a_lease_keeps_the_core_beyond_its_linger_time(start_core, replay_script):
    core = start_core(
        "--model", replay_script(HELLO), "--linger", "0.1", "--owner", str(os.getpid())
    )
    async with core.client() as client, client.stream("GET", "/lease") as lease:
        # Three seconds lie between two of its lines, thirty times the linger time.
        lines = lease.aiter_lines()
        assert [await anext(lines), await anext(lines)] == ["lease", "lease"]
        assert core.process.poll() is None


def test_a_program_that_is_killed_loses_its_lease(start_core, replay_script):
    core = start_core(
        "--model", replay_script(HELLO), "--linger", "0.2", "--owner", str(os.getpid())
    )
    hold = (
        "import httpx, sys\n"
        "with httpx.stream('GET', sys.argv[1], headers={'Authorization': sys.argv[2]}) as r:\n"
        "    print(next(r.iter_lines()), flush=True)\n"
        "    input()\n"
    )
    command = [sys.executable, "-c", hold, f"{core.url}/lease", core.headers["Authorization"]]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"lease"
        assert core.process.poll() is None
        holder.kill()
    assert core.wait() == 0


def test_a_core_without_standard_streams_can_leave_at_once():
    code = (
        "import os, sys\nsys.stdout = sys.stderr = None\n"
        "from inference_core.cli import _leave_at_once\n_leave_at_once()"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


async def test_a_client_that_leaves_while_it_sends_is_no_fault_of_the_core(
    start_core, replay_script, capfd
):
    core = start_core("--model", replay_script(HELLO))
    reader, writer = await asyncio.open_connection(*core.url.removeprefix("http://").split(":"))
    head = "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n"
    writer.write(f"{head}Authorization: {core.headers['Authorization']}\r\n\r\n{{".encode())
    writer.write_eof()
    assert await reader.read() == b""
    writer.close()
    core.process.send_signal(signal.SIGTERM)
    assert core.wait() == 0
    assert "Traceback" not in capfd.readouterr().err


def test_an_unused_core_without_an_owner_ends_by_itself(start_core, replay_script):
    core = start_core("--model", replay_script(HELLO), "--linger", "0.2")
    assert core.wait() == 0


async def test_closing_the_connection_frees_the_slot_of_a_slow_prompt(start_core, replay_script):
    script = [{"match": "", "text": "done", "prefill_ms": 10_000}]
    core = start_core("--model", replay_script(script))
    async with core.client() as client, core.client() as watcher:
        body = {"prompt": "word " * 400, "stream": True}
        async with client.stream("POST", "/v1/completions", json=body) as response:
            assert response.status_code == 200
            assert (await watcher.get("/slots")).json()[0]["state"] == "prefill"

        async def is_free():
            return not (await watcher.get("/slots")).json()[0]["is_processing"]

        await until(is_free)
        slot = (await watcher.get("/slots")).json()[0]
    assert slot["prompt_tokens_processed"] < 400


def test_the_ready_file_of_another_core_is_left_alone(start_core, replay_script, tmp_path):
    ready = tmp_path / "core.json"
    script = replay_script(HELLO)
    first = start_core("--model", script, "--ready-file", str(ready))
    second = start_core("--model", script, "--ready-file", str(ready))
    first.process.send_signal(signal.SIGTERM)
    assert first.wait() == 0
    assert json.loads(ready.read_text())["token"] == second.token


def run(*flags: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "inference_core", "serve", *flags]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=False)


def test_a_public_address_is_refused_with_exit_code_2():
    result = run("--host", "0.0.0.0", "--model", "replay:x.json")
    assert result.returncode == 2
    assert "loopback addresses only, not on '0.0.0.0'" in result.stderr


def test_a_port_that_is_taken_is_named(start_core, replay_script):
    script = replay_script(HELLO)
    port = str(httpx.URL(start_core("--model", script).url).port)
    result = run("--port", port, "--model", script)
    assert result.returncode == 2
    assert f"Cannot listen on 127.0.0.1 port {port}" in result.stderr


def test_a_missing_model_file_is_told_as_an_event_and_on_standard_error(tmp_path):
    missing = tmp_path / "nothing.gguf"
    result = run("--model", str(missing), "--events")
    assert result.returncode == 1
    assert json.loads(result.stdout.splitlines()[-1]) == {
        "event": "failed",
        "message": f"There is no model file {missing}.",
        "next_step": "Check the path.",
    }
    assert str(missing) in result.stderr


def test_a_file_that_is_no_model_is_named_and_the_core_fails(tmp_path):
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + bytes(100))
    result = run("--model", str(broken))
    assert result.returncode == 1
    assert "broken.gguf is no usable model file: its version is 0" in result.stderr


def test_a_ready_file_that_cannot_be_written_is_named(replay_script, tmp_path: Path):
    (tmp_path / "file").write_text("")
    target = tmp_path / "file" / "core.json"
    result = run("--model", replay_script(HELLO), "--ready-file", str(target))
    assert result.returncode == 2
    assert f"The ready file {target} cannot be written" in result.stderr
