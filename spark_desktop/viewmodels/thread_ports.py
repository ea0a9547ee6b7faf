"""What the list of threads needs from the services, as a narrow Protocol."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from spark_desktop.domain.conversation import Thread, ThreadHit, ThreadInfo, Turn
from spark_desktop.domain.thread_export import Tell
from spark_desktop.services.threads import ExportFormat


class Threads(Protocol):
    """Whole threads; each method may raise SparkError."""

    async def page(self, offset: int, limit: int) -> tuple[ThreadInfo, ...]:
        """Return a part of the list: the pinned threads first, then the last used."""
        ...

    async def count(self) -> int:
        """Return how many threads are listed."""
        ...

    async def search(self, query: str) -> tuple[ThreadHit, ...]:
        """Return the best hits of the words in ``query``, one a thread."""
        ...

    async def rename(self, thread_id: str, title: str) -> None:
        """Give a thread a title; with an empty one it goes by its first question again."""
        ...

    async def pin(self, thread_id: str, is_pinned: bool) -> None:
        """Keep a thread at the top of the list, or no longer."""
        ...

    async def delete(self, thread_ids: Sequence[str]) -> None:
        """Take threads off the list, stopping what is answered in them."""
        ...

    async def restore(self, thread_ids: Sequence[str]) -> None:
        """Bring deleted threads back."""
        ...

    async def purge(self) -> int:
        """Remove for good what was deleted long ago; return how many threads."""
        ...

    async def export(
        self, thread_id: str, path: Path, form: ExportFormat, tell: Tell = ...
    ) -> None:
        """Write a thread to a file, what we say in it as ``tell`` puts it."""
        ...

    async def fork(self, thread_id: str, turn_id: str | None, title: str) -> Thread:
        """Return a copy up to and including a turn (None: the last one)."""
        ...

    async def edit_again(
        self, thread_id: str, turn_id: str | None, title: str
    ) -> tuple[Thread, Turn]:
        """Return a copy of what came before a turn (None: the last one), and the turn."""
        ...
