from datetime import UTC, datetime, timedelta, timezone

import pytest

from spark_desktop.domain.conversation import ThreadInfo, clean_title
from spark_desktop.domain.thread_groups import Group, group_of

# A Thursday.
NOW = datetime(2026, 3, 5, 12, 0, tzinfo=timezone(timedelta(hours=3)))


def thread(active: datetime, *, is_pinned: bool = False) -> ThreadInfo:
    return ThreadInfo("th", "", active, active, "here", 1, is_pinned)


@pytest.mark.parametrize(
    ("active", "group"),
    [
        (NOW, Group.TODAY),
        (NOW + timedelta(days=1), Group.TODAY),
        # 21:30 of the day before in UTC is half past midnight in the user's zone.
        (datetime(2026, 3, 4, 21, 30, tzinfo=UTC), Group.TODAY),
        (datetime(2026, 3, 4, 20, 30, tzinfo=UTC), Group.YESTERDAY),
        (datetime(2026, 3, 2, 8, 0, tzinfo=UTC), Group.WEEK),
        (datetime(2026, 3, 1, 8, 0, tzinfo=UTC), Group.EARLIER),
    ],
)
def test_a_thread_stands_under_the_day_of_the_users_zone(active: datetime, group: Group) -> None:
    assert group_of(thread(active), NOW) is group
    assert group_of(thread(active, is_pinned=True), NOW) is Group.PINNED


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("  My\n title ", "My title"),
        ("a\0b\x1b[1m", "a b [1m"),
        ("half \ud83d", "half"),
        ("👩‍💻 at work", "👩‍💻 at work"),
        ("x" * 500, "x" * 200),
        (" \t", ""),
    ],
)
def test_a_title_is_one_short_line_that_can_be_kept(typed: str, title: str) -> None:
    assert clean_title(typed) == title
