"""What a parser, and the project's own commands, say of a region."""

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from spark_desktop.domain.file_outline import dedented
from spark_desktop.domain.project_checks import findings
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.answer_evidence import ProjectEvidence
from spark_desktop.services.ports import Syntax

# A proposal does not wait longer for a slow command.
_PATIENCE_S = 3.0
_MOST = 6
_LONGEST = 200
# "src/a.py:12:5: F821 …", "a.ts(12,5): error …", "12:5 …"
_PLACE = regex(r"(?P<file>[^\s:()]*?)[:(](?P<line>\d+)(?:[:,]\d+)?\)?:?\s*")
_BARE_PLACE = regex(r"\s*(?P<line>\d+):\d+:?\s+")


class Diagnostics:
    """``project`` runs the project's own commands, where it has some and may run them."""

    def __init__(self, syntax: Syntax, project: ProjectEvidence | None = None) -> None:
        self.project = project
        self._syntax = syntax

    async def of(self, snapshot: Snapshot, region: Span, *, commands: bool) -> tuple[str, ...]:
        """Return what is wrong in the region, a line each; with ``commands`` they are run, too.

        Lines of the file are quoted: a model sees no line numbers.
        """
        lines = split_lines(snapshot.text.content)
        found = list(self._syntax_errors(snapshot, lines[region.start : region.end]))
        if commands and self.project is not None:
            found += await self._commands(self.project, snapshot, region, lines)
        return tuple(dict.fromkeys(found))[:_MOST]

    def _syntax_errors(self, snapshot: Snapshot, region: Sequence[str]) -> Iterable[str]:
        path, content = snapshot.path, snapshot.text.content
        if not self._syntax.errors(path, content):
            return
        own = self._syntax.errors(path, "\n".join(dedented([line.rstrip() for line in region])))
        if own:
            # Read by the model.
            yield f"syntax errors in this code: {own}"

    async def _commands(
        self, project: ProjectEvidence, snapshot: Snapshot, region: Span, lines: Sequence[str]
    ) -> list[str]:
        path, content = snapshot.path, snapshot.text.content
        try:
            async with asyncio.timeout(_PATIENCE_S):
                # As if the file were new: all that is found counts.
                checks = await project(path, "", content)
        except TimeoutError:
            return []
        said = [one.report or one.detail for one in checks if one.report or not one.passed]
        found = (_quoted(line, path, region, lines) for text in said for line in findings(text))
        return [one for one in found if one]


def _quoted(finding: str, path: str, region: Span, lines: Sequence[str]) -> str:
    """Return a finding with the line that it is about; "" where that is not in the region."""
    place = _PLACE.search(finding) or _BARE_PLACE.match(finding)
    if place is None:
        return ""
    file = place.groupdict().get("file") or ""
    number = int(place["line"]) - 1
    # Commands get a copy, whose name ends as the file's does.
    if file and PurePosixPath(file.replace("\\", "/")).suffix != PurePosixPath(path).suffix:
        return ""
    if not region.start <= number < region.end or number >= len(lines):
        return ""
    message = f"{finding[: place.start()]}{finding[place.end() :]}".strip(" ->")
    said = f"`{lines[number].strip()}`: {message}"
    # Never cut: half a message says something else.
    return next((text for text in (said, message) if len(text) <= _LONGEST), "")
