"""Changes inside lines, by words and then by parts of a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from law_cases import law

from spark_desktop.domain.intraline import Columns, intraline, paired

LINES = st.text(alphabet="ab_ .()=1\u00e9\u0301\U0001f600", max_size=40)


def marked(line: str, columns: Columns) -> str:
    for start, end in reversed(columns):
        line = f"{line[:start]}[{line[start:end]}]{line[end:]}"
    return line


def kept(line: str, columns: Columns) -> str:
    for start, end in reversed(columns):
        line = line[:start] + line[end:]
    return line


@pytest.mark.parametrize(
    ("old", "new", "shown_old", "shown_new"),
    [
        ("return a", "return b", "return [a]", "return [b]"),
        ("x = 1", "x = 1", "x = 1", "x = 1"),
        ("count = 1", "counter = 1", "count = 1", "count[er] = 1"),
        ("one(a, b)", "two(a, b, c)", "[one](a, b)", "[two](a, b[, c])"),
        ("    pass", "        pass", "    pass", "    [    ]pass"),
        ("a b c d", "x y c d", "[a b] c d", "[x y] c d"),
        ("", "new", "", "[new]"),
        ("gone", "", "[gone]", ""),
        ("first_name", "last_name", "[first]_name", "[last]_name"),
        ("user_name", "user_names", "user_name", "user_name[s]"),
    ],
)
def test_what_differs_is_marked(old: str, new: str, shown_old: str, shown_new: str) -> None:
    old_columns, new_columns = intraline(old, new)
    assert (marked(old, old_columns), marked(new, new_columns)) == (shown_old, shown_new)


@law
@given(LINES, LINES)
def test_what_is_not_marked_is_the_same_in_both(old: str, new: str) -> None:
    old_columns, new_columns = intraline(old, new)
    left, right = kept(old, old_columns), kept(new, new_columns)
    assert left.replace(" ", "") == right.replace(" ", "")
    for line, columns in ((old, old_columns), (new, new_columns)):
        at = 0
        for start, end in columns:
            assert at <= start < end <= len(line)
            at = end


def test_a_line_of_very_many_words_is_one_stretch_between_its_equal_ends() -> None:
    old = "a = [" + ", ".join(str(n) for n in range(3000)) + "]"
    new = old.replace(" 5,", " five,").replace(" 2900,", " 2.9k,")
    (start, end), *rest = intraline(old, new)[0]
    assert rest == []
    assert old[start:end].startswith("5,")
    assert old[start:end].endswith("2900")


def test_lines_are_paired_with_what_they_became() -> None:
    old = ["x = load(path)\n", "y = parse(x)\n", "return y\n"]
    new = ["# now with a check\n", "x = load(path, strict)\n", "return parse(x)\n"]
    assert paired(old, new) == ((0, 1), (1, 2))


def test_unlike_and_blank_lines_have_no_partner() -> None:
    assert paired(["import os\n", "\n"], ["\n", "def f(): ...\n"]) == ()
    assert paired([], ["a\n"]) == ()


def test_pairs_never_cross() -> None:
    assert paired(["alpha one\n", "beta two\n"], ["beta two\n", "alpha one\n"]) in (
        ((0, 1),),
        ((1, 0),),
    )


@law
@given(
    st.lists(st.sampled_from(["a b", "a c", "b c d", "b c e", ""]), max_size=8),
    st.lists(st.sampled_from(["a b", "a c", "b c d", "b c e", ""]), max_size=8),
)
def test_pairs_rise_on_both_sides(old: list[str], new: list[str]) -> None:
    pairs = paired(old, new)
    assert list(pairs) == sorted(set(pairs))
    assert len({j for _, j in pairs}) == len({i for i, _ in pairs}) == len(pairs)
    assert [j for _, j in pairs] == sorted(j for _, j in pairs)


def test_a_hunk_of_thousands_of_lines_has_no_pairs() -> None:
    lines = [f"value {n}" for n in range(5000)]
    assert paired(lines, lines) == ()
