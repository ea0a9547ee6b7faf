"""Real servers, each as a process of its own, at loopback."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from spark_desktop.domain.endpoints import AuthKind, FillInWay
from spark_desktop.domain.secret import Secret
from tests.wires import llama_server
from tests.wires.peer import Peer, spec_of

# The servers that run in the tests, by the ids of their columns.
REAL = ("core", "llama-server", "litellm", "vllm")
# What is asked of a server whose model cannot be brought to do it.
SCRIPT = [
    {"match": "break", "text": "one two three four", "fail_after": 2},
    {"match": "Think", "text": "<think>It is easy.</think>Yes, it is."},
    {"match": "", "text": "Hello there."},
]
CONTEXT = 4096
_VLLM_MODEL = "qwen2.5-coder-0.5b"
# vLLM compiles what it can before it listens.
_READY_S = 420.0
_ROOT = Path(__file__).parents[2]


def core_peer(core: Any, script: Any) -> Peer:
    """Our own core with the real model, and one with the script."""

    async def is_busy() -> bool:
        async with core.client() as client:
            slots = (await client.get("/slots")).json()
        return any(slot["is_processing"] or slot["queued"] for slot in slots)

    spec = spec_of("core", f"{core.url}/v1", core.model, fill_in=FillInWay.INFILL)
    scripted = spec_of("core", f"{script.url}/v1", script.model)
    return Peer(spec, Secret(core.token), is_busy, Peer(scripted, Secret(script.token)))


@contextmanager
def llama_server_peer(model: Path) -> Iterator[Peer]:
    """llama-server, as the engine's package brings it."""
    command = [sys.executable, "-m", llama_server.__name__, str(model)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, cwd=_ROOT, encoding="utf-8"
    )
    with process:
        try:
            assert process.stdout is not None
            url = json.loads(process.stdout.readline())["url"]

            async def is_busy() -> bool:
                async with httpx.AsyncClient() as client:
                    slots = (await client.get(f"{url}/slots")).json()
                return any(slot["is_processing"] for slot in slots)

            fill_in = FillInWay.INFILL
            yield Peer(
                spec_of(
                    "llama-server",
                    f"{url}/v1",
                    llama_server.NAME,
                    auth=AuthKind.NONE,
                    fill_in=fill_in,
                ),
                is_busy=is_busy,
            )
        finally:
            process.kill()


@contextmanager
def litellm_peer(venv: Path, folder: Path, core: Peer) -> Iterator[Peer]:
    """LiteLLM's proxy in front of our core: two models, the second one answers by the script."""
    assert core.key is not None
    assert core.script is not None
    assert core.script.key is not None
    key, port = f"sk-{secrets.token_hex(8)}", _free_port()
    config = {
        "model_list": [
            _passed_on("spark", core.spec.url, core.spec.model, core.key),
            _passed_on("script", core.script.spec.url, core.script.spec.model, core.script.key),
        ],
        "general_settings": {"master_key": key},
        "litellm_settings": {"telemetry": False},
    }
    # YAML takes JSON.
    file = folder / "litellm.yaml"
    file.touch(mode=0o600)
    file.write_text(json.dumps(config), encoding="utf-8")
    command = [str(venv / "bin" / "litellm"), "--config", str(file)]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    offline = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "NO_PROXY": "*"}
    with _running(command, folder / "litellm.log", offline):
        url = f"http://127.0.0.1:{port}"
        _wait(f"{url}/health/liveliness", folder / "litellm.log")
        script = spec_of("litellm", f"{url}/v1", "script")
        spec = spec_of("litellm", f"{url}/v1", "spark", fill_in=FillInWay.SUFFIX)
        yield Peer(spec, Secret(key), core.is_busy, Peer(script, Secret(key)))


@contextmanager
def vllm_peer(venv: Path, folder: Path, model: Path) -> Iterator[Peer]:
    """vLLM with the weights of the GGUF, which is laid out for it once (``vllm_weights``)."""
    laid_out = model.parent / "vllm" / model.stem
    if not (laid_out / "config.json").exists():
        script = Path(__file__).with_name("vllm_weights.py")
        python = str(venv / "bin" / "python")
        subprocess.run([python, str(script), str(model), str(laid_out)], check=True)
    key, port = secrets.token_hex(8), _free_port()
    command = [str(venv / "bin" / "vllm"), "serve", str(laid_out), "--host", "127.0.0.1"]
    command += ["--port", str(port), "--served-model-name", _VLLM_MODEL]
    command += ["--max-model-len", str(CONTEXT), "--dtype", "bfloat16", "--enforce-eager"]
    command += ["--enable-prompt-tokens-details"]
    command += ["--enable-auto-tool-choice", "--tool-call-parser", "hermes"]
    surroundings = {
        "VLLM_API_KEY": key,
        "VLLM_NO_USAGE_STATS": "1",
        "VLLM_CPU_KVCACHE_SPACE": "1",
        "HF_HUB_OFFLINE": "1",
    }
    log = folder / "vllm.log"
    with _running(command, log, surroundings):
        url = f"http://127.0.0.1:{port}"
        _wait(f"{url}/health", log)
        yield vllm_at(url, key)


def vllm_at(url: str, key: str) -> Peer:
    """A vLLM that runs already, as ``vllm_peer`` starts one."""

    async def is_busy() -> bool:
        async with httpx.AsyncClient() as client:
            lines = (await client.get(f"{url}/metrics")).text.splitlines()
        running = [line for line in lines if line.startswith("vllm:num_requests_running")]
        return any(float(line.rpartition(" ")[2]) > 0 for line in running)

    spec = spec_of("vllm", f"{url}/v1", _VLLM_MODEL, fill_in=FillInWay.TOKENS)
    return Peer(spec, Secret(key), is_busy)


def _passed_on(name: str, url: str, model: str, key: Secret) -> dict[str, Any]:
    parameters = {"model": f"openai/{model}", "api_base": url, "api_key": key.reveal()}
    return {"model_name": name, "litellm_params": parameters}


@contextmanager
def _running(command: list[str], log: Path, surroundings: dict[str, str]) -> Iterator[None]:
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env={**os.environ, **surroundings},
            start_new_session=True,
        )
    with process:
        try:
            yield
        finally:
            # vLLM's engine is a child that ends when it is told to, not when it is killed.
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(url: str, log: Path) -> None:
    until = time.monotonic() + _READY_S
    while time.monotonic() < until:
        try:
            if httpx.get(url, timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    raise AssertionError(f"not ready: {log.read_text(encoding='utf-8')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
