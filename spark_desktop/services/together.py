"""What the other proposals of one change do to the files, so that each is checked with them.

A test that calls two functions fails until both have followed: by itself neither would pass.
"""

from collections.abc import Awaitable, Callable, Mapping

from spark_desktop.domain.checks import failure
from spark_desktop.domain.patch import Hunk, apply, compute
from spark_desktop.domain.proposal import Check, Proposal, Ready
from spark_desktop.domain.trigger import FollowUp
from spark_desktop.services.board import ProposalBoard

# A path, and the texts before and after of all files that change with that one; gives what the
# project's checks say.
EvidenceOf = Callable[[str, Mapping[str, tuple[str, str]]], Awaitable[tuple[Check, ...]]]


class Together:
    """Asks the project's checks about a follow-up and what is ready after changes of that file."""

    def __init__(self, board: ProposalBoard, evidence_of: EvidenceOf) -> None:
        self._board = board
        self._evidence_of = evidence_of

    async def evidence(
        self, proposal: Proposal, path: str, before: str, after: str
    ) -> tuple[Check, ...]:
        """Return what the checks say; ``before`` and ``after`` are the text of the proposal's."""
        texts = {path: before}
        hunks: dict[str, tuple[Hunk, ...]] = {path: compute("", "", before, after).hunks}
        for other in self._ready_beside(proposal):
            snapshot = other.trigger.snapshot
            content = texts.setdefault(snapshot.path, snapshot.text.content)
            if other.patch is None or content != snapshot.text.content:
                continue
            known = hunks.get(snapshot.path, ())
            same = {(one.start, one.old, one.new) for one in known}
            # Both may bring the same import.
            more = [one for one in other.patch.hunks if (one.start, one.old, one.new) not in same]
            if any(_clash(one, each) for one in more for each in known):
                continue  # they change the same lines: only one of them will be
            hunks[snapshot.path] = (*known, *more)
        changes = {one: (texts[one], apply(texts[one], done)) for one, done in hunks.items()}
        alone = {path: (before, after)}
        told = await self._evidence_of(path, changes)
        # What is wrong with the others is no fault of this one.
        return await self._evidence_of(path, alone) if failure(told) and changes != alone else told

    def _ready_beside(self, proposal: Proposal) -> list[Proposal]:
        about = proposal.trigger
        if not isinstance(about, FollowUp):
            return []
        return [
            one
            for one in self._board.all()
            if isinstance(one.trigger, FollowUp)
            and isinstance(one.state, Ready)
            and one.trigger.origin == about.origin
            and one.id != proposal.id
        ]


def _clash(one: Hunk, other: Hunk) -> bool:
    """Return whether two hunks share a line, or begin at one, where both may insert the same."""
    return one.start == other.start or (one.start < other.end and other.start < one.end)
