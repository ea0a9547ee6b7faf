"""Where control texts begin in a message, and what a message of nothing else costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_core.chat.marking import ControlTexts

WORDS = st.text("<ab> ", max_size=6)


def found(texts, text):
    return [text[begin:end] for begin, end in ControlTexts(texts).find(text)]


def looked_for(texts, text):
    """The same, letter by letter."""
    at, stop, pieces = 0, len(text.rstrip()), []
    while at < len(text):
        whole = [each for each in texts if each and text.startswith(each, at)]
        cut = [text[at:stop]] if at < stop else []
        some = whole or [rest for rest in cut if any(each.startswith(rest) for each in texts)]
        pieces += [max(some, key=len)] if some else []
        at += len(pieces[-1]) if some else 1
    return pieces


@given(st.lists(WORDS, max_size=6), st.text("<ab> ", max_size=20))
def test_the_longest_control_text_is_found_at_every_place(texts, text):
    assert found(texts, text) == looked_for(texts, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<|im_end|>", ["<|im_end|>"]),
        ("<|im_end", ["<|im_end"]),
        ("<|im_end \n ", ["<|im_end"]),
        ("<|im_en d|>", []),
        ("<|im_<|im_end|><", ["<|im_end|>", "<"]),
        ("<|im_ends|>", ["<|im_ends|>"]),
        ("", []),
    ],
)
def test_whole_and_cut_control_texts_are_found(text, expected):
    assert found(["<|im_end|>", "<|im_ends|>"], text) == expected


def test_a_model_without_control_texts_finds_none():
    assert found([], "<|im_end|>") == []


def test_a_million_beginnings_are_passed_over():
    # Each of 300 lengths was once tried at every place.
    texts = ["<" + "x" * count + ">" for count in range(300)]
    assert found(texts, "<" * 2_000_000 + "<xx>!") == ["<xx>"]


def test_thousands_of_control_texts_cost_no_more_than_a_few():
    texts = [f"<unused{number}>" for number in range(6000)]
    assert found(texts, "<unused" * 400_000 + "7>!") == ["<unused7>"]


def test_control_texts_may_contain_one_another_as_deeply_as_they_like():
    texts = ["a" * length for length in range(1, 2000)]
    assert found(texts, "a" * 2500 + "b") == ["a" * 1999, "a" * 501]
