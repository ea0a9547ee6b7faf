"""``spark endpoints leaderboard`` and ``costs``: what was measured of the user's own answers."""

import argparse
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from spark_desktop.cli.endpoint_shapes import standing_json
from spark_desktop.cli.endpoint_tools import EndpointTools
from spark_desktop.cli.exit_codes import ExitCode
from spark_desktop.cli.output import Output
from spark_desktop.domain.standings import AnswerRecord, Standing, standings

_DAYS = 30
_HEAD = ("endpoint", "model", "answers", "first token", "p95", "tokens/s", "p95 in all", "errors")


async def leaderboard(args: argparse.Namespace, output: Output, tools: EndpointTools) -> ExitCode:
    """Print a line for each model of each endpoint. Raises StoreError."""
    days = args.days or _DAYS
    records = await tools.log.records(tools.clock.now() - timedelta(days=days))
    lines = standings(records)
    if output.structured:
        listed = [standing_json(line) for line in lines]
        output.record({"event": "leaderboard", "days": days, "standings": listed})
        return ExitCode.OK
    if not lines:
        output.note(f"Nothing was asked in the last {days} days.")
        return ExitCode.OK
    _table(output, [_HEAD, *(_row(line) for line in lines)])
    return ExitCode.OK


async def costs(args: argparse.Namespace, output: Output, tools: EndpointTools) -> ExitCode:
    """Print what was spent at each endpoint, in this month or the last days. Raises StoreError."""
    since = _since(args.days, tools.clock.now())
    records = await tools.log.records(since)
    spent: dict[str, float] = defaultdict(float)
    unknown: Counter[str] = Counter()
    for record in records:
        spent[record.endpoint] += record.cost or 0.0
        unknown[record.endpoint] += _is_unpriced(record)
    total, budget = sum(spent.values()), tools.endpoints.book.budget
    if output.structured:
        output.record(
            {
                "event": "costs",
                "since": since.isoformat(),
                "dollars": round(total, 6),
                "endpoints": {name: round(cost, 6) for name, cost in sorted(spent.items())},
                "unpriced": unknown.total(),
                "budget": budget.month or None,
            }
        )
        return ExitCode.OK
    # An endpoint of which no price is known did not work for nothing.
    rows = [
        (name, "not known" if unknown[name] and not cost else f"${cost:.4f}")
        for name, cost in sorted(spent.items())
    ]
    _table(output, [*rows, ("in all", f"${total:.4f}")])
    if budget.month and not args.days:
        output.line(f"The budget of this month is ${budget.month:.2f}.")
    if count := unknown.total():
        whose = "1 answer is" if count == 1 else f"{count} answers is"
        output.note(f"The price of {whose} not known: the sums are without it.")
    return ExitCode.OK


def _since(days: int | None, now: datetime) -> datetime:
    if days:
        return now - timedelta(days=days)
    return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _is_unpriced(record: AnswerRecord) -> bool:
    return record.endpoint != "local" and record.cost is None and not record.error


def _row(line: Standing) -> tuple[str, ...]:
    return (
        line.endpoint,
        line.model,
        str(line.answers),
        _seconds(line.first_token),
        _seconds(line.first_token_p95),
        "-" if line.rate is None else f"{line.rate:.0f}",
        _seconds(line.total_p95),
        f"{line.errors:.0%}",
    )


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f} s"


def _table(output: Output, rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        output.line("  ".join(cells).rstrip())
