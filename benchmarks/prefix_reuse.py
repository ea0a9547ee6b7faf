"""What a known beginning of a prompt saves, and who goes first.

Three promises: a prompt that was worked through before is not worked through again; conversations
that take turns each find theirs again; and a warm-up makes way for a question at once, without
losing what it has done.
"""

import asyncio
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import random

import httpx

from benchmarks.cores import (
    TIMEOUT_S,
    Json,
    Listener,
    OtherLoad,
    Streamed,
    model_path,
    running_core,
    stream_chat,
    stream_completion,
    tokens_of,
    unlike_prompt,
)

SUMMARY = "time to first token, known beginning against cold; alternating threads; pre-emption"

NEW = 20
CONVERSATIONS = 4


@dataclass(frozen=True)
class Sizes:
    """How much is asked: ``prompt`` in tokens, ``lines`` of a conversation of about 17 tokens."""

    prompt: int
    lines: int
    turns: int
    repeats: int
    pre_emptions: int


FULL = Sizes(prompt=4000, lines=88, turns=4, repeats=2, pre_emptions=6)
QUICK = Sizes(prompt=1000, lines=20, turns=2, repeats=1, pre_emptions=2)

Row = dict[str, object]


def run(quick: bool) -> list[Row]:
    """Return a row for each cold and warm pair, each conversation and each pre-emption.

    Of each kind the last row has the medians and the worst.
    """
    sizes = QUICK if quick else FULL
    with running_core(model_path()) as core:
        stream_completion(core, "Once upon a time", 8)
        return [*_repeated(core, sizes), *_alternating(core, sizes), *_pre_empted(core, sizes)]


def _repeated(core: Listener, sizes: Sizes) -> list[Row]:
    rows = [_cold_and_warm(core, number, sizes.prompt) for number in range(sizes.repeats)]
    return [*rows, summary("repeated", rows, "ttft_ratio", min)]


def _cold_and_warm(core: Listener, number: int, length: int) -> Row:
    load = OtherLoad(core.pid)
    tokens = _tokens(core, f"repeated {number}", length)
    new = tokens_of(core, f"Now something else, of which nothing was said: {number}. " * 3)[:NEW]
    cold = stream_completion(core, tokens, 4)
    warm = stream_completion(core, tokens + new, 4)
    return {
        "case": f"repeated {number + 1}",
        "prompt_tokens": warm.prompt_tokens,
        "cached_tokens": warm.cached_tokens,
        "cold_ttft_ms": _ms(cold),
        "warm_ttft_ms": _ms(warm),
        "ttft_ratio": round(cold.first_token_s / warm.first_token_s, 1),
        "others_cpu": load.share(),
    }


def _alternating(core: Listener, sizes: Sizes) -> list[Row]:
    """Each conversation asks in turn; from its second turn on all but the newest is known."""
    load = OtherLoad(core.pid)
    threads: list[list[Json]] = [[] for _ in range(CONVERSATIONS)]
    answers: list[list[Streamed]] = [[] for _ in range(CONVERSATIONS)]
    for turn in range(sizes.turns):
        for number, messages in enumerate(threads):
            messages.append({"role": "user", "content": _said(number, turn, sizes.lines)})
            answer = stream_chat(core, messages, 24)
            messages.append({"role": "assistant", "content": answer.text})
            answers[number].append(answer)
    rows = [_conversation(number, asked) for number, asked in enumerate(answers)]
    total = summary("alternating", rows, "kept_prefix", min)
    return [*rows, total | {"others_cpu": load.share()}]


def _said(number: int, turn: int, lines: int) -> str:
    if turn == 0:
        return unlike_prompt(f"conversation {number}", lines) + "What is line 7?"
    return f"And what is line {turn * 7 + number}?"


def _conversation(number: int, asked: list[Streamed]) -> Row:
    later = asked[1:]
    cold, warm = _ms(asked[0]), statistics.median(_ms(answer) for answer in later)
    return {
        "case": f"conversation {number + 1} of {CONVERSATIONS}",
        "prompt_tokens": asked[-1].prompt_tokens,
        "cached_tokens": asked[-1].cached_tokens,
        "cold_ttft_ms": cold,
        "warm_ttft_ms": round(warm, 1),
        "ttft_ratio": round(cold / warm, 1),
        "kept_prefix": round(min(a.cached_tokens / a.prompt_tokens for a in later), 3),
    }


def _pre_empted(core: Listener, sizes: Sizes) -> list[Row]:
    # Deeper into the prompt each time.
    step = sizes.prompt // (4 * sizes.pre_emptions)
    rows = [
        _question_in_warm_up(core, _tokens(core, f"warm-up {number}", sizes.prompt), number * step)
        for number in range(1, sizes.pre_emptions + 1)
    ]
    return [*rows, summary("pre-empted", rows, "queue_ms", max)]


def _question_in_warm_up(core: Listener, tokens: list[int], depth: int) -> Row:
    load = OtherLoad(core.pid)
    queue_s, done = asyncio.run(_ask_in_warm_up(core, tokens, depth))
    # A little more than was done: what counts is how much of it is known.
    again = stream_completion(core, tokens[: done + NEW], 1)
    return {
        "case": f"pre-empted at {depth} of {len(tokens)}",
        "prompt_tokens": again.prompt_tokens,
        "cached_tokens": again.cached_tokens,
        "done_by_warm_up": done,
        "kept_prefix": round(again.cached_tokens / done, 3),
        "queue_ms": round(queue_s * 1000, 1),
        "others_cpu": load.share(),
    }


async def _ask_in_warm_up(core: Listener, tokens: list[int], depth: int) -> tuple[float, int]:
    """Ask when ``depth`` tokens of a warm-up are done, and end the warm-up before its next batch.

    Returns the seconds until the question's first batch, and how many tokens the warm-up had done.
    """
    warm_up = Progress()
    question = Progress()
    async with _client(core) as warming, _client(core) as asking:
        body: Json = {"prompt": tokens, "max_tokens": 0}
        task = asyncio.create_task(_follow(warming, body, warm_up))
        await warm_up.until(depth)
        (await asking.get("/health")).raise_for_status()
        # Somewhere within a batch, not just at its beginning, where the progress was told.
        await asyncio.sleep(0.05 * random())
        begun = time.perf_counter()
        body = {"prompt": unlike_prompt(f"question {depth}", 2), "max_tokens": 8}
        answer = asyncio.create_task(_follow(asking, body, question))
        # The first progress, of no token yet, is told when the first batch begins.
        await question.until(0)
        queue_s = time.perf_counter() - begun
        task.cancel()
        await asyncio.wait({task})
        await answer
    return queue_s, warm_up.done


class Progress:
    """How much of a prompt is done; -1 before it has been begun."""

    def __init__(self) -> None:
        self.done = -1
        self._changed = asyncio.Condition()

    async def note(self, done: int) -> None:
        """Take note of a new count."""
        async with self._changed:
            self.done = done
            self._changed.notify_all()

    async def until(self, tokens: int) -> None:
        """Wait until so many tokens are done."""
        async with asyncio.timeout(TIMEOUT_S), self._changed:
            await self._changed.wait_for(lambda: self.done >= tokens)


async def _follow(client: httpx.AsyncClient, body: Json, progress: Progress) -> None:
    body = {**body, "stream": True, "return_progress": True, "temperature": 0}
    async with client.stream("POST", "/v1/completions", json=body) as response:
        response.raise_for_status()
        async for line in response.aiter_lines():
            if line.startswith("data: {"):
                told = json.loads(line.removeprefix("data: ")).get("prompt_progress")
                if told:
                    await progress.note(told["processed"])


def _client(core: Listener) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {core.token}"}
    return httpx.AsyncClient(base_url=core.url, headers=headers, timeout=TIMEOUT_S)


def summary(
    case: str, rows: list[Row], promised: str, worst: Callable[[list[float]], float]
) -> Row:
    """The medians, and of what is promised the worst."""
    values = {key: [float(str(row[key])) for row in rows] for key in rows[0] if key != "case"}
    medians: Row = {key: round(statistics.median(found), 3) for key, found in values.items()}
    named = {"case": f"{case}: median, worst {promised}"}
    return named | medians | {promised: worst(values[promised])}


def _tokens(core: Listener, name: str, count: int) -> list[int]:
    return tokens_of(core, unlike_prompt(name, count // 15))[:count]


def _ms(answer: Streamed) -> float:
    return round(answer.first_token_s * 1000, 1)
