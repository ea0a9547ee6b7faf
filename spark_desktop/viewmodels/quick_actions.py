"""The quick actions of selected lines: which there are now, and why one cannot be done."""

import uuid
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.context_item import ItemKind, ItemRef, Question
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.quick_actions import Actions
from spark_desktop.domain.trigger import QuickAction, Span
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.outbox import Outbox
from spark_desktop.services.quick_actions import Asked
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.chat import ChatViewModel
from spark_desktop.viewmodels.intents import Intents
from spark_desktop.viewmodels.review import ReviewViewModel
from spark_desktop.viewmodels.translation import in_language, tr


class QuickActionService(Protocol):
    """What does them."""

    @property
    def chosen(self) -> Actions:
        """Return which are offered."""
        ...

    async def begin(self, action: QuickAction, snapshot: Snapshot, lines: Span) -> str | Asked:
        """Return the id of the proposal that was asked for, or the question for the chat."""
        ...


@dataclass(frozen=True, slots=True)
class Offer:
    """One action; ``reason`` says why it cannot be done now, "" where it can."""

    action: QuickAction
    label: str
    reason: str


class QuickActionsViewModel(QObject):
    """``proposed`` carries the id of what was asked for; ``asked`` says that the chat answers."""

    proposed = Signal(str)
    asked = Signal()

    def __init__(
        self,
        service: QuickActionService,
        review: ReviewViewModel,
        chat: ChatViewModel,
        outbox: Outbox,
        scope: TaskScope,
    ) -> None:
        super().__init__()
        self._service, self._review, self._chat = service, review, chat
        self._outbox = outbox
        self._intents = Intents(scope, review.tell_error)

    def offers(self) -> tuple[Offer, ...]:
        """Return those that are not switched off, in the order of the menu."""
        chosen = self._service.chosen
        return tuple(
            Offer(action, label_of(action), self.reason(action))
            for action in QuickAction
            if chosen.has(action)
        )

    def reason(self, action: QuickAction) -> str:
        """Return why an action cannot be done now, in a sentence; "" where it can."""
        if not self._service.chosen.has(action):
            return tr("This quick action is switched off in the settings.")
        return self.missing

    @property
    def missing(self) -> str:
        """Return what every action still needs, in a sentence; "" for nothing."""
        if self._review.proposal is not None:
            return tr("Show the file itself first: this is a proposal.")
        if self._review.snapshot is None:
            return tr("Show a file first, and select lines of it.")
        if self._review.selection is None:
            return tr("Select lines first.")
        return ""

    def run(self, action: QuickAction) -> None:
        """Do an action with the selected lines; where it cannot be done, say why."""
        snapshot, lines = self._review.snapshot, self._review.selection
        if reason := self.reason(action):
            self._review.tell_error(SparkError(reason))
        elif snapshot is not None and lines is not None:
            self._intents.start("quick action", self._begin(action, snapshot, lines))

    async def _begin(self, action: QuickAction, snapshot: Snapshot, lines: Span) -> None:
        begun = await self._service.begin(action, snapshot, lines)
        if isinstance(begun, str):
            self.proposed.emit(begun)
            return
        thread_id = self._chat.thread_id
        if thread_id is None:
            # They could not be read, or are about to be.
            self._chat.load()
            raise SparkError(say("The threads are not there yet."), say("Try once more."))
        refs = (ItemRef(ItemKind.OPEN, begun.path, lines=begun.lines),)
        text = in_language(begun.text)
        question = Question(uuid.uuid4().hex, thread_id, text, refs, begun.path)
        await self._outbox.put(question)
        self.asked.emit()


def label_of(action: QuickAction) -> str:
    """Return what an action is called in menus."""
    match action:
        case QuickAction.EXPLAIN:
            return tr("Explain")
        case QuickAction.FIX:
            return tr("Fix")
        case QuickAction.DOCUMENT:
            return tr("Document")
        case QuickAction.TEST:
            return tr("Write a test")
        case QuickAction.SIMPLIFY:
            return tr("Simplify")
