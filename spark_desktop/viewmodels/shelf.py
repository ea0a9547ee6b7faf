"""The proposals of the session as the review sees them: one by one, and by the answer."""

from collections.abc import Iterable

from spark_desktop.domain.history import WHOLE
from spark_desktop.domain.proposal import Decision, Proposal, Ready, Streaming
from spark_desktop.domain.review import pending, whole_waits

_OPEN = (Decision.PENDING, Decision.CONFLICTING)
_DECIDED = (Decision.ACCEPTED, Decision.REJECTED, Decision.STALE)


class Shelf:
    """Holds the newest value of each proposal, in the order in which they came."""

    def __init__(self, proposals: Iterable[Proposal]) -> None:
        self._known: dict[str, Proposal] = {}
        self.adopt(proposals)

    def adopt(self, proposals: Iterable[Proposal]) -> None:
        """Hold these and no others."""
        self._known = {proposal.id: proposal for proposal in proposals}

    def put(self, proposal: Proposal) -> None:
        """Hold a proposal in place of the one with its id."""
        self._known[proposal.id] = proposal

    def get(self, proposal_id: str | None) -> Proposal | None:
        """Return a proposal; None for an id that is not here."""
        return None if proposal_id is None else self._known.get(proposal_id)

    def group_of(self, proposal_id: str | None) -> tuple[Proposal, ...]:
        """Return the proposals of one answer, in its order; a proposal of no answer alone."""
        proposal = self.get(proposal_id)
        if proposal is None:
            return ()
        if not proposal.group:
            return (proposal,)
        return tuple(one for one in self._known.values() if one.group == proposal.group)


def hunk_ids(proposal: Proposal) -> tuple[str, ...]:
    """Return the hunks that are in a proposal, in the file's order."""
    return () if proposal.patch is None else tuple(hunk.id for hunk in proposal.patch.hunks)


def readable(proposal: Proposal) -> tuple[str, ...]:
    """Return the hunks to go to: those that wait, and while the model writes all that are there."""
    match proposal.state:
        case Ready():
            return tuple(one for one in hunk_ids(proposal) if proposal.decision(one) in _OPEN)
        case Streaming() if proposal.region is None:
            return hunk_ids(proposal)
        case _:
            return ()


def waiting(proposal: Proposal) -> tuple[str, ...]:
    """Return the hunks that accept and reject are about, in the file's order."""
    if not isinstance(proposal.state, Ready):
        return ()
    return tuple(hunk.id for hunk in pending(proposal))


def is_bare(proposal: Proposal) -> bool:
    """Return whether what is done to the file itself waits for a decision, besides any hunk."""
    return isinstance(proposal.state, Ready) and whole_waits(proposal)


def decided(proposal: Proposal) -> tuple[int, int]:
    """Return how many of its hunks are decided, and how many it has or had.

    What is done to the file itself counts as one where it is decided by itself.
    """
    # What was accepted has left the patch: it is in the file.
    known = {*hunk_ids(proposal), *proposal.decisions}
    if whole_waits(proposal):
        known.add(WHOLE)
    return sum(1 for one in known if proposal.decision(one) in _DECIDED), len(known)
