"""Weighs an answer that nothing proves against others that the model gives to the same prompt."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from spark_desktop.domain.checks import failure
from spark_desktop.domain.choosing import Choice, Vote, chosen
from spark_desktop.domain.completion import Timing, Usage
from spark_desktop.domain.effort import Effort
from spark_desktop.domain.prompt_layout import is_smallest, needs_proof
from spark_desktop.domain.proposal import Check, Proposal
from spark_desktop.domain.sameness import shape_of
from spark_desktop.domain.trigger import EditComment, FollowUp, Instruction, Repair, Stub
from spark_desktop.domain.words import say
from spark_desktop.services.bound_probes import BoundProbes
from spark_desktop.services.judging import Judge, sum_of, time_of_both
from spark_desktop.services.other_answers import Draw, OtherAnswers
from spark_desktop.services.work import SAMPLING, Work

# Apart from the seeds of the answers before.
_SEEDS = 100
# A file and the name of a function in it; gives how many calls of it tests have.
# None: that is not known.
Cases = Callable[[str, str], Awaitable[int | None]]
_ASKED = EditComment | Instruction
# Further answers where those of a small model nearly agree.
_MORE = 2


class Weighing:
    """Asks for more answers, which nobody watches."""

    def __init__(self, others: OtherAnswers, judge: Judge, probes: BoundProbes) -> None:
        self._others = others
        self._judge = judge
        self._probes = probes
        # How many cases tests show; there may be nothing that knows the workspace.
        self.cases: Cases | None = None

    async def weighed(self, work: Work, found: Proposal, effort: Effort) -> Proposal:
        """Return the answer that others agree with most; a lonely one with a doubt.

        Small models' mistakes repeat themselves: nothing of theirs is shown that came unasked and
        that nothing proves, and of what was asked for in words three of three answers have to
        agree, or three of five; of the smallest all of five. What a test proves but for a bound is
        weighed as well, and a whole function that tests call only once, or not themselves: of those
        that small models wrote most were wrong. A broken file that parses again is no new code, and
        weighed.

        Nothing else is weighed that a test has proved, nor anything that the test proves which the
        user named, nor where other answers would cost money.
        Raises EndpointError.
        """
        others = effort.samples - 1
        is_free = work.endpoint.model.is_local and not work.in_blocks
        if not effort.doubts or others < 1 or not is_free:
            return found
        is_small, is_least = needs_proof(work.endpoint.model), is_smallest(work.endpoint.model)
        is_proved = any(check.proves and check.passed for check in found.evidence)
        if is_proved:
            found, is_open = await self._bounded(work, found, is_small=is_small)
            if not is_open or not is_small or not found.model or effort.trusts:
                return found
        elif is_small and not isinstance(found.trigger, _ASKED | Repair):
            told = say("No test proves it, and models of this size are mostly wrong without one.")
            # The tests may not even compile before all places of a change have followed.
            unproved = Check(say("proved"), False, told, waits=isinstance(found.trigger, FollowUp))
            return replace(found, evidence=(*found.evidence, unproved))
        ballot = _Ballot.of(found, work.likelihood, is_small=is_small)
        doubt = await self._judge.doubted(work.target, found)
        await self._vote(ballot, work, effort, others)
        needs_all = is_least and not is_proved and not isinstance(found.trigger, Repair)
        is_doubtful = 1 < ballot.agreeing < ballot.asked and not needs_all
        if is_small and (is_doubtful or (needs_all and ballot.agreeing == ballot.asked)):
            await self._vote(ballot, work, effort, _MORE)
        if doubt is not None:
            if len(ballot.votes) == 1:
                return ballot.told(found, (*found.evidence, doubt))
            del ballot.proposals[0], ballot.votes[0]
        choice = chosen(ballot.votes, ballot.asked)
        best = ballot.proposals[choice.place]
        if best is not found:
            best = await self._judge.examined(work.target, best, names=False, project=True)
            if failure(best.evidence) and doubt is None:
                best, choice = found, Choice(0, ballot.agreeing_with(0), choice.asked)
        # Of five answers two may be others where the user asked in words, else one; of three none.
        is_more = choice.asked > 1 + others and not needs_all
        is_typed = isinstance(found.trigger, _ASKED) and not is_proved
        needed = choice.asked - is_more * (2 if is_typed else 1) if is_small else 2
        return ballot.told(best, (*best.evidence, agreement_of(choice, needed)))

    async def _bounded(
        self, work: Work, found: Proposal, *, is_small: bool
    ) -> tuple[Proposal, bool]:
        """Return a proved proposal, with a warning where its tests leave much open.

        Some bounds can be either; and of what no model wrote no other answer says anything.
        """
        bound = await self._probes.open_bound(work.target, found)
        if bound is None and is_small and isinstance(found.trigger, Stub):
            bound = await self._lone_case(found.trigger)
        if bound is None:
            return found, False
        return replace(found, evidence=(*found.evidence, bound)), True

    async def _lone_case(self, stub: Stub) -> Check | None:
        cases = None if self.cases is None else await self.cases(stub.snapshot.path, stub.name)
        if cases not in (0, 1):
            return None
        once = say("The tests call {name} only once.", name=stub.name)
        never = say("No test calls {name} itself.", name=stub.name)
        told = once if cases else never
        return Check(say("cases are tested"), False, told, is_advice=True)

    async def _vote(self, ballot: "_Ballot", work: Work, effort: Effort, count: int) -> None:
        """Ask for so many more answers; those that pass their checks without a doubt count."""
        first = _SEEDS + ballot.asked
        draws = [Draw(seed, SAMPLING) for seed in range(first, first + count)]
        for other in await self._others.asked(work, draws, names=effort.names):
            is_sound = failure(other.proposal.evidence) is None and (
                await self._judge.doubted(work.target, other.proposal) is None
            )
            ballot.add(other.proposal, other.likelihood, is_sound)


@dataclass(slots=True)
class _Ballot:
    """The answers that passed, with their votes, and the cost of all that were ``asked``."""

    proposals: list[Proposal]
    votes: list[Vote]
    usage: Usage | None
    timing: Timing | None
    cost: float | None
    is_small: bool
    asked: int = 1

    @classmethod
    def of(cls, found: Proposal, likelihood: float | None, *, is_small: bool) -> "_Ballot":
        votes = [Vote(_shape(found, is_small=is_small), likelihood)]
        return cls([found], votes, found.usage, found.timing, found.cost, is_small)

    @property
    def agreeing(self) -> int:
        """Return how many agree with each other at most."""
        return max(self.agreeing_with(place) for place in range(len(self.votes)))

    def agreeing_with(self, place: int) -> int:
        return sum(vote.shape == self.votes[place].shape for vote in self.votes)

    def add(self, other: Proposal, likelihood: float | None, is_sound: bool) -> None:
        self.asked += 1
        if other.usage is not None:
            self.usage = sum_of(self.usage, other.usage)
        self.timing = time_of_both(self.timing, other.timing)
        if is_sound:
            self.proposals.append(other)
            self.votes.append(Vote(_shape(other, is_small=self.is_small), likelihood))

    def told(self, best: Proposal, evidence: tuple[Check, ...]) -> Proposal:
        """Return it with the tokens and the time of all answers: a rate of both is the model's."""
        cost, timing = self.cost, self.timing
        return replace(best, usage=self.usage, timing=timing, cost=cost, evidence=evidence)


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


def _shape(proposal: Proposal, *, is_small: bool) -> str:
    path, before = proposal.trigger.snapshot.path, proposal.trigger.snapshot.text.content
    after = proposal.after
    shape = shape_of(path, after)
    # Where the code stays as it is, small models agreed on nothing: all that is written counts.
    is_idle = is_small and shape == shape_of(path, before)
    return after if is_idle else shape
