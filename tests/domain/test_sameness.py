"""Whether two answers are the same code."""

import pytest

from spark_desktop.domain.sameness import shape_of

TOTAL = """\
def total(values):
    result = 0
    for value in values:
        result += value
    return result
"""


@pytest.mark.parametrize(
    "other",
    [
        TOTAL.replace("result", "total_sum")
        .replace("value in", "x in")
        .replace("+= value", "+= x"),
        TOTAL.replace("result = 0", "result = 0  # begin"),
        TOTAL.replace("):\n", '):\n    """Add them up."""\n', 1),
        TOTAL.replace("result = 0\n", "result  =  (0)\n\n"),
    ],
    ids=["other names", "a comment", "a docstring", "another layout"],
)
def test_python_that_does_the_same_in_the_same_way_has_one_shape(other):
    assert shape_of("a.py", other) == shape_of("a.py", TOTAL)


@pytest.mark.parametrize(
    "other",
    [TOTAL.replace("= 0", "= 1"), TOTAL.replace("values", "numbers"), TOTAL.replace("+=", "-=")],
    ids=["another number", "another parameter", "another sign"],
)
def test_python_that_does_something_else_has_another_shape(other):
    assert shape_of("a.py", other) != shape_of("a.py", TOTAL)


def test_a_global_name_is_not_a_functions_own():
    first = "def f():\n    global count\n    count = 1\n"
    assert shape_of("a.py", first) != shape_of("a.py", first.replace("count", "total"))


def test_text_that_is_no_python_is_compared_by_its_words():
    assert shape_of("a.py", "def f(:\n  x") == shape_of("a.py", "def  f(:\n\n x  # why")
    assert shape_of("a.py", "def f(:") != shape_of("a.py", "def g(:")


def test_other_languages_are_compared_without_comments_and_layout():
    one = 'function f(a) {\n  // adds\n  return g("x//y", a,);\n}\n'
    other = "function f(a) { return g('x//y', a) }"
    assert shape_of("a.ts", one) == shape_of("a.ts", other)
    assert shape_of("a.ts", one) != shape_of("a.ts", other.replace("x//y", "x"))


def test_shell_comments_begin_with_a_hash():
    assert shape_of("a.sh", "echo 1 # one") == shape_of("a.sh", "echo 1")
