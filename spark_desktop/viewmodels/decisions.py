"""The current hunk of a proposal, and decisions that are under way."""

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.proposal import Proposal, Ready
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.intents import Intents
from spark_desktop.viewmodels.ports import Reviews
from spark_desktop.viewmodels.wording import pending


class Decisions(QObject):
    """Accepts one hunk after the other, in the order of the keys pressed."""

    moved = Signal()

    def __init__(
        self, reviews: Reviews, scope: TaskScope, failed: Callable[[SparkError], None]
    ) -> None:
        super().__init__()
        self._reviews = reviews
        self._intents = Intents(scope, failed)
        self._writing = asyncio.Lock()
        self._proposal: Proposal | None = None
        self._under_way: set[str] = set()
        self._current: str | None = None
        self._place = 0

    @property
    def current(self) -> str | None:
        """Return the hunk that the next decision is about."""
        return self._current

    @property
    def pending(self) -> tuple[str, ...]:
        """Return the hunks that wait for a decision, in the file's order."""
        if self._proposal is None or not isinstance(self._proposal.state, Ready):
            return ()
        return tuple(hunk for hunk in pending(self._proposal) if hunk not in self._under_way)

    def show(self, proposal: Proposal | None) -> None:
        """Follow the proposal's newest value, or another proposal, from its first hunk."""
        if proposal is None or self._proposal is None or proposal.id != self._proposal.id:
            self._under_way.clear()
            self._current, self._place = None, 0
        self._proposal = proposal
        self._settle()

    def go_to(self, hunk_id: str) -> None:
        """Make this hunk the current one, if it waits for a decision."""
        if hunk_id in self.pending:
            self._move(hunk_id)

    def step(self, by: int) -> None:
        """Go ``by`` hunks on; the last is followed by the first."""
        waiting = self.pending
        if waiting and self._current in waiting:
            self._move(waiting[(waiting.index(self._current) + by) % len(waiting)])

    def accept(self, hunk_id: str | None) -> None:
        """Write a hunk, or all that wait."""
        if self._proposal is None:
            return
        hunks = self.pending if hunk_id is None else (hunk_id,)
        self._under_way.update(hunks)
        work = self._accept(self._proposal.id, None if hunk_id is None else hunks, hunks)
        self._intents.start("accept", work)
        self._settle()

    def reject(self, hunk_id: str | None) -> None:
        """Decide against a hunk, or all that wait."""
        if self._proposal is not None:
            proposal_id, hunks = self._proposal.id, None if hunk_id is None else (hunk_id,)
            self._intents.call(lambda: self._reviews.reject(proposal_id, hunks))

    async def _accept(
        self, proposal_id: str, asked: tuple[str, ...] | None, hunks: tuple[str, ...]
    ) -> None:
        # One write at a time: the second is made for the text that the first one leaves.
        try:
            async with self._writing:
                await self._reviews.accept(proposal_id, asked)
        finally:
            self._under_way.difference_update(hunks)
            self._settle()

    def _settle(self) -> None:
        waiting = self.pending
        if self._current in waiting:
            self._place = waiting.index(self._current)
        elif waiting:
            self._move(waiting[min(self._place, len(waiting) - 1)])
        elif self._current is not None:
            self._current = None
            self.moved.emit()

    def _move(self, hunk_id: str) -> None:
        self._place = self.pending.index(hunk_id)
        if hunk_id != self._current:
            self._current = hunk_id
            self.moved.emit()
