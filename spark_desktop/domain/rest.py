"""When saves start less than usual, or nothing."""

from dataclasses import dataclass
from datetime import datetime

# Of a snooze: a day.
MOST_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Rest:
    """``is_quiet``: only what the user typed for Spark starts; ``until``: nothing does till then.

    None is no snooze. Proposals that wait are kept in step with their files all the same.
    """

    is_quiet: bool = False
    until: datetime | None = None

    @property
    def is_snoozed(self) -> bool:
        """Return whether nothing starts now."""
        return self.until is not None
