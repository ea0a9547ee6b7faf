"""What a screen reader is told of a transcript, which draws its text itself."""

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.transcript_copy import text_of_units
from spark_desktop.views.transcript_documents import Documents
from spark_desktop.views.transcript_units import TurnUnits

# Characters: some minutes of reading; the rest is read by selecting and copying it.
_LONGEST = 4000


def describe(view: QWidget, turns: int) -> None:
    """Say how many turns there are, and which keys read them."""
    keys = tr("Alt+Up and Alt+Down go from turn to turn and read it.")
    count = tr("%n turn(s)", "", turns)
    view.setAccessibleDescription(f"{count}. {keys}")


def read_out(view: QWidget, turn: TurnUnits, documents: Documents, place: str) -> None:
    """Have a turn read: its place in the thread, the question, the answer."""
    show_turn(view, turn, documents, place)
    announce(view, view.accessibleDescription())


def show_turn(view: QWidget, turn: TurnUnits, documents: Documents, place: str) -> None:
    """Let the view's description be a turn, for when the reader comes to it."""
    text = tr(
        "{place}. You: {question} Spark: {answer}",
        place=place,
        question=turn.turn.question,
        answer=answer_of(turn, documents),
    )
    view.setAccessibleDescription(text)


def answer_of(turn: TurnUnits, documents: Documents) -> str:
    """Return a turn's answer as it is read; a very long one ends early, and says so."""
    answer = text_of_units(turn.answer_units(), documents)
    if len(answer) > _LONGEST:
        return tr("{beginning}… The answer goes on.", beginning=answer[:_LONGEST])
    return answer


def announce(view: QWidget, text: str, *, at_once: bool = False) -> None:
    """Have a text read, after what is being read or ``at_once``."""
    event = QAccessibleAnnouncementEvent(view, text)
    if at_once:
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
    QAccessible.updateAccessibility(event)
