"""The history of what was applied: steps, their hunks, and what can be done with them."""

from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import StepApplied, StepReverted
from spark_desktop.domain.history import WHOLE, AppliedChange, Step, StepKind
from spark_desktop.domain.operation import StoreUsage
from spark_desktop.domain.patch import FileKind, Hunk
from spark_desktop.services.bus import Bus
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.amounts import MINUS, age_text, bytes_text, moment_text
from spark_desktop.viewmodels.intents import Intents
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone, notice_of
from spark_desktop.viewmodels.ports import Edits
from spark_desktop.viewmodels.translation import in_language, tr

# Files of a step that are named in its row.
_NAMED = 2


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step in words; ``tip`` names all its files and the moment."""

    id: str
    title: str
    files: str
    counts: str
    age: str
    state: str
    tone: Tone
    tip: str


@dataclass(frozen=True, slots=True)
class PartRow:
    """One hunk of the chosen step, or a file that it made, removed or renamed.

    ``lines`` are what it took and what it put, with their sign; ``change_id`` and ``part`` name it.
    """

    change_id: str
    part: str
    file: str
    place: str
    state: str
    is_undone: bool
    lines: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """Return the lines as text."""
        return "\n".join(f"{sign} {line}" for sign, line in self.lines)


class HistoryViewModel(QObject):
    """Steps newest first; one of them is chosen, with its parts."""

    changed = Signal()

    def __init__(
        self, edits: Edits, now: Callable[[], datetime], bus: Bus, scope: TaskScope
    ) -> None:
        super().__init__()
        self._edits = edits
        self._now = now
        self._scope = scope
        self._intents = Intents(scope, self._failed)
        self._steps: tuple[Step, ...] = ()
        self._usage: StoreUsage | None = None
        self._chosen = ""
        self._followed = False
        self.notice: Notice | None = None
        self.rows: tuple[StepRow, ...] = ()
        self.parts: tuple[PartRow, ...] = ()
        bus.subscribe(StepApplied, lambda _event: self._look())
        bus.subscribe(StepReverted, lambda _event: self._look())

    @property
    def chosen(self) -> int:
        """Return the row of the chosen step, -1 for none."""
        return next((n for n, row in enumerate(self.rows) if row.id == self._chosen), -1)

    @property
    def can_undo(self) -> bool:
        """Return whether something of the chosen step stands."""
        step = self._step
        return step is not None and not step.undone

    @property
    def can_redo(self) -> bool:
        """Return whether something of the chosen step is undone."""
        step = self._step
        return step is not None and (step.undone or step.partly_undone)

    @property
    def turn(self) -> tuple[Step, ...]:
        """Return the steps of the chosen one's turn; none where it is the only one."""
        step = self._step
        if step is None or not step.origin or step.kind is not StepKind.EDIT:
            return ()
        mates = tuple(one for one in self._steps if one.origin == step.origin)
        return mates if len(mates) > 1 else ()

    @property
    def can_undo_turn(self) -> bool:
        """Return whether the turn is of several steps, some of which stand."""
        return any(not step.undone for step in self.turn)

    @property
    def room(self) -> str:
        """Return what the steps take of what they may take."""
        usage = self._usage
        if usage is None:
            return ""
        count = tr("%n step(s)", "", len(self.rows))
        return tr(
            "{count} · {size} of {limit} kept for undo",
            count=count,
            size=bytes_text(usage.bytes),
            limit=bytes_text(usage.limit),
        )

    def follow(self, is_shown: bool) -> None:
        """Read the steps now and whenever one changes, while they are shown."""
        self._followed = is_shown
        self._look()

    def choose(self, row: int) -> None:
        """Take the step in this row."""
        if 0 <= row < len(self.rows) and self.rows[row].id != self._chosen:
            self._chosen = self.rows[row].id
            self._render()

    def undo(self) -> None:
        """Take the chosen step back."""
        self._act(lambda step: self._edits.undo(step.id), self.can_undo)

    def redo(self) -> None:
        """Bring the chosen step back."""
        self._act(lambda step: self._edits.redo(step.id), self.can_redo)

    def undo_turn(self) -> None:
        """Take back every step of the turn."""
        self._act(lambda step: self._edits.undo_origin(step.origin), self.can_undo_turn)

    def restore(self) -> None:
        """Make the files what they were before the chosen step."""
        self._act(lambda step: self._edits.restore(step.id), self._step is not None)

    def can_switch(self, row: int) -> bool:
        """Return whether this part can be undone or redone by itself."""
        return 0 <= row < len(self.parts) and self.parts[row].part != WHOLE

    def switch(self, row: int) -> None:
        """Undo or redo one hunk of the chosen step."""
        if not self.can_switch(row):
            return
        part = self.parts[row]
        hunks = {part.change_id: [part.part]}
        work = self._edits.redo if part.is_undone else self._edits.undo
        self._act(lambda step: work(step.id, hunks), True)

    def act(self, intent: Intent) -> None:
        """Clear what was told, where that is asked for."""
        if intent is Intent.DISMISS:
            self._tell(None)

    @property
    def _step(self) -> Step | None:
        return next((step for step in self._steps if step.id == self._chosen), None)

    def _act(self, work: Callable[[Step], Coroutine[Any, Any, Any]], can: bool) -> None:
        step = self._step
        if step is not None and can:
            self._tell(None)
            self._intents.start("history", work(step))

    def _failed(self, error: SparkError) -> None:
        dismiss = Action(tr("Dismiss"), Intent.DISMISS)
        self._tell(notice_of(error, dismiss))

    def _tell(self, notice: Notice | None) -> None:
        self.notice = notice
        self.changed.emit()

    def _look(self) -> None:
        if self._followed and self._scope.can_start:
            self._intents.start("read the history", self._read())

    async def _read(self) -> None:
        steps, usage = await self._edits.steps(), await self._edits.usage()
        self._steps, self._usage = tuple(reversed(steps)), usage
        if self._step is None:
            self._chosen = self._steps[0].id if self._steps else ""
        self._render()

    def _render(self) -> None:
        now = self._now()
        self.rows = tuple(_row(step, now) for step in self._steps)
        step = self._step
        self.parts = tuple(_parts(step)) if step is not None else ()
        self.changed.emit()


def _row(step: Step, now: datetime) -> StepRow:
    title = in_language(step.title)
    if step.kind is StepKind.RESTORE:
        title = tr("Restored to before “{title}”", title=title)
    names = [change.place.rpartition("/")[2] for change in step.changes]
    files = ", ".join(names[:_NAMED])
    if len(names) > _NAMED:
        files = tr("{names} and %n more", "", len(names) - _NAMED, names=files)
    hunks = [hunk for change in step.changes for hunk in change.hunks]
    added, removed = sum(len(one.new) for one in hunks), sum(len(one.old) for one in hunks)
    when = moment_text(step.created.astimezone())
    state, tone = _state(step)
    return StepRow(
        step.id,
        title,
        files,
        f"+{added} {MINUS}{removed}",
        age_text(step.created, now),
        state,
        tone,
        "\n".join((title, when, *(_described(change) for change in step.changes))),
    )


def _state(step: Step) -> tuple[str, Tone]:
    if step.undone:
        return tr("undone"), Tone.MUTED
    if step.partly_undone:
        return tr("partly undone"), Tone.WARNING
    return tr("stands"), Tone.GOOD


def _described(change: AppliedChange) -> str:
    match change.kind:
        case FileKind.CREATE:
            return tr("{path}: made", path=change.path)
        case FileKind.DELETE:
            return tr("{path}: removed", path=change.path)
        case FileKind.RENAME:
            return tr("{path} → {target}", path=change.path, target=change.target)
    return change.path


def _parts(step: Step) -> Iterator[PartRow]:
    for change in step.changes:
        off = change.off
        if change.kind is FileKind.RENAME or not change.hunks:
            is_off = WHOLE in off
            yield PartRow(change.id, WHOLE, _described(change), "", _part_state(is_off), is_off)
        for hunk in change.hunks:
            whole = change.kind in (FileKind.CREATE, FileKind.DELETE)
            is_off = change.undone or hunk.id in off
            # What a restore did is a mix of other steps' hunks: it goes and comes as a whole.
            part = WHOLE if whole or step.kind is StepKind.RESTORE else hunk.id
            yield PartRow(
                change.id,
                part,
                _described(change) if whole else change.place,
                tr("line {line}", line=hunk.start + 1),
                _part_state(is_off),
                is_off,
                tuple(_lines(hunk)),
            )


def _part_state(is_off: bool) -> str:
    return tr("undone") if is_off else tr("stands")


def _lines(hunk: Hunk) -> Iterator[tuple[str, str]]:
    for sign, lines in ((MINUS, hunk.old), ("+", hunk.new)):
        for line in lines:
            yield sign, line.rstrip("\r\n")
