"""The line over the review: what was told, what is waited for, what a proposal itself says."""

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.proposal import Proposal, Streaming
from spark_desktop.domain.words import say
from spark_desktop.services.bus import Bus
from spark_desktop.viewmodels.answer_notices import AnswerNotices
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone, notice_of
from spark_desktop.viewmodels.translation import tr
from spark_desktop.viewmodels.wording import notice_of_proposal

NOTHING = Notice(
    say("Nothing to review."),
    Tone.MUTED,
    say("Proposals appear here while they are written."),
    Action(say("Show how"), Intent.HELP),
)
FILE = Notice(
    say("The file as it is on disk."),
    Tone.MUTED,
    say("Select lines to edit only those."),
    Action(say("Type an edit"), Intent.EDIT),
)
STILL_WRITTEN = Notice(
    say("The model still writes here."),
    Tone.BUSY,
    say("Decide once it is done; you can read on meanwhile."),
    Action(say("Dismiss"), Intent.DISMISS),
)
CHOOSE_A_SIDE = Notice(
    say("This hunk conflicts with what was saved since."),
    Tone.WARNING,
    say("Choose a side: what is on disk, the proposal, or both."),
    Action(say("Dismiss"), Intent.DISMISS),
)
# Files that are named; of more their number says as much.
_NAMED = 3


class ReviewNotices(QObject):
    """What was told last, until it is dismissed; under it, what the shown proposal itself says."""

    changed = Signal()

    def __init__(self, bus: Bus) -> None:
        super().__init__()
        self._told: Notice | None = None
        self._answers = AnswerNotices(bus, (WorkKind.SUGGESTION, WorkKind.EDIT), self)
        self._answers.changed.connect(self.changed)

    def fail(self, error: SparkError) -> None:
        """Tell why something was not done, and what to do next."""
        self.tell(notice_of(error, Action(tr("Dismiss"), Intent.DISMISS)))

    def tell(self, notice: Notice) -> None:
        """Tell something."""
        self._told = notice
        self.changed.emit()

    def leave_out(self, paths: tuple[str, ...]) -> None:
        """Tell which files of an answer have nothing of what was accepted; none is no word."""
        if not paths:
            return
        few = ", ".join(paths) if len(paths) <= _NAMED else tr("%n file(s)", "", len(paths))
        self.tell(
            Notice(
                tr("Accepted all but {names}.", names=few),
                Tone.WARNING,
                tr("Look there for the reason; undo takes the rest back."),
                Action(tr("Dismiss"), Intent.DISMISS),
            )
        )

    def forget(self) -> None:
        """Take away what was told."""
        if self._told is not None:
            self._told = None
            self.changed.emit()

    def drop(self, only: Notice | None = None) -> None:
        """Take away what was told (or ``only`` this), without a word: all is shown anew."""
        if only is None or self._told is only:
            self._told = None

    def dismiss(self, shown: str | None) -> bool:
        """Take away what stands over the review; return whether that was there to be dismissed."""
        if self._told is not None:
            self._told = None
            return True
        if shown is not None and self._answers.told_of(shown) is not None:
            self._answers.dismiss(shown)
            return True
        return False

    def over(
        self, proposal: Proposal | None, rate: float | None, *, has_file: bool
    ) -> Notice | None:
        """Return the line over the review; None while there is just something to decide.

        ``rate`` is in tokens per second, while the model writes.
        """
        if self._told is not None:
            return self._told
        if proposal is None:
            return FILE if has_file else NOTHING
        if isinstance(proposal.state, Streaming) and self._answers.waiting is not None:
            return self._answers.waiting
        return notice_of_proposal(proposal, rate) or self._answers.told_of(proposal.id)
