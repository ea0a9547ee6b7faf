"""Small changes of a function: what a slip of the keyboard or the mind may have been."""

import pytest

from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Span

TEXTS = {
    "a.py": "def f(a, b):\n    if a > b and a:\n        return a - 1\n    return max(a, b)\n",
    "a.ts": "function f(a: number, b: number) {\n  if (a > b && a) { return a - 1; }\n}\n",
    "a.go": "package a\n\nfunc f(a, b int) int {\n\tif a > b && a != 0 { return a - 1 }\n}\n",
    "a.rs": "fn f(a: u8, b: u8) -> u8 {\n    if a > b && a != 0 { return a - 1; }\n    b\n}\n",
    "a.cpp": "int f(int a, int b) {\n    if (a > b && a) return a - 1;\n    return b;\n}\n",
}


def changed(path, text, lines=None):
    span = lines or Span(0, len(split_lines(text)))
    found = TreeSitterSyntax().small_changes(path, text, span)
    return [one.applied(text) for one in found]


@pytest.mark.parametrize("path", TEXTS)
def test_a_bound_is_doubted_first_then_what_is_one_off(path):
    text = TEXTS[path]
    found = changed(path, text)
    assert found[0] == text.replace("a > b", "a >= b")
    assert text.replace("a - 1", "a") in found[:4]
    for one in (text.replace("a - 1", "a + 1"), text.replace("a - 1", "b - 1")):
        assert one in found
    assert len(set(found)) == len(found)
    assert text not in found


@pytest.mark.parametrize("path", TEXTS)
def test_each_change_parses_as_well_as_the_text(path):
    syntax = TreeSitterSyntax()
    before = syntax.errors(path, TEXTS[path])
    assert [one for one in changed(path, TEXTS[path]) if syntax.errors(path, one) != before] == []


def test_texts_and_comments_and_names_in_signatures_stay():
    text = 'def f(a, b):\n    """1 < 2 and a > b"""\n    # a - 1\n    return "a < b"\n'
    assert changed("a.py", text) == []


def test_only_the_lines_that_are_meant_are_changed():
    text = "def f(a):\n    return a < 1\n\n\ndef g(a):\n    return a < 1\n"
    for one in changed("a.py", text, Span(0, 2)):
        assert one.endswith("\n\n\ndef g(a):\n    return a < 1\n")


def test_letters_of_two_bytes_do_not_move_the_places():
    text = "def f(größe):\n    return 'ü', größe < 3\n"
    assert changed("a.py", text)[0] == text.replace("<", "<=")


def test_a_language_without_a_parser_has_none():
    assert changed("a.txt", "a < b\n") == []


@pytest.mark.parametrize(
    ("path", "deep", "text"),
    [
        ("a.py", f"x = {' + '.join(['1'] * 2000)}\n", "def f(a):\n    return a < 1\n"),
        (
            "a.js",
            "".join(f"if (a === {n}) {{}} else " for n in range(600)) + "{}\n",
            "function f(a) {\n  return a < 1;\n}\n",
        ),
    ],
)
def test_what_is_nested_deeply_elsewhere_stops_nothing(path, deep, text):
    rows = len(split_lines(text))
    found = changed(path, text + deep, Span(0, rows))
    assert found[0] == text.replace("<", "<=") + deep


def test_words_of_two_are_one():
    text = "def f(a, b):\n    return a is not b\n"
    assert changed("a.py", text)[0] == text.replace("is not", "is")
    assert not any("not not" in one for one in changed("a.py", text))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "def f(a):\n    return a[-1]\n"),
        ("a.ts", "function f(a: number[]) { return a.at(-1); }\n"),
        ("a.go", "package a\n\nfunc f(a func(int) int) int { return a(-1) }\n"),
        ("a.rs", "fn f(a: fn(i8) -> i8) -> i8 { a(-1) }\n"),
    ],
)
def test_a_number_with_a_sign_loses_it_whole_or_stays_off_nought(path, text):
    found = changed(path, text)
    assert {text.replace("-1", "-2"), text.replace("-1", "1")} <= set(found)
    for nonsense in ("-0", "+1"):
        assert text.replace("-1", nonsense) not in found


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", 'def f(x):\n    return x == "a" or "b"\n'),
        ("a.ts", "function f(x: string) {\n  return x === 'a' || 'b';\n}\n"),
        ("a.cpp", "bool f(int x) {\n    return x == 1 || 2;\n}\n"),
    ],
)
def test_a_value_that_is_no_question_is_not_joined_otherwise(path, text):
    found = changed(path, text)
    assert found
    assert not any(" and " in one or "&&" in one for one in found)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "def f(a, b):\n    return g(a, b)\n"),
        ("a.ts", "function f(a: X, b: X) { return g(a, b); }\n"),
        ("a.go", "package a\n\nfunc f(a, b int) int { return g(a, b) }\n"),
        ("a.rs", "fn f(a: u8, b: u8) -> u8 { g(a, b) }\n"),
        ("a.cpp", "int f(int a, int b) { return g(a, b); }\n"),
    ],
)
def test_two_arguments_may_have_been_exchanged(path, text):
    assert text.replace("g(a, b)", "g(b, a)") in changed(path, text)


def test_two_of_a_pair_may_have_been_exchanged():
    text = "def f(size):\n    w, h = size\n    return h, w\n"
    found = changed("a.py", text)
    assert text.replace("w, h =", "h, w =") in found
    assert text.replace("return h, w", "return w, h") in found


def test_what_has_a_name_stays_in_its_place():
    text = "def f(a, b):\n    return g(*a, x=b), g(1, 2, 3, 4, 5)\n"
    assert not any("x=b, *a" in one or "2, 1" in one for one in changed("a.py", text))


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a.py", "a and b", "a and not b"),
        ("a.py", "a.ok and b", "not a.ok and b"),
        ("a.ts", "a && b", "a && !b"),
    ],
)
def test_a_part_of_a_condition_may_be_turned_around(path, before, after):
    head, tail = ("def f(a, b):\n    return ", "\n")
    if path == "a.ts":
        head, tail = ("function f(a: X, b: X) { return ", "; }\n")
    assert head + after + tail in changed(path, head + before + tail)
