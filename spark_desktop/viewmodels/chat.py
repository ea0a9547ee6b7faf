"""The right region: threads, their turns, and the composer in its two modes."""

from enum import Enum

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.conversation import Thread, Turn, TurnState, clean_title
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import ThreadsChanged, TurnChanged, TurnStreamed
from spark_desktop.domain.trigger import Insertion, Instruction, Span
from spark_desktop.domain.words import say
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import FileStore
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.amounts import moment_text
from spark_desktop.viewmodels.answer_notices import AnswerNotices
from spark_desktop.viewmodels.answer_pace import AnswerPace
from spark_desktop.viewmodels.frames import Frames
from spark_desktop.viewmodels.intents import Intents
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone, notice_of
from spark_desktop.viewmodels.ports import Chat, Turns
from spark_desktop.viewmodels.translation import in_language, tr

_NEW = say("New thread")
# Threads in the menu; the list of all of them stands beside.
_IN_MENU = 20
# Characters of a first question that a title can come from.
_SHOWN = 300


class Mode(Enum):
    """What the composer's text is: a question for the chat, or an instruction for the file."""

    ASK = "ask"
    EDIT = "edit"


class ChatViewModel(QObject):
    """One thread at a time; ``pieces`` arrive once a frame, as (turn id, text).

    ``edit_requested`` carries the id of the proposal that an instruction asked for,
    ``intent_raised`` what is asked of the window.
    """

    threads_changed = Signal()
    thread_changed = Signal()
    turn_changed = Signal(object)
    pieces = Signal(str, str)
    changed = Signal()
    refused = Signal(str)
    edit_requested = Signal(str)
    intent_raised = Signal(object)

    def __init__(
        self,
        chat: Chat,
        turns: Turns,
        files: FileStore,
        bus: Bus,
        scope: TaskScope,
        pace: AnswerPace,
    ) -> None:
        super().__init__()
        self.pace = pace
        self._chat = chat
        self._requests = turns
        self._files = files
        self._intents = Intents(scope, self.tell_error)
        self.threads: tuple[Thread, ...] = ()
        self.thread_id: str | None = None
        self._title = ""
        self.mode = Mode.ASK
        self._turns: dict[str, Turn] = {}
        self._told: Notice | None = None
        self._target: tuple[str | None, Span | None] = (None, None)
        self._waiting: dict[str, list[str]] = {}
        self._answers = AnswerNotices(bus, {WorkKind.CHAT}, self)
        self._answers.changed.connect(self.changed)
        self._frames = Frames(self)
        self._frames.frame.connect(self._deliver)
        bus.subscribe(TurnChanged, self._on_turn)
        bus.subscribe(TurnStreamed, self._on_streamed)
        bus.subscribe(ThreadsChanged, lambda _event: self._refresh_threads())

    @property
    def turns(self) -> tuple[Turn, ...]:
        """Return the current thread's turns, oldest first."""
        return tuple(self._turns.values())

    @property
    def title(self) -> str:
        """Return the current thread's title; without one it goes by its first question."""
        question = next((turn.question for turn in self._turns.values()), "")
        return clean_title(self._title or question.lstrip()[:_SHOWN]) or in_language(_NEW)

    @property
    def menu_threads(self) -> tuple[Thread, ...]:
        """Return the threads to choose from: pinned ones first, then the last used, no empty ones.

        The current one is among them.
        """
        shown = [one for one in self.threads if one.title or one.id == self.thread_id]
        shown.sort(key=lambda one: not one.is_pinned)
        first = shown[:_IN_MENU]
        return (*first, *(one for one in shown[_IN_MENU:] if one.id == self.thread_id))

    def name_of(self, thread: Thread) -> str:
        """Return a thread's name for a list: the current one's title, another's with its time."""
        if thread.id == self.thread_id:
            return self.title
        title = " ".join(thread.title.split()) or in_language(_NEW)
        return f"{title} · {moment_text(thread.created)}"

    @property
    def is_answering(self) -> bool:
        """Return whether an answer of this thread streams."""
        return any(turn.state is TurnState.STREAMING for turn in self._turns.values())

    @property
    def last_answer(self) -> str:
        """Return the newest answer, for copying; empty where there is none."""
        answers = [turn.answer for turn in self._turns.values() if turn.answer]
        return answers[-1] if answers else ""

    @property
    def target(self) -> tuple[str | None, Span | None]:
        """Return the file that is shown, and which of its lines are selected."""
        return self._target

    @property
    def target_text(self) -> str:
        """Return what the composer's text will be about: "parser.py, lines 3 to 9"."""
        path, lines = self._target
        if path is None:
            return tr("no file open") if self.mode is Mode.EDIT else tr("the project")
        name = path.rpartition("/")[2]
        if lines is None or self.mode is Mode.ASK:
            return name
        first, last = lines.start + 1, lines.end
        if first == last:
            return tr("{name}, line {line}", name=name, line=first)
        return tr("{name}, lines {first} to {last}", name=name, first=first, last=last)

    @property
    def placeholder(self) -> str:
        """Return the composer's hint."""
        if self.mode is Mode.ASK:
            return tr("Ask about the code…")
        _path, lines = self._target
        place = tr("the file") if lines is None else tr("%n line(s)", "", len(lines))
        return tr("Say what to change in {place}…", place=place)

    @property
    def notice(self) -> Notice | None:
        """Return the line over the composer: what went wrong, or what edit mode still needs."""
        if self._told is not None:
            return self._told
        waiting = self._answers.waiting if self.is_answering else None
        if waiting is not None:
            return waiting
        unfinished = self._unfinished
        if unfinished is not None:
            return _notice_of_turn(unfinished, self._answers.is_refused(unfinished.id))
        told = self._answers.told_of(self._last_id)
        if told is not None:
            return told
        if self.mode is Mode.EDIT and self._target[0] is None:
            return Notice(tr("No file is open."), Tone.MUTED, tr("Choose one under Changes."))
        return None

    def load(self) -> None:
        """Fetch the threads and show the newest one."""
        self._intents.start("load", self._load())

    def request_edit(self, instruction: str) -> None:
        """Request an edit of the target; ``refused`` gives the text back where that fails."""
        self._tell(None)
        self._intents.start("edit", self._edit(instruction))

    def skip_compaction(self) -> bool:
        """Ask without summing up earlier turns; return whether that was under way."""
        return self._chat.skip_compaction()

    def insert(self, code: str) -> None:
        """Propose code of an answer for the shown file: its selected lines, or else its end."""
        self._tell(None)
        self._intents.start("insert", self._insert(code))

    def ask_again(self, turn_id: str) -> None:
        """Ask a turn's question again, in its place."""
        if self.thread_id is not None:
            self._tell(None)
            self._intents.start("repeat", self._chat.repeat(self.thread_id, turn_id))

    def go_on(self, turn_id: str) -> None:
        """Let the model go on with an answer that was cut."""
        if self.thread_id is not None:
            self._tell(None)
            self._intents.start("go on", self._chat.go_on(self.thread_id, turn_id))

    def stop(self) -> None:
        """Stop the running answer."""
        self._chat.stop()

    def new_thread(self) -> None:
        """Begin a thread."""
        self._intents.start("new thread", self._new_thread())

    def open_thread(self, thread_id: str) -> None:
        """Show another thread."""
        self._intents.start("open thread", self._open(thread_id))

    def set_mode(self, mode: Mode) -> None:
        """Say what the composer's text is."""
        if mode is not self.mode:
            self.mode = mode
            self.changed.emit()

    def set_target(self, path: str | None, lines: Span | None) -> None:
        """Note which file is shown, and which of its lines are selected."""
        if (path, lines) != self._target:
            self._target = (path, lines)
            self.changed.emit()

    def tell(self, notice: Notice) -> None:
        """Show what became of something about the thread."""
        self._tell(notice)

    def act(self, intent: Intent) -> None:
        """Do what the notice's button asks for, or hand it to the window."""
        turn, thread_id = self._unfinished, self.thread_id
        if intent is Intent.DISMISS:
            self._answers.dismiss(self._last_id)
            self._tell(None)
        elif intent is Intent.STOP:
            self.stop()
        elif intent is Intent.SETTINGS:
            self.intent_raised.emit(intent)
        elif intent is Intent.GO_ON and turn is not None:
            self.go_on(turn.id)
        elif intent is Intent.REPEAT and turn is not None and thread_id is not None:
            self._tell(None)
            self._intents.start("repeat", self._chat.repeat(thread_id, turn.id))

    @property
    def _last_id(self) -> str:
        return next(reversed(self._turns), "")

    @property
    def _unfinished(self) -> Turn | None:
        # An earlier one was passed over: the user has asked something else since.
        last = next(reversed(self._turns.values()), None)
        is_over = last is not None and last.state in (TurnState.FAILED, TurnState.STOPPED)
        return last if is_over else None

    async def _load(self) -> None:
        thread = await self._chat.current()
        self.threads = await self._chat.threads()
        self._show(thread)

    async def _edit(self, instruction: str) -> None:
        path, lines = self._target
        if path is None:
            self.refused.emit(instruction)
            return
        try:
            snapshot = await self._files.read(path)
            proposal_id = self._requests.request(Instruction(snapshot, lines, instruction))
        except SparkError:
            self.refused.emit(instruction)
            raise
        self.edit_requested.emit(proposal_id)

    async def _insert(self, code: str) -> None:
        path, lines = self._target
        if path is None:
            self._tell(
                Notice(
                    tr("No file is open to insert this into."),
                    Tone.WARNING,
                    tr("Choose one under Changes, and select lines in it to replace them."),
                    Action(tr("Dismiss"), Intent.DISMISS),
                )
            )
            return
        snapshot = await self._files.read(path)
        proposal_id = self._requests.request(Insertion(snapshot, lines, code))
        self.edit_requested.emit(proposal_id)

    async def _new_thread(self) -> None:
        self._show(await self._chat.new_thread())
        self.threads = await self._chat.threads()
        self.threads_changed.emit()

    async def _open(self, thread_id: str) -> None:
        self._show(await self._chat.open(thread_id))

    def _refresh_threads(self) -> None:
        self._intents.start("threads", self._list_threads())

    async def _list_threads(self) -> None:
        self.threads = await self._chat.threads()
        for thread in self.threads:
            if thread.id == self.thread_id:
                self._title = thread.title
        self.threads_changed.emit()

    def _show(self, thread: Thread) -> None:
        self._frames.flush()
        self.thread_id, self._title = thread.id, thread.title
        self._turns = {turn.id: turn for turn in thread.turns}
        self.thread_changed.emit()
        self.threads_changed.emit()
        self.changed.emit()

    def _on_turn(self, event: TurnChanged) -> None:
        if event.thread_id != self.thread_id:
            return
        # What the turn's new value holds already must not be appended once more.
        self._waiting.pop(event.turn.id, None)
        is_first = not self._turns
        self._turns[event.turn.id] = event.turn
        self.turn_changed.emit(event.turn)
        if is_first:
            # The first question names the thread.
            self.threads_changed.emit()
        self.changed.emit()

    def _on_streamed(self, event: TurnStreamed) -> None:
        if event.thread_id == self.thread_id:
            self._waiting.setdefault(event.turn_id, []).append(event.piece)
            self._frames.request()

    def _deliver(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for turn_id, pieces in waiting.items():
            self.pieces.emit(turn_id, "".join(pieces))

    def clear_notice(self) -> None:
        """Take away what was told."""
        self._tell(None)

    def tell_error(self, error: SparkError) -> None:
        """Show an error over the composer."""
        self._tell(notice_of(error, Action(tr("Dismiss"), Intent.DISMISS)))

    def _tell(self, notice: Notice | None) -> None:
        self._told = notice
        self.changed.emit()


def _notice_of_turn(turn: Turn, is_refused: bool) -> Notice:
    action = Action(tr("Ask again"), Intent.REPEAT)
    if turn.can_go_on:
        action = Action(tr("Continue"), Intent.GO_ON)
    if turn.state is TurnState.STOPPED:
        return Notice(tr("The answer was stopped."), Tone.MUTED, "", action)
    if turn.answer:
        kept = tr("What came of it stands above until you ask again.")
        return Notice(tr("The answer broke off."), Tone.PROBLEM, kept, action)
    if is_refused:
        action = Action(tr("Open the settings"), Intent.SETTINGS)
    return Notice(tr("No answer."), Tone.PROBLEM, "", action)
