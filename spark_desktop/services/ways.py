"""In which ways a model is asked, one after the other, until an answer passes."""

from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import cycle

from spark_desktop.domain.effort import Effort
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.proposal import Proposal
from spark_desktop.domain.track_record import Way, by_success
from spark_desktop.domain.trigger import FailingTest
from spark_desktop.services.locate import place_of
from spark_desktop.services.ports import TrackRecord
from spark_desktop.services.work import Work

# Answers of which the first is taken that makes a failing test pass.
_PROVEN = 6


class Ways:
    """``record`` knows what has worked with whom; without it every time is the first."""

    def __init__(self) -> None:
        self.record: TrackRecord | None = None

    async def of(self, work: Work, effort: Effort) -> AsyncIterator[Way]:
        """Yield how to ask, from the first time on, until an answer passes."""
        may_be_slip = isinstance(work.proposal.trigger, FailingTest) and effort.small
        is_local = work.endpoint.model.is_local
        can_fill_in = is_local and work.endpoint.model.fim and effort.lines
        may_be_line = isinstance(work.proposal.trigger, FailingTest) and can_fill_in
        if may_be_slip and is_local:
            yield Way.SMALL
        # Of what was asked before, and waited, the failure is told at once.
        first = () if work.before is not None else await self._first_ways(work)
        for way in first:
            yield way
        # A large model mends most bugs sooner than all slips are tried.
        if may_be_slip and not is_local:
            yield Way.SMALL
        if may_be_line:
            yield Way.LINE
        for _ in range(effort.repairs - (len(first) > 1)):
            yield Way.REPAIR
        can = ((Way.FILL_IN, work.fill_in), (Way.ANEW, work.anew), (Way.SAMPLE, work))
        for number, way in enumerate(cycle([way for way, how in can if how is not None]), 1):
            if number >= _most(work, effort):
                return
            yield way

    async def _first_ways(self, work: Work) -> tuple[Way, ...]:
        # A fill-in that failed is asked for as a whole function instead: another way, another hope.
        if work.fill_in is None:
            return (Way.BLOCKS,) if work.in_blocks else (Way.REGION,)
        ways = (Way.FILL_IN, Way.REGION)
        if self.record is None:
            return ways
        try:
            kind = place_of(work.proposal.trigger)[0]
            return by_success(ways, await self.record.tallies(work.proposal.model, kind))
        except StoreError:
            return ways

    async def note(self, proposal: Proposal, way: Way, passed: bool) -> None:
        """Keep whether an answer of the local model passed; nothing is raised."""
        # An imitated pace is somebody else's answer as little as an endpoint's.
        if self.record is None or proposal.endpoint:
            return
        with suppress(StoreError):  # only what is tried first depends on it
            kind = place_of(proposal.trigger)[0]
            await self.record.keep(proposal.model, kind, way, passed)


def goes_on(work: Work, effort: Effort) -> bool:
    """Return whether more answers cost nobody's attention: a test decides, and they are free."""
    return work.is_decided and work.endpoint.model.is_local and effort.samples > 1


def _most(work: Work, effort: Effort) -> int:
    if not goes_on(work, effort):
        return effort.samples
    # The test that the user named decides on many more, several at once.
    return 1 if effort.trusts and not work.in_blocks else _PROVEN
