"""Where inserted code comes to stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.domain.insertion import inserted
from spark_desktop.domain.trigger import Insertion, Span, kind_of, title_of
from tests.interface_fakes import snapshot

CLASS = "class A:\n    def f(self):\n        pass\n\n    x = 1\n"


@pytest.mark.parametrize(
    ("content", "lines", "code", "expected"),
    [
        ("a = 1\n", None, "b = 2\n", "a = 1\n\nb = 2\n"),
        ("a = 1\n\n", None, "b = 2", "a = 1\n\nb = 2\n"),
        ("a = 1", None, "b = 2", "a = 1\n\nb = 2\n"),
        ("", None, "b = 2", "b = 2\n"),
        ("a\r\nb\r\n", Span(1, 2), "c\nd", "a\r\nc\r\nd\r\n"),
        ("a\nb", Span(1, 2), "c", "a\nc"),
        ("a\nb\n", Span(0, 0), "c", "a\nb\n\nc\n"),
        (
            CLASS,
            Span(1, 3),
            "def g(self):\n    return 2\n",
            "class A:\n    def g(self):\n        return 2\n\n    x = 1\n",
        ),
        (CLASS, Span(4, 5), "    y = 2\n\n    z = 3", CLASS[:-10] + "    y = 2\n\n    z = 3\n"),
    ],
)
def test_code_takes_the_place_the_indentation_and_the_line_endings(
    content: str, lines: Span | None, code: str, expected: str
) -> None:
    assert inserted(content, lines, code)[0] == expected


@given(st.lists(st.sampled_from(["a\n", "  b\n", "\n", "c\r\n"]), max_size=9), st.data())
def test_what_is_not_selected_stays(lines: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(lines)))
    end = data.draw(st.integers(start, len(lines)))
    after, region = inserted("".join(lines), Span(start, end), "new")
    assert after.startswith("".join(lines[: region.start]))
    if end > start:
        assert after.endswith("".join(lines[end:]))


def test_an_insertion_is_named_by_its_first_line() -> None:
    trigger = Insertion(snapshot(), None, "\ndef f():\n    pass\n")
    assert title_of(trigger) == "insert def f():"
    assert kind_of(trigger) == "insert"
