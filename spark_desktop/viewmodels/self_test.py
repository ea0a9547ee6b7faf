"""The self-test's rows as they come, the sum of them in one line, and a report to copy."""

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.self_test import Check, Outcome, Row
from spark_desktop.services.tasks import LatestTask, TaskScope
from spark_desktop.viewmodels.doctor import FindingRow
from spark_desktop.viewmodels.notice import Notice, Tone, notice_of
from spark_desktop.viewmodels.translation import in_language, tr


class SelfTest(Protocol):
    """What this view model needs of the self-test."""

    async def run(self, begun: Callable[[Check], None], told: Callable[[Row], None]) -> None:
        """Run it in a process of its own; cancelling ends it in order. Raises SparkError."""
        ...

    def report(self, rows: Sequence[Row]) -> str:
        """Return the rows as text without secrets."""
        ...


class SelfTestViewModel(QObject):
    """``changed`` says that a row came, or that the test began, ended or was stopped."""

    changed = Signal()

    def __init__(self, test: SelfTest, scope: TaskScope) -> None:
        super().__init__()
        self._test = test
        self._latest = LatestTask(scope)
        self._rows: list[Row] = []
        self._now = ""
        self._is_stopping = False
        self._end = Notice(tr("The self-test was not run yet."), Tone.MUTED)

    @property
    def rows(self) -> tuple[FindingRow, ...]:
        """Return what came of the checks until now."""
        return tuple(_shown(row) for row in self._rows)

    @property
    def is_running(self) -> bool:
        """Return whether checks are made, or being ended."""
        return self._latest.running

    @property
    def is_stopping(self) -> bool:
        """Return whether the test was stopped and has not ended yet."""
        return self.is_running and self._is_stopping

    @property
    def notice(self) -> Notice:
        """Return the sum of it in one line."""
        if self.is_stopping:
            return Notice(tr("Stopping, and tidying up…"), Tone.BUSY)
        if self.is_running:
            return Notice(tr("Trying: {name}…", name=self._now or tr("start")), Tone.BUSY)
        return self._end

    @property
    def report(self) -> str:
        """Return what came until now as text without secrets."""
        return self._test.report(self._rows)

    def run(self) -> None:
        """Run it anew; while it runs this does nothing."""
        if self.is_running:
            return
        self._rows.clear()
        self._now, self._is_stopping = "", False
        self._latest.start("self-test", self._run()).add_done_callback(self._ended)
        self.changed.emit()

    def stop(self) -> None:
        """End it in order, which takes a moment; what came stays."""
        if self.is_running and not self._is_stopping:
            self._is_stopping = True
            self._latest.cancel()
            self.changed.emit()

    async def _run(self) -> None:
        # What is told where it is cancelled.
        self._end = Notice(tr("Stopped."), Tone.MUTED)
        try:
            await self._test.run(self._on_begun, self._on_told)
        except SparkError as error:
            self._end = notice_of(error)
            return
        self._end = self._sum()

    def _sum(self) -> Notice:
        failed = sum(row.has_failed for row in self._rows)
        noted = sum(row.seen.outcome is Outcome.NOTE for row in self._rows)
        if failed:
            return Notice(tr("%n check(s) failed.", "", failed), Tone.PROBLEM)
        if noted:
            return Notice(tr("Everything works; %n note(s).", "", noted), Tone.WARNING)
        return Notice(tr("Everything works."), Tone.GOOD)

    def _ended(self, _task: object) -> None:
        self.changed.emit()

    def _on_begun(self, check: Check) -> None:
        self._now = in_language(check.name)
        self.changed.emit()

    def _on_told(self, row: Row) -> None:
        self._rows.append(row)
        self.changed.emit()


def _shown(row: Row) -> FindingRow:
    state, tone = {
        Outcome.OK: (tr("ok"), Tone.GOOD),
        Outcome.NOTE: (tr("note"), Tone.WARNING),
        Outcome.FAILED: (tr("FAILED"), Tone.PROBLEM),
    }[row.seen.outcome]
    return FindingRow(
        in_language(row.name),
        state,
        tone,
        in_language(row.seen.text),
        in_language(row.seen.next_step),
    )
