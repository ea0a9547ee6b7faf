"""Requests to leave some things out, and answers without a condition for it."""

import pytest

from spark_desktop.domain.asked_conditions import leaves_out

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
