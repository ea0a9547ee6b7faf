"""What the model does by itself: one answer with the whole file, written as it is.

It is asked in two ways. With ``plain`` somebody has read the task and says in whole sentences what
is to be done, of a bug also where it is and often what it is. With ``plain as met`` it is told what
the product is told and no more: what was saved, typed or changed, or what the failing tests wrote.
"""

import asyncio
import difflib
import re
import tempfile
import time
from pathlib import Path

from benchmarks.quality.confined import copy_of, run_confined
from benchmarks.quality.efforts import PLAIN_AS_MET
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
# What a save asks for by itself; of an edit that is followed up, and of instructions, see below.
_SAVED = {
    "stub": "Fill in the function that has no body yet.",
    "question": "Answer the question in the comment that ends with `AI?`.",
}
_COMMENT = "Do what the comment that ends with `AI!` asks for, and take the comment out."


def plain_request(task: Task, said: str) -> ChatRequest:
    """Return the file and what to do with it, as somebody would paste it into any chat."""
    content = task.start[task.plain_path]
    shown = f"{task.plain_path}:\n```{language_of(task.plain_path)}\n{content}```\n\n{said}"
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


def said_as_met(task: Task, tools: Toolchains) -> str:
    """Return what is asked for in no other words than those the product is given.

    Blocks while the tests run whose failure a bug is known by.
    """
    if task.trigger == "run":
        with tempfile.TemporaryDirectory() as named:
            write(task.start, Path(named))
            with copy_of(Path(named), {}) as copy:
                output = run_confined(task.visible, copy, tools).output.strip()
        return f"The tests fail:\n```\n{output}\n```\nMend the file so that they pass."
    if task.trigger == "instruction":
        return f"{_selected(task)}{task.instruction}"
    if task.kind == "follow-up":
        return f"This was changed:\n```diff\n{_changed(task)}```\nFollow that in the file above."
    return _SAVED.get(task.kind, _COMMENT)


def _selected(task: Task) -> str:
    if task.lines is None:
        return ""
    begin, end = task.lines
    lines = "\n".join(task.start[task.path].splitlines()[begin:end])
    return f"Selected is:\n```\n{lines}\n```\n"


def _changed(task: Task) -> str:
    changes: list[str] = []
    for path, text in task.saved.items():
        old, new = task.before.get(path, "").splitlines(True), text.splitlines(True)
        changes += difflib.unified_diff(old, new, path, path)
    return "".join(changes)


def file_in(answer: str) -> str:
    """Return the first fenced block of an answer, else all of it."""
    found = _FENCE.search(answer)
    text = found[2] if found else answer
    return text if text.endswith("\n") or not text else f"{text}\n"


async def plain_outcome(
    task: Task,
    parts: str,
    endpoint: Endpoint,
    wire: Wire,
    tools: Toolchains,
    limit_s: float,
) -> Outcome:
    """Return what one answer of the model alone does to the task, in ``limit_s`` seconds.

    ``parts`` is PLAIN or PLAIN_AS_MET.
    """
    as_met = parts == PLAIN_AS_MET
    said = await asyncio.to_thread(said_as_met, task, tools) if as_met else task.plain
    request = plain_request(task, said)
    wire.took()
    begun, first, answer, failed = time.perf_counter(), None, "", ""
    try:
        async with asyncio.timeout(limit_s), endpoint.stream(request) as chunks:
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
        task=task.id,
        kind=task.kind,
        language=task.language,
        split=task.split,
        model=wire.name,
        parts=parts,
        fate=fate,
        reason=reason,
        cost=cost,
        told=told,
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
