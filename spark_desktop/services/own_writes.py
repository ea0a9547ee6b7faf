"""What we wrote ourselves into each file: none of it may start anything."""

from dataclasses import dataclass

from spark_desktop.domain.events import ChangeApplied, ChangeReverted
from spark_desktop.domain.trigger import Stub, Trigger
from spark_desktop.services.bus import Bus
from spark_desktop.services.locate import lines_of


@dataclass(slots=True)
class _Write:
    """The lines of a write; ``digest`` is that of the file with them, "" where none is known."""

    lines: frozenset[str]
    digest: str


class OwnWrites:
    """Tells a trigger that our last write brought from one that was saved just before it."""

    def __init__(self, bus: Bus) -> None:
        self._last: dict[str, _Write] = {}
        bus.subscribe(ChangeApplied, self._applied)
        bus.subscribe(ChangeReverted, self._reverted)

    def brought(self, trigger: Trigger) -> bool:
        """Return whether our write put the trigger into a file that is as we wrote it.

        The watch may be sooner than the news of a write. What is known then belongs to the one
        before, and says nothing of this one: all that stands in the file is taken for ours.
        """
        write = self._last.get(trigger.snapshot.path)
        if write is None:
            return True
        write.digest = write.digest or trigger.snapshot.digest
        if write.digest != trigger.snapshot.digest:
            return True
        # A stub's signature stands there before and after: only its body is written.
        lines = trigger.body if isinstance(trigger, Stub) and len(trigger.body) else trigger.lines
        return write.lines.issuperset(lines_of(trigger.snapshot, lines))

    def _applied(self, event: ChangeApplied) -> None:
        self._keep(event, event.change.after)

    def _reverted(self, event: ChangeReverted) -> None:
        # What was saved since the change is kept: the first file that is seen tells the digest.
        self._keep(event, "")

    def _keep(self, event: ChangeApplied | ChangeReverted, digest: str) -> None:
        change = event.change
        lines = (hunk.old if change.undone else hunk.new for hunk in change.hunks)
        written = frozenset(line for group in lines for line in group)
        self._last[change.path] = _Write(written, digest)
