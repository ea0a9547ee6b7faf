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


SORTED = """\
import os

def listing(self, most):
    \"\"\"List them.\"\"\"
    ordered = sorted(self.all, key=lambda one: one.last)
    return [line_of(one) for one in ordered]
"""
CHOICE = """\
def sign(a):
    if a > 0:
        return 1
    else:
        return 2
"""


@pytest.mark.parametrize(
    ("text", "other"),
    [
        (SORTED, SORTED.replace("lambda one: one.last", "lambda x: x.last")),
        (SORTED, SORTED.replace("import os\n", "from typing import List\n")),
        (SORTED, SORTED.replace("self, most", "self, most: int").replace("):", ") -> list:", 1)),
        (
            SORTED,
            "def listing(self, most):\n    return [line_of(x) for x in sorted(self.all, "
            "key=lambda y: y.last)]\n",
        ),
        (CHOICE, CHOICE.replace("    else:\n        return 2", "    return 2")),
        (CHOICE, CHOICE.replace("a > 0", "0 < a")),
        (TOTAL, TOTAL.replace("result += value", "result = result + value")),
        (TOTAL, TOTAL.replace("result = 0", "result: int = 0")),
    ],
)
def test_two_ways_to_write_the_same_have_one_shape(text, other):
    assert text != other
    assert shape_of("a.py", text) == shape_of("a.py", other)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        (SORTED, SORTED.replace("one.last", "one.first")),
        (CHOICE, CHOICE.replace("a > 0", "a >= 0")),
        (CHOICE, CHOICE.replace("a > 0", "a < 0")),
        (
            "def f(a):\n    x = a()\n    for i in b:\n        g(x)\n",
            "def f(a):\n    for i in b:\n        g(a())\n",
        ),
        (
            "def f(a):\n    x = a()\n    return x, x\n",
            "def f(a):\n    return a(), a()\n",
        ),
    ],
)
def test_what_may_do_something_else_has_another_shape(text, other):
    assert shape_of("a.py", text) != shape_of("a.py", other)


def test_what_an_error_says_in_words_does_not_count():
    one = 'def f(a):\n    if a < 0:\n        raise ValueError("no")\n    return a\n'
    assert shape_of("a.py", one) == shape_of("a.py", one.replace('"no"', 'f"not {a}"'))
    assert shape_of("a.py", one) != shape_of("a.py", one.replace("ValueError", "KeyError"))
    assert shape_of("a.py", one) != shape_of("a.py", one.replace('"no"', "a"))


@pytest.mark.parametrize(
    ("path", "one", "other"),
    [
        ("a.go", 'return 0, fmt.Errorf("too little")', 'return 0, fmt.Errorf("%d < %d", a, (b))'),
        ("a.ts", 'throw new RangeError("no")', "throw new RangeError(`${no} of ${f(a)}`)"),
        ("a.rs", 'panic!("no")', 'panic!("{} no", a)'),
        ("a.cpp", 'throw std::out_of_range("no")', 'throw std::out_of_range("a" + name)'),
    ],
)
def test_nor_does_it_in_other_languages(path, one, other):
    assert shape_of(path, f"{one}; x") == shape_of(path, f"{other}; x")
    assert shape_of(path, f"{one}; x") != shape_of(path, f"{other}; y")


def test_an_error_that_wraps_another_one_is_told_by_its_words():
    one = 'return fmt.Errorf("read: %w", err)'
    assert shape_of("a.go", one) != shape_of("a.go", 'return fmt.Errorf("read")')


def test_an_error_of_more_tokens_than_people_write_is_compared_as_it_is():
    few, many = " + a" * 50, " + a" * 500
    assert shape_of("a.go", f'panic("a"{few})') == shape_of("a.go", f'panic("b"{few})')
    assert shape_of("a.go", f'panic("a"{many})') != shape_of("a.go", f'panic("b"{many})')
    open_ones = ' panic("a"' * 500
    assert shape_of("a.go", f'panic("a"{open_ones}') != shape_of("a.go", f'panic("b"{open_ones}')


def test_an_error_whose_bracket_is_missing_is_compared_to_its_end():
    assert shape_of("a.go", 'fmt.Errorf("a') == shape_of("a.go", "fmt . Errorf ( 'a")


@pytest.mark.parametrize(
    ("path", "one", "other"),
    [
        ("a.ts", 'throw new HttpError("no", 404)', 'throw new HttpError("no", 500)'),
        ("a.ts", 'setError("email", a)', 'setError("password", a)'),
        ("a.ts", 'expect("a b".trim())', 'expect(" x")'),
        ("a.ts", 'logError("x", user.id)', 'logError("x", gone(user))'),
        ("a.go", 'fmt.Errorf("x %v", a)', 'fmt.Errorf("x %v", remove(a))'),
        ("a.py", 'raise KeyError("a")', 'raise KeyError("b")'),
        ("a.py", 'raise HTTPException("no", 404)', 'raise HTTPException("yes", 500)'),
    ],
)
def test_what_is_no_word_for_people_counts(path, one, other):
    assert shape_of(path, one) != shape_of(path, other)


@pytest.mark.parametrize(
    ("path", "one", "other"),
    [
        ("a.ts", 'throw new HttpError("no", 404)', 'throw new HttpError("not found", 404)'),
        ("a.rs", 'a.expect("a number")', 'a.expect("no number")'),
        ("a.go", 'return errors.New("no")', 'return errors.New("nothing")'),
        ("a.py", 'raise HTTPException("no", 404)', 'raise HTTPException("yes", 404)'),
    ],
)
def test_the_words_alone_do_not(path, one, other):
    assert shape_of(path, one) == shape_of(path, other)
