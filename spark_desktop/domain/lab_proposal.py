"""What the answers to one proposal took: kept when the proposal itself is gone."""

from dataclasses import dataclass

from spark_desktop.domain.completion import Timing, Usage
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.proposal import Proposal


@dataclass(frozen=True, slots=True)
class ProposalFigures:
    """``usage`` and ``timing`` as the proposal has them, over all of its attempts.

    ``emulation`` says that ``timing`` is that of other hardware, imitated.
    """

    id: str
    model: str
    usage: Usage
    timing: Timing | None = None
    emulation: Emulation | None = None


def figures_of(proposal: Proposal) -> ProposalFigures | None:
    """Return what a proposal took, None as long as nothing of it was counted."""
    if proposal.usage is None:
        return None
    return ProposalFigures(
        proposal.id, proposal.model, proposal.usage, proposal.timing, proposal.emulation
    )
