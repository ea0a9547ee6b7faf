"""The report in words and as CSV; the window and the command line say the same."""

import csv
import io
from collections.abc import Iterable

from spark_desktop.domain.lab import Line, Pace, Report
from spark_desktop.domain.words import joined, say

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
# Where a speed comes from, as the core's profiles name it.
_KINDS = {
    "vendor": say("vendor"),
    "measured": say("measured"),
    "second-hand": say("second-hand"),
    "derived": say("derived"),
    "emulated": say("emulated"),
}
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
        return say("<${price:.4f}", price=0.0001)
    if line.price < 1:
        return say("${price:.4f}", price=line.price)
    return say("${price:,.2f}", price=line.price)


def title_text(line: Line) -> str:
    """Return the line's title, with how many of its answers the hardware could not hold."""
    if not line.too_long:
        return line.title
    return say(
        "{title} ({too_long} of {answers} exceed its context)",
        title=line.title,
        too_long=line.too_long,
        answers=line.answers,
    )


def kind_text(kind: str) -> str:
    """Return where a speed comes from, in words; a kind that is not ours as it is."""
    return _KINDS.get(kind, kind) or say("unknown")


def totals_text(report: Report) -> str:
    """Return what was added up: "4 answers · 12,000 tokens in (9,000 cached), 800 out".

    Where proposals are among them it says how many: "4 answers (1 of proposals)".
    """
    usage = report.usage
    answers = say("%n answer(s)", "", report.answers)
    if report.proposals:
        answers = say("{answers} ({count} of proposals)", answers=answers, count=report.proposals)
    tokens = say(
        "{prompt:,} tokens in ({cached:,} cached), {completion:,} out",
        prompt=usage.prompt_tokens,
        cached=usage.cached_tokens,
        completion=usage.completion_tokens,
    )
    left_out = say("{count} without counts left out", count=report.left_out)
    return joined((answers, tokens, left_out if report.left_out else ""), " · ")


def cells(line: Line) -> tuple[str, str, str, str, str]:
    """Return the line as it stands under HEADINGS."""
    count = say("{count:,}", count=line.answers)
    return title_text(line), kind_text(line.kind), count, waiting_text(line), price_text(line)


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
