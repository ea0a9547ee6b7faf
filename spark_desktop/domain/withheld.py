"""What a user may look at, and decide on, although it failed its checks."""

from dataclasses import replace

from spark_desktop.domain.checks import failure
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.patch import Owner
from spark_desktop.domain.proposal import Proposal, Ready, Withheld
from spark_desktop.domain.review import undecided
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
    """Return whether a check failed that withholds: the user was to see it before they accept.

    What is left to decide and is all the user's own text was not checked, and so has not failed.
    """
    left = undecided(proposal)
    is_own = bool(left) and all(hunk.owner is Owner.USER for hunk in left)
    return failure(proposal.evidence) is not None and not is_own


def is_edited(proposal: Proposal) -> bool:
    """Return whether the user wrote lines of it: the evidence is about the model's text."""
    hunks = proposal.patch.hunks if proposal.patch else ()
    return any(hunk.owner is Owner.USER for hunk in hunks)
