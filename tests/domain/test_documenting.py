"""Requests for documentation, and what is saved of answers that did more."""

import pytest

from spark_desktop.domain.documenting import (
    asks_only_to_document,
    documented,
    only_documents,
)
from spark_desktop.domain.unsaid import unsaid


@pytest.mark.parametrize(
    "instruction",
    [
        "add a docstring to `smoothed` that says what it returns",
        "Write a docstring: say that NotEnough is raised and when",
        "document `batches`: a docstring that names `rows`, and types for the parameters",
        "write a JSDoc comment above `zoomed`",
        "annotate the parameters",
        "please add type hints",
        "a docstring that names taken and lowest; and types for the parameters",
        "JSDoc comment for `wait`",
        "this needs a docstring",
        "types for the parameters and the result",
    ],
)
def test_what_asks_only_for_documentation(instruction):
    assert asks_only_to_document(instruction)


@pytest.mark.parametrize(
    "instruction",
    [
        "add a parameter for the width",
        "document it and fix the rounding",
        "write a function that returns the docstring of a class",
        "return the comments as a list",
        "raise ValueError; add a docstring",
        "docstrings are parsed twice here: parse them once",
        "a docstring can be empty, return None then",
        "types are checked too late",
        "",
    ],
)
def test_what_asks_for_other_code(instruction):
    assert not asks_only_to_document(instruction)


def test_code_that_stays_the_same_passes():
    assert only_documents("a b", "a b").passed
    assert not only_documents("a b", "a c").passed
    assert only_documents(None, "a c").passed


OWN = """\
def mean(values, digits=2):
    # rounded
    return round(sum(values) / len(values), digits)
"""
ANSWER = '''\
def mean(values: list[float], digits: int = 2) -> float:
    """Return the mean of `values`.

    It is rounded to `digits`.
    """
    total = sum(values)
    return total / len(values)
'''


def test_docstring_and_annotations_are_taken_and_the_code_is_not():
    assert documented("a.py", OWN, ANSWER) == (
        "def mean(values: list[float], digits: int = 2) -> float:\n"
        '    """Return the mean of `values`.\n\n    It is rounded to `digits`.\n    """\n'
        "    # rounded\n    return round(sum(values) / len(values), digits)\n"
    )


def test_a_signature_that_changed_is_left_with_its_answer():
    answer = ANSWER.replace("digits: int = 2", "places: int = 2")
    found = documented("a.py", OWN, answer)
    assert found.startswith('def mean(values, digits=2):\n    """Return')


def test_a_method_keeps_its_indent_and_its_decorators():
    own = "    @staticmethod\n    def one():\n        return 1\n"
    answer = '@staticmethod\ndef one() -> int:\n  """Return 1."""\n  return 2\n'
    assert documented("a.py", own, answer) == (
        '    @staticmethod\n    def one() -> int:\n        """Return 1."""\n        return 1\n'
    )


@pytest.mark.parametrize("indent", ["\t", "    "])
def test_the_docstring_gets_the_files_own_indent(indent):
    own = "def f(a):\n\tif a:\n\t\treturn 1\n\treturn 2\n"
    answer = f'def f(a):\n{indent}"""Do a.\n\n{indent}    More.\n{indent}"""\n{indent}return 2\n'
    found = documented("a.py", own, answer)
    assert found == own.replace(":\n", ':\n\t"""Do a.\n\n\t    More.\n\t"""\n', 1)
    compile(found, "a.py", "exec")


def test_windows_line_endings_stay():
    found = documented("a.py", OWN.replace("\n", "\r\n"), ANSWER)
    assert "\n" not in found.replace("\r\n", "")


@pytest.mark.parametrize(
    ("own", "answer"),
    [
        (OWN, OWN),
        (ANSWER, ANSWER),
        (OWN, "x = 1\n"),
        (OWN, "def mean(:\n"),
        (OWN, ANSWER.replace("mean", "median")),
        ("def one(): return 1\n", 'def one():\n    """Return 1."""\n    return 1\n'),
    ],
    ids=["none", "there already", "no function", "broken", "another", "on one line"],
)
def test_nothing_is_taken_where_it_does_not_fit(own, answer):
    assert documented("a.py", own, answer) is None


def test_in_other_languages_the_comment_above_is_taken():
    own = "function one() {\n  return 1;\n}\n"
    answer = "/**\n * Returns 1.\n */\nfunction one() {\n  return 2;\n}\n"
    assert documented("a.ts", own, answer) == "/**\n * Returns 1.\n */\n" + own
    assert documented("a.ts", own, own) is None


@pytest.mark.parametrize(
    ("instruction", "region", "reason"),
    [
        ("add a docstring", OWN, "The answer has no docstring."),
        ("add a docstring that names `digits`", ANSWER.replace("`digits`", "two"), "name digits."),
        ("add a docstring for the parameters", ANSWER.replace("values`", "v`"), "name values."),
        ("add a docstring and annotate it", ANSWER.replace(" -> float", ""), "for the result."),
        ("add type hints", OWN, "There is no type for values, digits, the result."),
        ("add a docstring with @raises", ANSWER, "name @raises."),
    ],
)
def test_documentation_without_what_was_asked_for_says_what_is_missing(instruction, region, reason):
    verdict = unsaid(instruction, "a.py", region)
    assert not verdict.passed
    assert verdict.detail.endswith(reason)


def test_documentation_with_all_that_was_asked_for_passes():
    asked = "add a docstring to `mean` that names its parameters, and annotate them"
    assert unsaid(asked, "a.py", ANSWER).passed
    tags = "write a JSDoc comment with @param and @returns for `x`"
    said = "/**\n * @param x one\n * @returns it\n */\nfunction f(x) {\n  return x;\n}\n"
    assert unsaid(tags, "a.ts", said).passed
    assert not unsaid(tags, "a.ts", said.replace("@returns", "gives")).passed
    assert not unsaid(tags, "a.ts", "function f(x) {\n  return x;\n}\n").passed
    assert unsaid("annotate `x`", "a.ts", "function f(x: number) {\n  return x;\n}\n").passed


def test_types_that_need_an_import_stay_with_their_answer():
    answer = "from typing import List\n\n\n" + ANSWER.replace("list[float]", "List[float]")
    found = documented("a.py", OWN, answer)
    assert found.startswith('def mean(values, digits=2):\n    """Return the mean')


RUST = "/// Shares `cents`{more}.\npub fn f(cents: u32, people: u32) -> u32 {{\n    cents\n}}\n"


@pytest.mark.parametrize(
    ("asked", "more", "reason"),
    [
        ("write a doc comment that names the parameters", "", "does not name people."),
        ("write a doc comment that names each parameter", " among `people`", ""),
        ("document what is returned", "", "does not say what is returned."),
        ("document what it returns", "; returns them", ""),
        ("document when it panics", "", "does not say what is raised."),
        ("document when it panics", "; panics at 0", ""),
    ],
)
def test_what_was_asked_for_is_looked_for_in_other_languages_too(asked, more, reason):
    verdict = unsaid(asked, "a.rs", RUST.format(more=more))
    assert verdict.passed is not bool(reason)
    assert verdict.detail.endswith(reason)


def test_names_in_the_form_of_code_count_without_backticks():
    text = 'def f(a):\n    """Take it."""\n    raise NotEnough(a)\n'
    verdict = unsaid("write a docstring that says NotEnough is raised", "a.py", text)
    assert verdict.detail == "The documentation does not name NotEnough."
