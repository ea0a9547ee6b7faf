"""Keeps what is being written, so that neither a crash nor another thread takes it."""

import asyncio
from collections.abc import Callable

from spark_desktop.domain.context_item import Draft
from spark_desktop.domain.errors import SparkError
from spark_desktop.services.ports import ComposerStore
from spark_desktop.services.tasks import LatestTask, TaskScope
from spark_desktop.viewmodels.intents import Intents

# Seconds after which what was typed is kept.
_SAVE = 0.5


class Drafts:
    """The draft of one thread at a time; ``written`` gives what stands in the composer."""

    def __init__(
        self,
        store: ComposerStore,
        scope: TaskScope,
        failed: Callable[[SparkError], None],
        written: Callable[[], Draft],
    ) -> None:
        self._store = store
        self._scope = scope
        self._intents = Intents(scope, failed)
        self._written = written
        self._saving = LatestTask(scope)
        self._thread_id: str | None = None
        self._is_kept = True

    def begin(self, thread_id: str) -> None:
        """Keep what is written from now on as this thread's."""
        self._thread_id = thread_id
        self._is_kept = True

    def changed(self) -> None:
        """Note that something else is written; it is kept soon."""
        self._is_kept = False
        # Not started anew: somebody who types without a pause is kept, too.
        if not self._saving.running and self._scope.can_start:
            self._saving.start("keep draft soon", self._keep_soon())

    def keep(self) -> None:
        """Keep what is written, now."""
        if self._thread_id is not None and not self._is_kept and self._scope.can_start:
            self._is_kept = True
            self._intents.start("keep draft", self._save(self._thread_id, self._written()))

    async def kept(self, thread_id: str) -> Draft:
        """Return a thread's draft. Raises StoreError."""
        return await self._store.draft(thread_id)

    async def _keep_soon(self) -> None:
        await asyncio.sleep(_SAVE)
        self.keep()

    async def _save(self, thread_id: str, draft: Draft) -> None:
        try:
            await self._store.save_draft(thread_id, draft)
        except SparkError:
            # Tried again with the next key, and when the composer is left.
            self._is_kept = self._is_kept and thread_id != self._thread_id
            raise


def joined(first: Draft, second: Draft) -> Draft:
    """Return both drafts in one: the first above the second, each item once."""
    texts = [text for text in (first.text.rstrip(), second.text) if text.strip()]
    more = [ref for ref in second.refs if not any(ref.is_same(one) for one in first.refs)]
    return Draft("\n".join(texts), (*first.refs, *more))
