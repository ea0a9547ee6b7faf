"""Fakes for the list of threads: the port in memory, and the service behind the view model."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from spark_desktop.domain.conversation import Thread, ThreadHit, ThreadInfo, Turn
from spark_desktop.domain.errors import SparkError, StoreError
from spark_desktop.domain.events import ThreadsChanged
from spark_desktop.services.bus import Bus
from spark_desktop.services.threads import ExportFormat

if TYPE_CHECKING:
    from tests.fakes import MemoryThreads
    from tests.interface_fakes import FakeChat


def info_of(thread: Thread, workspace: str = "project") -> ThreadInfo:
    """Return how a thread is listed; the last turn says when something happened."""
    active = thread.turns[-1].created if thread.turns else thread.created
    title = thread.title or (thread.turns[0].question if thread.turns else "")
    return ThreadInfo(
        *(thread.id, title, thread.created, active, workspace),
        turns=len(thread.turns),
        is_pinned=thread.is_pinned,
    )


def hits_of(threads: Sequence[ThreadInfo], known: dict[str, Thread], query: str) -> list[ThreadHit]:
    """Return the threads that hold the query as it is, in a turn or in the title."""
    found = []
    for info in threads:
        turns = known[info.id].turns
        held = [turn for turn in turns if query.lower() in f"{turn.question} {turn.answer}".lower()]
        if held:
            asked = query.lower() in held[0].question.lower()
            text = held[0].question if asked else held[0].answer
            found.append(ThreadHit(info, held[0].id, text))
        elif query.lower() in info.title.lower():
            found.append(ThreadHit(info, None, info.title))
    return found


class MemoryLibrary:
    """The library over threads in memory, of one workspace."""

    def __init__(self, threads: "MemoryThreads", workspace: str = "project") -> None:
        self._known = threads.kept
        self._deleted = threads.put_away
        self._now = threads.now
        self._workspace = workspace

    async def page(
        self, offset: int, limit: int, *, everywhere: bool = False
    ) -> tuple[ThreadInfo, ...]:
        listed = [info_of(one, self._workspace) for one in self._known.values()]
        listed = [one for one in reversed(listed) if one.title and one.id not in self._deleted]
        listed.sort(key=lambda one: (one.is_pinned, one.active), reverse=True)
        return tuple(listed[offset : offset + limit])

    async def count(self, *, everywhere: bool = False) -> int:
        return len(await self.page(0, 1_000_000))

    async def search(
        self, query: str, limit: int, *, everywhere: bool = False
    ) -> tuple[ThreadHit, ...]:
        return tuple(hits_of(await self.page(0, 1_000_000), self._known, query)[:limit])

    async def rename(self, thread_id: str, title: str) -> None:
        self._known[thread_id] = replace(self._one(thread_id), title=title)

    async def pin(self, thread_id: str, is_pinned: bool) -> None:
        self._known[thread_id] = replace(self._one(thread_id), is_pinned=is_pinned)

    async def delete(self, thread_ids: Sequence[str]) -> None:
        self._deleted |= {self._one(one).id: self._now() for one in thread_ids}

    async def restore(self, thread_ids: Sequence[str]) -> None:
        for one in thread_ids:
            self._deleted.pop(self._one(one).id, None)

    async def deleted(self) -> tuple[ThreadInfo, ...]:
        return tuple(info_of(self._known[one]) for one in reversed(self._deleted))

    async def purge(self, before: datetime) -> int:
        gone = [one for one, when in self._deleted.items() if when < before]
        for one in gone:
            del self._deleted[one], self._known[one]
        return len(gone)

    async def add(self, thread: Thread) -> None:
        self._known[thread.id] = thread

    def _one(self, thread_id: str) -> Thread:
        if thread_id not in self._known:
            raise StoreError(f"The thread {thread_id} is gone.", "Choose another one.")
        return self._known[thread_id]


class FakeThreads:
    """The service on the fake chat's threads; ``error`` ends the next calls."""

    def __init__(self, chat: "FakeChat", bus: Bus) -> None:
        self._chat, self._bus = chat, bus
        self.put_away: dict[str, Thread] = {}
        self.written: dict[Path, str] = {}
        self.pages: list[tuple[int, int]] = []
        self.searched: list[str] = []
        self.purges = 0
        self.error: SparkError | None = None
        self.purge_error: SparkError | None = None

    def put(self, *threads: Thread) -> None:
        self._chat.known |= {thread.id: thread for thread in threads}
        self._changed()

    async def page(self, offset: int, limit: int) -> tuple[ThreadInfo, ...]:
        await self._work()
        self.pages.append((offset, limit))
        return tuple(self._listed()[offset : offset + limit])

    async def count(self) -> int:
        return len(self._listed())

    async def search(self, query: str) -> tuple[ThreadHit, ...]:
        await self._work()
        self.searched.append(query)
        return tuple(hits_of(self._listed(), self._chat.known, query))

    async def rename(self, thread_id: str, title: str) -> None:
        await self._work()
        self.put(replace(self._chat.known[thread_id], title=title))

    async def pin(self, thread_id: str, is_pinned: bool) -> None:
        await self._work()
        self.put(replace(self._chat.known[thread_id], is_pinned=is_pinned))

    async def delete(self, thread_ids: Sequence[str]) -> None:
        await self._work()
        self.put_away |= {one: self._chat.known.pop(one) for one in thread_ids}
        self._changed()

    async def restore(self, thread_ids: Sequence[str]) -> None:
        await self._work()
        self.put(*(self.put_away.pop(one) for one in thread_ids))

    async def purge(self) -> int:
        await self._work()
        self.purges += 1
        if self.purge_error is not None:
            raise self.purge_error
        return 0

    async def export(
        self, thread_id: str, path: Path, form: ExportFormat, tell: Callable[[str], str] = str
    ) -> None:
        await self._work()
        self.written[path] = f"{form.value} of {thread_id}"

    async def fork(self, thread_id: str, turn_id: str | None, title: str) -> Thread:
        await self._work()
        turns = self._chat.known[thread_id].turns
        place = len(turns) if turn_id is None else [one.id for one in turns].index(turn_id) + 1
        fork = Thread(f"{thread_id}-fork", title, datetime.now(UTC), turns[:place])
        self.put(fork)
        return fork

    async def edit_again(
        self, thread_id: str, turn_id: str | None, title: str
    ) -> tuple[Thread, Turn]:
        await self._work()
        turns = self._chat.known[thread_id].turns
        place = len(turns) - 1 if turn_id is None else [one.id for one in turns].index(turn_id)
        fork = Thread(f"{thread_id}-edit", title, datetime.now(UTC), turns[:place])
        self.put(fork)
        return fork, turns[place]

    def _listed(self) -> list[ThreadInfo]:
        listed = [info_of(one) for one in self._chat.known.values()]
        listed = [one for one in listed if one.title]
        return sorted(listed, key=lambda one: (one.is_pinned, one.active), reverse=True)

    def _changed(self) -> None:
        self._bus.publish(ThreadsChanged(()))

    async def _work(self) -> None:
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
