"""The completion of ``@`` words: rows that come as they are found."""

from collections.abc import AsyncIterator
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.mentions import Mention, Suggestion, mention_at
from spark_desktop.services.tasks import LatestTask, TaskScope


class Search(Protocol):
    """What finds completions."""

    def search(self, mention: Mention) -> AsyncIterator[tuple[Suggestion, ...]]:
        """Yield the rows as far as they are known, then more."""
        ...


class MentionsViewModel(QObject):
    """``changed`` tells of other rows or another current one; without rows nothing is shown."""

    changed = Signal()

    def __init__(self, search: Search, scope: TaskScope) -> None:
        super().__init__()
        self._search = search
        self._scope = scope
        self._latest = LatestTask(scope)
        self._dismissed: int | None = None
        self.mention: Mention | None = None
        self.rows: tuple[Suggestion, ...] = ()
        self.current = 0

    def typed(self, text: str, cursor: int) -> None:
        """Look for what stands before the cursor now."""
        mention = mention_at(text, cursor)
        if mention is None or mention.start != self._dismissed:
            self._dismissed = None
        if mention == self.mention:
            return
        self.mention = mention
        if mention is None or self._dismissed is not None or not self._scope.can_start:
            self._latest.cancel()
            self._show(())
        else:
            self._latest.start("mentions", self._find(mention))

    def move(self, step: int) -> None:
        """Make another row the current one; the ends meet."""
        if self.rows:
            self.current = (self.current + step) % len(self.rows)
            self.changed.emit()

    def dismiss(self) -> None:
        """Show nothing until another mention is begun."""
        if self.mention is not None:
            self._dismissed = self.mention.start
        self._latest.cancel()
        self._show(())

    def close(self) -> None:
        """Show nothing until the typing goes on."""
        self.mention = None
        self._latest.cancel()
        self._show(())

    async def _find(self, mention: Mention) -> None:
        self.current = 0
        try:
            async for rows in self._search.search(mention):
                self._show(rows)
        except SparkError:
            self._show(())  # the folder is gone or unreadable, which other parts say

    def _show(self, rows: tuple[Suggestion, ...]) -> None:
        if rows == self.rows and self.current < max(1, len(rows)):
            self.changed.emit()
            return
        kept = self.rows[self.current] if self.current < len(self.rows) else None
        self.rows = rows
        # More rows below must not move what the user is about to choose.
        self.current = rows.index(kept) if self.current and kept in rows else 0
        self.changed.emit()
