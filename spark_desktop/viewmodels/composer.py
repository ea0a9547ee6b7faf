"""What is being written: text and items, kept as a draft, weighed, and sent."""

import asyncio
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.compaction import Compaction, CompactionState
from spark_desktop.domain.context_item import Draft, ItemKind, ItemRef, Question
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import CoreStateChanged, FilesChanged
from spark_desktop.domain.mentions import Suggestion, refs_in, without
from spark_desktop.services.bus import Bus
from spark_desktop.services.composing import Composing
from spark_desktop.services.preview import ItemFacts, Preview
from spark_desktop.services.tasks import LatestTask, TaskScope
from spark_desktop.viewmodels.chat import ChatViewModel, Mode
from spark_desktop.viewmodels.compaction import CompactionViewModel
from spark_desktop.viewmodels.gauge import Gauge, gauge_of, tokens_of
from spark_desktop.viewmodels.intents import Intents
from spark_desktop.viewmodels.mentions import MentionsViewModel
from spark_desktop.viewmodels.queue import QueueViewModel
from spark_desktop.viewmodels.translation import in_language, tr

# Seconds after which what was typed is kept, and without typing before the prompt is weighed again.
_SAVE, _LOOK = 0.5, 0.2


@dataclass(frozen=True, slots=True)
class Chip:
    """An item over the text: its name, its tokens ("~1.2k"), and why it cannot go, if so."""

    ref: ItemRef
    label: str
    tokens: str
    tooltip: str
    problem: str = ""


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
        self.queue = QueueViewModel(composing.outbox, bus, scope, chat.tell_error)
        self.compaction = CompactionViewModel(chat, bus)
        self.gauge = Gauge()
        self._composing = composing
        self._intents = Intents(scope, chat.tell_error)
        self._scope = scope
        self._adding = asyncio.Lock()
        self._look = LatestTask(scope)
        self._text = ""
        self._refs: tuple[ItemRef, ...] = ()
        self._preview: Preview | None = None
        self._thread_id: str | None = None
        self._next_text = ""
        self._saving = LatestTask(scope)
        self._is_kept = True
        self._connect(bus)

    @property
    def text(self) -> str:
        """Return what was typed."""
        return self._text

    @property
    def chips(self) -> tuple[Chip, ...]:
        """Return the chosen items, with what is known of each."""
        facts = {} if self._preview is None else {one.ref: one for one in self._preview.items}
        return tuple(_chip(ref, facts.get(ref)) for ref in self._refs)

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
        self._intents.start("add item", self._add(ref))

    def add_clipboard(self, text: str) -> None:
        """Make a chip of the clipboard's text."""
        self.add(ItemRef(ItemKind.CLIPBOARD, text=text))

    def add_text(self, text: str) -> None:
        """Make a chip of dropped text."""
        self.add(ItemRef(ItemKind.TEXT, text=text))

    def add_paths(self, paths: Iterable[str]) -> None:
        """Make chips of dropped files and folders, given by their absolute paths."""
        for path in paths:
            self._intents.start("add path", self._add_path(Path(path)))

    def remove(self, ref: ItemRef) -> None:
        """Take a chip away."""
        self._refs = tuple(one for one in self._refs if one != ref)
        self.chips_changed.emit()
        self._changed()

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

    def begin_next_with(self, text: str) -> None:
        """Begin with this text in the thread that is shown next, which is being opened."""
        self._next_text = text

    def keep_draft(self) -> None:
        """Keep what is written, now."""
        if self._thread_id is not None and not self._is_kept and self._scope.can_start:
            self._is_kept = True
            self._intents.start("keep draft", self._save(self._thread_id, self._draft))

    def give_back(self, text: str, refs: tuple[ItemRef, ...] = ()) -> None:
        """Restore what could not be sent, unless something else was begun."""
        if not self._draft.is_empty:
            return
        self._restore(Draft(text, tuple(ref for ref in refs if ref.kind is not ItemKind.OPEN)))
        self._changed()

    @property
    def _draft(self) -> Draft:
        return Draft(self._text, self._refs)

    def _connect(self, bus: Bus) -> None:
        chat = self.chat
        chat.thread_changed.connect(self._on_thread)
        chat.changed.connect(self._look_soon)
        chat.refused.connect(self.give_back)
        self.queue.taken.connect(self._on_taken)
        self.compaction.changed.connect(self._look_soon)
        bus.subscribe(FilesChanged, lambda _event: self._look_soon())
        bus.subscribe(CoreStateChanged, lambda _event: self._look_soon())

    def _changed(self) -> None:
        self._is_kept = False
        self._look_soon()
        # Not started anew: somebody who types without a pause is kept, too.
        if not self._saving.running and self._scope.can_start:
            self._saving.start("keep draft soon", self._keep_soon())

    def _empty(self, keep_items: bool = False) -> None:
        self._restore(Draft("", self._refs if keep_items else ()))
        self._changed()

    def _restore(self, draft: Draft) -> None:
        self._text, self._refs = draft.text, draft.refs
        self.text_given.emit(draft.text, len(draft.text))
        self.chips_changed.emit()
        self._look_soon()

    def _on_thread(self) -> None:
        thread_id = self.chat.thread_id
        if thread_id is None or thread_id == self._thread_id:
            return
        if self._thread_id is not None:
            self.keep_draft()
            self._restore(Draft())
        self._thread_id = thread_id
        self._is_kept = True
        if not self._draft.is_empty:
            # Typed before the thread was known.
            self._changed()
        text, self._next_text = self._next_text, ""
        if text:
            self._restore(Draft(text))
            self._changed()
        self.compaction.show_thread(thread_id)
        self._intents.start("load draft", self._load(thread_id))

    def _on_taken(self, question: Question) -> None:
        if self._draft.is_empty:
            self.give_back(question.text, question.refs)
            return
        # Something else is being written: the question goes below it.
        more = tuple(ref for ref in question.refs if ref not in self._refs)
        more = tuple(ref for ref in more if ref.kind is not ItemKind.OPEN)
        self._restore(Draft(f"{self._text.rstrip()}\n{question.text}", (*self._refs, *more)))
        self._changed()

    async def _load(self, thread_id: str) -> None:
        draft = await self._composing.drafts.draft(thread_id)
        if thread_id == self._thread_id and self._draft.is_empty:
            self._restore(draft)
        self.queue.load()
        summary = await self._composing.prompts.summary(thread_id)
        if summary is not None:
            done = Compaction(thread_id, CompactionState.DONE, summary.turns, summary)
            self.compaction.restore(done)

    async def _save(self, thread_id: str, draft: Draft) -> None:
        await self._composing.drafts.save_draft(thread_id, draft)

    async def _send(self, question: Question, now: bool) -> None:
        try:
            await self._composing.outbox.put(question, now)
        except SparkError:
            self.give_back(question.text, question.refs)
            raise
        # The question is kept elsewhere now.
        self.keep_draft()

    async def _add_path(self, path: Path) -> None:
        await self._add(await self._composing.items.ref_of(path))

    async def _add(self, ref: ItemRef) -> None:
        # One after the other: chips stand in the order in which they were chosen.
        async with self._adding:
            await self._composing.items.read(ref)
            if not any(known.is_same(ref) for known in self._refs):
                self._refs = (*self._refs, ref)
                self.chips_changed.emit()
                self._changed()

    def _look_soon(self) -> None:
        # What tells of a change may outlive the project, whose tasks have ended.
        if self.chat.thread_id is not None and self._scope.can_start:
            self._look.start("look", self._weigh_soon(self.chat.thread_id))

    async def _keep_soon(self) -> None:
        await asyncio.sleep(_SAVE)
        self.keep_draft()

    async def _weigh_soon(self, thread_id: str) -> None:
        await asyncio.sleep(_LOOK)
        await self._weigh(thread_id)

    async def _weigh(self, thread_id: str) -> None:
        if self.chat.mode is Mode.EDIT:
            # An edit sends the place that it changes, not the conversation.
            self._show(None)
            return
        question = self._question("", thread_id)
        try:
            self._show(await self._composing.preview.look(question))
            if await self._composing.preview.measure(question):
                self._show(await self._composing.preview.look(question))
        except SparkError:
            # The store, or the core, says so where it matters; nothing is known here.
            self._show(None)

    def _question(self, question_id: str, thread_id: str) -> Question:
        """Return what is written as a question, with the file that is shown in front."""
        path, lines = self.chat.target
        written = [ref for ref in refs_in(self._text) if ref not in self._refs]
        refs = (*self._refs, *written)
        named = any(ref.kind is ItemKind.FILE and ref.path == path for ref in refs)
        if path is not None and not named:
            refs = (ItemRef(ItemKind.OPEN, path, lines=lines), *refs)
        return Question(question_id, thread_id, self._text.strip(), refs, path)

    def _show(self, preview: Preview | None) -> None:
        self._preview = preview
        self.gauge = gauge_of(preview)
        self.chips_changed.emit()
        self.gauge_changed.emit()


def _chip(ref: ItemRef, facts: ItemFacts | None) -> Chip:
    label = in_language(ref.label)
    where = ref.path or label
    if facts is None:
        return Chip(ref, label, "", where)
    if facts.error is not None:
        problem = f"{in_language(facts.error.message)} {in_language(facts.error.next_step)}"
        return Chip(ref, label, "", problem, problem)
    tokens = tokens_of(facts.tokens, facts.is_exact)
    lines = [tr("{name}: {tokens} tokens", name=where, tokens=tokens)]
    lines += [in_language(note) for note in facts.notes]
    return Chip(ref, label, tokens, "\n".join(lines))
