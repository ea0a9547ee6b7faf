"""Says to a reader of the screen what happens: answers, failures, proposals, decisions."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.proposal import Conflict, Failed, Proposal, Ready, Withheld
from spark_desktop.viewmodels.changes import ChangesViewModel
from spark_desktop.viewmodels.chat import ChatViewModel
from spark_desktop.viewmodels.review import ReviewViewModel
from spark_desktop.viewmodels.review_words import hunk_text
from spark_desktop.viewmodels.translation import in_language, tr
from spark_desktop.viewmodels.wording import row_of
from spark_desktop.views.frames import single_shot
from spark_desktop.views.transcript_access import announce, answer_of, show_turn
from spark_desktop.views.transcript_view import TranscriptView

# Milliseconds of rest after scrolling: nobody reads what passes by.
_REST = 300


class Speak(Protocol):
    """Has a text read on behalf of a widget, ``at_once`` where it must not wait."""

    def __call__(self, view: QWidget, text: str, *, at_once: bool = False) -> None:
        """Have it read."""
        ...


class Announcer(QObject):
    """Listens for the widget's life; made after what draws, so that texts are laid out by then.

    The transcript draws its text itself, and gives Qt no interface to read it by letters. So its
    description is the turn in view, and what comes meanwhile is announced.
    """

    def __init__(
        self,
        transcript: TranscriptView,
        chat: ChatViewModel,
        changes: ChangesViewModel,
        speak: Speak = announce,
        is_heard: Callable[[], bool] = QAccessible.isActive,
    ) -> None:
        super().__init__(transcript)
        self._transcript = transcript
        self._speak, self._is_heard = speak, is_heard
        # The answers that are being written.
        self._open: set[str] = set()
        self._rest = single_shot(self, _REST, self.show_visible)
        chat.turn_changed.connect(self.on_turn)
        changes.turned.connect(self.on_proposal)
        transcript.moved.connect(self.on_moved)

    def on_turn(self, turn: Turn) -> None:
        """Read an answer that has just ended; one that was there before is not read again."""
        if turn.state is TurnState.STREAMING:
            self._open.add(turn.id)
            return
        was_open = turn.id in self._open
        self._open.discard(turn.id)
        shown = self._transcript.turns.get(turn.id)
        # To cut a long answer into words takes time that nobody without a reader has use for.
        if not was_open or shown is None or not self._is_heard():
            return
        match turn.state:
            case TurnState.FAILED:
                reason = in_language(turn.error) or tr("The answer broke off.")
                text = tr("The answer failed: {reason}", reason=reason)
                self._speak(self._transcript, text, at_once=True)
            case TurnState.STOPPED:
                self._speak(self._transcript, tr("The answer was stopped."))
            case _:
                answer = answer_of(shown, self._transcript.stage.documents)
                self._speak(self._transcript, tr("Spark: {answer}", answer=answer))
        self.show_visible()

    def on_proposal(self, proposal: Proposal) -> None:
        """Say that a proposal waits for a decision, or why there is none."""
        if not self._is_heard():
            return
        row = row_of(proposal)
        match proposal.state:
            case Ready():
                text = tr("A proposal waits: {title}, {detail}", title=row.title, detail=row.detail)
                self._speak(self._transcript, text)
            case Withheld() | Conflict() | Failed():
                text = tr("No proposal came: {title}, {detail}", title=row.title, detail=row.detail)
                self._speak(self._transcript, text, at_once=True)

    def on_moved(self) -> None:
        """Describe what is seen, once the view rests."""
        if self._is_heard():
            self._rest.start()

    def show_visible(self) -> None:
        """Let the transcript's description be the turn the user went to, else the last in view."""
        view = self._transcript
        turns = list(view.turns)
        placed = view.stage.column.placed
        seen = [placed[number].slot[0] for number in view.stage.visible()]
        turn_id = view.current_turn if view.current_turn in seen else (seen or [""])[-1]
        if turn_id not in turns:
            return
        place = tr("Turn {number} of {count}", number=turns.index(turn_id) + 1, count=len(turns))
        show_turn(view, view.turns[turn_id], view.stage.documents, place)


class DecisionAnnouncer(QObject):
    """Says what was decided in the review, and which hunk the keys came to."""

    def __init__(
        self,
        diff: QWidget,
        review: ReviewViewModel,
        speak: Speak = announce,
        is_heard: Callable[[], bool] = QAccessible.isActive,
    ) -> None:
        super().__init__(diff)
        self._diff, self._review = diff, review
        self._speak, self._is_heard = speak, is_heard
        review.spoken.connect(self.on_decision)
        review.hunk_changed.connect(self.on_hunk)

    def on_decision(self, text: str) -> None:
        """Say what was decided."""
        if self._is_heard():
            self._speak(self._diff, text)

    def on_hunk(self) -> None:
        """Read the hunk that is the current one now."""
        if not self._is_heard():
            return
        text = hunk_text(self._review.proposal, self._review.current_hunk)
        if text:
            self._speak(self._diff, text)
