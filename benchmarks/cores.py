"""Processes that benchmarks measure: a core, and the bare engine that it is compared with."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import httpx
import psutil

from inference_core.models.catalogue import Catalogue
from inference_core.models.store import ModelStore

CONTEXT = 8192
TIMEOUT_S = 300.0


@dataclass(frozen=True)
class Listener:
    """Where a process answers; ``pid`` is the process that computes."""

    url: str
    token: str
    pid: int

    def client(self) -> httpx.Client:
        """A client that holds the token; the caller closes it."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=TIMEOUT_S)


@dataclass(frozen=True)
class Streamed:
    """One streamed answer as its client saw it."""

    first_token_s: float
    tokens: int
    tokens_per_second: float


def model_path() -> Path:
    """The file that SPARK_TEST_MODEL names, else the default model, fetched where it is missing."""
    given = os.environ.get("SPARK_TEST_MODEL")
    if given:
        return Path(given)
    return ModelStore.default().ensure(Catalogue.load().default, lambda progress: None, Event())


@contextmanager
def running_core(model: Path) -> Iterator[Listener]:
    """A core that serves this model, until the block ends."""
    flags = ["serve", "--model", str(model), "--context", str(CONTEXT), "--owner", str(os.getpid())]
    with _running([sys.executable, "-m", "inference_core", *flags]) as listener:
        yield listener


@contextmanager
def running_bare_engine(model: Path, batch: int) -> Iterator[Listener]:
    """llama.cpp's own server in a process of the same kind, until the block ends."""
    flags = [str(model), str(CONTEXT), str(batch)]
    with _running([sys.executable, "-m", "benchmarks.bare_engine", *flags]) as listener:
        yield listener


@contextmanager
def _running(command: list[str]) -> Iterator[Listener]:
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(f"{command[2]} ended with exit code {process.wait()}")
            ready = json.loads(line)
            yield Listener(ready["url"], ready["token"], process.pid)
        finally:
            process.kill()


class OtherLoad:
    """How much of the machine other processes took, between the construction and ``share``."""

    def __init__(self, *pids: int) -> None:
        given = [psutil.Process(pid) for pid in pids]
        # A core computes in a child process.
        children = [child for process in given for child in process.children(recursive=True)]
        self._own = (psutil.Process(), *given, *children)
        self._since = time.perf_counter()
        self._before = self._busy_s()

    def share(self) -> float:
        """Processor time of others, as a share of all cores; 0 on an idle machine."""
        lasted = (time.perf_counter() - self._since) * (psutil.cpu_count() or 1)
        return round(max(0.0, self._busy_s() - self._before) / lasted, 2)

    def _busy_s(self) -> float:
        whole = psutil.cpu_times()
        own = [process.cpu_times() for process in self._own]
        return whole.user + whole.system - sum(times.user + times.system for times in own)


def unlike_prompt(name: str, lines: int) -> str:
    """A prompt of about 17 tokens a line, of which nothing is in the cache by chance."""
    return "".join(f"{name} line {number}: value = {number * 7919}\n" for number in range(lines))


def stream_completion(client: httpx.Client, prompt: str, max_tokens: int) -> Streamed:
    """Stream a greedy completion and time its pieces of text."""
    body = {
        "prompt": prompt,
        "max_tokens": max_tokens,
        "temperature": 0,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    arrivals: list[float] = []
    tokens = 0
    begun = time.perf_counter()
    # llama.cpp's server closes connections that are idle for five seconds, so each gets a new one.
    headers = {"Connection": "close"}
    with client.stream("POST", "/v1/completions", json=body, headers=headers) as response:
        response.raise_for_status()
        for line in response.iter_lines():
            if not line.startswith("data: {"):
                continue
            chunk = json.loads(line.removeprefix("data: "))
            if chunk.get("usage"):
                tokens = chunk["usage"]["completion_tokens"]
            if any(choice["text"] for choice in chunk["choices"]):
                arrivals.append(time.perf_counter())
    lasted = arrivals[-1] - arrivals[0]
    rate = (tokens - 1) / lasted if lasted > 0 else 0.0
    return Streamed(arrivals[0] - begun, tokens, rate)
