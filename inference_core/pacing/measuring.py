"""``spark-core profile measure``: asks a streaming endpoint, and sees when its tokens come."""

import json
import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import httpx

from inference_core.pacing.errors import MeasuringError
from inference_core.pacing.fit import Observed

# Prompts of these many words, in turn: the first token is to show what a prompt token costs.
_WORDS = (20, 400, 100, 800, 200, 1200)
_VOCABULARY = (
    "river",
    "clock",
    "bread",
    "glass",
    "winter",
    "bridge",
    "moon",
    "stone",
    "paper",
    "garden",
)
_ANSWER_TOKENS = 256
_TIMEOUT_S = 120.0

# What a core says that answers in the place of another service: nothing of it is measured.
_EMULATED = "x-spark-emulated"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to ask: an OpenAI-compatible base URL (with its ``/v1``), a model, a key or None."""

    url: str
    model: str
    key: str | None

    @property
    def address(self) -> str:
        """Return the URL without a name, a password or a query, which may hold a key."""
        parts = urlsplit(self.url)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def observe(
    endpoint: Endpoint,
    requests: int,
    each: Callable[[Observed], None],
    transport: httpx.BaseTransport | None = None,
    now: Callable[[], float] = time.perf_counter,
) -> list[Observed]:
    """Return so many answers, asked one after the other; ``each`` is told them as they are done.

    The prompts differ from their first word on, so that no prefix is known already. Raises
    MeasuringError where the endpoint cannot be reached, refuses, or sends no stream of chunks.
    """
    headers = {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}
    seen = []
    try:
        with httpx.Client(headers=headers, timeout=_TIMEOUT_S, transport=transport) as client:
            for number in range(requests):
                observed = _ask(client, endpoint, _prompt(number), now)
                each(observed)
                seen.append(observed)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = str(error).rstrip(".") or type(error).__name__
        raise MeasuringError(
            f"The endpoint {endpoint.address} cannot be asked: {reason}.",
            "Check the URL (with its /v1) and that the server runs.",
        ) from error
    return seen


def _prompt(number: int) -> str:
    source = random.Random(f"{number} {time.time_ns()}")
    words = source.choices(_VOCABULARY, k=_WORDS[number % len(_WORDS)])
    return " ".join(words) + "\n\nWrite a long story in which these words occur."


def _ask(
    client: httpx.Client, endpoint: Endpoint, prompt: str, now: Callable[[], float]
) -> Observed:
    body = {
        "model": endpoint.model,
        "messages": [{"role": "user", "content": prompt}],
        "max_tokens": _ANSWER_TOKENS,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    begun = now()
    with client.stream("POST", f"{endpoint.url.rstrip('/')}/chat/completions", json=body) as answer:
        if answer.status_code != httpx.codes.OK:
            answer.read()
            raise MeasuringError(
                f"The endpoint {endpoint.address} answered {answer.status_code}: "
                f"{answer.text[:300]}",
                "Check the URL, --model, and the key that --key-env names.",
            )
        if _EMULATED in answer.headers:
            raise MeasuringError(
                f"The endpoint {endpoint.address} emulates another service: "
                f"{answer.headers[_EMULATED][:120]}.",
                "Measure a server that answers at its own pace; an emulated pace has a profile.",
            )
        return read_answer(_timed(answer.iter_lines(), begun, now))


def _timed(
    lines: Iterable[str], begun: float, now: Callable[[], float]
) -> Iterator[tuple[float, str]]:
    for line in lines:
        yield now() - begun, line


def read_answer(lines: Iterable[tuple[float, str]]) -> Observed:
    """Return what a stream of server-sent events shows; each line comes with its time in seconds.

    A chunk does not say how many tokens it holds, so those that ``usage`` counts are spread over
    the chunks with text. Without ``usage`` each chunk counts as one. Raises MeasuringError.
    """
    moments: list[float] = []
    usage: dict[str, object] = {}
    for moment, line in lines:
        if not line.startswith("data:"):
            continue
        data = line.removeprefix("data:").strip()
        if data == "[DONE]":
            break
        chunk = _chunk(data)
        found = chunk.get("usage")
        if isinstance(found, dict):
            usage = found
        if _has_text(chunk):
            moments.append(moment)
    if not moments:
        raise MeasuringError(
            "The endpoint sent no text as a stream.",
            'Check that it speaks OpenAI\'s chat completions with "stream": true.',
        )
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    prompt = _count(usage.get("prompt_tokens"))
    tokens = max(len(moments), _count(usage.get("completion_tokens")))
    return Observed(prompt, min(prompt, _count(cached)), tuple(_spread(moments, tokens)))


def _spread(moments: list[float], tokens: int) -> Iterator[tuple[float, int]]:
    for number, moment in enumerate(moments):
        before = number * tokens // len(moments)
        yield moment, (number + 1) * tokens // len(moments) - before


def _chunk(data: str) -> dict[str, object]:
    try:
        chunk = json.loads(data)
    except ValueError as error:
        raise MeasuringError(f"The endpoint sent a chunk that is no JSON: {data[:100]}") from error
    if not isinstance(chunk, dict):
        raise MeasuringError(f"The endpoint sent a chunk that is no object: {data[:100]}")
    if "error" in chunk:
        raise MeasuringError(f"The endpoint broke off: {str(chunk['error'])[:300]}")
    return chunk


def _has_text(chunk: dict[str, object]) -> bool:
    choices = chunk.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return False
    delta = choices[0].get("delta")
    if not isinstance(delta, dict):
        return False
    return any(delta.get(key) for key in ("content", "reasoning", "reasoning_content"))


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0
