"""The left region: proposals, changed files, and what was ignored with its reason."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import (
    ChangeApplied,
    ChangeIgnored,
    ChangeReverted,
    EditsRecovered,
    FilesChanged,
    HistoryFull,
    ProposalChanged,
    ProposalStreamed,
    SaveSettled,
    WorkFailed,
)
from spark_desktop.domain.history import AppliedChange
from spark_desktop.domain.history_words import full_texts, is_all_well, recovered_text
from spark_desktop.domain.inbox_entry import InboxEntry, Outcome
from spark_desktop.domain.patch import FileKind
from spark_desktop.domain.proposal import Proposal, Ready, Streaming
from spark_desktop.domain.withheld import can_be_shown
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import Ignored, IgnoreReason
from spark_desktop.services.bus import Bus
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.amounts import age_text, rate_of
from spark_desktop.viewmodels.frames import Frames
from spark_desktop.viewmodels.inbox_rows import (
    first_to_decide,
    group_of,
    ignored_row,
    inbox_rows,
)
from spark_desktop.viewmodels.intents import Intents
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone, notice_of
from spark_desktop.viewmodels.ports import Edits, Turns
from spark_desktop.viewmodels.rows import Row, Rows
from spark_desktop.viewmodels.translation import in_language, tr

# A list that explains the last changes; older ones explain nothing any more.
_KEPT = 200
# Milliseconds: a rate that changes faster cannot be read.
_RATE_INTERVAL = 250
_AGES_INTERVAL = 30_000

_EMPTY = Notice(
    say("Nothing asks for a proposal yet."),
    Tone.MUTED,
    say("Save a file with a comment that ends in AI!"),
    Action(say("Show how"), Intent.HELP),
)


class ChangesViewModel(QObject):
    """Three lists of rows, newest first, and the line of state over them.

    ``turned`` carries a proposal whose state is of another kind than before, but for one that the
    user had shown although it was withheld: they know.
    """

    changed = Signal()
    turned = Signal(object)
    proposal_chosen = Signal(str)
    file_chosen = Signal(str)

    def __init__(
        self,
        turns: Turns,
        edits: Edits,
        now: Callable[[], datetime],
        bus: Bus,
        scope: TaskScope,
    ) -> None:
        super().__init__()
        self._turns = turns
        self._edits = edits
        self._now = now
        self._intents = Intents(scope, lambda error: self._tell(notice_of(error)))
        self.inbox = Rows(self)
        self.files = Rows(self)
        self.ignored = Rows(self)
        self._told: Notice | None = None
        # What was found of the kept steps; saves do not clear that.
        self._kept: Notice | None = None
        self._proposals = {proposal.id: proposal for proposal in turns.proposals()}
        self._rates: dict[str, float] = {}
        self._changes: dict[str, tuple[datetime, str]] = {}
        self._own: dict[str, str] = {}
        self._removed: dict[str, str] = {}
        # By path; a burst by the id of its entry, since no single file stands for it.
        self._ignored: dict[str, Ignored | InboxEntry] = {}
        self._paced = Frames(self, _RATE_INTERVAL)
        self._paced.frame.connect(self._show_inbox)
        self._ages = QTimer(self)
        self._ages.setInterval(_AGES_INTERVAL)
        self._ages.timeout.connect(self.show_ages)
        self._ages.start()
        self._subscribe(bus)
        self._show_inbox()

    @property
    def notice(self) -> Notice | None:
        """Return what went wrong, else the hint of an empty inbox, else None."""
        if self._told is not None or self._kept is not None:
            return self._told or self._kept
        return None if self._proposals else _EMPTY

    def choose_proposal(self, proposal_id: str) -> None:
        """Ask for a proposal to be reviewed; of an answer's row, the first file to decide on."""
        group = group_of(self._proposals, proposal_id)
        if group:
            self.proposal_chosen.emit(first_to_decide(group))

    def row_of(self, proposal_id: str) -> str:
        """Return the id of the inbox row that a proposal is part of."""
        group = group_of(self._proposals, proposal_id)
        return group[0].id if group else proposal_id

    def choose_file(self, path: str) -> None:
        """Ask for a file to be shown; the row of a burst has none."""
        entry = self._ignored.get(path)
        if not (isinstance(entry, InboxEntry) and entry.is_burst):
            self.file_chosen.emit(path)

    def dismiss(self, proposal_id: str) -> None:
        """Take a row off the list: a proposal, or all files of an answer."""
        for one in group_of(self._proposals, proposal_id):
            self._intents.call(partial(self._turns.dismiss, one.id))
        self.refresh()

    def refresh(self) -> None:
        """Show the proposals that there are now; taking one off the list publishes nothing."""
        self._proposals = {proposal.id: proposal for proposal in self._turns.proposals()}
        self._show_inbox()
        self.changed.emit()

    def undo(self) -> None:
        """Take the last applied change back."""
        self._intents.start("undo", self._edits.undo())

    def redo(self) -> None:
        """Bring the last undone change back."""
        self._intents.start("redo", self._edits.redo())

    def tell_error(self, error: SparkError) -> None:
        """Show over the inbox why something that was asked for there is not possible."""
        self._tell(notice_of(error))

    def act(self, intent: Intent) -> None:
        """Clear what was told, where that is asked for."""
        if intent is Intent.DISMISS and self._told is None:
            self._kept = None
        if intent is Intent.DISMISS:
            self._tell(None)

    def show_ages(self) -> None:
        """Write the times of the changed files anew; rows whose text stays are not repainted."""
        now = self._now()
        newest = sorted(self._changes.items(), key=lambda item: item[1][0], reverse=True)
        rows = [
            Row(
                path,
                path.rpartition("/")[2],
                in_language(what),
                "file",
                Tone.PLAIN,
                age_text(when, now),
                path,
            )
            for path, (when, what) in newest[:_KEPT]
        ]
        self.files.set_rows(rows)

    def _subscribe(self, bus: Bus) -> None:
        bus.subscribe(ProposalChanged, self._on_proposal)
        bus.subscribe(ProposalStreamed, self._on_streamed)
        bus.subscribe(FilesChanged, lambda event: self._note(event.paths, say("saved")))
        bus.subscribe(ChangeApplied, self._on_applied)
        bus.subscribe(ChangeReverted, self._on_reverted)
        bus.subscribe(ChangeIgnored, self._on_ignored)
        bus.subscribe(SaveSettled, self._on_settled)
        bus.subscribe(WorkFailed, self._on_failure)
        bus.subscribe(EditsRecovered, self._on_recovered)
        bus.subscribe(HistoryFull, lambda event: self._keep(*full_texts(event), Tone.WARNING))

    def _on_proposal(self, event: ProposalChanged) -> None:
        proposal = event.proposal
        if not isinstance(proposal.state, Streaming):
            self._rates.pop(proposal.id, None)
        before = self._proposals.get(proposal.id)
        self.refresh()
        if before is None or _has_turned(before, proposal):
            self.turned.emit(proposal)

    def _on_streamed(self, event: ProposalStreamed) -> None:
        rate = rate_of(event.tokens, event.seconds)
        if rate is not None:
            self._rates[event.proposal_id] = rate
            self._paced.request()

    def _on_applied(self, event: ChangeApplied) -> None:
        self._note_own(event.change, say("applied"))

    def _on_reverted(self, event: ChangeReverted) -> None:
        change = event.change
        said = say("redone") if event.on else say("undone")
        if not change.undone and change.off and not event.on:
            said = say("partly undone")
        self._note_own(change, said)

    def _on_ignored(self, event: ChangeIgnored) -> None:
        path = event.ignored.path
        if event.ignored.reason is IgnoreReason.OWN_WRITE and path in self._own:
            # The folder's watch reports our own writes as well: nobody else saved the file.
            self._note((path,), self._own[path])
        elif event.ignored.reason is IgnoreReason.DELETED:
            self._note((path,), self._removed.get(path) or say("deleted"))
        self._show_ignored(path, event.ignored)

    def _on_settled(self, event: SaveSettled) -> None:
        entry = event.entry
        if entry.is_burst:
            # Files that were saved one by one before are part of it.
            for path in entry.paths:
                self._ignored.pop(path, None)
            self._show_ignored(entry.id, entry)
        elif entry.outcome in (Outcome.MERGED, Outcome.SUPERSEDED):
            self._show_ignored(entry.paths[0], entry)
        elif entry.outcome is Outcome.QUEUED and entry.paths[0] in self._ignored:
            # What it asks for stands in the inbox.
            del self._ignored[entry.paths[0]]
            self._show_all_ignored()

    def _show_ignored(self, key: str, ignored: Ignored | InboxEntry) -> None:
        self._ignored.pop(key, None)
        self._ignored[key] = ignored
        self._show_all_ignored()

    def _show_all_ignored(self) -> None:
        newest = list(reversed(self._ignored.values()))[:_KEPT]
        self.ignored.set_rows([ignored_row(one) for one in newest])
        self.changed.emit()

    def _on_failure(self, event: WorkFailed) -> None:
        self._tell(Notice(event.message, Tone.PROBLEM, event.next_step))

    def _on_recovered(self, event: EditsRecovered) -> None:
        tone = Tone.GOOD if is_all_well(event) else Tone.PROBLEM
        hint = say("Look at these files; every step is in the history (Ctrl+H).")
        self._keep(recovered_text(event), hint, tone)

    def _keep(self, text: str, hint: str, tone: Tone) -> None:
        dismiss = Action(tr("Dismiss"), Intent.DISMISS)
        self._kept = Notice(text, tone, hint, dismiss)
        self.changed.emit()

    def _note_own(self, change: AppliedChange, what: str) -> None:
        paths = [path for path in (change.path, change.target) if path]
        gone = _gone(change)
        for path in paths:
            self._own[path] = what
            self._removed.pop(path, None)
        if gone:
            self._removed[gone] = what
        self._note(paths, what)

    def _note(self, paths: Sequence[str], what: str) -> None:
        now = self._now()
        self._changes |= dict.fromkeys(paths, (now, what))
        self.show_ages()
        self._tell(None)

    def _tell(self, notice: Notice | None) -> None:
        if notice is not None and notice.action is None:
            notice = Notice(
                notice.text, notice.tone, notice.hint, Action(tr("Dismiss"), Intent.DISMISS)
            )
        self._told = notice
        self.changed.emit()

    def _show_inbox(self) -> None:
        self.inbox.set_rows(inbox_rows(self._proposals.values(), self._rates))


def _has_turned(before: Proposal, now: Proposal) -> bool:
    is_shown_anyway = can_be_shown(before) and isinstance(now.state, Ready)
    return type(before.state) is not type(now.state) and not is_shown_anyway


def _gone(change: AppliedChange) -> str:
    """Return the path that a change, or its undoing, took a file away from; empty for none."""
    match change.kind:
        case FileKind.CREATE:
            return change.path if change.undone else ""
        case FileKind.DELETE:
            return "" if change.undone else change.path
        case FileKind.RENAME:
            return change.target if change.undone else change.path
        case _:
            return ""
