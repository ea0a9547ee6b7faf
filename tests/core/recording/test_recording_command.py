"""``record`` and ``replay`` as processes: what they print, how they end, and the real model."""

import json
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import httpx
import openai
import pytest

from inference_core.cli import main
from inference_core.recording.lines import head_line
from inference_core.recording.loopback import loopback_listener
from inference_core.recording.reader import read_recording
from inference_core.recording.recorder import Recorder
from inference_core.recording.text_stream import recorded_text
from tests.core.recording.scripted import exchange

HELLO = [{"match": "", "text": "hello there"}]
ASKED = {"model": "replay", "messages": [{"role": "user", "content": "go"}], "stream": True}


@contextmanager
def started(*flags):
    """A command that serves; yields its process and its ready line."""
    command = [sys.executable, "-m", "inference_core", *map(str, flags)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def ended(process, number=signal.SIGTERM):
    """The exit code after a signal, and what the process said to people."""
    process.send_signal(number)
    told = process.communicate(timeout=30)[1]
    return process.returncode, told


@pytest.mark.e2e
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_session_is_recorded_and_replayed_with_its_number_of_exchanges(
    start_core, replay_script, tmp_path, number
):
    core = start_core("--model", replay_script(HELLO))
    path = tmp_path / "session.jsonl"
    with started("record", "--upstream", core.url, "--output", path) as (process, ready):
        assert (ready["upstream"], ready["output"], ready["pid"]) == (
            core.url,
            str(path),
            process.pid,
        )
        url = f"{ready['url']}/v1/chat/completions"
        live = httpx.post(url, json=ASKED, headers=core.headers, trust_env=False)
        assert "hello" in live.text
        assert ended(process, number) == (0, f"spark-core: Recorded 1 exchange in {path}.\n")
    assert core.token not in path.read_text()
    with started("replay", "--recording", path, "--speed", "instant") as (process, ready):
        assert (ready["recording"], ready["exchanges"]) == (str(path), 1)
        url = f"{ready['url']}/v1/chat/completions"
        assert httpx.post(url, json=ASKED, trust_env=False).content == live.content
        assert ended(process, number) == (0, f"spark-core: Replayed 1 exchange of {path}.\n")


@pytest.mark.e2e
def test_a_recording_that_a_crash_cut_off_is_replayed_and_said(tmp_path):
    path = tmp_path / "session.jsonl"
    path.write_bytes(head_line(1.0, "http://up") + b'{"exchange":1,"at"')
    with started("replay", "--recording", path) as (process, ready):
        assert ready["exchanges"] == 0
        code, told = ended(process)
    assert code == 0
    assert f"The last line of {path} was cut off" in told


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["record", "--upstream", "nowhere", "--output", "OUT"], "--upstream is no address"),
        (["record", "--upstream", "http://a", "--output", "OUT", "--host", "0.0.0.0"], "loopback"),
        (
            ["record", "--upstream", "http://a:99999", "--output", "OUT"],
            "no port of a server: 99999",
        ),
    ],
)
def test_what_is_refused_leaves_no_file(capsys, tmp_path, flags, says):
    path = tmp_path / "session.jsonl"
    assert main([str(path) if flag == "OUT" else flag for flag in flags]) == 2
    assert says in capsys.readouterr().err
    assert not path.exists()


def test_a_recording_is_never_written_over(capsys, tmp_path):
    path = tmp_path / "session.jsonl"
    path.write_text("mine")
    assert main(["record", "--upstream", "http://127.0.0.1:9", "--output", str(path)]) == 1
    assert f"There is a file {path} already" in capsys.readouterr().err
    assert path.read_text() == "mine"


def test_a_file_that_is_no_recording_is_refused(capsys, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("hello")
    assert main(["replay", "--recording", str(path)]) == 1
    assert f"{path} is no recording" in capsys.readouterr().err


def test_a_port_that_is_taken_is_named(capsys, tmp_path):
    path = tmp_path / "session.jsonl"
    with Recorder(path, "http://up") as recorder:
        recorder.write(exchange())
    with loopback_listener("127.0.0.1", 0) as listener:
        listener.listen()
        port = str(listener.getsockname()[1])
        assert main(["replay", "--recording", str(path), "--port", port]) == 2
    assert f"Cannot listen on 127.0.0.1 port {port}" in capsys.readouterr().err


@pytest.mark.parametrize("speed", ["0", "-1", "fast", "nan", "inf", "1e9", "1e-300"])
def test_a_speed_that_is_none_is_refused(capsys, speed):
    with pytest.raises(SystemExit) as refused:
        main(["replay", "--recording", "x", f"--speed={speed}"])
    assert refused.value.code == 2
    assert f"a factor from 0.00001 to 1000000, not '{speed}'" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_is_none_is_refused(capsys, port):
    with pytest.raises(SystemExit) as refused:
        main(["replay", "--recording", "x", f"--port={port}"])
    assert refused.value.code == 2
    assert "must be from 0 to 65535" in capsys.readouterr().err


async def asked(url, key, model, question):
    """The raw bytes of a streamed answer to the official client."""
    bodies = []

    class Kept(httpx.AsyncByteStream):
        def __init__(self, stream):
            self._stream = stream

        async def __aiter__(self):
            async for chunk in self._stream:
                bodies.append(chunk)
                yield chunk

        async def aclose(self):
            await self._stream.aclose()

    async def keep(response):
        response.stream = Kept(response.stream)

    async with (
        httpx.AsyncClient(event_hooks={"response": [keep]}, trust_env=False) as http,
        openai.AsyncOpenAI(base_url=f"{url}/v1", api_key=key, http_client=http) as client,
    ):
        stream = await client.chat.completions.create(
            model=model,
            messages=[{"role": "user", "content": question}],
            max_tokens=48,
            temperature=0,
            stream=True,
            stream_options={"include_usage": True},
        )
        chunks = [chunk async for chunk in stream]
        assert chunks[-1].usage.completion_tokens > 1
    return b"".join(bodies)


@pytest.mark.e2e
@pytest.mark.model
async def test_the_real_models_answer_to_the_official_client_is_replayed_and_no_key_is_kept(
    model_path, start_core, tmp_path
):
    core = start_core("--model", str(model_path), "--context", "1024")
    path = tmp_path / "session.jsonl"
    questions = ("Count from one to ten.", f"Repeat this word: {core.token}")
    with started("record", "--upstream", core.url, "--output", path) as (process, ready):
        live = [await asked(ready["url"], core.token, core.model, each) for each in questions]
        assert ended(process) == (0, f"spark-core: Recorded 2 exchanges in {path}.\n")
    with started("replay", "--recording", path, "--speed", "50") as (process, ready):
        again = [await asked(ready["url"], core.token, core.model, each) for each in questions]
        assert ended(process)[0] == 0
    assert again[0] == live[0]
    # Where the model has said the key, stars are in its place.
    assert len(again[1]) == len(live[1])
    assert core.token not in path.read_text()
    texts = [
        "".join(text for _, text, _ in recorded_text(each))
        for each in read_recording(path).exchanges
    ]
    assert all(texts)
    assert core.token not in "".join(texts)


def test_the_proxy_is_not_its_own_upstream(capsys, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    path = tmp_path / "session.jsonl"
    words = ["record", "--upstream", f"http://localhost:{port}", "--port", str(port)]
    assert main([*words, "--output", str(path)]) == 2
    assert "the address at which the proxy itself would answer" in capsys.readouterr().err
    assert not path.exists()
