"""What the list of threads needs from the world."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from spark_desktop.domain.conversation import Thread, ThreadHit, ThreadInfo


class ThreadLibrary(Protocol):
    """The threads as a whole: listed, searched, put away; StoreError where that fails.

    ``everywhere`` means the threads of all workspaces. A thread in which nobody asked anything, and
    which has no title, is not listed. One that is deleted is kept until it is purged.
    """

    async def page(
        self, offset: int, limit: int, *, everywhere: bool = False
    ) -> tuple[ThreadInfo, ...]:
        """Return a part of the list: the pinned threads first, then the last used."""
        ...

    async def count(self, *, everywhere: bool = False) -> int:
        """Return how many threads are listed."""
        ...

    async def search(
        self, query: str, limit: int, *, everywhere: bool = False
    ) -> tuple[ThreadHit, ...]:
        """Return the best hits of the words in ``query``, which may be any text; one a thread."""
        ...

    async def rename(self, thread_id: str, title: str) -> None:
        """Give a thread a title; with an empty one it goes by its first question again."""
        ...

    async def pin(self, thread_id: str, is_pinned: bool) -> None:
        """Keep a thread at the top of the list, or no longer."""
        ...

    async def delete(self, thread_ids: Sequence[str]) -> None:
        """Take threads off the list; ``restore`` brings them back until they are purged."""
        ...

    async def restore(self, thread_ids: Sequence[str]) -> None:
        """Bring deleted threads back as they were. Raises StoreError for a purged one."""
        ...

    async def deleted(self) -> tuple[ThreadInfo, ...]:
        """Return the workspace's deleted threads that can be restored, the last deleted first."""
        ...

    async def purge(self, before: datetime) -> int:
        """Remove for good what was deleted before that moment; return how many threads."""
        ...

    async def add(self, thread: Thread) -> None:
        """Keep a new thread of this workspace with its turns, all or nothing."""
        ...
