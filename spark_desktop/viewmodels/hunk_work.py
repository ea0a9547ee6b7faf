"""What is done to a hunk before it is decided: split, written anew, placed, a side chosen."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.merge import Side
from spark_desktop.domain.patch import Hunk
from spark_desktop.domain.proposal import Decision, FailedBlock, Ready
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.words import say
from spark_desktop.viewmodels.decisions import Decisions
from spark_desktop.viewmodels.ports import Reviews

_NO_HUNK = SparkError(say("No hunk is chosen."), say("Go to one that waits for a decision."))


@dataclass(frozen=True, slots=True)
class HunkDraft:
    """The new lines of a hunk as the user writes them; ``line`` is where they go, from 0."""

    proposal_id: str
    hunk_id: str
    line: int
    text: str
    # What the hunk put in when the editor was opened, and what stood behind its last line.
    proposed: str
    end: str


class HunkWork(QObject):
    """Works on the hunks of the shown proposal; ``changed`` is about the draft."""

    changed = Signal()

    def __init__(
        self,
        reviews: Reviews,
        decisions: Decisions,
        failed: Callable[[SparkError], None],
        done: Callable[[], None],
    ) -> None:
        super().__init__()
        self._reviews, self._decisions = reviews, decisions
        self._failed, self._done = failed, done
        # What the user wrote and did not keep is there when they come back.
        self._drafts: dict[tuple[str, str], HunkDraft] = {}
        self._open: tuple[str, str] | None = None

    @property
    def draft(self) -> HunkDraft | None:
        """Return what is being written; None while nothing is, or another proposal is shown."""
        proposal = self._decisions.proposal
        if self._open is None or proposal is None or proposal.id != self._open[0]:
            return None
        return self._drafts[self._open]

    @property
    def conflict(self) -> Hunk | None:
        """Return the current hunk where the user must choose a side."""
        proposal, hunk = self._decisions.proposal, self._current()
        if proposal is None or hunk is None:
            return None
        return hunk if proposal.decision(hunk.id) is Decision.CONFLICTING else None

    @property
    def failed_parts(self) -> tuple[FailedBlock, ...]:
        """Return the parts of the shown proposal that wait for a place."""
        proposal = self._decisions.proposal
        return proposal.failed if proposal and isinstance(proposal.state, Ready) else ()

    def begin_edit(self, hunk_id: str | None = None) -> None:
        """Write the new lines of a hunk (the current one unless named) anew."""
        proposal, hunk = self._decisions.proposal, self._find(hunk_id)
        if proposal is None or hunk is None or not self._waits(hunk.id):
            self._failed(_NO_HUNK)
            return
        key = (proposal.id, hunk.id)
        proposed = as_typed("".join(hunk.new))
        known = self._drafts.get(key)
        if known is None or known.proposed != proposed:
            text = proposed if known is None else known.text
            self._drafts[key] = HunkDraft(*key, hunk.start, text, proposed, _end_of(hunk))
        self._open = key
        self.changed.emit()

    def set_text(self, text: str) -> None:
        """Take what is written so far."""
        draft = self.draft
        if draft is not None and text != draft.text:
            self._drafts[draft.proposal_id, draft.hunk_id] = replace(draft, text=text)

    def reset(self) -> None:
        """Write on from what the model proposed."""
        if self.draft is not None:
            self.set_text(self.draft.proposed)
            self.changed.emit()

    def keep(self) -> None:
        """Let what is written be the hunk's new lines. What is refused stays in the editor."""
        draft = self.draft
        if draft is None:
            return
        text = f"{draft.text}{draft.end}" if draft.text else ""
        if self._try(lambda: self._reviews.edit(draft.proposal_id, draft.hunk_id, text)):
            self._drafts.pop((draft.proposal_id, draft.hunk_id))
            self.leave()

    def leave(self) -> None:
        """Close the editor; what was written is there when it is opened again."""
        self._open = None
        self.changed.emit()

    def split(
        self, hunk_id: str | None = None, old_at: int | None = None, new_at: int | None = None
    ) -> None:
        """Split a hunk (the current one unless named), where asked or where it falls apart."""
        proposal, hunk = self._decisions.proposal, self._find(hunk_id)
        if proposal is None or hunk is None or not self._waits(hunk.id):
            self._failed(_NO_HUNK)
            return
        parts: list[str] = []
        identity = proposal.id, hunk.id
        if self._try(lambda: parts.extend(self._reviews.split(*identity, old_at, new_at))):
            self._decisions.go_to(parts[0])

    def resolve(self, side: Side, hunk_id: str | None = None) -> None:
        """Choose a side of a conflicting hunk (the current one unless named)."""
        proposal, hunk = self._decisions.proposal, self._find(hunk_id)
        if proposal is not None and hunk is not None:
            identity = proposal.id, hunk.id
            self._try(lambda: self._reviews.resolve(*identity, side))

    def place(self, failed_id: str, lines: Span | None) -> None:
        """Let a part without a place replace lines of the file."""
        proposal = self._decisions.proposal
        if proposal is None:
            return
        if lines is None:
            self._failed(
                SparkError(
                    say("No lines are selected."),
                    say("Select in the diff the lines that this part replaces."),
                )
            )
            return
        proposal_id = proposal.id
        placed: list[str] = []
        if self._try(lambda: placed.append(self._reviews.place(proposal_id, failed_id, lines))):
            self._decisions.go_to(placed[0])

    def drop(self, failed_id: str) -> None:
        """Give a part without a place up."""
        proposal = self._decisions.proposal
        if proposal is not None:
            proposal_id = proposal.id
            self._try(lambda: self._reviews.drop(proposal_id, failed_id))

    def forget(self, known: set[str]) -> None:
        """Let the drafts of proposals go that are no longer known."""
        self._drafts = {key: one for key, one in self._drafts.items() if key[0] in known}
        if self._open not in self._drafts:
            self._open = None

    def _try(self, work: Callable[[], object]) -> bool:
        try:
            work()
        except SparkError as error:
            self._failed(error)
            return False
        self._decisions.note()
        self._done()
        return True

    def _find(self, hunk_id: str | None) -> Hunk | None:
        proposal = self._decisions.proposal
        wanted = self._decisions.current if hunk_id is None else hunk_id
        hunks = () if proposal is None or proposal.patch is None else proposal.patch.hunks
        return next((hunk for hunk in hunks if hunk.id == wanted), None)

    def _current(self) -> Hunk | None:
        return self._find(None)

    def _waits(self, hunk_id: str) -> bool:
        return hunk_id in self._decisions.pending


def as_typed(text: str) -> str:
    """Return lines as an editor shows them: parted by line feeds, the last one without an end."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return plain.removesuffix("\n")


def _end_of(hunk: Hunk) -> str:
    last = (hunk.new or hunk.old)[-1:]
    return "\n" if not last or last[0].endswith(("\n", "\r")) else ""
