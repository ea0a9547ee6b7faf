"""The list of threads: what a user does with whole threads, beside talking in one."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from enum import Enum
from pathlib import Path

from spark_desktop.domain.conversation import (
    Thread,
    ThreadHit,
    ThreadInfo,
    Turn,
    TurnState,
    clean_title,
)
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import ThreadsChanged
from spark_desktop.domain.thread_export import Tell, from_json, to_json, to_markdown
from spark_desktop.domain.words import say
from spark_desktop.services.bus import Bus
from spark_desktop.services.chat import ChatService
from spark_desktop.services.ports import Clock, Exports
from spark_desktop.services.thread_ports import ThreadLibrary

# A deleted thread can be restored for so long.
KEPT = timedelta(days=30)


class ExportFormat(Enum):
    """How a thread is written to a file; the value is the file's ending."""

    MARKDOWN = "md"
    JSON = "json"


class ThreadService:
    """Publishes ThreadsChanged for all that it changes; raises StoreError where that fails."""

    def __init__(
        self, library: ThreadLibrary, chat: ChatService, exports: Exports, bus: Bus, clock: Clock
    ) -> None:
        self._library = library
        self._chat = chat
        self._exports = exports
        self._bus = bus
        self._clock = clock

    async def page(
        self, offset: int, limit: int, *, everywhere: bool = False
    ) -> tuple[ThreadInfo, ...]:
        """Return a part of the list: the pinned threads first, then the last used."""
        return await self._library.page(offset, limit, everywhere=everywhere)

    async def count(self, *, everywhere: bool = False) -> int:
        """Return how many threads are listed."""
        return await self._library.count(everywhere=everywhere)

    async def search(
        self, query: str, limit: int = 100, *, everywhere: bool = False
    ) -> tuple[ThreadHit, ...]:
        """Return the best hits of the words in ``query``, one a thread."""
        return await self._library.search(query, limit, everywhere=everywhere)

    async def rename(self, thread_id: str, title: str) -> None:
        """Give a thread a title; with an empty one it goes by its first question again."""
        await self._library.rename(thread_id, clean_title(title))
        self._changed(thread_id)

    async def pin(self, thread_id: str, is_pinned: bool) -> None:
        """Keep a thread at the top of the list, or no longer."""
        await self._library.pin(thread_id, is_pinned)
        self._changed(thread_id)

    async def delete(self, thread_ids: Sequence[str]) -> None:
        """Take threads off the list; a running answer is stopped, what came of it is kept.

        ``restore`` brings them back as they were; 30 days later they are removed for good.
        """
        await self._library.delete(thread_ids)
        for thread_id in thread_ids:
            self._chat.leave(thread_id)
        self._changed(*thread_ids)

    async def restore(self, thread_ids: Sequence[str]) -> None:
        """Bring deleted threads back. Raises StoreError for one that was removed for good."""
        await self._library.restore(thread_ids)
        self._changed(*thread_ids)

    async def deleted(self) -> tuple[ThreadInfo, ...]:
        """Return the deleted threads that can be restored, the last deleted first."""
        return await self._library.deleted()

    async def purge(self, *, all_of_them: bool = False) -> int:
        """Remove for good what was deleted 30 days ago (or all that was); return how many."""
        now = self._clock.now()
        # What was deleted in this very moment belongs to all.
        return await self._library.purge(now + timedelta(seconds=1) if all_of_them else now - KEPT)

    async def export(
        self, thread_id: str, path: Path, form: ExportFormat, tell: Tell = str
    ) -> None:
        """Write a thread to a file, as ``tell`` puts what we say. Raises FileError, StoreError."""
        text = await self.text_of(thread_id, form, tell)
        await self._exports.write(path, text.encode("utf-8"))

    async def text_of(self, thread_id: str, form: ExportFormat, tell: Tell = str) -> str:
        """Return what an export of a thread holds. Raises StoreError for an unknown one."""
        thread = await self._chat.thread(thread_id)
        return to_json(thread) if form is ExportFormat.JSON else to_markdown(thread, tell)

    async def take_in(self, text: str) -> Thread:
        """Keep an exported thread (JSON) as a new one of this project, and return it.

        Raises FileError where the text is no such thread.
        """
        found = from_json(text)
        turns = tuple(replace(turn, id=uuid.uuid4().hex) for turn in found.turns)
        taken = replace(
            found, id=uuid.uuid4().hex, title=clean_title(found.title), turns=_ended(turns)
        )
        await self._library.add(taken)
        self._changed(taken.id)
        return taken

    async def fork(self, thread_id: str, turn_id: str | None, title: str) -> Thread:
        """Return a new thread with copies of the turns up to and including that one.

        ``turn_id`` is None for the last one. The thread itself stays as it is. Raises SparkError
        for an unknown turn, or one whose answer is still being written.
        """
        thread = await self._chat.thread(thread_id)
        place = _place(thread, turn_id)
        if thread.turns[place].state is TurnState.STREAMING:
            raise SparkError(
                say("The answer is still being written."), say("Wait for its end, or stop it.")
            )
        return await self._copy(thread, thread.turns[: place + 1], title)

    async def edit_again(
        self, thread_id: str, turn_id: str | None, title: str
    ) -> tuple[Thread, Turn]:
        """Return a new thread with copies of what came before a turn, and that turn.

        ``turn_id`` is None for the last one. Its question is for the user to change and send; the
        thread itself stays as it is. Raises SparkError for an unknown turn.
        """
        thread = await self._chat.thread(thread_id)
        place = _place(thread, turn_id)
        earlier = thread.turns[:place]
        # Before the first question there is nothing that the title could be about.
        return await self._copy(thread, earlier, title if earlier else ""), thread.turns[place]

    async def _copy(self, thread: Thread, turns: Sequence[Turn], title: str) -> Thread:
        copies = tuple(replace(turn, id=uuid.uuid4().hex) for turn in turns)
        fork = Thread(uuid.uuid4().hex, clean_title(title), self._clock.now(), _ended(copies))
        await self._library.add(fork)
        ids = {old.id: new.id for old, new in zip(turns, copies, strict=True)}
        await self._chat.copied(thread.id, fork.id, ids)
        self._changed(fork.id)
        return fork

    def _changed(self, *thread_ids: str) -> None:
        self._bus.publish(ThreadsChanged(thread_ids))


def _place(thread: Thread, turn_id: str | None) -> int:
    if turn_id is None and thread.turns:
        return len(thread.turns) - 1
    for place, turn in enumerate(thread.turns):
        if turn.id == turn_id:
            return place
    raise SparkError(say("There is no such question in this thread."), say("Ask one first."))


def _ended(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """Return the turns, those that were being written as stopped: nobody writes at the copies."""
    return tuple(
        replace(turn, state=TurnState.STOPPED) if turn.state is TurnState.STREAMING else turn
        for turn in turns
    )
