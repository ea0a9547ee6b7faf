"""What the model does by itself: one answer with the whole file, written as it is."""

import asyncio
import re
import tempfile
import time
from pathlib import Path

from benchmarks.quality.efforts import PLAIN
from benchmarks.quality.judging import Fate, Outcome, cost_of, judged, judged_answer
from benchmarks.quality.listening import Wire
from benchmarks.quality.suite import Task, write
from benchmarks.quality.toolchains import Toolchains
from spark_desktop.domain.completion import ChatRequest, Message, Role, TextChunk
from spark_desktop.domain.errors import SparkError
from spark_desktop.services.ports import Endpoint
from spark_desktop.services.prompts import answer_tokens, language_of

_FENCE = re.compile(r"^(`{3,})[^\n`]*\n(.*?)(?:^\1[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
# Tokens of an answer to a question.
_ANSWER = 512


def plain_request(task: Task) -> ChatRequest:
    """Return the file and what to do with it, as somebody would paste it into any chat."""
    content = task.start[task.plain_path]
    shown = f"{task.plain_path}:\n```{language_of(task.plain_path)}\n{content}```\n\n{task.plain}"
    if task.kind == "question":
        longest = _ANSWER
    else:
        shown += "\nAnswer with the whole file, changed as asked, in one code block."
        longest = answer_tokens(content)
    messages = (
        Message(Role.SYSTEM, "You are a careful programmer."),
        Message(Role.USER, shown),
    )
    return ChatRequest(messages, max_tokens=longest, temperature=0.0)


def file_in(answer: str) -> str:
    """Return the first fenced block of an answer, else all of it."""
    found = _FENCE.search(answer)
    text = found[2] if found else answer
    return text if text.endswith("\n") or not text else f"{text}\n"


async def plain_outcome(
    task: Task, model: str, endpoint: Endpoint, wire: Wire, tools: Toolchains, limit_s: float
) -> Outcome:
    """Return what one answer of the model alone does to the task, in ``limit_s`` seconds."""
    wire.took()
    begun, first, answer, failed = time.perf_counter(), None, "", ""
    try:
        async with asyncio.timeout(limit_s), endpoint.stream(plain_request(task)) as chunks:
            async for chunk in chunks:
                if isinstance(chunk, TextChunk):
                    first = first or time.perf_counter() - begun
                    answer += chunk.text
    except SparkError as error:
        failed = f"failed: {error.message}"
    except TimeoutError:
        failed = f"no end within {limit_s:g} s"
    ended = time.perf_counter() - begun
    if failed:
        fate, reason = Fate.NOTHING, failed
    else:
        # Not in the loop, which has to tell the core that somebody is there.
        fate, reason = await asyncio.to_thread(_judged, task, answer, tools)
    asked = wire.took()
    cost = cost_of(asked, first, None if fate is Fate.NOTHING else ended)
    told = {"prompts": [one.prompt for one in asked], "answers": [answer]}
    return Outcome(
        task.id, task.kind, task.language, task.split, model, PLAIN, fate, reason, cost, told
    )


def _judged(task: Task, answer: str, tools: Toolchains) -> tuple[Fate, str]:
    if task.kind == "question":
        return judged_answer(task, answer)
    text = file_in(answer)
    if not text.strip():
        return Fate.NOTHING, "the answer is empty"
    with tempfile.TemporaryDirectory() as named:
        folder = Path(named)
        write({**task.start, task.plain_path: text}, folder)
        return judged(task, folder, tools)
