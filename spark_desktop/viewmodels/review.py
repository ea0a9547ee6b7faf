"""The middle region: one proposal, or one file, and the decisions on its hunks."""

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import (
    ChangeApplied,
    ChangeReverted,
    FilesChanged,
    ProposalChanged,
    ProposalStreamed,
)
from spark_desktop.domain.patch import FilePatch
from spark_desktop.domain.proposal import (
    Closed,
    Proposal,
    Queued,
    Ready,
    Streaming,
)
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import FileStore
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.amounts import answered_text, cached_text, rate_of
from spark_desktop.viewmodels.deciding import Deciding
from spark_desktop.viewmodels.decisions import Decisions
from spark_desktop.viewmodels.frames import Frames
from spark_desktop.viewmodels.hunk_work import HunkWork
from spark_desktop.viewmodels.line_comments import LineComments
from spark_desktop.viewmodels.notice import Intent, Notice
from spark_desktop.viewmodels.open_file import OpenFile
from spark_desktop.viewmodels.ports import Reviews, Turns
from spark_desktop.viewmodels.prompt_context import ContextRow, PromptContext
from spark_desktop.viewmodels.review_notices import STILL_WRITTEN, ReviewNotices
from spark_desktop.viewmodels.review_words import decisions_text, file_row
from spark_desktop.viewmodels.rows import Rows
from spark_desktop.viewmodels.shelf import Shelf, decided


class ReviewViewModel(QObject):
    """What is reviewed; ``changed`` excludes what streams in, which has a signal of its own.

    ``decide`` takes what is decided, ``work`` is on the hunks, ``comments`` are on the lines,
    ``files`` are the rows of an answer's files. ``spoken`` carries what a reader of the screen is
    told of decisions.
    """

    changed = Signal()
    streamed = Signal()
    hunk_changed = Signal()
    target_changed = Signal(object, object)
    intent_raised = Signal(object)
    list_changed = Signal()
    spoken = Signal(str)

    def __init__(
        self, turns: Turns, reviews: Reviews, files: FileStore, bus: Bus, scope: TaskScope
    ) -> None:
        super().__init__()
        self._turns = turns
        self._shelf = Shelf(turns.proposals())
        self._shown: str | None = None
        self._texts: dict[str, ProposalStreamed] = {}
        self.files = Rows(self)
        self._notices = ReviewNotices(bus)
        fail = self._notices.fail
        self._file = OpenFile(files, scope, fail)
        self._decisions = Decisions(reviews, scope, fail)
        self.work = HunkWork(reviews, self._decisions, fail, self._notices.forget)
        self.comments = LineComments(turns, fail)
        self.context = PromptContext(turns, bus)
        self.decide = Deciding(self._decisions, self.work, self._notices)
        self._frames = Frames(self)
        self._connect(bus)

    @property
    def proposal(self) -> Proposal | None:
        """Return the reviewed proposal, None where a file or nothing is shown."""
        return self._shelf.get(self._shown)

    @property
    def group(self) -> tuple[Proposal, ...]:
        """Return the proposals of the same answer, the reviewed one among them."""
        return self._shelf.group_of(self._shown)

    @property
    def snapshot(self) -> Snapshot | None:
        """Return the text that is shown: the proposal's, or the open file."""
        proposal = self.proposal
        return self._file.snapshot if proposal is None else proposal.trigger.snapshot

    @property
    def path(self) -> str | None:
        """Return the path of what is shown."""
        return None if self.snapshot is None else self.snapshot.path

    @property
    def selection(self) -> Span | None:
        """Return the lines selected in the open file."""
        return self._file.selection

    @property
    def is_streaming(self) -> bool:
        """Return whether the model writes what is shown."""
        return isinstance(self._state(), Streaming)

    @property
    def has_decided(self) -> bool:
        """Return whether there is a decision on an answer's files that can be taken back."""
        reviewed = [one for one in self.group if isinstance(one.state, Ready | Closed)]
        return any(decided(one)[0] for one in reviewed)

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
        match self.proposal:
            case Proposal(state=Ready() | Closed(), patch=patch):
                return patch
            case Proposal(state=Streaming(), region=None, patch=patch):
                return patch
            case _:
                return None

    @property
    def answered_text(self) -> str:
        """Return who wrote the proposal and what that cost; empty for the local core."""
        proposal = self.proposal
        if proposal is None:
            return ""
        return answered_text(proposal.endpoint, proposal.model, proposal.cost)

    @property
    def cached_text(self) -> str:
        """Return how much of the proposal's prompts came from the cache; empty for none."""
        return "" if self.proposal is None else cached_text(self.proposal.usage)

    @property
    def context_text(self) -> str:
        """Return how much of the workspace joined the prompt; empty for nothing."""
        return self.context.text(self._shown)

    @property
    def context_rows(self) -> tuple[ContextRow, ...]:
        """Return what joined the prompt, and what was left out and why."""
        return self.context.rows(self._shown)

    @property
    def notice(self) -> Notice | None:
        """Return the line over the review; None while there is just something to decide."""
        has_file = self._file.snapshot is not None
        return self._notices.over(self.proposal, self._rate(), has_file=has_file)

    def show_proposal(self, proposal_id: str) -> None:
        """Review a proposal; an unknown id is ignored (it was dismissed meanwhile)."""
        if self._shelf.get(proposal_id) is None:
            return
        self._file.cancel()
        self._notices.drop()
        self._shown = proposal_id
        self._set_selection(None)
        self._follow()
        self.changed.emit()

    def open_file(self, path: str) -> None:
        """Show a file as it is on disk."""
        self._file.open(path)

    def select(self, lines: Span | None) -> None:
        """Note which lines of the open file the user selected."""
        if self.proposal is None:
            self._set_selection(lines)

    def tell_error(self, error: SparkError) -> None:
        """Show over the review why something that was asked for here is not possible."""
        self._notices.fail(error)

    def act(self, intent: Intent) -> None:
        """Do what the notice's button asks for, or hand it to the window."""
        match intent:
            case Intent.STOP:
                self._turns.stop()
            case Intent.REPEAT:
                self._repeat()
            case Intent.SHOW_ANYWAY:
                self._decisions.show_anyway()
            case Intent.DISMISS:
                self._dismiss()
            case _:
                self.intent_raised.emit(intent)

    def _connect(self, bus: Bus) -> None:
        self._file.opened.connect(self._on_opened)
        self._decisions.moved.connect(self.hunk_changed)
        self._decisions.file_wanted.connect(self.show_proposal)
        self.comments.sent.connect(self._on_asked)
        self._notices.changed.connect(self.changed)
        self.context.changed.connect(self.changed)
        self._frames.frame.connect(self._on_frame)
        bus.subscribe(ProposalChanged, self._on_proposal)
        bus.subscribe(ProposalStreamed, self._on_streamed)
        bus.subscribe(FilesChanged, lambda event: self._reload(event.paths))
        bus.subscribe(ChangeApplied, lambda event: self._reload((event.change.path,)))
        bus.subscribe(ChangeReverted, self._on_reverted)

    def _repeat(self) -> None:
        if self._shown is None:
            return
        try:
            new = self._turns.repeat(self._shown)
        except SparkError as error:
            self._notices.fail(error)
            return
        self._on_asked(new)

    def _dismiss(self) -> None:
        is_dismissed = self._notices.dismiss(self._shown)
        if not is_dismissed and self._shown is not None and isinstance(self._state(), Queued):
            self._turns.dismiss(self._shown)
            self._adopt()
            self._shown = None
            self._follow()
        self.changed.emit()

    def _on_asked(self, proposal_id: str) -> None:
        self._adopt()
        self.show_proposal(proposal_id)

    def _adopt(self) -> None:
        proposals = self._turns.proposals()
        self._shelf.adopt(proposals)
        known = {name for one in proposals for name in (one.id, one.group) if name}
        self.work.forget(known)
        self.comments.forget(known)
        self.context.forget(known)
        self.list_changed.emit()

    def _follow(self) -> None:
        """Let the parts follow what is shown, and its newest value."""
        group = self.group
        self._decisions.show(self._shown, group)
        self.comments.show(self.proposal)
        self._show_files()

    def _show_files(self) -> None:
        rows = [file_row(one) for one in self.group]
        self.files.set_rows(rows if len(rows) > 1 else ())

    def _on_frame(self) -> None:
        self._show_files()
        self.streamed.emit()

    def _on_opened(self) -> None:
        self._notices.drop()
        self._shown = None
        self._follow()
        self._set_selection(None)
        self.changed.emit()

    def _reload(self, paths: tuple[str, ...]) -> None:
        if self.proposal is None and self._file.snapshot and self._file.is_among(paths):
            self.open_file(self._file.snapshot.path)

    def _on_reverted(self, event: ChangeReverted) -> None:
        # A proposal that was applied would still show what is no longer on disk. Where a decision
        # is taken back its hunks wait again instead.
        is_shown = isinstance(self._state(), Closed) and self.path == event.change.path
        if is_shown and not self._decisions.is_taking_back:
            self.open_file(event.change.path)
        else:
            self._reload((event.change.path,))

    def _on_proposal(self, event: ProposalChanged) -> None:
        proposal = event.proposal
        before = self._shelf.get(proposal.id)
        self._shelf.put(proposal)
        is_writing = isinstance(proposal.state, Streaming)
        went_on = before is not None and isinstance(before.state, Streaming)
        if is_writing and not went_on and self._may_follow():
            self.show_proposal(proposal.id)
        elif proposal.id in {one.id for one in self.group}:
            self._on_newest(before, proposal, is_growing=is_writing and went_on)
        if not is_writing:
            self._texts.pop(proposal.id, None)

    def _on_newest(self, before: Proposal | None, now: Proposal, *, is_growing: bool) -> None:
        self._decisions.show(self._shown, self.group)
        self.comments.show(self.proposal)
        if is_growing:
            self._frames.request()
            return
        self._frames.flush()
        if before is not None and type(before.state) is not type(now.state):
            self._notices.drop(STILL_WRITTEN)
        self._show_files()
        was = now if before is None else before
        if now.id == self._shown and was.trigger.snapshot.path != self.path:
            # The mistake of a failing test was found in another file.
            self._set_selection(None)
        self.changed.emit()
        if before is not None and (said := decisions_text(before, now)):
            self.spoken.emit(said)

    def _may_follow(self) -> bool:
        # Never take away what the user is deciding on or writing, or a selection they may use.
        is_busy = self.decide.is_possible or self.is_streaming or self.comments.open is not None
        return not is_busy and self._file.selection is None

    def _on_streamed(self, event: ProposalStreamed) -> None:
        self._texts[event.proposal_id] = event
        if event.proposal_id == self._shown:
            self._frames.request()

    def _set_selection(self, lines: Span | None) -> None:
        self._file.selection = lines
        self.target_changed.emit(self.path, lines)

    def _state(self) -> object:
        return None if self.proposal is None else self.proposal.state

    def _rate(self) -> float | None:
        streamed = self._texts.get(self._shown or "")
        return None if streamed is None else rate_of(streamed.tokens, streamed.seconds)
