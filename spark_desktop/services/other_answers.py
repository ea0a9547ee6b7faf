"""Other answers to a prompt that has been asked: several at once, which nobody watches."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from spark_desktop.domain.completion import Priority
from spark_desktop.domain.proposal import Proposal
from spark_desktop.domain.track_record import Way
from spark_desktop.services.attempts import Answer, Attempts
from spark_desktop.services.judging import Judge
from spark_desktop.services.work import Work


@dataclass(frozen=True, slots=True)
class Draw:
    """How one of them is asked for: a sample of the region, or its function's body ``anew``."""

    seed: int
    temperature: float
    priority: Priority = Priority.SUGGESTION
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """An answer with what can be said of it without a test; ``likelihood`` as in ``Vote``."""

    proposal: Proposal
    likelihood: float | None


class OtherAnswers:
    """Asks for them together: the core decodes several in little more time than one."""

    def __init__(self, attempts: Attempts, judge: Judge) -> None:
        self._attempts = attempts
        self._judge = judge

    async def asked(self, work: Work, draws: Sequence[Draw], *, names: bool) -> list[Drawn]:
        """Return an answer for each draw, with only its own tokens and time.

        ``names``: whether the names that it uses are looked up. Raises EndpointError.
        """
        asked = [asyncio.ensure_future(self._one(work, draw, names=names)) for draw in draws]
        try:
            return await asyncio.gather(*asked)
        finally:
            # Where one fails, or the turn is stopped, none goes on alone.
            for one in asked:
                one.cancel()
            await asyncio.gather(*asked, return_exceptions=True)

    async def _one(self, work: Work, draw: Draw, *, names: bool) -> Drawn:
        answer = await self._answer(work, draw)
        checked = self._judge.checked(work.target, answer)
        proposal = await self._judge.examined(work.target, checked, names=names, project=False)
        return Drawn(proposal, answer.finished.likelihood)

    async def _answer(self, work: Work, draw: Draw) -> Answer:
        proposal = replace(work.proposal, usage=None, timing=None, cost=None)
        heat, seed, priority = draw.temperature, draw.seed, draw.priority
        if draw.anew and (fill_in := work.filled(Way.ANEW)) is not None:
            gap = replace(fill_in.request, temperature=heat, seed=seed, priority=priority)
            fill_in = replace(fill_in, request=gap)
            return await self._attempts.fill_in(proposal, fill_in, work.endpoint, is_watched=False)
        request = work.request(Way.SAMPLE, likelihood=True)
        request = replace(request, temperature=heat, seed=seed, priority=priority)
        return await self._attempts.rewrite(
            proposal, work.target, work.endpoint, request, is_watched=False
        )
