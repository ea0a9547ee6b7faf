"""Whether the tests that prove an answer say where its bounds are.

One test of the ordinary case passes with ``<`` as well as with ``<=``, and a small model takes
either. Where a bound turned into its neighbour passes, too, the run proves less than it seems.
"""

import asyncio
import time
from collections.abc import Collection, Iterator

from spark_desktop.domain.checks import failure
from spark_desktop.domain.documentation_requests import is_only_documentation
from spark_desktop.domain.proposal import Check, Proposal
from spark_desktop.domain.shadow_evidence import changed_rows
from spark_desktop.domain.small_change import SmallChange
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.words import say
from spark_desktop.services.answer_evidence import ProjectEvidence
from spark_desktop.services.judging import Judge
from spark_desktop.services.ports import Syntax
from spark_desktop.services.target import Target

# Runs of the project's checks at most, and seconds on the wall in which the last one may begin.
_MOST = 4
_SECONDS = 20.0


class BoundProbes:
    """Turns the bounds of an answer one by one, and lets the run decide again."""

    def __init__(self, syntax: Syntax, judge: Judge) -> None:
        self._syntax = syntax
        self._judge = judge

    async def open_bound(self, target: Target, proposal: Proposal) -> Check | None:
        """Return a warning about the first bound that no test decides; None where all are.

        Only bounds of changed lines are tried, four at most. Cancelling ends the run.
        """
        asked = target.instruction
        if proposal.patch is None or is_only_documentation(proposal.trigger, asked):
            return None
        path, before = proposal.patch.path, target.content
        after = proposal.after
        end = time.monotonic() + _SECONDS
        # Comparing long texts takes tenths of a second.
        _, rows = await asyncio.to_thread(changed_rows, before, after)
        bounds = await asyncio.to_thread(lambda: tuple(self._bounds(path, after, rows)))
        for change in bounds[:_MOST]:
            if time.monotonic() > end:
                return None
            if await self._passes(proposal, path, before, change.applied(after)):
                bound, other = after[change.start : change.end], change.text
                told = say(
                    "The tests pass with {other} for {bound}, too.", other=other, bound=bound
                )
                return Check(say("bounds are tested"), False, told, is_advice=True)
        return None

    def _bounds(self, path: str, after: str, rows: Collection[int]) -> Iterator[SmallChange]:
        if not rows:
            return
        lines = Span(min(rows), max(rows) + 1)
        for one in self._syntax.small_changes(path, after, lines):
            if one.rank == 0 and after.count("\n", 0, one.start) in rows:
                yield one

    async def _passes(self, proposal: Proposal, path: str, before: str, after: str) -> bool:
        told: tuple[Check, ...] = ()
        for evidence in (self._by_trigger(proposal), self._judge.project):
            if evidence is not None:
                told = (*told, *await evidence(path, before, after))
            if failure(told) is not None:
                return False
        return any(check.proves for check in told)

    def _by_trigger(self, proposal: Proposal) -> ProjectEvidence | None:
        again = self._judge.by_trigger
        if again is None:
            return None
        return lambda path, before, after: again(proposal.trigger, path, before, after)
