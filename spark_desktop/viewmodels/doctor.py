"""The doctor's findings as they come, worst first in words, and a report to copy."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.findings import Finding, Verdict
from spark_desktop.services.tasks import LatestTask, TaskScope
from spark_desktop.viewmodels.notice import Notice, Tone
from spark_desktop.viewmodels.translation import in_language, tr


class Doctor(Protocol):
    """What this view model needs of the doctor."""

    async def examine(self, found: Callable[[int, Finding], None]) -> None:
        """Look at everything; ``found`` hears each finding with its place."""
        ...

    def report(self, findings: tuple[Finding, ...]) -> str:
        """Return the findings as text without secrets."""
        ...


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One examined thing as it is shown."""

    name: str
    state: str
    tone: Tone
    reason: str
    next_step: str


class DoctorViewModel(QObject):
    """``changed`` says that a finding came; findings keep the doctor's order."""

    changed = Signal()

    def __init__(self, doctor: Doctor, scope: TaskScope) -> None:
        super().__init__()
        self._doctor = doctor
        self._latest = LatestTask(scope)
        self._found: dict[int, Finding] = {}
        self._is_done = False

    @property
    def rows(self) -> tuple[FindingRow, ...]:
        """Return what was found until now."""
        return tuple(_row(finding) for finding in self._findings)

    @property
    def is_done(self) -> bool:
        """Return whether everything was looked at."""
        return self._is_done

    @property
    def notice(self) -> Notice:
        """Return the sum of it in one line."""
        if not self._is_done:
            return Notice(tr("Looking…"), Tone.BUSY)
        missing = sum(finding.verdict is Verdict.MISSING for finding in self._findings)
        noted = sum(finding.verdict is Verdict.NOTE for finding in self._findings)
        if missing:
            return Notice(tr("%n problem(s) found.", "", missing), Tone.PROBLEM)
        if noted:
            text = tr("Everything needed is here; %n warning(s).", "", noted)
            return Notice(text, Tone.WARNING)
        return Notice(tr("Everything is as it should be."), Tone.GOOD)

    @property
    def report(self) -> str:
        """Return what was found as text without secrets."""
        return self._doctor.report(self._findings)

    def examine(self) -> None:
        """Look at everything anew."""
        self._found.clear()
        self._is_done = False
        self._latest.start("doctor", self._examine())
        self.changed.emit()

    @property
    def _findings(self) -> tuple[Finding, ...]:
        return tuple(finding for _, finding in sorted(self._found.items()))

    async def _examine(self) -> None:
        await self._doctor.examine(self._on_found)
        self._is_done = True
        self.changed.emit()

    def _on_found(self, place: int, finding: Finding) -> None:
        self._found[place] = finding
        self.changed.emit()


def _row(finding: Finding) -> FindingRow:
    state, tone = {
        Verdict.OK: (tr("ok"), Tone.GOOD),
        Verdict.NOTE: (tr("warning"), Tone.WARNING),
        Verdict.MISSING: (tr("problem"), Tone.PROBLEM),
    }[finding.verdict]
    return FindingRow(
        in_language(finding.name),
        state,
        tone,
        in_language(finding.detail),
        in_language(finding.next_step),
    )
