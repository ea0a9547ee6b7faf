"""Whether answers of a small model can come to anything, before they are asked for.

What such a model writes unasked is shown only where a test proves it (``Weighing``). Where none
could, the 0.5B model spent 94 and 104 seconds on the two places of ``replayed_day`` that were timed
on two cores.
"""

from spark_desktop.domain.context import estimate_tokens
from spark_desktop.domain.effort import Effort
from spark_desktop.domain.prompt_layout import needs_proof
from spark_desktop.domain.proposal import Check
from spark_desktop.domain.trigger import FollowUp, Stub
from spark_desktop.domain.words import say
from spark_desktop.services.judging import Judge
from spark_desktop.services.work import Work

# Chosen, not measured: of twice as many, a table of tests, an answer took the 0.5B model more than
# three minutes on two cores.
_MOST_FOLLOWED = 800


def has_to_be_proved(work: Work, effort: Effort) -> bool:
    """Return whether only a proof lets an answer be shown, as ``Weighing`` has it."""
    # What the user has said something to is shown as it comes.
    is_weighed = effort.doubts and effort.samples > 1 and not work.kept
    is_unasked = isinstance(work.proposal.trigger, Stub | FollowUp)
    model = work.endpoint.model
    return (
        is_weighed and is_unasked and model.is_local and not work.in_blocks and needs_proof(model)
    )


async def is_in_vain(work: Work, effort: Effort, judge: Judge) -> bool:
    """Return whether no further answer can be shown, since nothing could prove one.

    It is asked after the first answer: what that says can be looked at all the same.
    """
    return work.asked == 1 and await _has_no_proof(work, effort, judge)


async def not_asked(work: Work, effort: Effort, judge: Judge) -> Check | None:
    """Return why a place where a change is used is not even asked for.

    No small model changes very much at once, and what the user finds there without an answer is the
    place all the same. A stub is asked for: there is nothing else to look at.
    """
    if not isinstance(work.proposal.trigger, FollowUp) or not has_to_be_proved(work, effort):
        return None
    if estimate_tokens(work.target.text) > _MOST_FOLLOWED:
        count = len(work.target.lines)
        told = say("A model of this size does not follow a change through %n line(s).", "", count)
        return Check(say("short enough"), False, told)
    if await _has_no_proof(work, effort, judge):
        told = say(
            "Not asked for: no test can prove it here, and models of this size are mostly wrong "
            "without one."
        )
        return Check(say("proved"), False, told)
    return None


async def _has_no_proof(work: Work, effort: Effort, judge: Judge) -> bool:
    if judge.may_prove is None or not has_to_be_proved(work, effort):
        return False
    path = work.proposal.trigger.snapshot.path
    return not effort.project or not await judge.may_prove(path, work.target.content)
