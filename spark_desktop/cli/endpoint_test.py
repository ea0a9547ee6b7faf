"""``spark endpoints test``: what a connection's test finds, as it is found."""

import argparse
from contextlib import aclosing

from spark_desktop.cli.endpoint_shapes import model_json, step_json
from spark_desktop.cli.endpoint_tools import EndpointTools
from spark_desktop.cli.exit_codes import ExitCode
from spark_desktop.cli.output import Output
from spark_desktop.domain.connection_check import (
    CheckKind,
    CheckOutcome,
    CheckReport,
    CheckStep,
)
from spark_desktop.domain.endpoints import AuthKind, EndpointSpec
from spark_desktop.domain.errors import SecretStoreError
from spark_desktop.domain.secret import Secret

_SIGNS = {
    CheckOutcome.PASSED: "ok",
    CheckOutcome.FAILED: "failed",
    CheckOutcome.ABSENT: "none",
    CheckOutcome.SKIPPED: "-",
}
_WIDTH = max(len(kind.label) for kind in CheckKind)


async def test(args: argparse.Namespace, output: Output, tools: EndpointTools) -> ExitCode:
    """Test an endpoint and keep what was found; FAILED where a step failed."""
    spec = tools.spec(args.id)
    key = await _key(spec, output, tools)
    report, told = CheckReport(spec), 0
    async with aclosing(tools.check.run(spec, key)) as reports:
        async for report in reports:
            ended = [one for one in report.steps if one.outcome is not CheckOutcome.RUNNING]
            for step in ended[told:]:
                _tell(step, output)
            told = len(ended)
    answered = report.step(CheckKind.FIRST_TOKEN)
    keeps = answered is not None and answered.outcome is CheckOutcome.PASSED
    if keeps and report.spec != spec:
        problem = await tools.endpoints.change(tools.endpoints.book.with_spec(report.spec))
        if problem is not None:
            output.note(f"spark: {problem}")
    if output.structured:
        output.record(
            {
                "event": "tested",
                "id": spec.id,
                "ok": report.failed is None,
                "model": model_json(report.spec.chosen),
                "listed": [model.id for model in report.listed],
            }
        )
    return ExitCode.OK if report.failed is None else ExitCode.FAILED


async def _key(spec: EndpointSpec, output: Output, tools: EndpointTools) -> Secret | None:
    """Return the key; none where the keyring cannot be read, which the server may not mind."""
    if spec.auth is AuthKind.NONE:
        return None
    try:
        found = await tools.endpoints.keys.find(spec)
    except SecretStoreError as error:
        output.note(f"spark: {error}")
        return None
    return None if found is None else found[0]


def _tell(step: CheckStep, output: Output) -> None:
    if output.structured:
        output.record({"event": "step", **step_json(step)})
        return
    output.line(f"{_SIGNS[step.outcome]:<6} {step.kind.label:<{_WIDTH}}  {step.found}")
    if step.next_step:
        output.line(f"{'':<6} {'':<{_WIDTH}}  → {step.next_step}")
