"""Words that are mistaken for one another."""

import pytest

from spark_desktop.domain.small_change import SmallChange, twins


@pytest.mark.parametrize(
    ("word", "meant"),
    [("is", "is not"), ("is not", "is"), ("<", "<="), ("any", "all"), ("push_back", "push_front")],
)
def test_a_word_may_have_been_meant_to_be_its_twin(word, meant):
    assert meant in [other for _, other in twins(word)]


def test_a_word_without_a_twin_has_none():
    assert list(twins("name")) == list(twins("is_not")) == []


def test_a_place_and_a_rank_do_not_make_another_change():
    assert SmallChange(1, 2, "a", rank=3, place=1) == SmallChange(1, 2, "a")
