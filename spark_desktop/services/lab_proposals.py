"""Keeps what each proposal took, so that the lab's report has it after a restart, too."""

import asyncio

from spark_desktop.domain.events import ProposalChanged
from spark_desktop.domain.lab_proposal import ProposalFigures, figures_of
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import ProposalLog
from spark_desktop.services.tasks import TaskScope


class LabProposals:
    """Listens to the bus; what it was told is in ``all`` at once."""

    def __init__(self, log: ProposalLog, bus: Bus, scope: TaskScope) -> None:
        self._log = log
        self._scope = scope
        self._kept: dict[str, ProposalFigures] = {}
        self._writing: set[asyncio.Task[None]] = set()
        bus.subscribe(ProposalChanged, self._on_proposal)

    async def all(self) -> tuple[ProposalFigures, ...]:
        """Return the figures of the project's proposals, oldest first. Raises StoreError."""
        await self.settle()
        return await self._log.proposals()

    async def settle(self) -> None:
        """Return when everything that was told is written; to be awaited before the end."""
        await asyncio.gather(*self._writing, return_exceptions=True)

    def _on_proposal(self, event: ProposalChanged) -> None:
        figures = figures_of(event.proposal)
        # A proposal is published again with each decision on it.
        if figures is None or self._kept.get(figures.id) == figures:
            return
        self._kept[figures.id] = figures
        task = self._scope.start("keep a proposal's figures", self._log.keep(figures))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
