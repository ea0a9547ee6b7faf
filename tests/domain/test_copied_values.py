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


def test_a_bound_that_an_error_tells_is_no_result():
    report, before = "E  Expected regex: 'at most 10'", "if v > 10:\n    raise E('no')\n"
    assert copies_no_value(report, before, before.replace("no", "at most 10")).passed
    assert not copies_no_value(report, before, "return 'at most 10'\n").passed
    assert not copies_no_value(
        report, "if v > 9:\n    raise E('no')\n", "raise E('at most 10')"
    ).passed


def test_the_name_of_an_encoding_is_no_result():
    after = "open(path, encoding='utf-8')\n"
    assert copies_no_value("'utf-8' codec can't decode", "open(path)\n", after).passed


def test_a_text_that_stood_there_is_none():
    after = 'return "by (deleted), 0 answered"\n'
    assert not copies_no_value(REPORT, BEFORE, after).passed
    assert copies_no_value(REPORT, 'x = "(by (deleted), 0 answered)"\n', after).passed
