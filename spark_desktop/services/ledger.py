"""The ledger of connections, as what connects and what shows it see it."""

from typing import Protocol

from spark_desktop.domain.contact import Contact, ContactRecord


class Ledger(Protocol):
    """Where everything that connects says so."""

    def note(self, contact: Contact) -> None:
        """Note that a host is asked; returns at once and never raises."""
        ...


class ConnectionRecords(Protocol):
    """What was noted, across restarts. Raises StoreError."""

    async def records(self) -> tuple[ContactRecord, ...]:
        """Return every host that was asked, the newest first."""
        ...

    async def clear(self) -> None:
        """Forget all of them."""
        ...
