"""Which hosts the product asked, and why."""

from dataclasses import dataclass
from datetime import datetime

from spark_desktop.domain.hosts import is_loopback


@dataclass(frozen=True, slots=True)
class Contact:
    """One host that is asked for one purpose; ``port`` is 0 where another program chooses it."""

    host: str
    port: int
    purpose: str

    @property
    def is_local(self) -> bool:
        """Return whether it is this machine, so that nothing leaves it."""
        return is_loopback(self.host)


@dataclass(frozen=True, slots=True)
class ContactRecord:
    """A contact with how often it was asked, the first and the last time."""

    contact: Contact
    count: int
    first: datetime
    last: datetime
