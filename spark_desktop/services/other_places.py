"""Mends a failing test elsewhere than its run points at first, by one small change.

What a test calls last is the likeliest place of a mistake, and often only reads what another
function has left. Trying there costs a few runs, and no question to a model.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import replace

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.proposal import Proposal
from spark_desktop.domain.trigger import FailingTest, Span
from spark_desktop.services.locate import located
from spark_desktop.services.ports import Syntax
from spark_desktop.services.secret_guard import Reader
from spark_desktop.services.small_mends import SmallMends, Tried, with_doubt
from spark_desktop.services.target import Target, target_of

# Seconds for each place, and for all: somebody waits for the model's answer.
_SECONDS = 10.0
_SECONDS_OF_ALL = 45.0
# A run of so many seconds leaves no time for several changes.
_SLOW = 2.5


class OtherPlaces:
    """Tries the other places that a failing run may point at, the likeliest first."""

    def __init__(
        self, files: Reader, syntax: Syntax, mends: SmallMends, seconds: float = _SECONDS_OF_ALL
    ) -> None:
        self._files = files
        self._syntax = syntax
        self._mends = mends
        self._seconds = seconds

    async def mended(self, proposal: Proposal, first: Tried) -> tuple[Proposal, Target] | None:
        """Return the proposal for another place that the run proves, and that place; else None.

        ``first`` is what came of the place that the run points at first: where that leaves two
        changes open, or there is no run that could decide, no other place is tried. One that
        cannot be read any more is passed over. Cancelling ends the run.
        """
        if not first.may_be_elsewhere:
            return None
        try:
            async with asyncio.timeout(self._seconds):
                return await self._tried(proposal, first)
        except TimeoutError:
            return None

    async def _tried(self, proposal: Proposal, first: Tried) -> tuple[Proposal, Target] | None:
        trigger, is_whole, took = proposal.trigger, first.is_whole, first.took
        # What is too long was not tried, and what it holds may be.
        known = [(trigger.snapshot.path, proposal.region)] if took else []
        for one in trigger.others if isinstance(trigger, FailingTest) else ():
            if took > _SLOW:
                return None
            there, target = await self._place(one) or (one, None)
            # A line of a function and the function itself are one place.
            if target is None or _is_among(known, one.snapshot.path, target.region):
                continue
            there = replace(there, first_path=trigger.snapshot.path)
            moved = replace(proposal, trigger=there, region=target.region, patch=None)
            tried = await self._mends.tried(moved, target, _SECONDS, only_traps=not is_whole)
            if tried.found is not None:
                return tried.found if is_whole else with_doubt(tried.found), target
            if not tried.may_be_elsewhere:
                return None
            is_whole, took = is_whole and tried.is_whole, tried.took
            if took:
                known.append((there.snapshot.path, target.region))
        return None

    async def _place(self, one: FailingTest) -> tuple[FailingTest, Target] | None:
        """Return a place as its file is now; None where it is gone."""
        try:
            snapshot = await self._files.read(one.snapshot.path)
            there = located(one, snapshot, self._syntax)
            if not isinstance(there, FailingTest) or not there.lines:
                return None
            return there, target_of(there, self._syntax)
        except SparkError:
            return None


def _is_among(known: Iterable[tuple[str, Span | None]], path: str, lines: Span) -> bool:
    return any(
        path == other and span is not None and span.start <= lines.start and lines.end <= span.end
        for other, span in known
    )
