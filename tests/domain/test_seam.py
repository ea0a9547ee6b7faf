"""Where an answer goes on, nothing is said twice and nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.domain.seam import Seam

CODE = "def parse(text):\n    return ast.literal_eval(te"


@pytest.mark.parametrize(
    ("first", "second", "rest"),
    [
        ("", "Whole.", "Whole."),
        ("The list is ", "empty.", "empty."),
        ("The list is empty", " is empty, so it fails.", ", so it fails."),
        (CODE, "xt)\n", "xt)\n"),
        (CODE, "    return ast.literal_eval(text)\n", "xt)\n"),
        # Said again from the beginning.
        ("It is", "It is so.", " so."),
        ("One two", "One two", ""),
        # Alike by chance: no repetition.
        ("a ball", "l", "l"),
        ("aaaa bbbb", "bb", "bb"),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 100])
def test_what_is_said_twice_is_left_out(first, second, rest, size):
    seam = Seam(first)
    pieces = [second[at : at + size] for at in range(0, len(second), size)]
    assert "".join([seam.feed(piece) for piece in pieces]) + seam.finish() == rest


def test_new_text_is_not_held_back():
    seam = Seam("The list is empty.")
    assert seam.feed("So ") == "So "
    assert seam.feed("is empty.") == "is empty."


@given(st.text(), st.text(), st.integers(1, 5))
def test_the_rest_is_always_the_end_of_what_came_and_what_is_left_out_was_there(a, b, size):
    seam = Seam(a)
    rest = "".join([seam.feed(b[at : at + size]) for at in range(0, len(b), size)]) + seam.finish()
    assert b.endswith(rest)
    assert a.endswith(b[: len(b) - len(rest)])
