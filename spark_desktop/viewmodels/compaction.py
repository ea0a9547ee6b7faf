"""Says that earlier turns are being summed up, and what became of it."""

from typing import Protocol

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.compaction import Compaction, CompactionState
from spark_desktop.domain.events import ThreadCompacted
from spark_desktop.services.bus import Bus
from spark_desktop.viewmodels.amounts import tokens_text
from spark_desktop.viewmodels.translation import in_language, tr


class Skips(Protocol):
    """What can go on without a summary."""

    def skip_compaction(self) -> bool:
        """Ask without summing up; return whether that was under way."""
        ...


class CompactionViewModel(QObject):
    """The newest compaction of the shown thread."""

    changed = Signal()

    def __init__(self, chat: Skips, bus: Bus) -> None:
        super().__init__()
        self._chat = chat
        self._known: dict[str, Compaction] = {}
        self._thread_id: str | None = None
        bus.subscribe(ThreadCompacted, self._on_compacted)

    @property
    def is_running(self) -> bool:
        """Return whether it can be cancelled."""
        return self._current is not None and self._current.state is CompactionState.RUNNING

    @property
    def summary(self) -> str:
        """Return what later prompts have in the place of the turns; empty without a summary."""
        current = self._current
        return current.summary.text if current is not None and current.summary else ""

    @property
    def text(self) -> str:
        """Return the line in the thread; empty where nothing was summed up."""
        current = self._current
        if current is None:
            return ""
        turns = current.turns
        match current.state:
            case CompactionState.RUNNING:
                return tr("Summing up %n earlier turn(s)…", "", turns)
            case CompactionState.SKIPPED:
                return tr("Not summed up: the oldest turns may be left out.")
            case CompactionState.FAILED:
                reason = in_language(current.reason)
                return tr(
                    "Not summed up, the oldest turns may be left out: {reason}", reason=reason
                )
            case CompactionState.DONE:
                return _done_text(current)

    def show_thread(self, thread_id: str | None) -> None:
        """Show another thread's."""
        self._thread_id = thread_id
        self.changed.emit()

    def restore(self, compaction: Compaction) -> None:
        """Take one from an earlier session, unless a newer one is known."""
        if self._known.setdefault(compaction.thread_id, compaction) is compaction:
            self.changed.emit()

    def skip(self) -> None:
        """Go on without a summary."""
        self._chat.skip_compaction()

    def dismiss(self) -> None:
        """Take the line away, until the next one."""
        if self._thread_id is not None and not self.is_running:
            self._known.pop(self._thread_id, None)
            self.changed.emit()

    @property
    def _current(self) -> Compaction | None:
        return self._known.get(self._thread_id or "")

    def _on_compacted(self, event: ThreadCompacted) -> None:
        self._known[event.compaction.thread_id] = event.compaction
        self.changed.emit()


def _done_text(compaction: Compaction) -> str:
    summary = compaction.summary
    if summary is None:
        return ""
    before, after = tokens_text(summary.before), tokens_text(summary.after)
    return tr(
        "%n earlier turn(s) summed up · {before} → {after} tokens",
        "",
        summary.turns,
        before=before,
        after=after,
    )
