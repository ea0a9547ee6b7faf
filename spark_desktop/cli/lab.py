"""``spark lab``: what the recorded answers took, and would take and cost on other hardware."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from spark_desktop.cli import folders
from spark_desktop.cli.exit_codes import ExitCode
from spark_desktop.cli.json_shapes import Json
from spark_desktop.cli.output import Output
from spark_desktop.cli.session import ProjectFactory, project_at
from spark_desktop.domain.conversation import Thread
from spark_desktop.domain.lab import Line, Report
from spark_desktop.domain.lab_words import FORMULA, HEADINGS, PRICING, cells, csv_of, totals_text

_GAP = "  "


async def run(args: argparse.Namespace, output: Output, factory: ProjectFactory) -> ExitCode:
    """Print the report of the folder's chats; no core is needed, but the core's program is."""
    root = folders.named_folder(None)
    async with project_at(root, None, output, factory) as project:
        report = await project.lab.report(args.thread)
        threads = () if args.thread else await project.chat.threads()
        if args.csv is not None:
            await project.lab.export(Path(args.csv), csv_of(report.lines).encode("utf-8"))
            output.note(f"Written to {args.csv}")
        if args.recording is not None:
            count = await project.lab.export_recording(Path(args.recording), args.thread)
            output.note(f"{count} answers written to {args.recording}")
    if output.structured:
        output.record({"event": "lab", "thread": args.thread, **report_json(report)})
    else:
        output.line(totals_text(report))
        output.text(f"\n{_table(report.lines)}\n\n{FORMULA}\n{PRICING}\n")
        _tell(threads, output)
    return ExitCode.OK


def report_json(report: Report) -> Json:
    """Return the report; times in seconds, prices in US$, null where they are not known."""
    usage = report.usage
    return {
        "answers": report.answers,
        "proposals": report.proposals,
        "left_out": report.left_out,
        "tokens": {
            "in": usage.prompt_tokens,
            "cached": usage.cached_tokens,
            "out": usage.completion_tokens,
        },
        "lines": [_line_json(line) for line in report.lines],
    }


def _line_json(line: Line) -> Json:
    return {
        "id": line.id,
        "title": line.title,
        "pace": line.pace.value,
        "kind": line.kind,
        "answers": line.answers,
        "waiting_s": None if line.waiting is None else round(line.waiting, 3),
        "price_usd": None if line.price is None else round(line.price, 6),
        "too_long": line.too_long,
    }


def _table(lines: Sequence[Line]) -> str:
    rows = [HEADINGS, *(cells(line) for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return "\n".join(
        _GAP.join(
            # The first two columns are words, the others amounts.
            text.ljust(width) if column < 2 else text.rjust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _tell(threads: Sequence[Thread], output: Output) -> None:
    if len(threads) > 1:
        output.note("\nOne chat alone: --thread with one of")
        for thread in threads:
            output.note(f"  {thread.id}  {' '.join(thread.title.split())[:60]}")
