"""Which of several equal ones an answer takes."""

import pytest

from spark_desktop.domain.ties import takes_asked_tie

FIRST = "Return the heaviest hive; of several it is the first one."
LAST = "Return the longest name, for a tie the last."


@pytest.mark.parametrize(
    ("path", "asked", "region", "is_wrong"),
    [
        ("a.rs", FIRST, "hives.iter().max_by_key(|one| one.grams)", True),
        ("a.rs", FIRST, "hives.iter().rev().max_by_key(|one| one.grams)", False),
        ("a.rs", FIRST, "hives.iter().min_by_key(|one| one.grams)", False),
        ("a.rs", LAST, "hives.iter().min_by_key(|one| one.grams)", True),
        ("a.rs", "Return the first hive.", "hives.iter().max_by_key(|one| one.grams)", False),
        ("a.py", FIRST, "return max(hives, key=weight)", False),
        ("a.py", LAST, "return max(names, key=len)", True),
        ("a.py", LAST, "return max(reversed(names), key=len)", False),
        ("a.py", FIRST, "return sorted(hives, key=lambda one: f(one))[-1]", True),
        ("a.py", FIRST, "return sorted(hives, key=weight, reverse=True)[0]", False),
        ("a.py", "The earliest of those wins.", "return sorted(hives)[-1]", True),
        ("a.py", LAST, "self.max(names)", False),
        ("a.go", FIRST, "sort.Slice(hives)", False),
    ],
)
def test_the_other_one_is_refused(path, asked, region, is_wrong):
    found = takes_asked_tie(path, asked, region)
    assert (found is not None and not found.passed) is is_wrong
