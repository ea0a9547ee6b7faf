"""What was decided about each proposal, so that it can be taken back, the last first."""

from collections.abc import Collection
from dataclasses import dataclass, field

from spark_desktop.domain.deciding import Write
from spark_desktop.domain.proposal import Proposal


@dataclass(frozen=True, slots=True)
class Rejected:
    """Hunks were decided against; ``before`` is the proposal until then."""

    ids: tuple[str, ...]
    before: Proposal


@dataclass(frozen=True, slots=True)
class Reworked:
    """Of the hunks ``ids`` came those that are ``made``, without anything being written."""

    ids: tuple[str, ...]
    before: Proposal
    made: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Accepted:
    """Hunks were written; ``ids`` are those of them that were not reconsidered since."""

    ids: tuple[str, ...]
    write: Write


Decided = Rejected | Reworked | Accepted


@dataclass(slots=True)
class DecisionLog:
    """The decisions of this session, per proposal, oldest first."""

    _entries: dict[str, list[Decided]] = field(default_factory=dict)

    def add(self, proposal_id: str, decided: Decided) -> None:
        """Note a decision."""
        self._entries.setdefault(proposal_id, []).append(decided)

    def last(self, proposal_id: str) -> Decided | None:
        """Return the last decision that was not taken back."""
        entries = self._entries.get(proposal_id)
        return entries[-1] if entries else None

    def pop(self, proposal_id: str) -> None:
        """Forget the last decision."""
        self._entries[proposal_id].pop()

    def count(self, proposal_id: str) -> int:
        """Return how many decisions are noted."""
        return len(self._entries.get(proposal_id, ()))

    def write_of(self, proposal_id: str, hunk_id: str) -> Write | None:
        """Return the write that put a hunk on disk; None where it is not, by our doing."""
        for entry in reversed(self._entries.get(proposal_id, [])):
            if isinstance(entry, Accepted) and hunk_id in entry.ids:
                return entry.write
        return None

    def forget(self, proposal_id: str, ids: Collection[str]) -> None:
        """Note that decisions on some hunks were taken back out of order."""
        kept: list[Decided] = []
        for entry in self._entries.get(proposal_id, []):
            if isinstance(entry, Reworked):
                kept.append(entry)
                continue
            rest = tuple(one for one in entry.ids if one not in ids)
            if rest and isinstance(entry, Accepted):
                kept.append(Accepted(rest, entry.write))
            elif isinstance(entry, Rejected) and (rest or not entry.ids):
                kept.append(Rejected(rest, entry.before))
        self._entries[proposal_id] = kept

    def drop(self, known: Collection[str]) -> None:
        """Forget what was decided about proposals that are not ``known`` any more."""
        self._entries = {key: one for key, one in self._entries.items() if key in known}
