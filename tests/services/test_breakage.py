"""Saves that break the syntax: which of them are offered to be mended."""

import pytest

from spark_desktop.adapters.syntax_problems import SyntaxProblems
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import Repair, Span
from spark_desktop.domain.workspace import Snapshot, snapshot_of
from spark_desktop.services.breakage import Breakage

GOOD = "def one(a):\n    if a:\n        return [a]\n    return []\n\n\nX = one(1)\n"


def saved(content: str, path: str = "a.py") -> Snapshot:
    return snapshot_of(path, SourceText(content))


async def found(before: str | None, after: str, path: str = "a.py") -> list[tuple[int, int, str]]:
    breakage = Breakage(SyntaxProblems())
    earlier = None if before is None else saved(before, path)
    triggers = await breakage(earlier, saved(after, path))
    assert all(isinstance(trigger, Repair) for trigger in triggers)
    return [(one.lines.start, one.lines.end, one.problem) for one in triggers]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("if a:", "if a", (1, 2, "line 2: expected ':'")),
        ("[a]", "[a", (2, 3, "line 3: '[' was never closed")),
        ("return []", "return ])", (3, 4, "line 4: unmatched ']'")),
        ("    return []", "     return []", (3, 4, "line 4: unindent does not match any outer")),
        ("X = one(1)", 'X = "one', (6, 7, "line 7: unterminated string literal")),
    ],
)
async def test_a_slip_is_offered_with_its_place_and_pythons_words(old, new, expected):
    ((start, end, problem),) = await found(GOOD, GOOD.replace(old, new))
    assert (start, end) == expected[:2]
    assert problem.startswith(expected[2])


async def test_the_lines_reach_from_the_edit_to_where_the_parser_stumbles():
    before = "x = f(1)\ny = 2\nz = 3\n"
    ((start, end, _problem),) = await found(before, "x = f(1\ny = 2\nz = 3\n")
    assert (start, end) == (0, 1)
    before = "function f() {\n  return 1;\n}\nf();\n"
    ((start, end, problem),) = await found(before, before.replace("() {", "( {"), "a.js")
    assert start == 0
    assert end >= 1
    assert problem.startswith("line 1: ")


@pytest.mark.parametrize(
    "new", ["X = one(", "X = one(1) +", "X = ", "X = one.", "X = [1,", "from os import"]
)
async def test_a_statement_that_is_still_typed_is_left_alone(new):
    assert await found(GOOD, GOOD.replace("X = one(1)", new)) == []


async def test_an_open_bracket_is_finished_where_lines_below_go_on_with_it():
    before = "X = f(\n    1,\n)\nY = 2\n"
    ((start, end, problem),) = await found(before, "X = f(\n    1,\nY = 2\n")
    assert start == 0
    assert end >= 1
    assert problem.startswith("line 1: '(' was never closed")


@pytest.mark.parametrize(
    ("old", "new"), [("if a:", "if a"), ("[a]", "[a"), ("X = one(1)", "X = one(")]
)
async def test_other_line_ends_are_no_edit(old, new):
    after = GOOD.replace(old, new)
    assert await found(GOOD, after.replace("\n", "\r\n")) == await found(GOOD, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, "def f(\n"),
        ("def f(\n", "def f((\n"),
        (GOOD, GOOD),
        (GOOD, GOOD + "Y = 2\n"),
        (GOOD, ""),
        (GOOD, 'X = "\\d"\n'),
    ],
)
async def test_nothing_is_offered_where_nothing_was_broken(before, after):
    assert await found(before, after) == []


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a.ts", "const a: number = f(1);\n", "const a: number = f(1;\n"),
        (
            "a.go",
            "package a\n\nfunc f() int {\n\treturn 1\n}\n",
            "package a\n\nfunc f() int \n\tr 1\n}\n",
        ),
        ("a.rs", "fn f() -> i32 {\n    1\n}\n", "fn f() -> i32 {\n    1)\n}\n"),
        ("a.cpp", "int f() { return 1; }\n", "int f() { return 1 }\n"),
    ],
)
async def test_other_languages_are_told_by_their_grammar(path, before, after):
    ((_start, _end, problem),) = await found(before, after, path)
    assert problem.startswith("line ")
    assert "expected" in problem


async def test_a_file_without_a_grammar_is_left_alone():
    assert await found("a", "a (", "a.txt") == []


async def test_python_nested_too_deep_for_its_parser_is_told_by_the_grammar():
    deep = "x = " + "(" * 3000 + "1" + ")" * 3000 + "\n"
    ((_start, _end, problem),) = await found("x = 1\n", deep + "y = 1)\n")
    assert "expected" in problem


async def test_an_answer_that_left_an_error_is_no_repair():
    breakage = Breakage(SyntaxProblems())
    broken = GOOD.replace("if a:", "if a")
    (left,) = await breakage.evidence("a.py", broken, broken + "\n")
    assert (left.passed, "expected ':'" in left.detail) == (False, True)
    (mended,) = await breakage.evidence("a.py", broken, GOOD)
    assert mended.passed
    assert await breakage.evidence("a.py", GOOD, broken) == ()


def test_the_span_is_one_of_the_files_lines():
    from spark_desktop.domain.syntax_problem import SyntaxProblem, lines_to_mend
    from spark_desktop.domain.words import say

    problem = SyntaxProblem(30, say("line 31: no"))
    assert lines_to_mend(Span(0, 0), problem, 3) == Span(2, 3)
    assert lines_to_mend(Span(0, 500), SyntaxProblem(200, say("x")), 500) == Span(188, 212)
