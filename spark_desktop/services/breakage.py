"""A save that broke the syntax: finds it, and judges whether an answer mended it."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from spark_desktop.domain.proposal import Check
from spark_desktop.domain.syntax_problem import (
    SyntaxProblem,
    changed_lines,
    is_unfinished,
    lines_to_mend,
)
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Repair
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import Ignored, IgnoreReason, Snapshot

# Files in the middle of a change whose last version that parsed is kept.
_KEPT = 50


class Problems(Protocol):
    """What a parser says of a text."""

    def first(self, path: str, content: str) -> SyntaxProblem | None:
        """Return the first syntax error; None for none, or a language without a parser.

        May run in any OS thread.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Broken:
    """A file that does not parse since ``good``; ``digest`` is that of its last version."""

    good: Snapshot
    digest: str
    was_offered: bool


class Breakage:
    """A finder of the inbox: offers to mend what a save broke.

    Only a file that parsed before: one that did not is somebody's work in progress, or in a newer
    version of its language than ours. And only where the edit came to an end: behind an operator,
    a dot or a bracket that was just opened the user goes on typing, and an editor saved by itself.
    Later saves of it are compared with the version that parsed. A missing colon, bracket or quote
    is offered, once until the file parses again.
    """

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._broken: OrderedDict[str, _Broken] = OrderedDict()

    async def __call__(
        self, before: Snapshot | None, after: Snapshot
    ) -> Sequence[Repair | Ignored]:
        """Return the Repair that a save asks for, or that it looks unfinished; an OS thread parses.

        Nothing for all other saves.
        """
        if before is None or before.digest == after.digest:
            return ()
        known = self._broken.pop(after.path, None)
        if known is not None and known.digest != before.digest:
            # Another version was checked out, or came back, in between.
            known = None
        good = before if known is None else known.good
        found = await asyncio.to_thread(self._found, good, after, is_known=known is not None)
        if found is None:
            return ()
        was_offered = known is not None and known.was_offered
        is_offered = was_offered or isinstance(found, Repair)
        self._broken[after.path] = _Broken(good, after.digest, is_offered)
        if len(self._broken) > _KEPT:
            self._broken.popitem(last=False)
        return () if was_offered else (found,)

    async def evidence(self, path: str, before: str, after: str) -> tuple[Check, ...]:
        """Return whether a text that had an error has none any more; nothing for another text.

        The parser of a language knows more than the one that counts errors.
        """
        return await asyncio.to_thread(self._mended, path, before, after)

    def _found(self, good: Snapshot, after: Snapshot, *, is_known: bool) -> Repair | Ignored | None:
        """Return what is to be said of a text; None where it parses, or nobody knows what broke it.

        ``is_known`` says that ``good`` parses.
        """
        content = after.text.content
        problem = self._problems.first(after.path, content)
        if problem is None or not content.strip():
            return None
        if not is_known and self._problems.first(good.path, good.text.content) is not None:
            return None
        changed = changed_lines(good.text.content, content)
        if is_unfinished(content, changed):
            return Ignored(after.path, IgnoreReason.UNFINISHED, problem.said)
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
