"""The current hunk of an answer's files, and decisions that are under way."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.history import WHOLE
from spark_desktop.domain.proposal import Decision, Proposal
from spark_desktop.domain.withheld import has_failed_checks
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.intents import Intents
from spark_desktop.viewmodels.ports import Reviews
from spark_desktop.viewmodels.shelf import hunk_ids, is_bare, readable, waiting

# A hunk of a proposal, or WHOLE: what is done to the file itself.
Place = tuple[str, str]


class Decisions(QObject):
    """Decides on one hunk after the other, in the order of the keys pressed.

    ``is_taking_back`` holds while decisions are undone, on disk as well. ``moved`` says that the
    current hunk is another one; ``file_wanted`` that it is in another proposal, to be shown.
    """

    moved = Signal()
    file_wanted = Signal(str)

    def __init__(
        self, reviews: Reviews, scope: TaskScope, failed: Callable[[SparkError], None]
    ) -> None:
        super().__init__()
        self._reviews = reviews
        self._intents = Intents(scope, failed)
        self._writing = asyncio.Lock()
        self._group: tuple[Proposal, ...] = ()
        self._shown: str | None = None
        self._under_way: set[Place] = set()
        # Which proposals each decision was about: the last one is the first to be taken back.
        self._past: list[tuple[str, ...]] = []
        self.is_taking_back = False
        self._current: str | None = None
        # The user went back to it although it is decided.
        self._is_revisited = False
        self._place = 0

    @property
    def current(self) -> str | None:
        """Return the hunk that the next decision is about."""
        return self._current

    @property
    def group(self) -> tuple[Proposal, ...]:
        """Return the proposals of the same answer as the shown one."""
        return self._group

    @property
    def proposal(self) -> Proposal | None:
        """Return the proposal that is shown."""
        return next((one for one in self._group if one.id == self._shown), None)

    @property
    def pending(self) -> tuple[str, ...]:
        """Return the hunks of the shown proposal that wait for accept or reject."""
        return () if self.proposal is None else self._left(self.proposal, waiting(self.proposal))

    @property
    def readable(self) -> tuple[str, ...]:
        """Return the hunks of the shown proposal that the keys go through."""
        return () if self.proposal is None else self._left(self.proposal, readable(self.proposal))

    @property
    def is_bare(self) -> bool:
        """Return whether what is done to the shown file itself waits."""
        proposal = self.proposal
        return proposal is not None and self._is_bare(proposal)

    def show(self, shown: str | None, group: tuple[Proposal, ...]) -> None:
        """Follow the newest values of an answer's proposals, or show another from its start."""
        if shown != self._shown:
            self._current, self._place = None, 0
        if shown not in {one.id for one in self._group}:
            self._past.clear()
        self._shown, self._group = shown, group
        self._settle()

    def go_to(self, hunk_id: str) -> None:
        """Make a hunk of the shown proposal the current one; also one that is decided."""
        if self.proposal is not None and hunk_id in hunk_ids(self.proposal):
            self._move(hunk_id)

    def step(self, by: int) -> None:
        """Go to the next hunk that waits, or with -1 to the one before, through all files."""
        every = [(one.id, hunk) for one in self._group for hunk in hunk_ids(one)]
        number = {place: position for position, place in enumerate(every)}
        ahead = [
            number[one.id, hunk] for one in self._group for hunk in self._left(one, readable(one))
        ]
        if not ahead:
            return
        here = number.get((self._shown or "", self._current or ""), -1)
        if by > 0:
            target = next((place for place in ahead if place > here), ahead[0])
        else:
            target = next((place for place in reversed(ahead) if place < here), ahead[-1])
        self._go(*every[target])

    def step_file(self, by: int) -> None:
        """Show the answer's next file, or the one before; the last is followed by the first."""
        ids = [one.id for one in self._group]
        if len(ids) > 1 and self._shown in ids:
            self.file_wanted.emit(ids[(ids.index(self._shown) + by) % len(ids)])

    def accept(self, hunk_id: str | None) -> None:
        """Write a hunk of the shown proposal (or WHOLE), or all that wait."""
        proposal = self.proposal
        if proposal is None:
            return
        asked = None if hunk_id is None else (hunk_id,)
        places = {(proposal.id, hunk) for hunk in asked or (*self.pending, WHOLE)}
        proposal_id = proposal.id
        self._write((proposal_id,), places, lambda: self._reviews.accept(proposal_id, asked))

    def reject(self, hunk_id: str | None) -> None:
        """Decide against a hunk of the shown proposal (or WHOLE), or all that wait."""
        if self.proposal is not None:
            proposal_id, hunks = self.proposal.id, None if hunk_id is None else (hunk_id,)
            self._decide((proposal_id,), lambda: self._reviews.reject(proposal_id, hunks))

    def accept_group(self, then: Callable[[], None]) -> None:
        """Write every hunk of the answer that waits, as one; not of what failed its checks.

        ``then`` is called once all is written.
        """
        about = [one for one in self._deciding() if not has_failed_checks(one)]
        group = self._group[0].group
        places = {
            (one.id, hunk) for one in about for hunk in (*self._left(one, waiting(one)), WHOLE)
        }
        ids = tuple(one.id for one in about)

        async def accepting() -> None:
            await self._reviews.accept_group(group)
            then()

        self._write(ids, places, accepting)

    def reject_group(self) -> None:
        """Decide against every hunk of the answer that waits."""
        ids, group = tuple(one.id for one in self._deciding()), self._group[0].group
        self._decide(ids, lambda: self._reviews.reject_group(group))

    def show_anyway(self) -> None:
        """Let the shown proposal be decided on although it was withheld."""
        if self.proposal is not None:
            work = self._reviews.show_anyway(self.proposal.id)
            self._intents.start("show anyway", work)

    def note(self) -> None:
        """Take what was just done to a hunk of the shown proposal for a decision as well."""
        if self.proposal is not None:
            self._past.append((self.proposal.id,))

    def undo(self) -> None:
        """Take back what was decided on the current hunk, else the last decision of all."""
        proposal, current = self.proposal, self._current
        if proposal is None:
            return
        said = Decision.PENDING if current is None else proposal.decision(current)
        if current is not None and said in (Decision.ACCEPTED, Decision.REJECTED):
            work = self._reconsider(proposal.id, current)
        else:
            work = self._undo(proposal.id)
        self._intents.start("undo a decision", work)

    async def _reconsider(self, proposal_id: str, hunk_id: str) -> None:
        async with self._writing:
            with self._taking_back():
                await self._reviews.reconsider(proposal_id, (hunk_id,))

    async def _undo(self, shown: str) -> None:
        async with self._writing:
            # Looked up only now: a decision that was under way is the last one when it is made.
            about = self._past.pop() if self._past else (shown,)
            for proposal_id in reversed(about):
                with self._taking_back():
                    hunks = await self._reviews.undo_decision(proposal_id)
                if hunks:
                    self._go(proposal_id, hunks[0])

    @contextmanager
    def _taking_back(self) -> Iterator[None]:
        self.is_taking_back = True
        try:
            yield
        finally:
            self.is_taking_back = False

    def _write(
        self, about: tuple[str, ...], places: set[Place], work: Callable[[], Awaitable[object]]
    ) -> None:
        self._under_way |= places
        self._intents.start("accept", self._accept(about, places, work))
        self._settle()
        self._go_on()

    def _decide(self, about: tuple[str, ...], work: Callable[[], None]) -> None:
        before = self._group
        self._intents.call(work)
        if self._group != before:
            self._past.append(about)
            self._go_on()

    async def _accept(
        self, about: tuple[str, ...], places: set[Place], work: Callable[[], Awaitable[object]]
    ) -> None:
        # One write at a time: the second is made for the text that the first one leaves.
        try:
            async with self._writing:
                await work()
                self._past.append(about)
        finally:
            self._under_way -= places
            self._settle()

    def _go_on(self) -> None:
        """Go to the answer's next file once nothing of the shown one waits."""
        proposal = self.proposal
        if proposal is None or self.readable or self.is_bare or proposal.failed:
            return
        ids = [one.id for one in self._group]
        here = ids.index(proposal.id)
        for one in (*self._group[here + 1 :], *self._group[:here]):
            if self._left(one, readable(one)) or self._is_bare(one) or one.failed:
                self.file_wanted.emit(one.id)
                return

    def _go(self, proposal_id: str, hunk_id: str) -> None:
        if proposal_id != self._shown:
            self.file_wanted.emit(proposal_id)
        self.go_to(hunk_id)

    def _deciding(self) -> list[Proposal]:
        return [one for one in self._group if self._left(one, waiting(one)) or self._is_bare(one)]

    def _is_bare(self, proposal: Proposal) -> bool:
        return is_bare(proposal) and (proposal.id, WHOLE) not in self._under_way

    def _left(self, proposal: Proposal, hunks: Iterable[str]) -> tuple[str, ...]:
        under_way: Collection[Place] = self._under_way
        return tuple(hunk for hunk in hunks if (proposal.id, hunk) not in under_way)

    def _settle(self) -> None:
        there = self.readable
        if self._current in there:
            self._place = there.index(self._current)
            self._is_revisited = False
        elif self._is_revisited and self.proposal and self._current in hunk_ids(self.proposal):
            return
        elif there:
            self._move(there[min(self._place, len(there) - 1)])
        elif self._current is not None:
            self._current = None
            self.moved.emit()

    def _move(self, hunk_id: str) -> None:
        there = self.readable
        self._is_revisited = hunk_id not in there
        if hunk_id in there:
            self._place = there.index(hunk_id)
        if hunk_id != self._current:
            self._current = hunk_id
            self.moved.emit()
