"""More answers where the test that the user named decides, as long as none has passed it.

Of 26 small exercises the 0.5B model's first answer solves few, and asking once more with the
failure helps it little; other answers to the same prompt do.
"""

from collections import Counter
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing, suppress
from dataclasses import replace

from spark_desktop.domain.checks import failure
from spark_desktop.domain.completion import Usage
from spark_desktop.domain.effort import Effort
from spark_desktop.domain.errors import EndpointError
from spark_desktop.domain.proposal import Proposal, Streaming
from spark_desktop.services.board import ProposalBoard
from spark_desktop.services.judging import Judge, sum_of, time_of_both
from spark_desktop.services.other_answers import Draw, Drawn, OtherAnswers
from spark_desktop.services.ports import Clock
from spark_desktop.services.work import SAMPLING, Work

# Apart from the seeds of the answers before, and of those that are weighed.
_SEEDS = 200
# As many as the core decodes at once, and how hot each round is: the same once more would mostly
# be the same answers.
_AT_ONCE = 4
_ROUNDS = (SAMPLING, 0.9, 1.0, 1.0)
# No round and no test begins after so many seconds.
_SECONDS = 120.0


class ManyTries:
    """Asks in rounds; of one round what most answers agree on is tested first."""

    def __init__(
        self, others: OtherAnswers, judge: Judge, board: ProposalBoard, clock: Clock
    ) -> None:
        self._others, self._judge, self._board, self._clock = others, judge, board, clock

    async def tried(self, work: Work, found: Proposal, effort: Effort) -> Proposal:
        """Return the first answer that passes, else ``found``, with the cost of all.

        No text is tested twice. Where nobody answers any more, it is ``found`` as well: that says
        what was wrong with the answers that came.
        """
        end = self._clock.monotonic() + _SECONDS
        known = {found.after, found.trigger.snapshot.text.content, *work.tried}
        with suppress(EndpointError):
            async with aclosing(self._drawn(work, effort, end)) as drawn:
                async for proposal in drawn:
                    text = proposal.after
                    if text in known:
                        continue
                    known.add(text)
                    examined = await self._tested(work, proposal)
                    if failure(examined.evidence) is None:
                        return _with_cost_of(work, examined)
                    if self._clock.monotonic() > end:
                        break
        return _with_cost_of(work, found)

    async def _drawn(self, work: Work, effort: Effort, end: float) -> AsyncGenerator[Proposal]:
        """Yield what may pass, round by round; none begins after the ``end``."""
        for number, heat in enumerate(_ROUNDS):
            if self._clock.monotonic() > end:
                return
            self._tell(work, work.asked + 1)
            first = _SEEDS + number * _AT_ONCE
            draws = [Draw(first + at, heat, work.priority, at % 2 == 1) for at in range(_AT_ONCE)]
            drawn = await self._others.asked(work, draws, names=effort.names)
            _count(work, drawn)
            for proposal in likeliest_first(drawn):
                yield proposal

    async def _tested(self, work: Work, proposal: Proposal) -> Proposal:
        work.asked += 1
        self._tell(work, work.asked)
        return await self._judge.examined(work.target, proposal, names=False, project=True)

    def _tell(self, work: Work, attempt: int) -> None:
        self._board.put(replace(work.proposal, state=Streaming(attempt), patch=None))


def likeliest_first(drawn: Iterable[Drawn]) -> list[Proposal]:
    """Return those that may pass: what was answered oftener first, then what is surer."""
    sound = [one for one in drawn if failure(one.proposal.evidence) is None]
    often = Counter(one.proposal.after for one in sound)

    def rank(one: Drawn) -> tuple[int, float]:
        sure = float("-inf") if one.likelihood is None else one.likelihood
        return often[one.proposal.after], sure

    return [one.proposal for one in sorted(sound, key=rank, reverse=True)]


def _count(work: Work, drawn: Iterable[Drawn]) -> None:
    """Add what the answers cost to the proposal in the making."""
    proposal = work.proposal
    for one in drawn:
        usage = sum_of(proposal.usage, one.proposal.usage or Usage())
        timing = time_of_both(proposal.timing, one.proposal.timing)
        proposal = replace(proposal, usage=usage, timing=timing)
    work.proposal = proposal


def _with_cost_of(work: Work, proposal: Proposal) -> Proposal:
    spent = work.proposal
    return replace(proposal, usage=spent.usage, timing=spent.timing, cost=spent.cost)
