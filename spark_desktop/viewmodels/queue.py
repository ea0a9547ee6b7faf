"""Questions that are not sent yet: those that wait, and those that came back."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.context_item import Question
from spark_desktop.domain.conversation import clean_title
from spark_desktop.domain.events import QueueChanged
from spark_desktop.services.bus import Bus
from spark_desktop.services.outbox import Outbox
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.chat import ChatViewModel
from spark_desktop.viewmodels.intents import Intents
from spark_desktop.viewmodels.translation import in_language, tr

# Characters of a question in its row.
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One unsent question: its text in one line; ``detail`` is its items, and its other thread."""

    id: str
    text: str
    detail: str
    is_held: bool


class QueueViewModel(QObject):
    """``taken`` gives a question back to the composer, for editing."""

    changed = Signal()
    taken = Signal(object)

    def __init__(self, outbox: Outbox, chat: ChatViewModel, bus: Bus, scope: TaskScope) -> None:
        super().__init__()
        self._outbox, self._chat = outbox, chat
        self._intents = Intents(scope, chat.tell_error)
        self._last = QueueChanged((), frozenset())
        self.rows: tuple[QueueRow, ...] = ()
        self.error = ""
        self._is_loaded = False
        bus.subscribe(QueueChanged, self._on_queue)
        chat.threads_changed.connect(self._show_places)

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
        self._last = event
        self.error = in_language(event.error)
        self._show()

    def _show(self) -> None:
        rows = tuple(
            _row(one, one.id in self._last.held, self._where(one.thread_id))
            for one in self._last.questions
        )
        self.rows = rows
        self.changed.emit()

    def _show_places(self) -> None:
        if self.rows:
            self._show()

    def _where(self, thread_id: str) -> str:
        """Return in which other thread a question will be asked; empty for the shown one."""
        known = self._chat.threads
        if thread_id == self._chat.thread_id or not known:
            return ""
        titles = [clean_title(thread.title) for thread in known if thread.id == thread_id]
        if not titles:
            return tr("in a thread that was deleted")
        return tr("in “{title}”", title=titles[0]) if titles[0] else tr("in another thread")


def _row(question: Question, is_held: bool, where: str) -> QueueRow:
    names = ", ".join(in_language(ref.label) for ref in question.refs)
    items = tr("with {names}", names=names) if names else ""
    # A row, its tooltip and the names of its buttons show no more of a long question.
    text = " ".join(question.text[: 2 * _SHOWN].split())
    text = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
    detail = " · ".join(part for part in (items, where) if part)
    return QueueRow(question.id, text, detail, is_held)
