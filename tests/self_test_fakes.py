"""The self-test without processes: rows that come as a test wants them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.self_test import PLAN, Check, Outcome, Row, Seen

OK = Seen(Outcome.OK, "it works")
BAD = Seen(Outcome.FAILED, "it is torn", "Mend it.")
NOTE = Seen(Outcome.NOTE, "none here", "Get one.")


def rows(*seen: Seen) -> tuple[Row, ...]:
    """The first checks of the plan with what they saw."""
    return tuple(
        Row(check.key, check.name, one, 0.25) for check, one in zip(PLAN, seen, strict=False)
    )


@dataclass
class FakeSelfTest:
    """Tells these rows; with ``hangs`` it goes on until it is stopped."""

    rows: tuple[Row, ...] = field(default_factory=lambda: rows(OK, OK, NOTE))
    error: SparkError | None = None
    hangs: bool = False
    starts: int = 0
    stops: int = 0

    async def run(self, begun: Callable[[Check], None], told: Callable[[Row], None]) -> None:
        self.starts += 1
        for check, row in zip(PLAN, self.rows, strict=False):
            begun(check)
            await asyncio.sleep(0)
            told(row)
        if self.error is not None:
            raise self.error
        if self.hangs:
            begun(PLAN[len(self.rows)])
            try:
                await asyncio.Event().wait()
            finally:
                self.stops += 1

    def report(self, rows: Sequence[Row]) -> str:
        return f"report of {len(rows)}"
