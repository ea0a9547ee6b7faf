"""Lets the project's tests run on a text while the model still writes another in its place."""

import logging
from typing import Protocol

from spark_desktop.domain.comment_removal import without_comment
from spark_desktop.domain.events import ProposalChanged
from spark_desktop.domain.proposal import Cancelled, Failed, Proposal, Streaming
from spark_desktop.domain.trigger import (
    AnswerEdit,
    EditComment,
    FollowUp,
    Insertion,
    ProposalTrigger,
)
from spark_desktop.services.bus import Bus
from spark_desktop.services.tasks import LatestTask, TaskScope

_log = logging.getLogger(__name__)
# Nobody writes meanwhile: they are computed, or written already.
_AT_ONCE = (AnswerEdit, FollowUp, Insertion)


class LooksAhead(Protocol):
    """Has a shadow of the workspace, and checks in it."""

    async def look_ahead(self, path: str, before: str) -> None:
        """Find out what is needed of the text before; nothing before commands are allowed."""
        ...


class ShadowAhead:
    """Follows proposals: the first attempt at one starts it, and one that is stopped ends it.

    The copy of the workspace is what a first check waits for longest, and what tests say of the old
    text is needed for each proposal that they are to prove. They go behind the model that writes,
    by their priority.
    """

    def __init__(self, checks: LooksAhead, bus: Bus, scope: TaskScope) -> None:
        self._checks = checks
        self._scope = scope
        self._latest = LatestTask(scope)
        self._begun = ""
        bus.subscribe(ProposalChanged, self._on_proposal)

    def _on_proposal(self, event: ProposalChanged) -> None:
        proposal = event.proposal
        if isinstance(proposal.state, Cancelled | Failed) and proposal.id == self._begun:
            self._latest.cancel()
        # The board tells of each step, and a second attempt finds everything done.
        elif proposal.state == Streaming(1) and proposal.id != self._begun:
            self._begin(proposal)

    def _begin(self, proposal: Proposal) -> None:
        if isinstance(proposal.trigger, _AT_ONCE) or not self._scope.can_start:
            return
        self._begun = proposal.id
        path, before = proposal.trigger.snapshot.path, _text_before(proposal.trigger)
        self._latest.start("shadow ahead", self._look(path, before))

    async def _look(self, path: str, before: str) -> None:
        try:
            await self._checks.look_ahead(path, before)
        except OSError as error:
            # A check says so itself, in the proposal's evidence.
            _log.debug("nothing was looked at ahead for %s: %s", path, error)


def _text_before(trigger: ProposalTrigger) -> str:
    """Return what an answer is compared with: the comment that asks is taken out."""
    if isinstance(trigger, EditComment):
        return without_comment(trigger)[0]
    return trigger.snapshot.text.content
