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
from typing import Any

import httpx
import psutil

from inference_core.engine.openmp import spin_briefly
from inference_core.models.catalogue import Catalogue
from inference_core.models.store import ModelStore

Json = dict[str, Any]

# A text, or the numbers of its tokens.
Prompt = str | list[int]

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
    """One streamed answer as its client saw it.

    ``tokens_per_second`` counts from the first piece of text to the last, as they arrived;
    ``usage`` and ``timings`` are the server's own account.
    """

    text: str
    first_token_s: float
    tokens_per_second: float
    usage: Json
    timings: Json

    @property
    def tokens(self) -> int:
        """How many tokens were written."""
        return int(self.usage["completion_tokens"])

    @property
    def prompt_tokens(self) -> int:
        """How many tokens the prompt had."""
        return int(self.usage["prompt_tokens"])

    @property
    def cached_tokens(self) -> int:
        """How many of the prompt's tokens were known already."""
        return int(self.usage["prompt_tokens_details"]["cached_tokens"])


def model_path() -> Path:
    """The file that SPARK_TEST_MODEL names, else the default model, fetched where it is missing."""
    given = os.environ.get("SPARK_TEST_MODEL")
    if given:
        return Path(given)
    return catalogue_path(Catalogue.load().default.id)


def catalogue_path(model_id: str) -> Path:
    """The file of a model of the catalogue, fetched where it is missing."""
    model = Catalogue.load().find(model_id)
    return ModelStore.default().ensure(model, lambda progress: None, Event())


@contextmanager
def running_core(model: Path, *more: str) -> Iterator[Listener]:
    """A core that serves this model, with ``more`` flags, until the block ends."""
    flags = ["serve", "--model", str(model), "--context", str(CONTEXT), "--owner", str(os.getpid())]
    flags += more
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
    environment = dict(os.environ)
    # The core's engine waits like this; a comparison of processes must not compare that.
    spin_briefly(environment)
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", env=environment
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


def stream_completion(listener: Listener, prompt: Prompt, max_tokens: int) -> Streamed:
    """Stream a greedy completion of a text or of token numbers."""
    return stream(listener, "/v1/completions", {"prompt": prompt, "max_tokens": max_tokens})


def stream_chat(listener: Listener, messages: list[Json], max_tokens: int, **more: Any) -> Streamed:
    """Stream a greedy answer to a chat; ``more`` are further fields of the request."""
    body = {"messages": messages, "max_tokens": max_tokens, **more}
    return stream(listener, "/v1/chat/completions", body)


def stream(listener: Listener, path: str, body: Json) -> Streamed:
    """Ask for a greedy, streamed answer and time its pieces of text.

    Raises httpx.HTTPStatusError where the answer is an error, RuntimeError where it is empty.
    """
    body = {"temperature": 0, **body, "stream": True, "stream_options": {"include_usage": True}}
    arrivals: list[float] = []
    texts: list[str] = []
    last: Json = {}
    with listener.client() as client:
        # llama.cpp's server closes connections that are idle for five seconds. So every question
        # gets a new one, which this opens before the clock runs.
        client.get("/health").raise_for_status()
        begun = time.perf_counter()
        with client.stream("POST", path, json=body) as response:
            response.raise_for_status()
            for chunk in _chunks(response):
                last = chunk
                if text := _text(chunk):
                    arrivals.append(time.perf_counter())
                    texts.append(text)
    if not arrivals or not last.get("usage"):
        raise RuntimeError(f"{path} answered no text, at last {last}")
    lasted = arrivals[-1] - arrivals[0]
    rate = (last["usage"]["completion_tokens"] - 1) / lasted if lasted > 0 else 0.0
    timings = last.get("timings", {})
    return Streamed("".join(texts), arrivals[0] - begun, rate, last["usage"], timings)


def tokens_of(listener: Listener, text: str) -> list[int]:
    """The core's numbers of the tokens of a text."""
    with listener.client() as client:
        answer = client.post("/tokenize", json={"content": text})
        answer.raise_for_status()
        return [token["id"] for token in answer.json()["tokens"]]


def _chunks(response: httpx.Response) -> Iterator[Json]:
    for line in response.iter_lines():
        if line.startswith("data: {"):
            yield json.loads(line.removeprefix("data: "))


def _text(chunk: Json) -> str:
    choices = chunk.get("choices") or [{}]
    return str(choices[0].get("text") or choices[0].get("delta", {}).get("content") or "")
