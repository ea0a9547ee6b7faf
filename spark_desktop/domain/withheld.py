"""What a user may look at, and decide on, although it failed its checks."""

from dataclasses import replace

from spark_desktop.domain.checks import failure
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.proposal import Proposal, Ready, Withheld
from spark_desktop.domain.words import say

# Where one of these failed there is no whole answer, it has no place in the file, or all that it
# changes there is the comment that asked.
_NOTHING_TO_SHOW = (say("complete"), say("comes to an end"), say("anchored"), say("differs"))


def can_be_shown(proposal: Proposal) -> bool:
    """Return whether a withheld proposal is a whole change with a place in its file."""
    if not isinstance(proposal.state, Withheld) or proposal.failed:
        return False
    if proposal.patch is None or not proposal.patch.hunks:
        return False
    return not any(not one.passed and one.name in _NOTHING_TO_SHOW for one in proposal.evidence)


def shown_anyway(proposal: Proposal) -> Proposal:
    """Return a withheld proposal ready to be decided on; what failed stays in its evidence.

    Raises SparkError where there is nothing to look at.
    """
    if not can_be_shown(proposal):
        raise SparkError(say("There is nothing here to look at."), say("Ask for it again."))
    return replace(proposal, state=Ready())


def has_failed_checks(proposal: Proposal) -> bool:
    """Return whether a check failed that withholds: the user was to see it before they accept."""
    return failure(proposal.evidence) is not None
