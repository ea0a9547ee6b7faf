"""What quiet mode and the snooze hold back: kept until it is started, or not needed any more."""

from collections.abc import Sequence
from dataclasses import dataclass

from spark_desktop.domain.inbox_entry import InboxEntry
from spark_desktop.domain.trigger import Trigger
from spark_desktop.services.inbox_log import InboxLog


@dataclass(frozen=True, slots=True)
class Held:
    """What is held back of a file, and the entry that offers it."""

    entry_id: str
    triggers: tuple[Trigger, ...]


class HeldBack:
    """Of each file one entry offers all that is held back of it.

    Entries of earlier saves offer nothing of it any more: what they held may be out of date.
    """

    def __init__(self, log: InboxLog) -> None:
        self._log = log
        self._held: dict[str, Held] = {}

    def of(self, path: str) -> tuple[Trigger, ...]:
        """Return what is held back of a file; most often nothing."""
        held = self._held.get(path)
        return () if held is None else held.triggers

    def keep(self, path: str, triggers: Sequence[Trigger]) -> None:
        """Let the entry that offers what is held of a file offer these of them; it may be none."""
        held = self._held.pop(path, None)
        if held is None:
            return
        self._log.offers(held.entry_id, triggers)
        if triggers:
            self._held[path] = Held(held.entry_id, tuple(triggers))

    def drop(self, path: str) -> None:
        """Hold nothing of a file any more."""
        self.keep(path, ())

    def hold(self, path: str, entry: InboxEntry) -> None:
        """Hold back what an entry of a file offers, and nothing else of that file."""
        self.drop(path)
        if entry.offered:
            self._held[path] = Held(entry.id, entry.offered)

    def take(self, path: str) -> Held | None:
        """Return what is held of a file, which is started now; None where nothing is."""
        return self._held.pop(path, None)
