"""When something happened, as a list of threads says it: today, yesterday, this week, earlier."""

from datetime import datetime, timedelta
from enum import Enum

from spark_desktop.domain.conversation import ThreadInfo


class Group(Enum):
    """Under which heading a thread stands; in the order of the list."""

    PINNED = "pinned"
    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "this week"
    EARLIER = "earlier"


def group_of(thread: ThreadInfo, now: datetime) -> Group:
    """Return the thread's group at ``now``, by the days of ``now``'s zone; weeks begin on Monday.

    What happened later than ``now``, by a clock that was put back, counts as today.
    """
    if thread.is_pinned:
        return Group.PINNED
    today = now.date()
    day = thread.active.astimezone(now.tzinfo).date()
    if day >= today:
        return Group.TODAY
    if day == today - timedelta(days=1):
        return Group.YESTERDAY
    return Group.WEEK if day >= today - timedelta(days=today.weekday()) else Group.EARLIER
