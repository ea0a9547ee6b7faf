"""Answers that only return what the failing test wants to see."""

import pytest

from spark_desktop.domain.copied_values import copies_no_value

REPORT = "AssertionError: 'Hello (by None, 0 answered)' != 'Hello (by (deleted), 0 answered)'"
BEFORE = 'return f"{title} (by {author}, {count} answered)"\n'


@pytest.mark.parametrize(
    ("after", "copied"),
    [
        ('return f"{title} (by (deleted), 0 answered)"\n', "(by (deleted), 0 answered)"),
        ("return `${title} (by (deleted), 0 answered)`;\n", "(by (deleted), 0 answered)"),
        ('return fmt.Sprintf("%s (by (deleted), 0 answered)", a)', "(by (deleted), 0 answered)"),
        ('author = author or "(deleted)"\n' + BEFORE, ""),
        ('return f"{title} (by {author or 1}, {count} answered)"\n', ""),
        ('return "another 17 things"\n', ""),
        ("return 0\n", ""),
    ],
)
def test_a_new_text_with_a_number_of_the_test_is_copied(after, copied):
    found = copies_no_value(REPORT, BEFORE, after)
    assert found.passed is not bool(copied)
    assert copied in found.detail


def test_a_text_that_stood_there_is_none():
    after = 'return "by (deleted), 0 answered"\n'
    assert not copies_no_value(REPORT, BEFORE, after).passed
    assert copies_no_value(REPORT, 'x = "(by (deleted), 0 answered)"\n', after).passed
