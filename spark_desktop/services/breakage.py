"""A save that broke the syntax: finds it, and judges whether an answer mended it."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from spark_desktop.domain.proposal import Check
from spark_desktop.domain.syntax_problem import (
    SyntaxProblem,
    changed_lines,
    is_unfinished,
    lines_to_mend,
)
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Repair, Trigger
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import Snapshot


class Problems(Protocol):
    """What a parser says of a text."""

    def first(self, path: str, content: str) -> SyntaxProblem | None:
        """Return the first syntax error; None for none, or a language without a parser.

        May run in any OS thread.
        """
        ...


class Breakage:
    """A finder of the inbox: offers to mend what a save broke.

    Only a file that parsed before: one that did not is somebody's work in progress, or in a newer
    version of its language than ours. And only where the edit came to an end: behind an operator,
    a dot or a bracket that was just opened the user goes on typing, and an editor saved by itself.
    A missing colon, bracket or quote is offered.
    """

    def __init__(self, problems: Problems) -> None:
        self._problems = problems

    async def __call__(self, before: Snapshot | None, after: Snapshot) -> Sequence[Trigger]:
        """Return the Repair that a save asks for, if it does; an OS thread parses."""
        if before is None or before.digest == after.digest:
            return ()
        found = await asyncio.to_thread(self._broken, before, after)
        return () if found is None else (found,)

    async def evidence(self, path: str, before: str, after: str) -> tuple[Check, ...]:
        """Return whether a text that had an error has none any more; nothing for another text.

        The parser of a language knows more than the one that counts errors.
        """
        return await asyncio.to_thread(self._mended, path, before, after)

    def _broken(self, before: Snapshot, after: Snapshot) -> Repair | None:
        content = after.text.content
        problem = self._problems.first(after.path, content)
        if problem is None or not content.strip():
            return None
        if self._problems.first(before.path, before.text.content) is not None:
            return None
        changed = changed_lines(before.text.content, content)
        if is_unfinished(content, changed):
            return None
        lines = lines_to_mend(changed, problem, len(split_lines(content)))
        return Repair(after, lines, problem.said)

    def _mended(self, path: str, before: str, after: str) -> tuple[Check, ...]:
        if self._problems.first(path, before) is None:
            return ()
        left = self._problems.first(path, after)
        if left is None:
            return (Check(say("mended"), True),)
        detail = say("With the answer there still is an error: {problem}.", problem=left.said)
        return (Check(say("mended"), False, detail),)
