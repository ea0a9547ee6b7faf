"""``spark doctor``: what is installed, found and missing, each with the next step."""

import argparse
import asyncio

from spark_desktop.cli.exit_codes import ExitCode
from spark_desktop.cli.output import Output
from spark_desktop.cli.session import ProjectFactory
from spark_desktop.domain.findings import Finding, Verdict
from spark_desktop.places import data_folder


async def run(args: argparse.Namespace, output: Output, factory: ProjectFactory) -> ExitCode:
    """Examine everything; FAILED where something that is needed is missing."""
    from spark_desktop.adapters.examinations import examine_all

    findings = await asyncio.to_thread(examine_all, data_folder())
    if output.structured:
        output.record({"event": "doctor", "ok": _healthy(findings), "findings": _json(findings)})
    else:
        _print(findings, output)
    return ExitCode.OK if _healthy(findings) else ExitCode.FAILED


def _healthy(findings: list[Finding]) -> bool:
    return all(finding.verdict is not Verdict.MISSING for finding in findings)


def _json(findings: list[Finding]) -> list[dict[str, str]]:
    return [
        {
            "name": finding.name,
            "verdict": finding.verdict.value,
            "detail": finding.detail,
            "next_step": finding.next_step,
        }
        for finding in findings
    ]


def _print(findings: list[Finding], output: Output) -> None:
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        output.line(f"{finding.verdict.value:<8} {finding.name:<{width}}  {finding.detail}")
        if finding.next_step:
            output.line(f"{'':<8} {'':<{width}}  → {finding.next_step}")
