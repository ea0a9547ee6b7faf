"""Runs the user's own commands on what a proposal would make of a file, before and after."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Protocol

from spark_desktop.domain.project_checks import (
    CommandError,
    NotRun,
    Outcome,
    ProjectCommand,
    command_of,
    commands_for,
    evidence_of,
)
from spark_desktop.domain.proposal import Check
from spark_desktop.domain.settings import Checks

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of the project and the user's own, with forward slashes, for patterns."""

    root: str
    home: str


class ProjectCommands(Protocol):
    """Runs programs in the project."""

    async def run(self, command: ProjectCommand, path: str, text: str, seconds: float) -> Outcome:
        """Run a command on ``text`` as if it were the file at ``path``; see the adapter.

        The file itself is not touched. Cancelling ends the program.
        """
        ...


class ProjectChecks:
    """The evidence of the commands that the settings name; one program runs at a time."""

    def __init__(
        self, commands: ProjectCommands, place: Place, choices: Checks | None = None
    ) -> None:
        """``choices`` are the user's; others may be set at any time."""
        self.choices = choices or Checks()
        self._commands = commands
        self._place = place
        self._alone = asyncio.Lock()

    async def evidence(self, path: str, before: str, after: str) -> tuple[Check, ...]:
        """Return what each command finds in ``after`` that it does not find in ``before``.

        ``path`` is that in the workspace; ``before`` is "" for a new file. What could not be run
        passes, with a note; what fails is advice, unless the user wants it to withhold. Nothing is
        run for a file that would be empty, or stays the same.
        """
        if not after or before == after:
            return ()
        chosen = self.choices.commands
        wanted = commands_for(path, self._place.root, self._place.home, chosen)
        return tuple([await self._one(text, path, (before, after)) for text in wanted])

    async def _one(self, text: str, path: str, texts: tuple[str, str]) -> Check:
        try:
            command = command_of(text)
        except CommandError as error:
            return Check(text.split(" ", 1)[0], True, error.said, is_advice=True)
        before, after = texts
        found = await self._run(command, path, after)
        known: Outcome | None = None
        # Most often there is nothing to compare.
        if before and not isinstance(found, NotRun) and found.code:
            known = await self._run(command, path, before)
        check = evidence_of(command.label, known, found, self.choices.withhold)
        _log.debug("%s on %s: %s", command.label, path, "passed" if check.passed else "failed")
        return check

    async def _run(self, command: ProjectCommand, path: str, text: str) -> Outcome:
        async with self._alone:
            return await self._commands.run(command, path, text, self.choices.seconds)
