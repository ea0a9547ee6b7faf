"""What this session would have cost: the report, sorted, of all threads or of one."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.conversation import Thread
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.lab import Column, Line, Report, report_of, sorted_lines
from spark_desktop.domain.lab_profile import Profile
from spark_desktop.domain.lab_proposal import ProposalFigures
from spark_desktop.domain.lab_words import csv_of, totals_text
from spark_desktop.domain.words import say
from spark_desktop.services.tasks import LatestTask, TaskScope
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone, notice_of
from spark_desktop.viewmodels.ports import Lab
from spark_desktop.viewmodels.translation import in_language, tr

_NO_ANSWERS = Notice(
    say("Nothing to add up yet."),
    Tone.MUTED,
    say("Ask a question; its tokens and its time are recorded."),
    Action(say("Ask a question"), Intent.ASK),
)


class LabReportViewModel(QObject):
    """``changed`` says that anything is another; ``thread_id`` is None for the whole project."""

    changed = Signal()

    def __init__(self, lab: Lab, scope: TaskScope) -> None:
        super().__init__()
        self._lab = lab
        self._work, self._exporting = LatestTask(scope), LatestTask(scope)
        self._told: Notice | None = None
        self.threads: tuple[Thread, ...] = ()
        self.proposals: tuple[ProposalFigures, ...] = ()
        self.thread_id: str | None = None
        self.report: Report = report_of((), ())
        self.column: Column | None = None
        self.is_descending = False

    @property
    def notice(self) -> Notice | None:
        """Return the line that says what is missing, or where an export went."""
        if self._told is not None:
            return self._told
        return None if self.report.answers else _NO_ANSWERS

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return the lines as they are sorted: as recorded first, until the user sorts."""
        if self.column is None:
            return self.report.lines
        return sorted_lines(self.report.lines, self.column, self.is_descending)

    @property
    def totals(self) -> str:
        """Return what was added up."""
        return in_language(totals_text(self.report))

    @property
    def scope_text(self) -> str:
        """Return which answers are added up."""
        for thread in self.threads:
            if thread.id == self.thread_id:
                return " ".join(thread.title.split())
        return tr("All threads and proposals of this project")

    def refresh(self) -> None:
        """Add up again."""
        self._work.start("lab report", self._guarded(self._load))

    def choose_thread(self, thread_id: str | None) -> None:
        """Add up one thread, or with None all."""
        self.thread_id = thread_id
        self.refresh()

    def sort(self, column: Column) -> None:
        """Sort by a column; once more turns the order round."""
        self.is_descending = column is self.column and not self.is_descending
        self.column = column
        self.changed.emit()

    def export_csv(self, path: str) -> None:
        """Write the table as CSV."""
        self.export(path, csv_of(self.lines).encode("utf-8"))

    def export(self, path: str, data: bytes) -> None:
        """Write a file; ``notice`` says where it went."""

        async def work() -> None:
            await self._lab.export(Path(path), data)
            done = Action(tr("Dismiss"), Intent.DISMISS)
            self._tell(Notice(tr("Written to {path}", path=path), Tone.GOOD, "", done))

        self._exporting.start("lab export", self._guarded(work))

    def act(self, intent: Intent) -> None:
        """Try again, or clear what was told."""
        if intent is Intent.REPEAT:
            self.refresh()
        elif intent is Intent.DISMISS:
            self._tell(None)

    async def _load(self) -> None:
        self.threads = tuple(thread for thread in await self._lab.threads() if thread.turns)
        if self.thread_id not in {thread.id for thread in self.threads}:
            self.thread_id = None
        self.proposals = await self._lab.proposals()
        # What was recorded is shown also where no profiles can be read.
        self._add_up(())
        self._add_up(await self._lab.profiles())

    def _add_up(self, profiles: tuple[Profile, ...]) -> None:
        turns = [
            turn
            for thread in self.threads
            if self.thread_id in (None, thread.id)
            for turn in thread.turns
        ]
        # They belong to no thread.
        self.report = report_of(turns, profiles, () if self.thread_id else self.proposals)
        self._tell(None)

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except SparkError as error:
            self._tell(notice_of(error, Action(tr("Try again"), Intent.REPEAT)))

    def _tell(self, notice: Notice | None) -> None:
        self._told = notice
        self.changed.emit()
