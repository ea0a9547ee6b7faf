"""A follow-up has to mend what the changed signature broke."""

import pytest
from fakes import LineSyntax

from spark_desktop.domain.checks import failure
from spark_desktop.domain.patch import compute
from spark_desktop.domain.proposal import Check, Proposal, Streaming
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import FollowUp, Instruction, Span
from spark_desktop.domain.workspace import snapshot_of
from spark_desktop.services.judging import Judge
from spark_desktop.services.target import target_of

TEXT = "f(1, 2)\n"
SNAPSHOT = snapshot_of("a.ts", SourceText(TEXT))


@pytest.mark.parametrize(
    ("trigger", "lingers", "why"),
    [
        (FollowUp(SNAPSHOT, Span(0, 1), "f()", "fit it"), True, "1 as before; line 1"),
        (FollowUp(SNAPSHOT, Span(0, 1), "f()", "fit it"), False, None),
        (Instruction(SNAPSHOT, Span(0, 1), "fit it"), True, None),
    ],
)
async def test_what_lingers_is_a_fault_of_follow_ups_only(trigger, lingers, why):
    judge = Judge(LineSyntax())

    async def project(path: str, before: str, after: str) -> tuple[Check, ...]:
        return (Check("tsc", True, "1 as before; line 1", lingers=lingers),)

    judge.project = project
    patch = compute("a.ts", SNAPSHOT.digest, TEXT, "f(3)\n")
    proposal = Proposal("1", trigger, Streaming(1), patch=patch)
    found = await judge.examined(
        target_of(trigger, LineSyntax()), proposal, names=False, project=True
    )
    assert failure(found.evidence) == why
    assert found.evidence[-1].report == (why or "")
