"""Weighs an answer that nothing proves against others that the model gives to the same prompt."""

import asyncio
from dataclasses import replace

from spark_desktop.domain.checks import failure
from spark_desktop.domain.choosing import Choice, Vote, chosen
from spark_desktop.domain.completion import Priority
from spark_desktop.domain.effort import Effort
from spark_desktop.domain.patch import apply
from spark_desktop.domain.prompt_layout import is_smallest
from spark_desktop.domain.proposal import Check, Proposal
from spark_desktop.domain.sameness import shape_of
from spark_desktop.domain.track_record import Way
from spark_desktop.domain.words import say
from spark_desktop.services.attempts import Attempts
from spark_desktop.services.judging import Judge, sum_of, time_of_both
from spark_desktop.services.work import Work

# Apart from the seeds of the answers before.
_SEEDS = 100


class Weighing:
    """Asks for more answers, which nobody watches."""

    def __init__(self, attempts: Attempts, judge: Judge) -> None:
        self._attempts = attempts
        self._judge = judge

    async def weighed(self, work: Work, found: Proposal, effort: Effort) -> Proposal:
        """Return the answer that others agree with most; a lonely one with a doubt.

        Of the smallest models all answers have to agree: their mistakes repeat themselves.

        Nothing is weighed that a test has proved, nor where other answers would cost money. Raises
        EndpointError.
        """
        others = effort.samples - 1
        is_proved = any(check.proves and check.passed for check in found.evidence)
        is_free = work.endpoint.model.is_local and not work.in_blocks
        if is_proved or not effort.doubts or others < 1 or not is_free:
            return found
        proposals, votes = [found], [Vote(_shape(found), work.likelihood)]
        usage, timing = found.usage, found.timing
        doubt = await self._judge.doubted(work.target, found)
        for other, likelihood in await self._others(work, effort, others):
            if other.usage is not None:
                usage = sum_of(usage, other.usage)
            timing = time_of_both(timing, other.timing)
            if failure(other.evidence) is None and (
                await self._judge.doubted(work.target, other) is None
            ):
                proposals.append(other)
                votes.append(Vote(_shape(other), likelihood))
        if doubt is not None:
            if len(votes) == 1:
                evidence = (*found.evidence, doubt)
                return replace(found, usage=usage, timing=timing, evidence=evidence)
            proposals, votes = proposals[1:], votes[1:]
        choice = chosen(votes, 1 + others)
        best = proposals[choice.place]
        if best is not found:
            best = await self._judge.examined(work.target, best, names=False, project=True)
            if failure(best.evidence) and doubt is None:
                agreeing = sum(vote.shape == votes[0].shape for vote in votes)
                best, choice = found, Choice(0, agreeing, choice.asked)
        needed = choice.asked if is_smallest(work.endpoint.model) else 2
        evidence = (*best.evidence, agreement_of(choice, needed))
        # All answers, and the time of all of them: a rate of both is that of the model.
        return replace(best, usage=usage, timing=timing, cost=found.cost, evidence=evidence)

    async def _others(
        self, work: Work, effort: Effort, count: int
    ) -> list[tuple[Proposal, float | None]]:
        # Together: the core decodes several answers in little more time than one.
        asked = [
            asyncio.ensure_future(self._other(work, effort, _SEEDS + number))
            for number in range(count)
        ]
        try:
            return await asyncio.gather(*asked)
        finally:
            # Where one fails, or the turn is stopped, none goes on alone.
            for one in asked:
                one.cancel()
            await asyncio.gather(*asked, return_exceptions=True)

    async def _other(self, work: Work, effort: Effort, seed: int) -> tuple[Proposal, float | None]:
        request = replace(
            work.request(Way.SAMPLE, likelihood=True), seed=seed, priority=Priority.SUGGESTION
        )
        proposal = replace(work.proposal, usage=None, timing=None, cost=None)
        answer = await self._attempts.silently(proposal, work.target, work.endpoint, request)
        checked = self._judge.checked(work.target, answer)
        examined = await self._judge.examined(
            work.target, checked, names=effort.names, project=False
        )
        return examined, answer.finished.likelihood


def agreement_of(choice: Choice, needed: int) -> Check:
    """Return as evidence how many of the model's answers are the same code, and if it is enough."""
    name = say("agreed")
    if choice.agreeing == 1:
        said = say("The model answered %n time(s), each time something else.", "", choice.asked)
        return Check(name, False, said)
    agreeing, asked = choice.agreeing, choice.asked
    if choice.agreeing < needed:
        said = say(
            "Only {agreeing} of {asked} answers are the same, too few for a model of this size.",
            agreeing=agreeing,
            asked=asked,
        )
        return Check(name, False, said)
    return Check(name, True, say("{agreeing} of {asked} answers", agreeing=agreeing, asked=asked))


def _shape(proposal: Proposal) -> str:
    before = proposal.trigger.snapshot.text.content
    hunks = proposal.patch.hunks if proposal.patch is not None else ()
    return shape_of(proposal.trigger.snapshot.path, apply(before, hunks))
