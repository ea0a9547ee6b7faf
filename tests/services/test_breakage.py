"""Saves that break the syntax: which of them are offered to be mended."""

from itertools import pairwise

import pytest

from spark_desktop.adapters.syntax_problems import SyntaxProblems
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import Repair, Span
from spark_desktop.domain.workspace import Ignored, IgnoreReason, Snapshot, snapshot_of
from spark_desktop.services.breakage import Breakage

GOOD = "def one(a):\n    if a:\n        return [a]\n    return []\n\n\nX = one(1)\n"


def saved(content: str, path: str = "a.py") -> Snapshot:
    return snapshot_of(path, SourceText(content))


async def found(before: str | None, after: str, path: str = "a.py") -> list[tuple[int, int, str]]:
    breakage = Breakage(SyntaxProblems())
    earlier = None if before is None else saved(before, path)
    triggers = await breakage(earlier, saved(after, path))
    return [
        (one.lines.start, one.lines.end, one.problem) for one in triggers if isinstance(one, Repair)
    ]


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
    after = GOOD.replace("X = one(1)", new)
    (said,) = await Breakage(SyntaxProblems())(saved(GOOD), saved(after))
    assert isinstance(said, Ignored)


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


async def test_a_default_of_cpp_that_its_grammar_does_not_know_breaks_nothing():
    after = "int f(int a, std::vector<int> all = {}) { return a; }\n"
    assert await found("int f(int a) { return a; }\n", after, "a.cpp") == []


async def test_a_file_without_a_grammar_is_left_alone():
    assert await found("a", "a (", "a.txt") == []


async def test_python_nested_too_deep_for_its_parser_is_told_by_the_grammar():
    deep = "x = " + "(" * 3000 + "1" + ")" * 3000 + "\n"
    ((_start, _end, problem),) = await found("x = 1\n", deep + "y = 1)\n")
    assert "expected" in problem


UNFINISHED = GOOD.replace("X = one(1)", "X = one(")
# A line below goes on with the bracket, which ends it for the parser.
BROKEN = GOOD.replace("X = one(1)", "X = one(1\nY = 2")


async def in_turn(*contents: str) -> list[list[type]]:
    """Return what each of these saves, one after the other, asks for, or is said of it."""
    breakage, texts = Breakage(SyntaxProblems()), list(map(saved, contents))
    return [
        [type(one) for one in await breakage(before, after)] for before, after in pairwise(texts)
    ]


async def test_what_is_saved_by_itself_while_it_is_typed_is_offered_when_it_is_done():
    assert await in_turn(GOOD, UNFINISHED, BROKEN) == [[Ignored], [Repair]]
    other = UNFINISHED + "Z = ("
    assert await in_turn(GOOD, UNFINISHED, other, BROKEN) == [[Ignored], [Ignored], [Repair]]


async def test_that_it_looks_unfinished_is_said_with_the_error():
    (said,) = await Breakage(SyntaxProblems())(saved(GOOD), saved(UNFINISHED))
    assert said.reason is IgnoreReason.UNFINISHED
    assert said.detail == "line 7: '(' was never closed"


async def test_a_breakage_is_offered_once_until_the_file_parses_again():
    assert await in_turn(GOOD, BROKEN, BROKEN + "# on\n", BROKEN + "# and on\n") == [
        [Repair],
        [],
        [],
    ]
    assert await in_turn(GOOD, BROKEN, GOOD, BROKEN + "#\n") == [[Repair], [], [Repair]]


async def test_the_lines_to_mend_are_those_since_the_file_parsed():
    breakage = Breakage(SyntaxProblems())
    begun = UNFINISHED.replace("if a:", "if a")
    await breakage(saved(GOOD), saved(begun))
    (repair,) = await breakage(saved(begun), saved(begun + "    1\nY = 2\n"))
    assert repair.lines.start == 1


async def test_a_version_that_came_from_elsewhere_is_not_compared_with_what_was_typed():
    breakage = Breakage(SyntaxProblems())
    await breakage(saved(GOOD), saved(UNFINISHED))
    # Another branch was checked out, and is broken as it stands there.
    assert await breakage(saved(BROKEN), saved(BROKEN + "Z = 3\n")) == ()


async def test_the_versions_that_parsed_are_bounded():
    breakage = Breakage(SyntaxProblems())
    for number in range(60):
        await breakage(saved(GOOD, f"{number}.py"), saved(UNFINISHED, f"{number}.py"))
    assert await breakage(saved(UNFINISHED, "0.py"), saved(BROKEN, "0.py")) == ()
    assert len(await breakage(saved(UNFINISHED, "59.py"), saved(BROKEN, "59.py"))) == 1


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
