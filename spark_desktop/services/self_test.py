"""The self-test: checks one after the other, in processes that may crash or hang."""

import asyncio
import time
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Protocol

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.self_test import PLAN, TIDY, Check, End, Outcome, Row, Seen
from spark_desktop.domain.words import joined, say
from spark_desktop.services.tasks import to_end

# Seconds beyond a check's own deadline, within which its process says that it is over; the first
# has to load Qt from a cold disk besides.
GRACE_S = 5.0
START_S = 90.0


class Worker(Protocol):
    """A process that makes checks one after the other."""

    async def row(self) -> Row | None:
        """Return what came of its next check; None where the process has ended."""
        ...

    async def end(self) -> End:
        """End the process with all that it started, and return how it ended."""
        ...


class Workers(Protocol):
    """Starts such processes, in a place of their own."""

    def start(self, checks: Sequence[Check]) -> Worker:
        """Start one that makes these. Raises SparkError."""
        ...

    async def tidy(self) -> Seen:
        """End what still runs and remove the place; tell whether anything had to be forced."""
        ...


class SelfTest:
    """Makes the checks; one that fails, crashes or hangs stops no other.

    ``begun`` hears which check is made now, ``told`` what came of each.
    """

    def __init__(
        self,
        workers: Workers,
        begun: Callable[[Check], None],
        told: Callable[[Row], None],
        grace: float = GRACE_S,
        start: float = START_S,
    ) -> None:
        self._workers = workers
        self._begun, self._told = begun, told
        self._grace, self._start = grace, start
        self._rows: list[Row] = []
        self._torn: End | None = None

    async def run(self, plan: Sequence[Check] = PLAN) -> tuple[Row, ...]:
        """Make all checks and tidy up; return what came of them. Cancelling tidies up, too."""
        try:
            for _, group in groupby(plan, key=lambda check: check.on_screen):
                left = tuple(group)
                while left:
                    left = await self._round(left)
        finally:
            await to_end(self._tidy())
        return tuple(self._rows)

    async def _round(self, checks: tuple[Check, ...]) -> tuple[Check, ...]:
        """Make the checks in one process; return those that are left where it did not last."""
        try:
            worker = self._workers.start(checks)
        except SparkError as error:
            for check in checks:
                self._tell(check, Seen(Outcome.FAILED, error.message, error.next_step), 0.0)
            return ()
        try:
            for place, check in enumerate(checks):
                allowed = check.deadline + self._grace + (0.0 if place else self._start)
                if not await self._one(worker, check, allowed):
                    return checks[place + 1 :]
        finally:
            end = await to_end(worker.end())
        if not end.in_order:
            # All of its checks are told already: it fell in closing its window, or its core.
            self._torn = end
        return ()

    async def _one(self, worker: Worker, check: Check, allowed: float) -> bool:
        """Wait for one check; return whether its process can go on."""
        self._begun(check)
        began = time.monotonic()
        try:
            async with asyncio.timeout(allowed):
                row = await worker.row()
        except TimeoutError:
            await to_end(worker.end())
            hung = say("it hung: nothing came within {seconds:.0f} s", seconds=allowed)
            self._tell(check, Seen(Outcome.FAILED, hung, _REPORT), time.monotonic() - began)
            return False
        if row is None or row.key != check.key:
            end = await to_end(worker.end())
            died = say("its process ended in the middle of it: {how}", how=end.how)
            self._tell(check, Seen(Outcome.FAILED, died, _REPORT), time.monotonic() - began)
            return False
        self._tell(check, row.seen, row.seconds)
        return True

    async def _tidy(self) -> None:
        began = time.monotonic()
        seen = await self._workers.tidy()
        if self._torn is not None and seen.outcome is Outcome.OK:
            torn = say("a process did not end in order: {how}", how=self._torn.how)
            seen = Seen(Outcome.FAILED, torn, _REPORT)
        self._tell(TIDY, seen, time.monotonic() - began)

    def _tell(self, check: Check, seen: Seen, seconds: float) -> None:
        row = Row(check.key, check.name, seen, seconds)
        self._rows.append(row)
        self._told(row)


_REPORT = joined(
    (
        say("Install Spark Desktop again."),
        say("If it stays so, report it with this table."),
    )
)
