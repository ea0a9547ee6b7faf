"""Whether a proposal that is being written is still about what the file says."""

from spark_desktop.domain.moving import moved_span
from spark_desktop.domain.proposal import Proposal
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.locate import lines_of


def is_stale(proposal: Proposal, snapshot: Snapshot) -> bool:
    """Return whether a newer save changed the lines that a proposal is to replace.

    Where they stand as they did, wherever they moved, its result is merged onto the newer text.
    """
    old = proposal.trigger.snapshot
    if old.digest == snapshot.digest:
        return False
    if proposal.region is None:
        return True
    moved = moved_span(proposal.region, old.text.content, snapshot.text.content)
    return lines_of(old, proposal.region) != lines_of(snapshot, moved)
