"""The proposals of this session: one list, and the event for each change of it."""

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import ProposalChanged
from spark_desktop.domain.proposal import Proposal
from spark_desktop.domain.words import say
from spark_desktop.services.bus import Bus


class ProposalBoard:
    """Keeps the newest value of each proposal, in the order in which they came."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._proposals: dict[str, Proposal] = {}

    def put(self, proposal: Proposal) -> None:
        """Keep the proposal in place of the one with its id, and publish ProposalChanged."""
        self._proposals[proposal.id] = proposal
        self._bus.publish(ProposalChanged(proposal))

    def get(self, proposal_id: str) -> Proposal:
        """Return a proposal; raises SparkError for an id that is not on the board."""
        try:
            return self._proposals[proposal_id]
        except KeyError:
            raise SparkError(say("This proposal is gone."), say("Ask for it again.")) from None

    def __contains__(self, proposal_id: str) -> bool:
        """Return whether the proposal is on the board."""
        return proposal_id in self._proposals

    def remove(self, proposal_id: str) -> None:
        """Forget a proposal; an unknown id is no error."""
        self._proposals.pop(proposal_id, None)

    def drop(self, proposal: Proposal) -> None:
        """Forget a proposal, and publish as ProposalChanged what became of it."""
        self.remove(proposal.id)
        self._bus.publish(ProposalChanged(proposal))

    def all(self) -> tuple[Proposal, ...]:
        """Return every proposal, oldest first."""
        return tuple(self._proposals.values())

    def group(self, group: str) -> tuple[Proposal, ...]:
        """Return the proposals of one answer, oldest first; none for an unknown one."""
        return tuple(one for one in self._proposals.values() if group and one.group == group)
