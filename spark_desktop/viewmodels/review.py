"""The middle region: one proposal, or one file, and the decisions on its hunks."""

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import (
    ChangeApplied,
    ChangeReverted,
    FilesChanged,
    ProposalChanged,
    ProposalStreamed,
)
from spark_desktop.domain.patch import FilePatch
from spark_desktop.domain.proposal import Closed, Proposal, Queued, Ready, Streaming
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import FileStore
from spark_desktop.services.tasks import LatestTask, TaskScope
from spark_desktop.viewmodels.amounts import MINUS, answered_text, rate_of
from spark_desktop.viewmodels.answer_notices import AnswerNotices
from spark_desktop.viewmodels.decisions import Decisions
from spark_desktop.viewmodels.frames import Frames
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone, notice_of
from spark_desktop.viewmodels.ports import Reviews, Turns
from spark_desktop.viewmodels.translation import tr
from spark_desktop.viewmodels.wording import EvidenceLine, evidence_line, notice_of_proposal

_NOTHING = Notice(
    say("Nothing to review."),
    Tone.MUTED,
    say("Proposals appear here while they are written."),
    Action(say("Show how"), Intent.HELP),
)
_FILE = Notice(
    say("The file as it is on disk."),
    Tone.MUTED,
    say("Select lines to edit only those."),
    Action(say("Type an edit"), Intent.EDIT),
)


class ReviewViewModel(QObject):
    """What is reviewed; ``changed`` excludes the streaming text, which has a signal of its own."""

    changed = Signal()
    streamed = Signal()
    hunk_changed = Signal()
    target_changed = Signal(object, object)
    intent_raised = Signal(object)
    list_changed = Signal()

    def __init__(
        self, turns: Turns, reviews: Reviews, files: FileStore, bus: Bus, scope: TaskScope
    ) -> None:
        super().__init__()
        self._turns = turns
        self._files = files
        self._opening = LatestTask(scope)
        self._proposals = {proposal.id: proposal for proposal in turns.proposals()}
        self._shown: str | None = None
        self._file: Snapshot | None = None
        self._selection: Span | None = None
        self._texts: dict[str, ProposalStreamed] = {}
        self._told: Notice | None = None
        self._decisions = Decisions(reviews, scope, self._on_failure)
        self._decisions.moved.connect(self.hunk_changed)
        self._answers = AnswerNotices(bus, (WorkKind.SUGGESTION, WorkKind.EDIT), self)
        self._answers.changed.connect(self.changed)
        self._frames = Frames(self)
        self._frames.frame.connect(self.streamed)
        bus.subscribe(ProposalChanged, self._on_proposal)
        bus.subscribe(ProposalStreamed, self._on_streamed)
        bus.subscribe(FilesChanged, lambda event: self._reload(event.paths))
        bus.subscribe(ChangeApplied, lambda event: self._reload((event.change.path,)))
        bus.subscribe(ChangeReverted, self._on_reverted)

    @property
    def proposal(self) -> Proposal | None:
        """Return the reviewed proposal, None where a file or nothing is shown."""
        return None if self._shown is None else self._proposals.get(self._shown)

    @property
    def snapshot(self) -> Snapshot | None:
        """Return the text that is shown: the proposal's, or the open file."""
        proposal = self.proposal
        return self._file if proposal is None else proposal.trigger.snapshot

    @property
    def path(self) -> str | None:
        """Return the path of what is shown."""
        return None if self.snapshot is None else self.snapshot.path

    @property
    def selection(self) -> Span | None:
        """Return the lines selected in the open file."""
        return self._selection

    @property
    def is_streaming(self) -> bool:
        """Return whether the model writes what is shown."""
        return self.proposal is not None and isinstance(self.proposal.state, Streaming)

    @property
    def is_decidable(self) -> bool:
        """Return whether hunks wait for a decision."""
        ready = self.proposal is not None and isinstance(self.proposal.state, Ready)
        return ready and bool(self._decisions.pending)

    @property
    def streaming_text(self) -> str:
        """Return the whole region as far as the model has written it."""
        streamed = self._texts.get(self._shown or "")
        return "" if streamed is None else streamed.text

    @property
    def current_hunk(self) -> str | None:
        """Return the id of the hunk that accept and reject are about."""
        return self._decisions.current

    @property
    def patch(self) -> FilePatch | None:
        """Return the change to show: what failed its checks or lost its place is not one."""
        if self.proposal is None or not isinstance(self.proposal.state, Ready | Closed):
            return None
        return self.proposal.patch

    @property
    def counts_text(self) -> str:
        """Return lines added and removed, each with its sign; empty without a patch."""
        patch = self.patch
        if patch is None or not patch.hunks:
            return ""
        return f"+{patch.added} {MINUS}{patch.removed}"

    @property
    def position_text(self) -> str:
        """Return "hunk 2 of 5"; empty where nothing waits for a decision."""
        patch = self.patch
        if patch is None or self.current_hunk is None:
            return ""
        ids = [hunk.id for hunk in patch.hunks]
        return tr(
            "hunk {number} of {count}", number=ids.index(self.current_hunk) + 1, count=len(ids)
        )

    @property
    def hunk_text(self) -> str:
        """Return the current hunk in words, for readers of the screen; empty without one."""
        hunks = () if self.patch is None else self.patch.hunks
        for hunk in hunks:
            if hunk.id == self.current_hunk:
                parts = [
                    tr(
                        "{position_text}, at line {start}.",
                        position_text=self.position_text,
                        start=hunk.start + 1,
                    )
                ]
                if hunk.old:
                    lines = "".join(hunk.old).rstrip()
                    parts.append(tr("Removes:\n{lines}", lines=lines))
                if hunk.new:
                    lines = "".join(hunk.new).rstrip()
                    parts.append(tr("Adds:\n{lines}", lines=lines))
                return "\n".join(parts)
        return ""

    @property
    def evidence(self) -> EvidenceLine:
        """Return what was checked, in one line."""
        return evidence_line(() if self.proposal is None else self.proposal.evidence)

    @property
    def answered_text(self) -> str:
        """Return who wrote the proposal and what that cost; empty for the local core."""
        proposal = self.proposal
        if proposal is None:
            return ""
        return answered_text(proposal.endpoint, proposal.model, proposal.cost)

    @property
    def notice(self) -> Notice | None:
        """Return the line over the review; None while there is just something to decide."""
        if self._told is not None:
            return self._told
        if self.proposal is not None:
            if self.is_streaming and self._answers.waiting is not None:
                return self._answers.waiting
            told = self._answers.told_of(self.proposal.id)
            return notice_of_proposal(self.proposal, self._rate()) or told
        return _NOTHING if self._file is None else _FILE

    def show_proposal(self, proposal_id: str) -> None:
        """Review a proposal; an unknown id is ignored (it was dismissed meanwhile)."""
        if proposal_id not in self._proposals:
            return
        self._opening.cancel()
        self._told = None
        self._shown = proposal_id
        self._set_selection(None)
        self._decisions.show(self.proposal)
        self.changed.emit()

    def open_file(self, path: str) -> None:
        """Show a file as it is on disk."""
        self._opening.start("open", self._open(path))

    def select(self, lines: Span | None) -> None:
        """Note which lines of the open file the user selected."""
        if self.proposal is None:
            self._set_selection(lines)

    def next_hunk(self) -> None:
        """Go to the next hunk that waits for a decision."""
        self._decisions.step(1)

    def previous_hunk(self) -> None:
        """Go to the hunk before that waits for a decision."""
        self._decisions.step(-1)

    def go_to_hunk(self, hunk_id: str) -> None:
        """Go to this hunk."""
        self._decisions.go_to(hunk_id)

    def accept(self, hunk_id: str | None = None) -> None:
        """Write one hunk (the current one unless named)."""
        self._decide(hunk_id, accept=True)

    def reject(self, hunk_id: str | None = None) -> None:
        """Decide against one hunk (the current one unless named)."""
        self._decide(hunk_id, accept=False)

    def accept_all(self) -> None:
        """Write every hunk that waits."""
        if self.is_decidable:
            self._told = None
            self._decisions.accept(None)

    def reject_all(self) -> None:
        """Decide against every hunk that waits."""
        if self.is_decidable:
            self._told = None
            self._decisions.reject(None)

    def act(self, intent: Intent) -> None:
        """Do what the notice's button asks for, or hand it to the window."""
        match intent:
            case Intent.STOP:
                self._turns.stop()
            case Intent.REPEAT:
                self._repeat()
            case Intent.DISMISS:
                self._dismiss()
            case _:
                self.intent_raised.emit(intent)

    def _repeat(self) -> None:
        if self._shown is None:
            return
        try:
            new = self._turns.repeat(self._shown)
        except SparkError as error:
            self._on_failure(error)
            return
        self._adopt()
        self.show_proposal(new)

    def _dismiss(self) -> None:
        if self._told is not None:
            self._told = None
        elif self._shown is not None and self._answers.told_of(self._shown) is not None:
            self._answers.dismiss(self._shown)
        elif self._shown is not None and isinstance(self._state(), Queued):
            self._turns.dismiss(self._shown)
            self._adopt()
            self._shown = None
            self._decisions.show(None)
        self.changed.emit()

    def _adopt(self) -> None:
        self._proposals = {proposal.id: proposal for proposal in self._turns.proposals()}
        self.list_changed.emit()

    def _decide(self, hunk_id: str | None, *, accept: bool) -> None:
        hunk = self.current_hunk if hunk_id is None else hunk_id
        if hunk is None or not self.is_decidable:
            return
        self._told = None
        if accept:
            self._decisions.accept(hunk)
        else:
            self._decisions.reject(hunk)

    async def _open(self, path: str) -> None:
        try:
            snapshot = await self._files.read(path)
        except SparkError as error:
            self._on_failure(error)
            return
        self._told = None
        self._shown, self._file = None, snapshot
        self._decisions.show(None)
        self._set_selection(None)
        self.changed.emit()

    def _reload(self, paths: tuple[str, ...]) -> None:
        if self.proposal is None and self._file is not None and self._file.path in paths:
            self.open_file(self._file.path)

    def _on_reverted(self, event: ChangeReverted) -> None:
        # A proposal that was applied would still show what is no longer on disk.
        if isinstance(self._state(), Closed) and self.path == event.change.path:
            self.open_file(event.change.path)
        else:
            self._reload((event.change.path,))

    def _on_proposal(self, event: ProposalChanged) -> None:
        proposal = event.proposal
        self._proposals[proposal.id] = proposal
        if isinstance(proposal.state, Streaming) and self._may_follow():
            self.show_proposal(proposal.id)
        elif proposal.id == self._shown:
            self._frames.flush()
            self._decisions.show(proposal)
            self.changed.emit()
        if not isinstance(proposal.state, Streaming):
            self._texts.pop(proposal.id, None)

    def _may_follow(self) -> bool:
        # Never take away what the user is deciding on, or a selection that they are about to use.
        return not self.is_decidable and not self.is_streaming and self._selection is None

    def _on_streamed(self, event: ProposalStreamed) -> None:
        self._texts[event.proposal_id] = event
        if event.proposal_id == self._shown:
            self._frames.request()

    def _on_failure(self, error: SparkError) -> None:
        self._told = notice_of(error, Action(tr("Dismiss"), Intent.DISMISS))
        self.changed.emit()

    def _set_selection(self, lines: Span | None) -> None:
        self._selection = lines
        self.target_changed.emit(self.path, lines)

    def _state(self) -> object:
        return None if self.proposal is None else self.proposal.state

    def _rate(self) -> float | None:
        streamed = self._texts.get(self._shown or "")
        return None if streamed is None else rate_of(streamed.tokens, streamed.seconds)
