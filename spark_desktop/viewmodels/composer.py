"""What is being written: text and items, kept as a draft, weighed, and sent."""

import re
import uuid
from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.compaction import Compaction, CompactionState
from spark_desktop.domain.context_item import Draft, ItemKind, ItemRef, Question
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import CoreStateChanged, FilesChanged
from spark_desktop.domain.mentions import Suggestion, refs_in, without
from spark_desktop.services.bus import Bus
from spark_desktop.services.composing import Composing
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.chat import ChatViewModel, Mode
from spark_desktop.viewmodels.chips import Chip, chip_of
from spark_desktop.viewmodels.chosen_items import ChosenItems
from spark_desktop.viewmodels.compaction import CompactionViewModel
from spark_desktop.viewmodels.drafts import Drafts, joined
from spark_desktop.viewmodels.gauge import Gauge
from spark_desktop.viewmodels.intents import Intents
from spark_desktop.viewmodels.mentions import MentionsViewModel
from spark_desktop.viewmodels.queue import QueueViewModel
from spark_desktop.viewmodels.weighing import Weighing

_EMPTY_LINES = re.compile(r"\A(?:[^\S\n]*\n)+")


class ComposerViewModel(QObject):
    """``text_given`` carries a text, and the cursor's place in it, for the editor.

    ``clipboard_wanted`` asks the view for the clipboard's text (``add_clipboard``).
    """

    text_given = Signal(str, int)
    chips_changed = Signal()
    gauge_changed = Signal()
    clipboard_wanted = Signal()

    def __init__(
        self, chat: ChatViewModel, composing: Composing, bus: Bus, scope: TaskScope
    ) -> None:
        super().__init__()
        self.chat = chat
        self.mentions = MentionsViewModel(composing.mentions, scope)
        self.queue = QueueViewModel(composing.outbox, chat, bus, scope)
        self.compaction = CompactionViewModel(chat, bus)
        self.weighing = Weighing(composing.preview, scope, self._weighed)
        self._composing = composing
        self._intents = Intents(scope, chat.tell_error)
        self._drafts = Drafts(composing.drafts, scope, chat.tell_error, lambda: self._draft)
        self._chosen = ChosenItems(composing.items, scope, chat.tell_error)
        self._text = ""
        self._thread_id: str | None = None
        self._next = Draft()
        self._connect(bus)

    @property
    def text(self) -> str:
        """Return what was typed."""
        return self._text

    @property
    def chips(self) -> tuple[Chip, ...]:
        """Return the chosen items, with what is known of each."""
        return tuple(chip_of(ref, self.weighing.facts_of(ref)) for ref in self._chosen.refs)

    @property
    def gauge(self) -> Gauge:
        """Return how full the model's context would be."""
        return self.weighing.gauge

    def set_text(self, text: str, cursor: int) -> None:
        """Note what is typed."""
        if text != self._text:
            self._text = text
            self._changed()
        self.mentions.typed(text, cursor)

    def choose(self, suggestion: Suggestion) -> None:
        """Turn the mention that is being typed into a chip."""
        mention = self.mentions.mention
        self.mentions.dismiss()
        if mention is not None:
            self._text, cursor = without(self._text, mention)
            self.text_given.emit(self._text, cursor)
        if suggestion.ref.kind is ItemKind.CLIPBOARD:
            self.clipboard_wanted.emit()
        else:
            self.add(suggestion.ref)

    def add(self, ref: ItemRef) -> None:
        """Make a chip of an item that can be read; what cannot be is told with the reason."""
        self._chosen.add(ref)

    def add_clipboard(self, text: str) -> None:
        """Make a chip of the clipboard's text."""
        self.add(ItemRef(ItemKind.CLIPBOARD, text=text))

    def add_text(self, text: str) -> None:
        """Make a chip of dropped text."""
        self.add(ItemRef(ItemKind.TEXT, text=text))

    def add_paths(self, paths: Iterable[str]) -> None:
        """Make chips of dropped files and folders, given by their absolute paths."""
        self._chosen.add_paths(paths)

    def remove(self, ref: ItemRef) -> None:
        """Take a chip away."""
        self._chosen.remove(ref)
        self._items_changed()

    def confirm(self, ref: ItemRef) -> None:
        """Let a chip go that looks like a secret."""
        self._chosen.confirm(ref)
        self._items_changed()

    def send(self, now: bool = False) -> None:
        """Send the text, or queue it while an answer streams; ``now`` stops that one first."""
        text = self._text.strip()
        if not text:
            return
        self.chat.clear_notice()
        if self.chat.mode is Mode.EDIT:
            self._empty(keep_items=True)
            self.chat.request_edit(text)
        elif self.chat.thread_id is not None:
            question = self._question(uuid.uuid4().hex, self.chat.thread_id)
            self._empty()
            self._intents.start("send", self._send(question, now))
        else:
            # The threads could not be read, or are about to be: the text stays.
            self.chat.load()

    def begin_next_with(self, draft: Draft) -> None:
        """Begin with this in the thread that is shown next, which is being opened."""
        self._next = draft

    def keep_draft(self) -> None:
        """Keep what is written, now."""
        self._drafts.keep()

    def give_back(self, text: str, refs: tuple[ItemRef, ...] = ()) -> None:
        """Restore what could not be sent, above what was begun since."""
        self._restore(joined(_chosen(text, refs), self._draft))
        self._changed()

    @property
    def _draft(self) -> Draft:
        return Draft(self._text, self._chosen.refs)

    def _connect(self, bus: Bus) -> None:
        chat = self.chat
        chat.thread_changed.connect(self._on_thread)
        chat.refused.connect(self.give_back)
        self.queue.taken.connect(self._on_taken)
        self._chosen.added.connect(self._items_changed)
        self.weighing.changed.connect(self.chips_changed)
        self.weighing.changed.connect(self.gauge_changed)
        for changed in (chat.changed, self.compaction.changed):
            changed.connect(self.weighing.look_soon)
        bus.subscribe(FilesChanged, lambda _event: self.weighing.look_soon())
        bus.subscribe(CoreStateChanged, lambda _event: self.weighing.look_soon())

    def _items_changed(self) -> None:
        self.chips_changed.emit()
        self._changed()

    def _changed(self) -> None:
        self.weighing.look_soon()
        self._drafts.changed()

    def _empty(self, keep_items: bool = False) -> None:
        self._restore(Draft("", self._chosen.refs if keep_items else ()))
        self._changed()

    def _restore(self, draft: Draft) -> None:
        self._text, self._chosen.refs = draft.text, draft.refs
        self.text_given.emit(draft.text, len(draft.text))
        self.chips_changed.emit()
        self.weighing.look_soon()

    def _on_thread(self) -> None:
        thread_id = self.chat.thread_id
        if thread_id is None or thread_id == self._thread_id:
            return
        if self._thread_id is not None:
            self.keep_draft()
            self._restore(Draft())
        self._thread_id = thread_id
        self._drafts.begin(thread_id)
        if not self._draft.is_empty:
            # Typed before the thread was known.
            self._changed()
        wanted, self._next = self._next, Draft()
        if not wanted.is_empty:
            self._restore(joined(wanted, self._draft))
            self._changed()
        self.compaction.show_thread(thread_id)
        self._intents.start("load draft", self._load(thread_id))

    def _on_taken(self, question: Question) -> None:
        taken = _chosen(question.text, question.refs)
        if question.thread_id != self._thread_id:
            # It is written on where it belongs.
            self._next = taken
            self.chat.open_thread(question.thread_id)
            return
        # Where something else is being written the question goes below it.
        self._restore(joined(self._draft, taken))
        self._changed()

    async def _load(self, thread_id: str) -> None:
        kept = await self._drafts.kept(thread_id)
        if thread_id == self._thread_id and not kept.is_empty and kept != self._draft:
            is_typed = not self._draft.is_empty
            self._restore(joined(kept, self._draft))
            if is_typed:
                self._changed()
        self.queue.load()
        summary = await self._composing.prompts.summary(thread_id)
        if summary is not None:
            done = Compaction(thread_id, CompactionState.DONE, summary.turns, summary)
            self.compaction.restore(done)

    async def _send(self, question: Question, now: bool) -> None:
        try:
            await self._composing.outbox.put(question, now)
        except SparkError:
            self.give_back(question.text, question.refs)
            raise
        # The question is kept elsewhere now.
        self.keep_draft()

    def _weighed(self) -> Question | None:
        # An edit sends the place that it changes, not the conversation.
        if self.chat.thread_id is None or self.chat.mode is Mode.EDIT:
            return None
        return self._question("", self.chat.thread_id)

    def _question(self, question_id: str, thread_id: str) -> Question:
        """Return what is written as a question, with the file that is shown in front."""
        path, lines = self.chat.target
        written = [ref for ref in refs_in(self._text) if ref not in self._chosen.refs]
        refs = (*self._chosen.refs, *written)
        named = any(ref.kind is ItemKind.FILE and ref.path == path for ref in refs)
        if path is not None and not named:
            refs = (ItemRef(ItemKind.OPEN, path, lines=lines), *refs)
        text = _EMPTY_LINES.sub("", self._text).rstrip()
        # Code keeps the blanks before its first line, which its other lines are measured by.
        text = text if "\n" in text else text.strip()
        return Question(question_id, thread_id, text, refs, path)


def _chosen(text: str, refs: Iterable[ItemRef]) -> Draft:
    """Return what was written as a draft; the file that is shown was not chosen by the user."""
    return Draft(text, tuple(ref for ref in refs if ref.kind is not ItemKind.OPEN))
