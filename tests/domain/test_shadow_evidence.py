"""What the results of a check before and after a proposal show of it."""

from pathlib import Path

import pytest

from spark_desktop.domain.changed_examples import examples_in, given_examples
from spark_desktop.domain.detected_checks import DetectedCheck, Stage
from spark_desktop.domain.project_checks import NotRun, Ran, first_line
from spark_desktop.domain.proposal import Check
from spark_desktop.domain.sandboxing import OPEN_NOTE
from spark_desktop.domain.shadow_evidence import (
    REPORT,
    changed_rows,
    failed_tests,
    judged,
    lingering,
    needs_before,
    passed_tests,
    report_of,
)
from spark_desktop.domain.words import say

RUNS = Path(__file__).parents[1] / "data" / "test_runs"

TESTS = DetectedCheck("pytest", Stage.TESTS, ("pytest",), proves=True)
LINT = DetectedCheck("ruff check", Stage.LINTS, ("ruff",))
TYPES = DetectedCheck("mypy", Stage.TYPES, ("mypy",))
COMPILE = DetectedCheck("python", Stage.COMPILES, ("python",))
SLOW = NotRun(say("not run to its end: it took more than %n second(s)", "", 5), True)
ABSENT = NotRun(say("not run: there is no program {name}", name="ruff"))
TWO_FAIL = Ran(1, "FAILED t.py::one - assert\nFAILED t.py::two - assert\n2 failed, 3 passed")
ONE_FAILS = Ran(1, "FAILED t.py::two - assert\n1 failed, 4 passed")
STUB = Ran(1, "FAILED t.py::one - NotImplementedError\n1 failed")
EMPTY = Ran(1, "FAILED t.py::one - assert None == 2\n1 failed")
WRONG = Ran(1, "FAILED t.py::one - assert 1 == 2\n1 failed")
# A program of its own, as Node runs it: what fails has no name.
UNWRITTEN = Ran(1, 'a.js:3\n    throw new Error("TODO");\nError: TODO\n    at total (a.js:3:9)')
MISSES = Ran(1, "same.js:8\nError: 54 instead of 44\n    at same (same.js:8:9)")
GO = "--- FAIL: TestA (0.00s)\n--- FAIL: TestB (0.00s)\nFAIL"
GO_FAILS = Ran(1, GO)
GO_UNBUILT = Ran(1, "--- FAIL: TestA (0.00s)\nFAIL\tx/b [build failed]")
GO_PANICS = Ran(1, "--- FAIL: TestA (0.00s)\npanic: runtime error: nil [recovered]")
UNIT = "FAIL: test_a (t.a.T.test_a)\nFAIL: test_b (t.b.T.test_b)\nRan 2 tests"
UNIT_FAILS = Ran(1, UNIT)
UNIT_UNREAD = Ran(
    1, "ERROR: t.b (unittest.loader._FailedTest.t.b)\nFAIL: test_a (t.a.T.test_a)\nRan 2 tests"
)
GONE = "No test runs with the answer, and before there were some."
CRASHED = Ran(2, "ImportError while importing\nInterrupted: 1 error during collection")


@pytest.mark.parametrize(
    ("before", "after", "passed", "detail", "proves"),
    [
        (None, Ran(0, "14 passed in 0.1s"), True, "14 passed", True),
        (TWO_FAIL, Ran(0, "5 passed"), True, "5 passed, 2 that failed before pass now", True),
        (Ran(0, "5 passed"), Ran(0, "5 passed"), True, "5 passed", False),
        (SLOW, Ran(0, "5 passed"), True, "5 passed", False),
        (CRASHED, Ran(0, "5 passed"), True, "5 passed", True),
        (Ran(0, ""), ONE_FAILS, False, "fails: t.py::two", True),
        (None, ONE_FAILS, False, "fails: t.py::two", True),
        (ONE_FAILS, ONE_FAILS, True, "fails as before: t.py::two", False),
        (ONE_FAILS, TWO_FAIL, False, "fails: t.py::one", True),
        (
            TWO_FAIL,
            ONE_FAILS,
            True,
            "1 that failed before pass now; fails as before: t.py::two",
            True,
        ),
        (STUB, WRONG, False, "fails: t.py::one", True),
        (STUB, STUB, True, "fails as before: t.py::one", False),
        (EMPTY, WRONG, False, "fails: t.py::one", True),
        (EMPTY, EMPTY, True, "fails as before: t.py::one", False),
        (WRONG, EMPTY, True, "fails as before: t.py::one", False),
        (UNWRITTEN, MISSES, False, "fails: Error: 54 instead of 44", True),
        (UNWRITTEN, UNWRITTEN, True, "fails as before: Error: TODO", False),
        (MISSES, MISSES, True, "fails as before: Error: 54 instead of 44", False),
        (ONE_FAILS, CRASHED, False, "fails: ImportError while importing", True),
        (CRASHED, CRASHED, True, "fails as before: ImportError while importing", False),
        (GO_FAILS, GO_UNBUILT, False, "fails: x/b [build failed]", True),
        (GO_FAILS, GO_PANICS, True, "fails as before: TestA", False),
        (UNIT_FAILS, UNIT_UNREAD, False, "fails: t.b (unittest.loader._FailedTest.t.b)", True),
        (SLOW, ONE_FAILS, True, f"not compared: {SLOW.reason}", False),
        (None, Ran(5, "no tests ran in 0.01s"), True, "no tests ran", False),
        (Ran(5, "no tests ran"), Ran(5, "no tests ran in 0.01s"), True, "no tests ran", False),
        (SLOW, Ran(5, "no tests ran in 0.01s"), True, "no tests ran", False),
        (CRASHED, Ran(5, "no tests ran in 0.01s"), True, "no tests ran", False),
        (Ran(0, "5 passed"), Ran(5, "no tests ran in 0.01s"), False, GONE, False),
        (ONE_FAILS, Ran(5, "no tests ran in 0.01s"), False, GONE, False),
        (Ran(0, "Ran 1 test in 0.0s"), Ran(5, "Ran 0 tests"), False, GONE, False),
        (Ran(0, "--- PASS: TestA"), Ran(0, "?   \tshop\t[no test files]"), False, GONE, False),
        (None, ABSENT, True, ABSENT.reason, False),
        (ONE_FAILS, SLOW, False, f"it came to its end before: {SLOW.reason}", False),
        (SLOW, SLOW, True, SLOW.reason, False),
        (None, SLOW, True, SLOW.reason, False),
    ],
)
def test_tests_count_by_what_is_new(before, after, passed, detail, proves):
    found = judged(TESTS, before, after)
    assert (found.passed, found.detail, found.proves) == (passed, detail, proves)
    assert not found.is_advice
    assert bool(found.report) is not passed


MIXED = DetectedCheck(
    "npm test", Stage.TESTS, ("npm",), "web", True, ("web/tests/a.ts",), is_mixed=True
)
UNUSED = "/x/src/a.ts\n  3:20  error  'a' is defined but never used\n\n\u2716 1 problem (1 error)"
THREW = (
    "/x/a.js:7\n  throw new Error('no')\n\nError: no\n    at total (/x/a.js:7:9)\n\nNode.js v22.1.0"
)


@pytest.mark.parametrize(
    ("before", "after", "proves"),
    [
        (Ran(1, UNUSED), Ran(0, ""), False),
        (Ran(2, "src/a.ts(3,9): error TS2355: must return a value."), Ran(0, ""), False),
        (Ran(2, "src/a.ts:3:9 - error TS6133: 'a' is declared."), Ran(0, "5 passed"), False),
        (Ran(2, "tests/a.ts(1,10): error TS2305: has no 'total'."), Ran(0, ""), True),
        (Ran(2, "src\\b.ts(1,1): error TS1\ntests\\a.ts(1,10): error TS2"), Ran(0, ""), True),
        (Ran(1, THREW), Ran(0, ""), True),
        (Ran(1, "Error: no\n    at Object.<anonymous> (/x/a.js:7:9)"), Ran(0, ""), True),
        (Ran(1, "2 passed, 1 failed"), Ran(0, "3 passed"), True),
        (Ran(1, "  FAIL total: 3 instead of 4"), Ran(0, ""), True),
        (Ran(1, "TAP version 13\nnot ok 1 - total"), Ran(0, "# pass 1"), True),
        (Ran(0, ""), Ran(0, "# pass 1"), False),
        (None, Ran(0, ""), False),
        (None, Ran(0, "# pass 1"), True),
    ],
)
def test_a_script_that_lints_too_proves_only_by_a_test_that_is_seen(before, after, proves):
    assert judged(MIXED, before, after).proves is proves


def test_a_script_that_only_runs_a_test_proves_without_a_word():
    alone = DetectedCheck("npm test", Stage.TESTS, ("npm",), proves=True)
    assert judged(alone, Ran(1, ""), Ran(0, "")).proves


def test_the_sum_of_a_linter_is_no_test_that_failed():
    fewer = Ran(1, UNUSED.replace("1 problem", "2 problems"))
    assert judged(MIXED, fewer, Ran(1, UNUSED)) == judged(MIXED, fewer, fewer)
    assert failed_tests(UNUSED) == {}


@pytest.mark.parametrize(
    ("empty", "wrong"),
    [
        ("AssertionError: None != 3", "AssertionError: 4 != 3"),
        ("TypeError: 'NoneType' object is not iterable", "AssertionError: [] != [1]"),
    ],
)
def test_a_body_that_was_empty_and_is_wrong_now_fails(empty, wrong):
    lines = "FAIL: test_sum (t.Adding)\n-----\nTraceback (most recent call last):\n  x = None\n{}\n"
    before, after = (Ran(1, lines.format(one)) for one in (empty, wrong))
    assert not judged(TESTS, before, after).passed
    assert judged(TESTS, before, before).passed


@pytest.mark.parametrize(
    ("check", "before", "after", "expected"),
    [
        (LINT, None, Ran(0, ""), Check("ruff check", True)),
        (
            LINT,
            Ran(0, ""),
            Ran(1, "a.py:1:1: F821 Undefined name `x`"),
            Check(
                "ruff check",
                False,
                "1 new: a.py:1:1: F821 Undefined name `x`",
                report="a.py:1:1: F821 Undefined name `x`",
            ),
        ),
        (
            LINT,
            Ran(1, "a.py:9:1: F821 Undefined name `x`"),
            Ran(1, "a.py:1:1: F821 Undefined name `x`"),
            Check("ruff check", True, "1 as before"),
        ),
        (
            TYPES,
            Ran(0, ""),
            Ran(1, "a.py:1: error: bad"),
            Check("mypy", False, "1 new: a.py:1: error: bad", report="a.py:1: error: bad"),
        ),
        (
            COMPILE,
            Ran(0, ""),
            Ran(1, "Traceback\n  File a.py\nSyntaxError: '(' was never closed"),
            Check(
                "python",
                False,
                "SyntaxError: '(' was never closed",
                report="Traceback\n  File a.py\nSyntaxError: '(' was never closed",
            ),
        ),
    ],
)
def test_linters_and_compilers_count_by_what_is_new(check, before, after, expected):
    assert judged(check, before, after) == expected


def test_rules_of_style_are_advice():
    style = Ran(1, "a.py:1:1: E501 Line too long\na.py:2:1: D103 Missing docstring")
    assert judged(LINT, Ran(0, ""), style).is_advice
    mixed = Ran(1, style.output + "\na.py:3:1: F821 Undefined name")
    assert not judged(LINT, Ran(0, ""), mixed).is_advice


def test_documentation_may_lose_its_examples():
    examples = DetectedCheck("doctest", Stage.EXAMPLES, ("python",), proves=True)
    assert judged(examples, Ran(0, "2 examples"), Ran(5, "")) == Check(
        "doctest", True, "no tests ran"
    )
    assert not needs_before(examples, Ran(5, ""))


def test_the_text_before_is_looked_at_only_where_that_decides():
    assert needs_before(TESTS, Ran(0, "5 passed"))
    assert not needs_before(LINT, Ran(0, ""))
    assert not needs_before(TESTS, ABSENT)
    assert needs_before(TESTS, Ran(5, "no tests ran"))
    assert needs_before(TESTS, SLOW)
    assert needs_before(LINT, Ran(1, ""))


@pytest.mark.parametrize(
    ("output", "names"),
    [
        ("FAILED t/a.py::T::test_x[a b] - assert 1", ["t/a.py::T::test_x[a b]"]),
        ("FAILED t/a.py::test_x[1 - 2] - assert [1]", ["t/a.py::test_x[1 - 2]"]),
        ("ERROR t/a.py - ImportError", ["t/a.py"]),
        ("FAIL: test_x (t.a.T.test_x)\n---\nFAILED (failures=1)", ["test_x (t.a.T.test_x)"]),
        ("test tests::adds ... FAILED", ["tests::adds"]),
        ("---- tests::adds stdout ----", ["tests::adds"]),
        ("---- src/lib.rs - add (line 3) stdout ----", ["src/lib.rs - add"]),
        (
            "--- FAIL: TestAdd (0.00s)\n    --- FAIL: TestAdd/zero (0.00s)",
            ["TestAdd", "TestAdd/zero"],
        ),
        ("TAP version 13\nok 1 - a\nnot ok 2 - adds", ["adds"]),
        ("not ok 1 - adds # TODO later\nnot ok 2 - subs # SKIP", []),
        ("FAIL\texample.com/a [build failed]\nFAIL", ["example.com/a [build failed]"]),
        (" FAIL  src/a.test.ts [ src/a.test.ts ]", ["src/a.test.ts [ src/a.test.ts ]"]),
        ("  \u25cf Console\n\n    console.log\n      hello", []),
        ("\u2716 failing tests:\n\n\u2716 adds (1.5ms)", ["adds"]),
        (" \u00d7 src/a.test.ts > sums > adds 3ms", ["src/a.test.ts > sums > adds"]),
        ("  \u25cf sums \u203a adds", ["sums \u203a adds"]),
        ("\u2716 adds (1.5ms)", ["adds"]),
        ("FAILED (failures=1, errors=2)", []),
        ("nothing of the kind", []),
    ],
)
def test_failed_tests_are_named_as_their_runners_do(output, names):
    assert list(failed_tests(output)) == names


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("googletest", ["Bad.Two", "Bad.Throws", "All/P.Odd/1"]),
        ("catch2", ["two is bad", "two is bad deep inside", "it throws"]),
        ("doctest", ["two is bad", "two is bad deep inside", "it throws"]),
        ("mocha", ["stands alone", "f throws", "f deep is bad"]),
    ],
)
def test_failed_tests_of_recorded_runs_have_their_names_and_what_was_said(name, names):
    found = failed_tests((RUNS / f"{name}.txt").read_text())
    assert list(found) == names
    assert all("f(2)" in found[one] or "strictly" in found[one] for one in names[:1])


@pytest.mark.parametrize(
    ("output", "count"),
    [
        ("14 passed, 1 skipped in 0.2s", 14),
        ("Ran 3 tests in 0.000s\n\nOK", 3),
        ("test result: ok. 2 passed; 0 failed\ntest result: ok. 1 passed; 0 failed", 3),
        ("Test Suites: 1 passed, 1 total\nTests:       4 passed, 4 total", 4),
        (" Test Files  1 passed (1)\n      Tests  2 passed (2)", 2),
        ("# pass 5\n# fail 0", 5),
        ("--- PASS: TestA (0.00s)\n--- PASS: TestB (0.00s)\nok  \tx\t0.1s", 2),
        ("4 examples", 4),
        ("[  PASSED  ] 1 test.", 1),
        ("test cases: 3 | 1 passed | 2 failed\nassertions: 5 | 1 passed | 4 failed", 1),
        ("[doctest] test cases: 2 | 2 passed | 0 failed | 0 skipped", 2),
        ("All tests passed (4 assertions in 2 test cases)", 2),
        ("  3 passing (5ms)", 3),
        ("fine", None),
    ],
)
def test_passed_tests_are_counted_as_their_runners_do(output, count):
    assert passed_tests(output) == count


def test_a_report_is_the_end_in_whole_lines_without_colours():
    text = "\n".join(f"line {number}" for number in range(2000))
    found = report_of(f"\x1b[31m{text}\x1b[0m")
    assert len(found) <= REPORT + 2
    assert found.startswith("\u2026\nline ")
    assert found.endswith("line 1999")
    assert report_of("short\n") == "short"


def test_a_report_and_its_first_line_hold_no_secret():
    key = "AKIA" + "Q3EGT6ZLMWXKPJ4B"
    hidden = "(Not shown: it may hold secrets.)"
    assert report_of(f"one\nlogin({key})\n") == f"one\n{hidden}"
    # Where it would have been cut, too.
    assert first_line(f"{'x' * 150} {key}\n") == hidden


BEFORE = '''
def one():
    """One.

    >>> one()
    1
    """
    raise NotImplementedError


class Box:
    def two(self):
        """Two.

        >>> Box().two()
        2
        """
        return 2


def plain():
    return 3
'''


def test_examples_of_the_functions_that_changed_are_run():
    after = BEFORE.replace("raise NotImplementedError", "return 1").replace("return 3", "return 4")
    assert examples_in(BEFORE, after) == ("one",)
    assert examples_in(BEFORE, BEFORE.replace("return 2", "return 3")) == ("Box.two",)
    assert examples_in("", BEFORE) == ("one", "Box.two")
    assert examples_in(BEFORE, "def (") == ()


def test_examples_that_the_model_wrote_itself_are_told_from_given_ones():
    assert given_examples(BEFORE, BEFORE.replace("return 2", "return 3"))
    assert not given_examples(BEFORE, BEFORE.replace(">>> one()", ">>> one() + 0"))


def test_what_an_open_run_lacks_is_said():
    assert "network" in OPEN_NOTE


def test_examples_that_failed_as_there_was_no_body_have_to_pass_with_one():
    examples = DetectedCheck("doctest", Stage.EXAMPLES, ("python",), proves=True)
    empty = Ran(1, "FAILED m.clock\nFailed example:\n    clock(7)\nGot nothing\n3 examples")
    wrong = Ran(1, "FAILED m.clock\nFailed example:\n    clock(7)\nGot:\n    '00'\n3 examples")
    found = judged(examples, empty, wrong)
    assert not found.passed
    assert "Got:\n    '00'" in found.report


BROKEN = "const a = 1;\nf(1, 2);\ng(3);\n"


@pytest.mark.parametrize(
    ("after", "found", "left"),
    [
        # The line that was wrong is rewritten, and still wrong.
        ("f({ a: 1, b: 2 }, 3);", "src/a.ts(2,3): error TS2554: Expected 1", True),
        ("f({ a: 1 });", "src/a.ts(3,1): error TS2304: no name g", False),
        ("f({ a: 1 });", "src/other.ts(2,1): error TS2554: Expected 1", False),
        ("f({ a: 1 });", "lib/a.ts(2,1): error TS2554: Expected 1", False),
        ("f({ a: 1 });", "src/a.ts(2,1): warning: unused", False),
        ("f({ a: 1 });", "/shadow/src/a.ts(2,1): error TS2554: Expected 1", True),
    ],
)
def test_what_is_found_in_changed_lines_before_and_after_lingers(after, found, left):
    text = BROKEN.replace("f(1, 2);", after)
    before = Ran(2, "src/a.ts(2,3): error TS2554: Expected 1 arguments, but got 2.\n")
    rows = changed_rows(BROKEN, text)
    assert rows == ({1}, {1})
    assert lingering(before, Ran(2, found), "src/a.ts", rows) == (found if left else "")
    assert not lingering(Ran(0, ""), Ran(2, found), "src/a.ts", rows)
    assert not lingering(before, Ran(0, ""), "src/a.ts", rows)
    assert not lingering(None, Ran(2, found), "src/a.ts", rows)


def test_where_one_of_two_findings_is_gone_nothing_lingers():
    text = BROKEN.replace("f(1, 2);", "f({ a: 1 });")
    rows = changed_rows(BROKEN, text)
    old = "src/a.ts(2,1): error TS1: untyped\n"
    before = Ran(2, old + "src/a.ts(2,3): error TS2554: Expected 1\n")
    assert not lingering(before, Ran(2, old), "src/a.ts", rows)
    assert lingering(Ran(2, old), Ran(2, old), "src/a.ts", rows)


def test_changed_rows_are_those_of_each_place():
    text = BROKEN.replace("const a", "let a").replace("g(3);\n", "g(3);\nh();\ni();\n")
    assert changed_rows(BROKEN, text) == ({0}, {0, 3, 4})
    assert changed_rows(BROKEN, BROKEN) == (set(), set())
    assert changed_rows("", "a\n") == (set(), {0})


def test_a_test_that_calls_what_is_changed_and_fails_as_before_may_wait_for_others():
    told = judged(TESTS, ONE_FAILS, ONE_FAILS, {"t.py::two"})
    assert (told.passed, told.waits, told.detail) == (False, True, "still fails: t.py::two")
    assert not judged(TESTS, ONE_FAILS, TWO_FAIL, {"t.py::two"}).waits
