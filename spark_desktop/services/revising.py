"""What the user's comments on a proposal are about, as the model is told it."""

from dataclasses import replace

from spark_desktop.domain.moving import moved_span
from spark_desktop.domain.patch import apply
from spark_desktop.domain.proposal import Decision, Proposal
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Instruction, ProposalTrigger, title_of


def proposed_region(proposal: Proposal) -> str | None:
    """Return the region's text as it is proposed; None where there is no patch or no region.

    What was accepted of it is in the snapshot already.
    """
    if proposal.patch is None or proposal.region is None:
        return None
    before = proposal.trigger.snapshot.text.content
    after = apply(before, proposal.patch.hunks)
    lines = moved_span(proposal.region, before, after)
    return "".join(split_lines(after)[lines.start : lines.end])


def lasting_trigger(proposal: Proposal) -> ProposalTrigger:
    """Return the proposal's trigger; where part of it is accepted, one that is still in the file.

    What asked for the proposal, a comment or a missing body, may have gone with that part.
    """
    trigger = proposal.trigger
    if Decision.ACCEPTED not in proposal.decisions.values():
        return trigger
    if isinstance(trigger, Instruction):
        # It is in no file: a quick action keeps what is demanded of its answers.
        return replace(trigger, lines=proposal.region)
    return Instruction(trigger.snapshot, proposal.region, title_of(trigger))
