"""Mends a failing test elsewhere than its run points at first, by one small change.

What a test calls last is the likeliest place of a mistake, and often only reads what another
function has left. Trying there costs a few runs, and no question to a model.
"""

from dataclasses import replace

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.proposal import Proposal
from spark_desktop.domain.trigger import FailingTest
from spark_desktop.services.locate import located
from spark_desktop.services.ports import Syntax
from spark_desktop.services.secret_guard import Reader
from spark_desktop.services.small_mends import SmallMends
from spark_desktop.services.target import Target, target_of

# Seconds for each place: somebody waits for the model's answer.
_SECONDS = 10.0


class OtherPlaces:
    """Tries the other places that a failing run may point at, the likeliest first."""

    def __init__(self, files: Reader, syntax: Syntax, mends: SmallMends) -> None:
        self._files = files
        self._syntax = syntax
        self._mends = mends

    async def mended(self, proposal: Proposal) -> tuple[Proposal, Target] | None:
        """Return the proposal for another place that the run proves, and that place; else None.

        A place that cannot be read any more is passed over. Cancelling ends the run.
        """
        trigger = proposal.trigger
        for one in trigger.others if isinstance(trigger, FailingTest) else ():
            try:
                snapshot = await self._files.read(one.snapshot.path)
                there = located(one, snapshot, self._syntax)
                if not isinstance(there, FailingTest):
                    continue
                target = target_of(there, self._syntax)
            except SparkError:
                continue
            moved = replace(proposal, trigger=there, region=target.region, patch=None)
            found = await self._mends.mended(moved, target, _SECONDS)
            if found is not None:
                return found, target
        return None
