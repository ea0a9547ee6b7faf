"""How endpoints did, from the user's own answers. No I/O."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from spark_desktop.domain.completion import Usage
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.stage_times import percentile


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """One answer that was asked for; seconds by our clock.

    ``endpoint`` is an id, "local" for the local core. ``first_token`` and ``total`` are None where
    it never began or ended; ``error`` is the kind of error as its class is called, "" for none;
    ``cost`` is in US dollars, None for unknown.
    """

    when: datetime
    endpoint: str
    model: str
    kind: WorkKind
    usage: Usage = field(default_factory=Usage)
    first_token: float | None = None
    total: float | None = None
    error: str = ""
    cost: float | None = None

    @property
    def rate(self) -> float | None:
        """Return the tokens per second after the first token; None where there were too few."""
        if self.first_token is None or self.total is None or self.usage.completion_tokens < 2:
            return None
        seconds = self.total - self.first_token
        return (self.usage.completion_tokens - 1) / seconds if seconds > 0 else None


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of the leaderboard: medians, 95th percentiles, shares from 0 to 1, US dollars."""

    endpoint: str
    model: str
    answers: int
    first_token: float | None
    first_token_p95: float | None
    rate: float | None
    total_p95: float | None
    errors: float
    cost: float | None


def standings(records: Iterable[AnswerRecord]) -> tuple[Standing, ...]:
    """Return a line for each model of each endpoint, the soonest first token first.

    Those that never gave a token come last.
    """
    grouped: dict[tuple[str, str], list[AnswerRecord]] = defaultdict(list)
    for record in records:
        grouped[record.endpoint, record.model].append(record)
    lines = [_standing(*names, group) for names, group in grouped.items()]
    return tuple(sorted(lines, key=_soonest))


def _standing(endpoint: str, model: str, group: Sequence[AnswerRecord]) -> Standing:
    firsts = [one.first_token for one in group if one.first_token is not None]
    totals = [one.total for one in group if one.total is not None and not one.error]
    rates = [rate for one in group if (rate := one.rate) is not None]
    costs = [one.cost for one in group if one.cost is not None]
    return Standing(
        endpoint=endpoint,
        model=model,
        answers=len(group),
        first_token=percentile(firsts, 0.5),
        first_token_p95=percentile(firsts, 0.95),
        rate=percentile(rates, 0.5),
        total_p95=percentile(totals, 0.95),
        errors=sum(1 for one in group if one.error) / len(group),
        cost=sum(costs) if costs else None,
    )


def _soonest(line: Standing) -> tuple[float, str, str]:
    first = math.inf if line.first_token is None else line.first_token
    return first, line.endpoint, line.model
