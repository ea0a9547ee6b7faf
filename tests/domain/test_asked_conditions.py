"""Requests to leave some things out, and answers without a condition for it."""

import pytest

from spark_desktop.domain.asked_conditions import leaves_out, minds_negative, said_of

BEFORE = "return [ f . name for f in finds ]"
SORTED = "return [ f . name for f in sorted ( finds , key = lambda f : f . day , reverse = True ) ]"


@pytest.mark.parametrize(
    "asked",
    [
        "only what wasn't handed back yet, newest finds first",
        "newest first, and only those that are not handed back",
        "skip finds that have been handed back",
        "Leave out the finds that nobody wants.",
        "exclude finds without a name",
        "sort them; drop all finds which were handed back",
        "only keep finds whose day is known",
    ],
)
def test_what_is_only_sorted_leaves_nothing_out(asked):
    found = leaves_out(asked, BEFORE, SORTED)
    assert found is not None
    assert not found.passed


@pytest.mark.parametrize(
    "after",
    [
        "return [ f . name for f in finds if f . day is None ]",
        "return [ f . name for f in filter ( waits , finds ) ]",
        "return finds . filter ( waits ) . map ( name )",
        "finds . retain ( waits ) ; return [ f . name for f in finds ]",
        "for f in finds : if f . back : continue",
        "return [ f . name for f in finds [ 1 : ] ]",
    ],
)
def test_a_condition_in_any_form_is_one(after):
    assert leaves_out("only what wasn't handed back yet", BEFORE, after) is None


@pytest.mark.parametrize(
    "asked",
    [
        "newest finds first",
        "skip the first line",
        "ignore case",
        "leave out the unit",
        "only the name",
        "it is the only one that matters",
        "sort them, so that only the order differs",
    ],
)
def test_other_requests_need_no_condition(asked):
    assert leaves_out(asked, BEFORE, SORTED) is None


ROUNDED = "def f ( a ) : return a // 5 + ( a % 5 != 0 )"


@pytest.mark.parametrize(
    "said",
    [
        "It is 0 where the kilograms are 0 or negative.",
        "For a negative count nothing is returned.",
        "Raises ValueError where one of them is negative.",
    ],
)
def test_what_becomes_of_negative_numbers_needs_a_comparison(said):
    found = minds_negative(said, ROUNDED)
    assert found is not None
    assert not found.passed
    for code in ("return max ( 0 , a )", "if a < 0 : return 0", "return a.saturating_sub ( 1 )"):
        assert minds_negative(said, code) is None


@pytest.mark.parametrize(
    "said",
    [
        "The result may be negative, 0 among others.",
        "0 for no kilograms, which are never negative.",
        "How many non-negative numbers there are, 0 for none.",
        "How much. Negative is below the ground. None for nothing.",
    ],
)
def test_where_nothing_becomes_of_negative_numbers_no_comparison_is_asked_for(said):
    assert minds_negative(said, ROUNDED) is None


def test_what_is_said_of_a_function_stands_above_it_and_in_it():
    assert said_of("x = 1\n\n// One.\n// Two.\n", "fn f() {\n") == "// One.\n// Two.\n"
    text = 'def f(a):\n    """One.\n\n    Two.\n    """\n    # Three.\n    pass\n'
    told = said_of("# Not this.\n\n", text)
    assert all(one in told for one in ("One.", "Two.", "Three."))
    assert "Not this" not in told
