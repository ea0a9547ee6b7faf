"""Brings a project's shadow up to date while the model still writes: checks begin at once."""

import asyncio
import logging
from typing import Protocol

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import ProposalChanged
from spark_desktop.domain.proposal import Streaming
from spark_desktop.services.bus import Bus
from spark_desktop.services.tasks import TaskScope

_log = logging.getLogger(__name__)


class Prepares(Protocol):
    """Has a shadow of the workspace."""

    async def prepare(self, path: str) -> None:
        """Make it ready for checks of a file; nothing before the user has allowed commands."""
        ...


class ShadowAhead:
    """Follows proposals: the first attempt at one makes the shadow ready.

    Nothing of the project is run: its tests would take the processor from the model that writes,
    and what they say of the old text is needed only where the new one fails. The copy is what a
    first check waits for longest, and no check can begin without it.
    """

    def __init__(self, checks: Prepares, bus: Bus, scope: TaskScope) -> None:
        self._checks = checks
        self._scope = scope
        self._begun = ""
        self._task: asyncio.Task[None] | None = None
        bus.subscribe(ProposalChanged, self._on_proposal)

    def _on_proposal(self, event: ProposalChanged) -> None:
        proposal = event.proposal
        # The board tells of each step, and a second attempt finds the shadow ready.
        if proposal.state != Streaming(1) or proposal.id == self._begun:
            return
        self._begun = proposal.id
        is_busy = self._task is not None and not self._task.done()
        if not is_busy and self._scope.can_start:
            path = proposal.trigger.snapshot.path
            self._task = self._scope.start("shadow ahead", self._prepare(path))

    async def _prepare(self, path: str) -> None:
        try:
            await self._checks.prepare(path)
        except (SparkError, OSError) as error:
            # A check says so itself, in the proposal's evidence.
            _log.debug("the shadow is not ready for %s: %s", path, error)
