"""What proves a proposal by what started it: the failing run once more, the broken file parsed."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from spark_desktop.domain.project_checks import Outcome
from spark_desktop.domain.proposal import Check
from spark_desktop.domain.sandboxing import Job, Limits
from spark_desktop.domain.trigger import FailingTest, ProposalTrigger, Repair
from spark_desktop.services.breakage import Breakage
from spark_desktop.services.run_evidence import FailingTestAgain, ShadowRun
from spark_desktop.services.shadow_checks import Workbench

# The trigger, the path, the text before and after it.
TriggerEvidence = Callable[[ProposalTrigger, str, str, str], Awaitable[tuple[Check, ...]]]


class ByTrigger:
    """A TriggerEvidence. ``may_run`` says whether the user let a command run again."""

    def __init__(
        self,
        breakage: Breakage,
        again: FailingTestAgain,
        may_run: Callable[[tuple[str, ...]], bool],
    ) -> None:
        self._breakage = breakage
        self._again = again
        self._may_run = may_run

    async def __call__(
        self, trigger: ProposalTrigger, path: str, before: str, after: str
    ) -> tuple[Check, ...]:
        """Return what is found of ``after``; nothing for other triggers."""
        if isinstance(trigger, Repair):
            return await self._breakage.evidence(path, before, after)
        if isinstance(trigger, FailingTest) and self._may_run(trigger.command):
            return await self._again(trigger, path, before, after)
        return ()


def runs_in(bench: Workbench, is_open_allowed: Callable[[], bool]) -> ShadowRun:
    """Return what runs commands on ``bench``; where it shuts nothing in, only as far as allowed."""

    async def run(
        words: Sequence[str],
        texts: Mapping[str, str | None],
        seconds: float,
        folder: str = "",
    ) -> Outcome:
        job = Job(tuple(words), texts, Limits(seconds=seconds), folder)
        return await bench.run(job, open_allowed=is_open_allowed())

    return run
