"""What is checked of an answer's change of a file, before it can be decided on."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from spark_desktop.domain.checks import Candidate, check
from spark_desktop.domain.file_assembly import FileEdit
from spark_desktop.domain.patch import FileKind, apply
from spark_desktop.domain.proposal import Check
from spark_desktop.domain.refusals import Refused
from spark_desktop.domain.words import joined, say
from spark_desktop.services.ports import Syntax

# The path, the text before and after it; gives what the project's own commands say.
ProjectEvidence = Callable[[str, str, str], Awaitable[tuple[Check, ...]]]


class AnswerEvidence:
    """Judges whole files: an answer may change them in many places at once."""

    def __init__(self, syntax: Syntax, project: ProjectEvidence | None = None) -> None:
        self._syntax = syntax
        self._project = project

    async def of(self, edit: FileEdit, question: str, *, is_last: bool = True) -> tuple[Check, ...]:
        """Return what was found, in the order in which it is shown.

        The project's own commands, which may be slow, are asked last. A file that only goes, or
        goes elsewhere, has nothing to be judged but its place.
        """
        placed = placed_checks(edit)
        if edit.patch.kind is FileKind.DELETE or not edit.patch.hunks:
            return placed
        path = edit.patch.target or edit.patch.path
        before = edit.snapshot.text.content
        after = apply(before, edit.patch.hunks)
        # A parser takes tenths of a second for a long file.
        checks = await asyncio.to_thread(self._checks, path, before, after, question)
        if self._project is None or not is_last:
            return (*placed, *checks)
        return (*placed, *checks, *await self._project(path, before, after))

    def _checks(self, path: str, before: str, after: str, question: str) -> tuple[Check, ...]:
        candidate = Candidate(
            before=before,
            after=after,
            region_before=before,
            region_after=after,
            errors_before=self._syntax.errors(path, before),
            errors_after=self._syntax.errors(path, after),
            instruction=question,
            reasoning=False,
            finished=True,
        )
        return check(candidate)


def placed_checks(edit: FileEdit) -> tuple[Check, ...]:
    """Return how the answer's blocks found their places, and what was not done as written."""
    checks = []
    if edit.failed:
        detail = say("%n part(s) of the answer found no place.", "", len(edit.failed))
        checks.append(Check(say("anchored"), False, detail, is_advice=True))
    elif edit.places:
        score = round(100 * min(edit.places.values()))
        detail = say(
            "%n hunk(s) by likeness, at least {score} %", "", len(edit.places), score=score
        )
        checks.append(Check(say("anchored"), True, detail))
    elif edit.patch.hunks and edit.patch.kind is FileKind.CHANGE:
        checks.append(Check(say("anchored"), True))
    if edit.notes:
        checks.append(Check(say("read as meant"), True, joined(edit.notes)))
    return tuple(checks)


def refused_checks(edit: FileEdit, refused: Iterable[Refused]) -> tuple[Check, ...]:
    """Return what else the answer wanted of a file, and why it is not among its changes."""
    told = [one.told for one in refused if one.path == edit.patch.path]
    return (unused_check(joined(told)),) if told else ()


def unused_check(reason: str) -> Check:
    """Return as evidence that a part of the answer is not used."""
    return Check(say("read as meant"), False, reason, is_advice=True)
