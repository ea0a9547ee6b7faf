"""Asks a model once more for those blocks of its answer that cannot be used."""

from collections.abc import Sequence
from dataclasses import dataclass

from spark_desktop.domain.completion import SEARCH_REPLACE, TextChunk
from spark_desktop.domain.conversation import Turn
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.services.answers import Answers
from spark_desktop.services.ports import PromptMemory
from spark_desktop.services.prompts import placing_request

# Lines that the model is shown of what it wrote, and of what it may have meant.
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Problem:
    """What of an answer cannot be used: ``reason`` is a sentence.

    ``wrote`` are the lines that were looked for in vain; ``nearest`` are those of the file that are
    most like them, the first of which is line ``first`` (from 0).
    """

    path: str
    reason: str
    wrote: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    first: int = 0


class SecondTry:
    """One try an answer; the thread does not show it."""

    def __init__(self, answers: Answers, memory: PromptMemory) -> None:
        self._answers = answers
        self._memory = memory

    async def ask(self, thread_id: str, turn: Turn, problems: Sequence[Problem]) -> str:
        """Return what the model writes instead of the blocks with problems. Raises SparkError."""
        endpoint = await self._answers.endpoint_for(WorkKind.CHAT)
        sent = (await self._memory.sent(thread_id)).get(turn.id, turn.question)
        told = "\n\n".join(told_of(problem) for problem in problems)
        is_told = SEARCH_REPLACE in endpoint.model.formats
        request = placing_request(sent, turn.answer, told, is_told)
        pieces = []
        async with endpoint.stream(request) as chunks:
            async for chunk in chunks:
                if isinstance(chunk, TextChunk):
                    pieces.append(chunk.text)
        return "".join(pieces)


def told_of(problem: Problem) -> str:
    """Return a problem as the model is told it, with the lines that it may have meant."""
    is_named = not problem.path or problem.reason.startswith(problem.path)
    parts = [problem.reason if is_named else f"{problem.path}: {problem.reason}"]
    if problem.wrote:
        parts.append(_block(problem.wrote))
    if problem.nearest:
        shown = problem.nearest[:_SHOWN]
        first = problem.first + 1
        parts.append(f"Lines {first} to {first + len(shown) - 1} of the file are most like it:")
        parts.append(_block(shown))
    return "\n".join(parts)


def _block(lines: Sequence[str]) -> str:
    text = "\n".join(line.rstrip("\r\n") for line in lines[:_SHOWN])
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}\n{text}\n{fence}"
