"""Builds what runs a project's own checks in a shadow of it; one for an open project."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from spark_desktop.adapters.ignore_rules import IgnoreRules
from spark_desktop.adapters.project_commands import LocalCommands
from spark_desktop.adapters.project_facts import ProjectFacts
from spark_desktop.adapters.sandbox import Bubblewrap
from spark_desktop.adapters.shadow_commands import ShadowCommands
from spark_desktop.adapters.workbench import LocalWorkbench
from spark_desktop.domain.checks import failure
from spark_desktop.domain.proposal import Check
from spark_desktop.domain.test_pairs import is_test
from spark_desktop.services.bus import Bus
from spark_desktop.services.code_index import CodeIndex
from spark_desktop.services.project_checks import Place, ProjectChecks
from spark_desktop.services.shadow_checks import Consent, ShadowChecks


class Shadow:
    """The bench that programs run on, and the checks that do; nothing runs before it is allowed.

    ``bench`` is for ``run_command``. ``index`` knows tests better than the names of files do; it
    may be given at any time. ``allowed`` and ``without_sandbox`` are the user's word for this
    project; see Consent.
    """

    def __init__(self, root: Path, cache: Path, bus: Bus) -> None:
        """``cache`` is a folder of ours that may be removed; ``bus`` is told of ConsentNeeded."""
        self.allowed = False
        self.without_sandbox = False
        self.index: Callable[[], CodeIndex | None] = lambda: None
        self.bench = LocalWorkbench(root, cache, Bubblewrap())
        self._facts = ProjectFacts(root, IgnoreRules(root), self.bench)
        consent = Consent(lambda: self.allowed, lambda: self.without_sandbox)
        self.checks = ShadowChecks(self.bench, self._facts, self._tests_of, consent)
        self.checks.asks = bus.publish
        place = Place(root.as_posix(), Path.home().as_posix())
        commands = ShadowCommands(self.bench, LocalCommands(root), consent)
        self.commands = ProjectChecks(commands, place)

    async def evidence(self, path: str, before: str, after: str) -> tuple[Check, ...]:
        """Return what the commands of the settings say, then the project's own checks.

        These are not asked any more where the former withhold.
        """
        return await self.evidence_of(path, {path: (before, after)})

    async def evidence_of(
        self, path: str, texts: Mapping[str, tuple[str, str]]
    ) -> tuple[Check, ...]:
        """Return the same of several files that change at once, of which one is at ``path``.

        What the settings name is asked of that one alone.
        """
        told = await self.commands.evidence(path, *texts[path])
        if failure(told):
            return told
        new = {one: (before or None, after) for one, (before, after) in texts.items()}
        return (*told, *await self.checks.evidence_of(new))

    async def _tests_of(self, path: str) -> Sequence[str]:
        if is_test(path):
            return (path,)
        index = self.index()
        if index is not None and (found := await index.tests_of(path)):
            return found
        # What few import is often tested by way of what imports it.
        if index is not None and (found := await index.tests_reaching(path)):
            return found
        return await asyncio.to_thread(self._facts.tests_of, path)
