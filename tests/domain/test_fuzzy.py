import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.domain.fuzzy import match


@pytest.mark.parametrize(
    ("query", "text", "places"),
    [
        ("sl", "Speed lab", (0, 6)),
        ("lab", "Speed lab", (6, 7, 8)),
        ("s lab", "Speed lab", (0, 6, 7, 8)),
        ("", "Speed lab", ()),
        ("ПО", "Показать", (0, 1)),
    ],
)
def test_letters_are_placed_where_words_begin(
    query: str, text: str, places: tuple[int, ...]
) -> None:
    found = match(query, text)
    assert found is not None
    assert found.places == places


@pytest.mark.parametrize(("query", "text"), [("x", "Speed"), ("ds", "Speed"), ("a", "")])
def test_letters_that_are_not_there_in_their_order_match_nothing(query: str, text: str) -> None:
    assert match(query, text) is None


def test_a_whole_word_is_better_than_its_scattered_letters() -> None:
    whole, scattered = match("test", "run the tests"), match("test", "the east side, then")
    assert whole is not None
    assert scattered is not None
    assert whole.score > scattered.score


@given(st.text(max_size=8), st.text(max_size=40))
def test_every_place_holds_its_letter(query: str, text: str) -> None:
    found = match(query, text)
    if found is not None:
        assert list(found.places) == sorted(set(found.places))
        assert all(0 <= place < len(text) for place in found.places)
