"""A change keeps the errors that the code raised, unless it was asked to do otherwise."""

import pytest

from spark_desktop.domain.kept_errors import keeps_errors, keeps_errors_of


@pytest.mark.parametrize(
    ("before", "lost"),
    [
        ("if not a : raise ValueError ( 'no' )", "ValueError"),
        ("if ( ! a ) throw new RangeError ( 'no' ) ;", "RangeError"),
        ("throw std :: out_of_range ( x ) ;", "std::out_of_range"),
        ("return 0 , fmt . Errorf ( 'no' )", "fmt.Errorf"),
        ("panic ! ( 'no' )", "panic"),
        ("return Err ( Wrong )", "Err"),
        ("raise", ""),
        ("return a", ""),
    ],
)
def test_a_kind_of_error_that_is_gone_is_named(before, lost):
    found = keeps_errors("make the test of 700 pass", before, "return sorted ( a )")
    assert found.passed is not bool(lost)
    assert found.detail == (f"The answer raises {lost} no more." if lost else "")
    assert keeps_errors("make it pass", before, before).passed


@pytest.mark.parametrize(
    "asked", ["return None instead of raising", "drop ValueError", "do not fail for an empty list"]
)
def test_where_errors_are_spoken_of_nothing_is_said(asked):
    assert keeps_errors(asked, "raise ValueError ( 1 )", "return None").passed


@pytest.mark.parametrize(
    ("report", "before", "passed"),
    [
        ("Error: 9 instead of 700", "throw new RangeError ( 'no values' )", False),
        ("RangeError: no values", "throw new RangeError ( 'no values' )", True),
        ("--- FAIL: got 3, wanted 4", "return fmt . Errorf ( 'no' )", False),
        ("unexpected error: no", "return fmt . Errorf ( 'no' )", True),
        ("panicked at src/lib.rs", "panic ! ( 'no' )", True),
        ("left: 1, right: 2", "return Err ( Wrong )", False),
    ],
)
def test_an_error_that_a_failing_test_shows_may_be_the_mistake(report, before, passed):
    assert keeps_errors_of(report, before, "return 1").passed is passed
