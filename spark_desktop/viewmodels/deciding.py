"""What the keys and buttons of the review ask for: go on, accept, reject, take back."""

from spark_desktop.domain.history import WHOLE
from spark_desktop.domain.merge import Side
from spark_desktop.domain.proposal import (
    Decision,
    Failed,
    Proposal,
    Queued,
    Ready,
    Streaming,
    Withheld,
)
from spark_desktop.viewmodels.decisions import Decisions
from spark_desktop.viewmodels.hunk_work import HunkWork
from spark_desktop.viewmodels.review_notices import CHOOSE_A_SIDE, STILL_WRITTEN, ReviewNotices


class Deciding:
    """Lets through what is possible now, and tells what is not."""

    def __init__(self, decisions: Decisions, work: HunkWork, notices: ReviewNotices) -> None:
        self._decisions, self._work, self._notices = decisions, work, notices

    @property
    def is_possible(self) -> bool:
        """Return whether hunks, or the file as such, wait for a decision."""
        proposal = self._decisions.proposal
        is_ready = proposal is not None and isinstance(proposal.state, Ready)
        return is_ready and bool(self._decisions.readable or self._decisions.is_bare)

    def next_hunk(self) -> None:
        """Go to the next hunk that waits for a decision, in the answer's next file if need be."""
        self._decisions.step(1)

    def previous_hunk(self) -> None:
        """Go to the hunk before that waits for a decision."""
        self._decisions.step(-1)

    def next_file(self) -> None:
        """Show the answer's next file."""
        self._decisions.step_file(1)

    def previous_file(self) -> None:
        """Show the answer's file before."""
        self._decisions.step_file(-1)

    def go_to_hunk(self, hunk_id: str) -> None:
        """Go to this hunk; one that is decided can be decided anew."""
        self._decisions.go_to(hunk_id)

    def accept(self, hunk_id: str | None = None) -> None:
        """Write one hunk (the current one unless named)."""
        self._decide(hunk_id, accept=True)

    def reject(self, hunk_id: str | None = None) -> None:
        """Decide against one hunk (the current one unless named)."""
        self._decide(hunk_id, accept=False)

    def accept_file(self) -> None:
        """Write every hunk of the file that waits."""
        if self._may_decide():
            self._decisions.accept(None)

    def reject_file(self) -> None:
        """Decide against every hunk of the file that waits."""
        if self._may_decide():
            self._decisions.reject(None)

    def accept_all(self) -> None:
        """Write every hunk that waits, in all files of the answer, as one; say what has none."""
        group = self._decisions.group
        if len(group) < 2:
            self.accept_file()
        elif self._may_decide_group():
            left = [one for one in group if isinstance(one.state, Failed | Withheld)]
            paths = tuple(dict.fromkeys(one.trigger.snapshot.path for one in left))
            self._decisions.accept_group(lambda: self._notices.leave_out(paths))

    def reject_all(self) -> None:
        """Decide against every hunk that waits, in all files of the answer."""
        if len(self._decisions.group) < 2:
            self.reject_file()
        elif self._may_decide_group():
            self._decisions.reject_group()

    def undo(self) -> None:
        """Let the current hunk wait again where it is decided, else what was decided last."""
        if self._decisions.proposal is not None:
            self._notices.forget()
            self._decisions.undo()

    def _decide(self, hunk_id: str | None, *, accept: bool) -> None:
        proposal = self._decisions.proposal
        hunk = self._decisions.current if hunk_id is None else hunk_id
        if proposal is None or not self._may_decide():
            return
        if hunk is not None and proposal.decision(hunk) is Decision.CONFLICTING:
            if accept:
                self._notices.tell(CHOOSE_A_SIDE)
            else:
                self._work.resolve(Side.DISK, hunk)
        elif hunk is None or hunk in self._decisions.pending:
            # Without a hunk it is about the file itself, which is made, deleted or renamed.
            decide = self._decisions.accept if accept else self._decisions.reject
            decide(WHOLE if hunk is None else hunk)

    def _may_decide(self) -> bool:
        if _is_written(self._decisions.proposal) and self._decisions.readable:
            self._notices.tell(STILL_WRITTEN)
        elif self.is_possible:
            self._notices.forget()
            return True
        return False

    def _may_decide_group(self) -> bool:
        if any(map(_is_written, self._decisions.group)):
            self._notices.tell(STILL_WRITTEN)
            return False
        self._notices.forget()
        return True


def _is_written(proposal: Proposal | None) -> bool:
    return proposal is not None and isinstance(proposal.state, Streaming | Queued)
