"""The quick prompt: one question, its answer, earlier questions, and what is done with it."""

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import TurnChanged, TurnStreamed
from spark_desktop.services.bus import Bus
from spark_desktop.services.paste import PreviousWindow
from spark_desktop.services.quick import KEPT, QuickService
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.answer_notices import AnswerNotices
from spark_desktop.viewmodels.core import CoreViewModel
from spark_desktop.viewmodels.frames import Frames
from spark_desktop.viewmodels.intents import Intents
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone
from spark_desktop.viewmodels.quick_choices import Choice, Offer, QuickTarget, code_of, offers
from spark_desktop.viewmodels.translation import in_language, tr


class QuickViewModel(QObject):
    """``pieces`` arrive once a frame, as (turn id, text); ``question`` is to stand in the input.

    ``drafted`` is, too, but can be undone: the user may have typed something else meanwhile.

    ``copied`` carries what is to be put on the clipboard. ``hidden`` asks for the window to go
    away, ``wanted`` for it to come back.
    """

    changed = Signal()
    turn_changed = Signal(object)
    pieces = Signal(str, str)
    question = Signal(str)
    drafted = Signal(str)
    copied = Signal(str)
    hidden = Signal()
    wanted = Signal()
    settings_wanted = Signal()

    def __init__(
        self,
        service: QuickService,
        core: CoreViewModel,
        target: QuickTarget,
        previous: PreviousWindow,
        bus: Bus,
        scope: TaskScope,
    ) -> None:
        super().__init__()
        self.core = core
        self.turn: Turn | None = None
        self._service = service
        self._target = target
        self._previous = previous
        self._intents = Intents(scope, self._on_failure)
        self._told: Notice | None = None
        self._past: list[str] = []
        # Where the user is in the past; its length is what they type themselves.
        self._place = 0
        self._draft = ""
        self._waiting: list[str] = []
        self._frames = Frames(self)
        self._frames.frame.connect(self._deliver)
        self._answers = AnswerNotices(bus, {WorkKind.CHAT}, self)
        self._answers.changed.connect(self.changed)
        core.changed.connect(self.changed)
        bus.subscribe(TurnChanged, self._on_turn)
        bus.subscribe(TurnStreamed, self._on_streamed)

    @property
    def is_answering(self) -> bool:
        """Return whether an answer streams or is waited for."""
        return self.turn is not None and self.turn.state is TurnState.STREAMING

    @property
    def offers(self) -> dict[Choice, Offer]:
        """Return what can be done with the answer, in order."""
        return offers(self.turn, self._target)

    @property
    def notice(self) -> Notice | None:
        """Return what went wrong or is waited for, with the one thing to do."""
        if self._told is not None:
            return self._told
        if self.is_answering and self._answers.waiting is not None:
            return self._answers.waiting
        core = self.core.notice if self.core.tone is not Tone.MUTED else None
        turn = self.turn
        if turn is None or turn.state not in (TurnState.FAILED, TurnState.STOPPED):
            return core if turn is None else core or self._answers.told_of(turn.id)
        if core is not None and core.tone is Tone.PROBLEM:
            return core
        return _notice_of(turn, self._answers.is_refused(turn.id))

    def opened(self, text: str | None) -> None:
        """Begin to make the core ready, fetch earlier questions, and ask ``text`` if there is one.

        Called when the window is on the screen: it should not wait for any of this.
        """
        self._tell(None)
        self._intents.start("history", self._load())
        if text is not None and text.strip():
            self.question.emit(text)
            self.ask(text)
        else:
            self._service.warm()

    def draft(self, text: str) -> None:
        """Offer a question that somebody else wrote; only the user sends it."""
        self.drafted.emit(text)
        hint = tr("It is sent only when you press Enter.")
        dismiss = Action(tr("Dismiss"), Intent.DISMISS)
        self._tell(Notice(tr("A link wrote this question."), Tone.WARNING, hint, dismiss))

    def ask(self, text: str) -> None:
        """Ask; an answer that still streams is ended."""
        question = text.strip()
        if not question:
            return
        self._tell(None)
        self._remember(question)
        self._intents.start("ask", self._service.ask(question))
        self._intents.start("remember", self._service.remember(question))

    def older(self, text: str) -> None:
        """Show the question before; ``text`` is what stands in the input."""
        if self._place == len(self._past):
            self._draft = text
        if self._place > 0:
            self._place -= 1
            self.question.emit(self._past[self._place])

    def newer(self) -> None:
        """Show the question after, in the end what the user had begun to type."""
        if self._place < len(self._past):
            self._place += 1
            is_own = self._place == len(self._past)
            self.question.emit(self._draft if is_own else self._past[self._place])

    def close(self) -> None:
        """Stop the answer and let the window go away; both stay readable for the next time."""
        self._service.stop()
        self._place, self._draft = len(self._past), ""
        self.hidden.emit()

    def choose(self, choice: Choice, selected: str = "") -> None:
        """Do something with the answer, or with the part of it that is ``selected``."""
        turn = self.turn
        if turn is None or not self.offers[choice].is_enabled:
            return
        match choice:
            case Choice.COPY:
                self.copied.emit(selected or turn.answer)
                self._tell(Notice(tr("Copied."), Tone.GOOD))
            case Choice.PASTE:
                self._paste(selected or code_of(turn.answer) or turn.answer)
            case Choice.THREAD:
                self._intents.start("open as thread", self._open_as_thread(turn))
            case Choice.APPLY:
                self._intents.start("apply", self._apply(turn.question))

    def act(self, intent: Intent) -> None:
        """Do what the notice's button says."""
        turn = self.turn
        self._tell(None)
        if turn is not None:
            self._answers.dismiss(turn.id)
        if intent is Intent.STOP:
            if self._answers.waiting is not None:
                self._service.stop()
            else:
                self.core.act(intent)
            return
        if intent is Intent.ENDPOINTS:
            self.settings_wanted.emit()
            return
        if intent is Intent.RETRY_CORE:
            self.core.act(intent)
        if intent is not Intent.DISMISS and turn is not None and not self.is_answering:
            self.ask(turn.question)

    def refresh(self) -> None:
        """Say that the project, or its open file, may be another."""
        self.changed.emit()

    def forget(self) -> None:
        """Forget earlier questions, here and where they are kept."""
        self._past, self._place, self._draft = [], 0, ""
        self._intents.start("forget", self._service.forget())

    def _paste(self, text: str) -> None:
        self.copied.emit(text)
        refusal = self._previous.refusal
        if refusal:
            said = tr("It is on the clipboard: paste it yourself.")
            self._tell(Notice(said, Tone.PLAIN, in_language(refusal)))
            return
        self.hidden.emit()
        self._intents.start("paste", self._paste_there())

    async def _paste_there(self) -> None:
        try:
            await self._previous.paste()
        except SparkError:
            self.wanted.emit()
            raise

    async def _open_as_thread(self, turn: Turn) -> None:
        await self._target.open_as_thread(turn)
        self.hidden.emit()

    async def _apply(self, instruction: str) -> None:
        await self._target.apply(instruction)
        self.close()

    async def _load(self) -> None:
        past = list(await self._service.history())
        # What was asked in this session may not be kept, or not be written yet.
        self._past = [*past, *(one for one in self._past if one not in past)][-KEPT:]
        self._place = len(self._past)

    def _remember(self, question: str) -> None:
        self._past = [*(one for one in self._past if one != question), question][-KEPT:]
        self._place, self._draft = len(self._past), ""

    def _on_turn(self, event: TurnChanged) -> None:
        # What the turn's new value holds already must not be appended once more.
        self._waiting.clear()
        if self.turn is not None and event.turn.id != self.turn.id and not _is_new(event.turn):
            # The end of an answer that another question took the place of.
            return
        self.turn = event.turn
        self.turn_changed.emit(event.turn)
        self.changed.emit()

    def _on_streamed(self, event: TurnStreamed) -> None:
        if self.turn is not None and event.turn_id == self.turn.id:
            self._waiting.append(event.piece)
            self._frames.request()

    def _deliver(self) -> None:
        waiting, self._waiting = self._waiting, []
        if self.turn is not None and waiting:
            self.pieces.emit(self.turn.id, "".join(waiting))

    def _on_failure(self, error: SparkError) -> None:
        again = Action(tr("Dismiss"), Intent.DISMISS)
        text, hint = in_language(error.message), in_language(error.next_step)
        self._tell(Notice(text, Tone.PROBLEM, hint, again))

    def _tell(self, notice: Notice | None) -> None:
        self._told = notice
        self.changed.emit()


def _is_new(turn: Turn) -> bool:
    return turn.state is TurnState.STREAMING and not turn.answer and not turn.model


def _notice_of(turn: Turn, is_refused: bool) -> Notice:
    again = Action(tr("Ask again"), Intent.REPEAT)
    if turn.state is TurnState.STOPPED:
        return Notice(tr("The answer was stopped."), Tone.MUTED, "", again)
    if turn.answer:
        hint = tr("What came of it stands here until you ask again.")
        return Notice(tr("The answer broke off."), Tone.PROBLEM, hint, again)
    if is_refused:
        again = Action(tr("Enter the key"), Intent.ENDPOINTS)
    return Notice(tr("No answer."), Tone.PROBLEM, "", again)
