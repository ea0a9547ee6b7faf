"""The steps of a connection's test in words."""

from collections.abc import Callable
from dataclasses import dataclass

from spark_desktop.domain.connection_check import CheckKind, CheckOutcome, CheckReport, CheckStep
from spark_desktop.viewmodels.amounts import duration_text
from spark_desktop.viewmodels.notice import Notice, Tone
from spark_desktop.viewmodels.translation import in_language, tr


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One step as it is shown."""

    kind: CheckKind
    title: str
    state: str
    tone: Tone
    found: str
    time: str


def check_rows(report: CheckReport) -> tuple[CheckRow, ...]:
    """Return a row for each step that began."""
    return tuple(_row(step) for step in report.steps)


def check_notice(report: CheckReport) -> Notice:
    """Return what the test says in one line."""
    failed = [step for step in report.steps if step.outcome is CheckOutcome.FAILED]
    if failed:
        title = in_language(failed[0].kind.label)
        text = tr("{step}: {found}", step=title, found=in_language(failed[0].found))
        return Notice(text, Tone.PROBLEM, in_language(failed[0].next_step))
    if report.is_over:
        return Notice(tr("The endpoint answers."), Tone.GOOD)
    return Notice(tr("Testing the connection…"), Tone.BUSY)


def _row(step: CheckStep) -> CheckRow:
    state, tone = _OUTCOMES[step.outcome]
    parts = (in_language(step.found), in_language(step.next_step))
    return CheckRow(
        step.kind,
        in_language(step.kind.label),
        state(),
        tone,
        " ".join(part for part in parts if part),
        "" if step.seconds is None else duration_text(step.seconds),
    )


_OUTCOMES: dict[CheckOutcome, tuple[Callable[[], str], Tone]] = {
    CheckOutcome.RUNNING: (lambda: tr("running"), Tone.BUSY),
    CheckOutcome.PASSED: (lambda: tr("passed"), Tone.GOOD),
    CheckOutcome.FAILED: (lambda: tr("failed"), Tone.PROBLEM),
    CheckOutcome.ABSENT: (lambda: tr("not there"), Tone.MUTED),
    CheckOutcome.SKIPPED: (lambda: tr("left out"), Tone.MUTED),
}
