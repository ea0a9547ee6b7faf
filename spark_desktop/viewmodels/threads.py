"""The list of threads: found, renamed, pinned, deleted with a way back, exported, forked."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.context_item import Draft, ItemKind
from spark_desktop.domain.errors import SparkError
from spark_desktop.services.bus import Bus
from spark_desktop.services.tasks import TaskScope
from spark_desktop.services.threads import ExportFormat
from spark_desktop.viewmodels.intents import Intents
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone
from spark_desktop.viewmodels.thread_listing import ThreadListing
from spark_desktop.viewmodels.thread_ports import Threads
from spark_desktop.viewmodels.thread_rows import ThreadRows
from spark_desktop.viewmodels.translation import in_language, tr


class ThreadsViewModel(QObject):
    """``rows`` is the list, or what a search found; ``notice`` the line over it.

    ``thread_wanted`` asks for a thread to be shown, ``new_wanted`` for a new one, ``turn_wanted``
    for a turn of the shown one, ``chat_wanted`` for the chat. ``question_wanted`` puts a draft
    (and the path of the file that it is about, or "") into the composer.
    """

    changed = Signal()
    thread_wanted = Signal(str)
    turn_wanted = Signal(str, str)
    new_wanted = Signal()
    chat_wanted = Signal()
    question_wanted = Signal(object, str)

    def __init__(
        self, threads: Threads, now: Callable[[], datetime], bus: Bus, scope: TaskScope
    ) -> None:
        super().__init__()
        self._threads = threads
        self._intents = Intents(scope, self._failed)
        self.listing = ThreadListing(threads, now, bus, scope)
        self.notice: Notice | None = None
        # What was deleted, and which of it was shown: undone from the last to the first.
        self._deleted: list[tuple[tuple[str, ...], str | None, str]] = []
        self._wanted: dict[str, str] = {}
        self.listing.shown.connect(self.changed)
        self.listing.failed.connect(self._failed)
        self.listing.found_first.connect(self.choose)
        self.rows.renamed.connect(self.rename)

    @property
    def rows(self) -> ThreadRows:
        """Return headings and threads, or what a search found."""
        return self.listing.rows

    @property
    def current(self) -> str | None:
        """Return the thread that is shown."""
        return self.listing.current

    @property
    def count(self) -> int:
        """Return how many threads there are."""
        return self.listing.count

    @property
    def is_searching(self) -> bool:
        """Return whether the rows are what a search found."""
        return self.listing.is_searching

    @property
    def empty_text(self) -> str:
        """Return what stands in place of an empty list."""
        if self.rows.entries:
            return ""
        if not self.is_searching:
            return tr("No threads yet. A question begins one.")
        return tr("Nothing is found. Words are found by their beginnings.")

    def load(self) -> None:
        """Remove what was deleted long ago, and show the list."""
        self._intents.start("threads", self._begin())

    def set_current(self, thread_id: str | None) -> None:
        """Mark the thread that is shown."""
        if thread_id != self.current:
            self.listing.set_current(thread_id)
        if thread_id is not None and thread_id in self._wanted:
            turn_id = self._wanted[thread_id]
            self._intents.start("show turn", self._show_turn(thread_id, turn_id))
        self._wanted = {}

    def search(self, query: str) -> None:
        """Show what holds these words; the whole list where there are none."""
        self.listing.search(query)

    def choose_first(self) -> None:
        """Open the best hit, as soon as it is found."""
        self.listing.choose_first()

    def choose(self, thread_id: str) -> None:
        """Show a thread, and of a hit the turn."""
        self.tell(None)
        rows = (row for row in self.rows.threads if row.id == thread_id)
        # Shown once the thread is.
        self._wanted = {row.id: row.turn_id for row in rows if row.turn_id is not None}
        self.thread_wanted.emit(thread_id)
        self.chat_wanted.emit()

    def rename(self, thread_id: str, title: str) -> None:
        """Give a thread a title; with an empty one it goes by its first question again."""
        self.tell(None)
        self._intents.start("rename thread", self._threads.rename(thread_id, title))

    def set_editing(self, is_editing: bool) -> None:
        """Say whether a title is being typed: the list stands still meanwhile."""
        self.listing.set_editing(is_editing)

    def toggle_pin(self, thread_id: str) -> None:
        """Keep a thread at the top, or no longer."""
        self.tell(None)
        is_pinned = any(row.id == thread_id and row.is_pinned for row in self.rows.threads)
        self._intents.start("pin thread", self._threads.pin(thread_id, not is_pinned))

    def delete(self, thread_ids: Sequence[str]) -> None:
        """Take threads off the list; the notice offers the way back."""
        if thread_ids:
            self._intents.start("delete threads", self._delete(tuple(thread_ids)))

    def export(self, thread_id: str, path: str, form: ExportFormat) -> None:
        """Write a thread to a file; the notice says where it went."""
        self._intents.start("export thread", self._export(thread_id, path, form))

    def fork(self, turn_id: str) -> None:
        """Go on in a new thread with what was said up to and including a turn of the shown one."""
        self.fork_thread(self.current, turn_id)

    def fork_thread(self, thread_id: str | None, turn_id: str | None = None) -> None:
        """The same for any thread (and None: its last turn)."""
        if thread_id is not None:
            self._intents.start("fork thread", self._fork(thread_id, turn_id))

    def edit_again(self, turn_id: str) -> None:
        """Put a question of the shown thread into the composer, in a fork from before it."""
        self.edit_thread(self.current, turn_id)

    def edit_thread(self, thread_id: str | None, turn_id: str | None = None) -> None:
        """The same for any thread (and None: its last turn)."""
        if thread_id is not None:
            self._intents.start("edit question", self._edit(thread_id, turn_id))

    def turn_action(self, turn_id: str, action: str) -> None:
        """Do what was asked for at a turn of the shown thread; other actions are not for threads.

        An empty ``turn_id`` means the last turn.
        """
        if action == "fork":
            self.fork_thread(self.current, turn_id or None)
        elif action == "edit":
            self.edit_thread(self.current, turn_id or None)

    def act(self, intent: Intent) -> None:
        """Bring back what was deleted, or clear what was told."""
        self.tell(None)
        if intent is Intent.UNDO and self._deleted:
            thread_ids, shown, _title = self._deleted.pop()
            self._intents.start("restore threads", self._restore(thread_ids, shown))
            # One deleted before that can be brought back next.
            self._tell_deleted()

    def tell(self, notice: Notice | None) -> None:
        """Show a line over the list; None clears it."""
        if notice != self.notice:
            self.notice = notice
            self.changed.emit()

    async def _show_turn(self, thread_id: str, turn_id: str) -> None:
        # After all that the change of the thread does to the views.
        await asyncio.sleep(0)
        self.turn_wanted.emit(thread_id, turn_id)

    async def _begin(self) -> None:
        # The list first: it is wanted also where the store cannot be written.
        await self.listing.load()
        await self._threads.purge()

    async def _delete(self, thread_ids: tuple[str, ...]) -> None:
        title = self.listing.title(thread_ids[0])
        follower = self.listing.follower(thread_ids)
        await self._threads.delete(thread_ids)
        shown = self.current if self.current in thread_ids else None
        self._deleted.append((thread_ids, shown, title))
        if shown is not None:
            self._leave(follower)
        self._tell_deleted()

    def _tell_deleted(self) -> None:
        if not self._deleted:
            return
        thread_ids, _shown, title = self._deleted[-1]
        text = (
            tr("Deleted: {title}", title=title)
            if len(thread_ids) == 1
            else tr("%n thread(s) deleted.", "", len(thread_ids))
        )
        hint = tr("Kept for 30 days.")
        self.tell(Notice(text, Tone.MUTED, hint, Action(tr("Undo"), Intent.UNDO)))

    def _leave(self, follower: str | None) -> None:
        if follower is None:
            self.new_wanted.emit()
        else:
            self.thread_wanted.emit(follower)

    async def _restore(self, thread_ids: tuple[str, ...], shown: str | None) -> None:
        await self._threads.restore(thread_ids)
        if shown is not None:
            self.thread_wanted.emit(shown)

    async def _export(self, thread_id: str, path: str, form: ExportFormat) -> None:
        await self._threads.export(thread_id, Path(path), form, in_language)
        done = Action(tr("Dismiss"), Intent.DISMISS)
        self.tell(Notice(tr("Written to {path}", path=path), Tone.GOOD, "", done))

    async def _fork(self, thread_id: str, turn_id: str | None) -> None:
        self.tell(None)
        fork = await self._threads.fork(thread_id, turn_id, self._fork_title(thread_id))
        self.thread_wanted.emit(fork.id)
        self.chat_wanted.emit()

    async def _edit(self, thread_id: str, turn_id: str | None) -> None:
        self.tell(None)
        title = self._fork_title(thread_id)
        fork, turn = await self._threads.edit_again(thread_id, turn_id, title)
        self.thread_wanted.emit(fork.id)
        refs = tuple(one.ref for one in turn.attached if one.ref.kind is not ItemKind.OPEN)
        self.question_wanted.emit(Draft(turn.question, refs), turn.path or "")

    def _fork_title(self, thread_id: str) -> str:
        return tr("{title} (fork)", title=self.listing.title(thread_id))

    def _failed(self, error: SparkError) -> None:
        text, hint = in_language(error.message), in_language(error.next_step)
        self.tell(Notice(text, Tone.PROBLEM, hint, Action(tr("Dismiss"), Intent.DISMISS)))
