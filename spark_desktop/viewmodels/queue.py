"""Questions that are not sent yet: those that wait, and those that came back."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.context_item import Question
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import QueueChanged
from spark_desktop.services.bus import Bus
from spark_desktop.services.outbox import Outbox
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.intents import Intents
from spark_desktop.viewmodels.translation import in_language, tr


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One unsent question: its text in one line, and the items that go with it."""

    id: str
    text: str
    detail: str
    is_held: bool


class QueueViewModel(QObject):
    """``taken`` gives a question back to the composer, for editing."""

    changed = Signal()
    taken = Signal(object)

    def __init__(
        self, outbox: Outbox, bus: Bus, scope: TaskScope, failed: Callable[[SparkError], None]
    ) -> None:
        super().__init__()
        self._outbox = outbox
        self._intents = Intents(scope, failed)
        self.rows: tuple[QueueRow, ...] = ()
        self.error = ""
        self._is_loaded = False
        bus.subscribe(QueueChanged, self._on_queue)

    @property
    def held(self) -> int:
        """Return how many questions wait for the user."""
        return sum(row.is_held for row in self.rows)

    @property
    def notice(self) -> str:
        """Return the line over the held questions; empty without any."""
        if not self.held:
            return ""
        text = tr("%n unsent question(s)", "", self.held)
        return f"{text} · {self.error}" if self.error else text

    def load(self) -> None:
        """Take back, once, what was not sent when the program ended."""
        if not self._is_loaded:
            self._is_loaded = True
            self._intents.start("load queue", self._outbox.load())

    def release(self) -> None:
        """Send what is held."""
        self._outbox.release()

    def discard(self) -> None:
        """Forget what is held."""
        self._intents.start("discard", self._outbox.discard())

    def send_now(self, question_id: str) -> None:
        """Stop the running answer and ask this question."""
        self._outbox.ask_now(question_id)

    def remove(self, question_id: str) -> None:
        """Forget one question."""
        self._intents.start("remove", self._outbox.take(question_id))

    def edit(self, question_id: str) -> None:
        """Give one question back to the composer."""
        self._intents.start("edit", self._edit(question_id))

    async def _edit(self, question_id: str) -> None:
        question = await self._outbox.take(question_id)
        if question is not None:
            self.taken.emit(question)

    def _on_queue(self, event: QueueChanged) -> None:
        self.rows = tuple(_row(one, one.id in event.held) for one in event.questions)
        self.error = in_language(event.error)
        self.changed.emit()


def _row(question: Question, is_held: bool) -> QueueRow:
    names = ", ".join(in_language(ref.label) for ref in question.refs)
    detail = tr("with {names}", names=names) if names else ""
    return QueueRow(question.id, " ".join(question.text.split()), detail, is_held)
