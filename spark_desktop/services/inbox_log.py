"""The entries of the inbox: how each save ended, and what a newer save makes of it."""

import uuid
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import ProposalChanged, SaveSettled
from spark_desktop.domain.inbox_entry import InboxEntry, Outcome, held_reason, started_reason
from spark_desktop.domain.proposal import REPLACED, Cancelled
from spark_desktop.domain.trigger import Trigger
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import IgnoreReason
from spark_desktop.services.bus import Bus

# Entries that can still change, or be started; older ones explain nothing any more.
_KEPT = 500


class InboxLog:
    """Publishes each entry once, and again where it has become another."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._entries: OrderedDict[str, InboxEntry] = OrderedDict()
        # Which entry asked for a proposal.
        self._askers: dict[str, str] = {}
        bus.subscribe(ProposalChanged, self._on_proposal)

    def entries(self) -> tuple[InboxEntry, ...]:
        """Return the newest entries, oldest first."""
        return tuple(self._entries.values())

    def get(self, entry_id: str) -> InboxEntry:
        """Return an entry; raises SparkError for one that is not kept any more."""
        if entry_id not in self._entries:
            raise SparkError(say("This entry is gone."), say("Save the file again."))
        return self._entries[entry_id]

    def find(self, entry_id: str) -> InboxEntry | None:
        """Return an entry; None for one that is not kept."""
        return self._entries.get(entry_id)

    def settle(
        self,
        paths: Iterable[str],
        outcome: Outcome,
        reason: str,
        *,
        cause: IgnoreReason | None = None,
        requests: Iterable[str] = (),
        offered: Iterable[Trigger] = (),
        is_burst: bool = False,
    ) -> InboxEntry:
        """Keep how a save of these paths ended, and publish it."""
        entry = InboxEntry(
            uuid.uuid4().hex,
            tuple(paths),
            outcome,
            reason,
            cause,
            tuple(requests),
            tuple(offered),
            is_burst,
        )
        self._keep(entry)
        return entry

    def started(self, entry_id: str, requests: Iterable[str]) -> None:
        """Note that what an entry offered was asked for after all; one that is gone says nothing.

        What is asked for matters more than what is noted of it.
        """
        entry = self._entries.get(entry_id)
        if entry is not None:
            asked = (*entry.requests, *requests)
            self._keep(
                replace(
                    entry,
                    outcome=Outcome.QUEUED,
                    reason=started_reason(entry),
                    cause=None,
                    requests=asked,
                    offered=(),
                )
            )

    def widen(
        self, entry: InboxEntry, paths: tuple[str, ...], reason: str, offered: Iterable[Trigger]
    ) -> InboxEntry:
        """Note that the burst of an entry goes on: with more files, and what it offers now."""
        wider = replace(entry, paths=paths, reason=reason, offered=tuple(offered))
        self._keep(wider)
        return wider

    def absorb(self, entry_id: str) -> None:
        """Forget an entry whose file is part of a burst: the entry of that says what became of it.

        One that offers something stays.
        """
        entry = self._entries.get(entry_id)
        if entry is not None and not entry.offered:
            del self._entries[entry_id]
            for request in entry.requests:
                self._askers.pop(request, None)

    def offers(self, entry_id: str, triggers: Sequence[Trigger]) -> None:
        """Note what is left of what an entry offered; one that is gone says nothing."""
        entry = self._entries.get(entry_id)
        if entry is None or entry.offered == tuple(triggers):
            return
        entry = replace(entry, offered=tuple(triggers))
        if triggers and entry.cause is IgnoreReason.QUIET:
            entry = replace(entry, reason=held_reason(triggers))
        self._entries[entry_id] = entry
        self._bus.publish(SaveSettled(entry))

    def _keep(self, entry: InboxEntry) -> None:
        self._entries[entry.id] = entry
        if entry.outcome is Outcome.QUEUED:
            self._askers |= dict.fromkeys(entry.requests, entry.id)
        while len(self._entries) > _KEPT:
            # What can be started is kept longest: it stands over the inbox.
            idle = (key for key, one in self._entries.items() if not one.offered)
            oldest = self._entries.pop(next(idle, next(iter(self._entries))))
            for request in oldest.requests:
                self._askers.pop(request, None)
        self._bus.publish(SaveSettled(entry))

    def _on_proposal(self, event: ProposalChanged) -> None:
        proposal = event.proposal
        if proposal.state != Cancelled(REPLACED):
            return
        entry_id = self._askers.pop(proposal.id, None)
        if entry_id is None:
            return
        entry = self._entries[entry_id]
        if not any(request in self._askers for request in entry.requests):
            self._keep(replace(entry, outcome=Outcome.SUPERSEDED, reason=REPLACED))
