# ruff: noqa: RUF001
"""What runs write about their failures: real outputs, and laws for any text."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from law_cases import cases

from spark_desktop.domain.test_output import (
    MOST_FAILURES,
    REPORT,
    Places,
    end_of_output,
    failures_in,
)

DATA = Path(__file__).parents[1] / "data" / "test_runs"
FILES = frozenset(
    {
        *("calc.py", "tests/test_calc.py", "tests/test_u.py", "tests/test_bad.py", "a.js"),
        *("a.test.js", "main.js", "calc.go", "calc_test.go", "src/lib.rs", "src/main.rs"),
        *("a.cpp", "src/a.ts", "src/a.test.ts", "src/sum.js"),
    }
)
PLACES = Places(("/project",), FILES)


def told(output: str, places: Places = PLACES) -> list[tuple[str, str, list[str]]]:
    """Return each failure's name, the first line of its message, and its places from line 1."""
    return [
        (
            failure.name,
            failure.message.partition("\n")[0],
            [f"{frame.path}:{frame.line + 1}" for frame in failure.frames],
        )
        for failure in failures_in(output, places)
    ]


INDEX_ERROR = "IndexError: list index out of range"
UNDEFINED = "Cannot read properties of undefined (reading 'name')"
RECORDED = {
    "pytest": [
        ("tests/test_calc.py::test_add", "assert -1 == 3", ["tests/test_calc.py:6"]),
        (
            "tests/test_calc.py::test_first",
            INDEX_ERROR,
            ["calc.py:6", "tests/test_calc.py:10"],
        ),
        (
            "tests/test_calc.py::TestX::test_in_class",
            "AssertionError: why",
            ["tests/test_calc.py:15"],
        ),
    ],
    "pytest_line": [
        ("tests/test_calc.py::test_add", "assert -1 == 3", ["tests/test_calc.py:6"]),
        ("tests/test_calc.py::test_first", INDEX_ERROR, ["calc.py:6"]),
        (
            "tests/test_calc.py::TestX::test_in_class",
            "AssertionError: why",
            ["tests/test_calc.py:15"],
        ),
    ],
    "pytest_collect": [
        (
            "tests/test_bad.py",
            "ModuleNotFoundError: No module named 'nope'",
            ["tests/test_bad.py:1"],
        )
    ],
    "unittest": [
        ("test_u.U.test_first", INDEX_ERROR, ["calc.py:6", "tests/test_u.py:11"]),
        ("test_u.U.test_add", "AssertionError: -1 != 3", ["tests/test_u.py:8"]),
    ],
    "node_tap": [
        ("adds", "Expected values to be strictly equal:", ["a.test.js:5"]),
        ("takes the first", UNDEFINED, ["a.js:5", "a.test.js:8"]),
    ],
    "node_spec": [
        (
            "adds",
            "AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:",
            ["a.test.js:5"],
        ),
        ("takes the first", f"TypeError [Error]: {UNDEFINED}", ["a.js:5", "a.test.js:8"]),
    ],
    "node_plain": [("", f"TypeError: {UNDEFINED}", ["a.js:5", "main.js:1"])],
    "go": [
        ("TestAdd", "Add(1, 2) = -1, want 3", ["calc_test.go:7"]),
        ("TestAdd/sub", "no", ["calc_test.go:9"]),
        (
            "TestFirst",
            "runtime error: index out of range [0] with length 0 [recovered]",
            ["calc.go:6", "calc_test.go:13"],
        ),
    ],
    "go_build": [("", "undefined: w", ["calc.go:6"])],
    "cargo": [
        (
            "tests::takes_first",
            "index out of bounds: the len is 0 but the index is 0",
            ["src/lib.rs:6", "src/lib.rs:20", "src/lib.rs:19"],
        ),
        (
            "tests::adds",
            "assertion `left == right` failed",
            ["src/lib.rs:15", "src/lib.rs:14"],
        ),
    ],
    "cargo_build": [("", "cannot find value `w` in this scope", ["src/lib.rs:6"])],
    "gpp": [
        ("", "‘retrun’ was not declared in this scope", ["a.cpp:3"]),
        ("", "expected ‘;’ before ‘}’ token", ["a.cpp:5"]),
    ],
}
EQUAL = "Expected equality of these values:"
STRICTLY = "AssertionError [ERR_ASSERTION]: Expected values to be strictly"
RECORDED |= {
    "googletest": [
        ("Bad.Two", EQUAL, ["a.cpp:5"]),
        ("Bad.Two", "Value of: f(2) == 2", ["a.cpp:6"]),
        ("All/P.Odd/1", EQUAL, ["a.cpp:10"]),
    ],
    "catch2": [
        ("two is bad", "CHECK( f(2) == 2 )", ["a.cpp:6"]),
        ("two is bad", "REQUIRE( f(3) == 3 )", ["a.cpp:7"]),
        ("it throws", "due to unexpected exception with message:", ["a.cpp:9"]),
    ],
    "doctest": [
        ("two is bad", "CHECK( f(2) == 2 ) is NOT correct!", ["a.cpp:6"]),
        ("two is bad", "REQUIRE( f(3) == 3 ) is NOT correct!", ["a.cpp:7"]),
        ("it throws", "test case THREW exception: unknown exception", ["a.cpp:9"]),
    ],
    "mocha": [
        ("stands alone", f"{STRICTLY} deep-equal:", ["a.test.js:8"]),
        ("f throws", "Error: too much", ["a.test.js:2", "a.test.js:6"]),
        ("f deep is bad", f"{STRICTLY} equal:", ["a.test.js:5"]),
    ],
}
RECORDED["pytest_short"] = RECORDED["pytest"]


@pytest.mark.parametrize("name", sorted(path.stem for path in DATA.glob("*.txt")))
def test_the_failures_of_a_recorded_run_are_found(name: str) -> None:
    assert told((DATA / f"{name}.txt").read_text()) == RECORDED[name]


JEST = """\
FAIL src/a.test.ts
  sum
    ✕ adds (3 ms)

  ● sum › adds

    expect(received).toBe(expected) // Object.is equality

    Expected: 3
    Received: -1

      3 | test("adds", () => {
    > 4 |   expect(sum(1, 2)).toBe(3);
        |                     ^

      at helper (src/sum.js:2:9)
      at Object.<anonymous> (src/a.test.ts:4:21)

Test Suites: 1 failed, 1 total
"""
VITEST = """\
⎯⎯⎯⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯⎯⎯⎯

 FAIL  src/a.test.ts > sum > adds
AssertionError: expected -1 to be 3 // Object.is equality

- Expected
+ Received

- 3
+ -1

 ❯ src/a.test.ts:4:21
      2| import { sum } from "./a";

⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[1/1]⎯
"""
TRACE = """\
Traceback (most recent call last):
  File "/project/calc.py", line 3, in load
    return table[key]
KeyError: 'a'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/project/main.py", line 9, in <module>
    load("a")
  File "/usr/lib/python3/json.py", line 1, in loads
ValueError: no such key
and a second line
"""


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (
            JEST,
            [
                (
                    "sum › adds",
                    "expect(received).toBe(expected) // Object.is equality",
                    ["src/sum.js:2", "src/a.test.ts:4"],
                )
            ],
        ),
        (
            VITEST,
            [
                (
                    "sum > adds",
                    "AssertionError: expected -1 to be 3 // Object.is equality",
                    ["src/a.test.ts:4"],
                )
            ],
        ),
        (TRACE, [("", "ValueError: no such key", ["main.py:9", "calc.py:3"])]),
        (
            "t: calc.py:16: int main(): Assertion `f(1) == 2' failed.\nAborted\n",
            [("", "Assertion failed: f(1) == 2", ["calc.py:16"])],
        ),
        (
            "Assertion failed: (f(1) == 2), function main, file calc.py, line 3.\n",
            [("", "Assertion failed: (f(1) == 2)", ["calc.py:3"])],
        ),
        (
            "Assertion failed: f(1) == 2, file calc.py, line 3\n",
            [("", "Assertion failed: f(1) == 2", ["calc.py:3"])],
        ),
        (
            "  File \"calc.py\", line 4\n    if x\n        ^\nSyntaxError: expected ':'\n",
            [("", "SyntaxError: expected ':'", ["calc.py:4"])],
        ),
        (
            "/project/a.js:3\nfoo(\n    \n\nSyntaxError: Unexpected end of input\n"
            "    at wrapSafe (node:internal/modules/cjs/loader:1:2)\n",
            [("", "SyntaxError: Unexpected end of input", ["a.js:3"])],
        ),
        (
            "src/a.ts(3,5): error TS2322: Type 'string' is not assignable to type 'number'.\n"
            "  Because.\n",
            [
                (
                    "",
                    "TS2322: Type 'string' is not assignable to type 'number'.",
                    ["src/a.ts:3"],
                )
            ],
        ),
        (
            "\x1b[96msrc/a.ts\x1b[0m:\x1b[93m3\x1b[0m:5 - \x1b[91merror\x1b[0m TS1005: no end",
            [("", "TS1005: no end", ["src/a.ts:3"])],
        ),
        (
            "thread 'main' panicked at 'no value', src/main.rs:4:5\nnote: run with …\n",
            [("", "no value", ["src/main.rs:4"])],
        ),
        ("a.cpp(3): error C2065: 'x': undeclared\n", [("", "'x': undeclared", ["a.cpp:3"])]),
        (
            "a.cpp:3:1: fatal error: 'b.h' file not found\n",
            [("", "'b.h' file not found", ["a.cpp:3"])],
        ),
        (
            "FAILED tests/test_calc.py::test_add - assert 1 == 2\n",
            [("tests/test_calc.py::test_add", "assert 1 == 2", ["tests/test_calc.py:0"])],
        ),
        (
            "panic: no\n\ngoroutine 1 [running]:\nmain.main()\n\t/project/calc.go:3 +0x1d\nexit",
            [("", "no", ["calc.go:3"])],
        ),
    ],
)
def test_other_forms_are_read_too(output: str, expected: list[object]) -> None:
    assert told(output) == expected


def test_a_native_traceback_of_pytest_is_one_failure() -> None:
    output = (
        "=== FAILURES ===\n___ test_add ___\nTraceback (most recent call last):\n"
        '  File "/project/tests/test_calc.py", line 6, in test_add\n    assert add(1, 2) == 3\n'
        "AssertionError\n=== short test summary info ===\n"
        "FAILED tests/test_calc.py::test_add - AssertionError\n"
    )
    assert told(output) == [
        ("tests/test_calc.py::test_add", "AssertionError", ["tests/test_calc.py:6"])
    ]


def test_what_a_test_printed_is_not_its_failure() -> None:
    output = (
        "=== FAILURES ===\n___ test_add ___\n\n>   assert 0\nE   assert 0\n\n"
        "tests/test_calc.py:6: AssertionError\n----- Captured stdout call -----\n"
        "calc.py:3: in other\n=== 1 failed ===\n"
    )
    assert told(output) == [("test_add", "assert 0", ["tests/test_calc.py:6"])]


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("calc.py", "calc.py"),
        ("./calc.py", "calc.py"),
        ("/project/calc.py", "calc.py"),
        ("file:///project/calc.py", "calc.py"),
        ("file:///project/my%20file.py", "my file.py"),
        ("/project/lib/site-packages/calc.py", None),
        ("/project/.venv/calc.py", None),
        ("/elsewhere/calc.py", None),
        ("../calc.py", None),
        ("test_u.py", "tests/test_u.py"),
        ("tests\\test_u.py", "tests/test_u.py"),
        ("nowhere.py", None),
        ("", None),
    ],
)
def test_a_written_path_leads_to_a_file_of_the_workspace_or_nowhere(
    written: str, path: str | None
) -> None:
    assert PLACES.path_of(written) == path


def test_paths_are_read_from_the_folder_in_which_the_command_ran() -> None:
    places = Places(("/project",), {"core/a.py", "a.py"}, "core")
    assert (places.path_of("a.py"), places.path_of("../a.py")) == ("core/a.py", "a.py")


def test_a_copy_of_the_workspace_counts_as_it() -> None:
    assert Places(("/project", "/tmp/shadow"), {"a.py"}).path_of("/tmp/shadow/a.py") == "a.py"


def test_of_equal_names_that_of_the_package_is_meant() -> None:
    places = Places(("/project",), {"one/x_test.go", "two/x_test.go"})
    assert places.path_of("x_test.go") is None
    assert places.path_of("x_test.go", "example.com/m/two") == "two/x_test.go"


def test_a_windows_path_is_below_its_root_in_any_case() -> None:
    assert Places(("C:/Proj",), {"src/a.py"}).path_of("c:\\proj\\src\\a.py") == "src/a.py"


def test_a_long_report_keeps_what_failed_and_loses_the_middle() -> None:
    middle = "\n".join(f"    x{n} = {n}" for n in range(500))
    output = (
        f"=== FAILURES ===\n___ test_add ___\n{middle}\nE   assert 0\n\ncalc.py:6: Error\n=== ===\n"
    )
    (failure,) = failures_in(output, PLACES)
    assert len(failure.text) <= REPORT
    assert failure.text.endswith("E   assert 0\ncalc.py:6: Error")
    assert "test_add" in failure.text


def test_redrawn_lines_count_as_they_were_drawn_last() -> None:
    assert end_of_output("10 %\r50 %\r100 %\r\ndone\n") == "100 %\ndone"


def test_no_more_failures_are_told_than_anybody_reads() -> None:
    output = "".join(f"a.cpp:{n}:1: error: no {n}\n" for n in range(1, 500))
    assert len(failures_in(output, PLACES)) == MOST_FAILURES


LINES = st.sampled_from(
    [line for path in DATA.glob("*.txt") for line in path.read_text().splitlines()]
    + (JEST + VITEST + TRACE).splitlines()
    + ["", " ", "\x1b[31m", "=" * 70, "not ok 1 - ", "error: |-", "   at ", "● ", ":1:1"]
)


@settings(max_examples=cases(100), deadline=None)
@given(st.one_of(st.text(), st.lists(st.one_of(LINES, st.text(max_size=20))).map("\n".join)))
@example("thread '" * 300)
@example(("a" * 1999 + "\n") * 50)
@example(":" * 100_000)
@example("error: x\n" * 20_000)
@example("fatal error: x\n" * 20_000)
@example("=====\nFAIL: a (b)\n-----\n" * 8_000)
def test_no_text_is_refused_and_every_place_is_in_the_workspace(output: str) -> None:
    for failure in failures_in(output, PLACES):
        assert len(failure.text) <= REPORT
        assert failure.frames or failure.name
        for frame in failure.frames:
            assert not frame.path.startswith(("/", "../"))
            assert frame.line >= -1
