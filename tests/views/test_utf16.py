"""Places in a text as Qt counts them."""

import pytest

from spark_desktop.views.utf16 import index_of, position_of

TEXT = "a\N{SLIGHTLY SMILING FACE}é\N{HEBREW LETTER ALEF}\N{SLIGHTLY SMILING FACE}z"


@pytest.mark.parametrize("index", range(len(TEXT) + 1))
def test_a_place_is_the_same_there_and_back(index: int) -> None:
    assert index_of(TEXT, position_of(TEXT, index)) == index


def test_between_the_halves_of_a_pair_it_is_the_place_before() -> None:
    assert index_of(TEXT, 2) == 1


def test_a_place_behind_the_end_is_the_end() -> None:
    assert (index_of("abc", 9), position_of("abc", 9)) == (3, 3)
    assert index_of(TEXT, 99) == len(TEXT)
