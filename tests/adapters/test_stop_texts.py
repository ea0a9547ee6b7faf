"""Texts that end an answer, where the server knows none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.adapters.stop_texts import StopTexts


def cut(stops: tuple[str, ...], pieces: list[str]) -> tuple[str, bool]:
    texts = StopTexts(stops)
    told = "".join(texts.feed(piece) for piece in pieces)
    return told + ("" if texts.is_met else texts.rest()), texts.is_met


@pytest.mark.parametrize(
    ("stops", "pieces", "told", "is_met"),
    [
        ((), ["one ", "two"], "one two", False),
        (("",), ["one"], "one", False),
        (("END",), ["one E", "ND two"], "one ", True),
        (("END",), ["one E", "N", "d"], "one ENd", False),
        (("END",), ["one EN"], "one EN", False),
        (("two", "one"), ["a one two"], "a ", True),
        (("aab",), ["aa", "ab"], "a", True),
        (("END",), ["END", "more"], "", True),
    ],
)
def test_an_answer_is_cut_before_a_stop(
    stops: tuple[str, ...], pieces: list[str], told: str, is_met: bool
) -> None:
    assert cut(stops, pieces) == (told, is_met)


@given(st.lists(st.text("ab", max_size=4)), st.lists(st.text("ab", min_size=1, max_size=3)))
def test_the_pieces_decide_nothing(pieces: list[str], stops: list[str]) -> None:
    whole = "".join(pieces)
    found = [place for stop in stops if (place := whole.find(stop)) >= 0]
    told, is_met = cut(tuple(stops), pieces)
    assert is_met == bool(found)
    # A stop that ends first is met first, also where a longer one began before it.
    assert whole.startswith(told)
    if not found:
        assert told == whole
    assert all(stop not in told for stop in stops)
