"""The report in words and as CSV; the window and the command line say the same."""

import csv
import io
from collections.abc import Iterable

from spark_desktop.domain.lab import Line, Pace, Report
from spark_desktop.domain.words import say

NOT_PUBLISHED = say("not published")
NOT_MEASURED = say("not measured")
NO_PRICE = say("none recorded")
FORMULA = say(
    "Waiting time = first token + time per prompt token * (in - cached) "
    "+ (out - 1) / tokens per second, added up over the answers."
)
PRICING = say(
    "Price = (in - cached) * price in + cached * price of cached tokens + out * price out; "
    "without a published price of cached tokens they cost what the others do."
)
HEADINGS = (say("Pace"), say("Speed from"), say("Answers"), say("Waiting"), say("Price"))
# What stands behind a figure; a profile of the user's own may name another kind.
KINDS = {
    "vendor": say("vendor"),
    "measured": say("measured"),
    "second-hand": say("second-hand"),
    "derived": say("derived"),
}
UNKNOWN = say("unknown")
_CSV = ("id", "title", "pace", "kind", "answers", "waiting_s", "price_usd", "too_long")


def waiting_text(line: Line) -> str:
    """Return the waiting time with its unit: 0.42 s, 12.3 s, 4 min 10 s, 2 h 5 min."""
    seconds = line.waiting
    if seconds is None:
        return NOT_MEASURED
    if seconds < 9.995:
        return say("{seconds:.2f} s", seconds=seconds)
    if seconds < 99.95:
        return say("{seconds:.1f} s", seconds=seconds)
    whole = round(seconds)
    if whole < 3600:
        return say("{minutes} min {seconds} s", minutes=whole // 60, seconds=whole % 60)
    return say("{hours} h {minutes} min", hours=whole // 3600, minutes=whole % 3600 // 60)


def price_text(line: Line) -> str:
    """Return the price in US$, or in words why there is none; never 0 for an unknown one."""
    if line.price is None:
        return NOT_PUBLISHED if line.pace is Pace.PROFILE else NO_PRICE
    if 0 < line.price < 0.0001:
        # Four digits would make nothing of it.
        return "<$0.0001"
    return f"${line.price:.4f}" if line.price < 1 else f"${line.price:,.2f}"


def title_text(line: Line) -> str:
    """Return the line's title, with how many of its answers the hardware could not hold."""
    if not line.too_long:
        return line.title
    return say(
        "{title} ({count} of {answers} exceed its context)",
        title=line.title,
        count=line.too_long,
        answers=line.answers,
    )


def totals_text(report: Report) -> str:
    """Return what was added up: "4 answers · 12,000 tokens in (9,000 cached), 800 out".

    Where proposals are among them it says how many: "4 answers (1 of proposals)".
    """
    usage = report.usage
    one = report.answers == 1
    answers = say("1 answer") if one else say("{count} answers", count=report.answers)
    if report.proposals:
        answers = say("{answers} ({count} of proposals)", answers=answers, count=report.proposals)
    text = say(
        "{answers} · {tokens:,} tokens in ({cached:,} cached), {written:,} out",
        answers=answers,
        tokens=usage.prompt_tokens,
        cached=usage.cached_tokens,
        written=usage.completion_tokens,
    )
    if report.left_out:
        return say("{text} · {count} without counts left out", text=text, count=report.left_out)
    return text


def cells(line: Line) -> tuple[str, str, str, str, str]:
    """Return the line as it stands under HEADINGS."""
    kind = KINDS.get(line.kind, line.kind) or UNKNOWN
    return title_text(line), kind, f"{line.answers:,}", waiting_text(line), price_text(line)


def csv_of(lines: Iterable[Line]) -> str:
    """Return the lines as CSV with full precision; what is not known is left empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_CSV)
    for line in lines:
        writer.writerow(
            (
                *(line.id, line.title, line.pace.value, line.kind, line.answers),
                *(_number(line.waiting), _number(line.price), line.too_long),
            )
        )
    return out.getvalue()


def _number(value: float | None) -> str:
    return "" if value is None else repr(round(value, 6))
