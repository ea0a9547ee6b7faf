"""From a failing run to the code that it points at."""

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import MemoryFiles
from run_fakes import ScriptedRuns
from worlds import build

from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.code import Definition, Import, IndexState, Reference, TextHit
from spark_desktop.domain.project_checks import NotRun, Ran
from spark_desktop.domain.test_output import REPORT, Frame
from spark_desktop.domain.trigger import FailingTest, Instruction, Span
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import Ignored, IgnoreReason
from spark_desktop.services.compiled_places import CompiledPlaces
from spark_desktop.services.prompts import failing_instruction
from spark_desktop.services.run_evidence import (
    CommandEvidence,
    FailingTestAgain,
    label_of,
    read_failures,
)
from spark_desktop.services.run_judges import FailedRun
from spark_desktop.services.secret_guard import SecretGuard
from spark_desktop.services.test_runs import FailingCode

CALC = (
    "def add(a, b):\n    return a - b\n\n\ndef first(values):\n    return values[0]\n\n\n"
    "class Stack:\n    def __init__(self):\n        self.items = []\n\n"
    "    def push(self, item):\n        self.items = [item]\n\n"
    "    def size(self):\n        return len(self.items)\n"
)
TEST = (
    "from calc import Stack, add, first\n\n\ndef test_add():\n    result = add(1, 2)\n"
    "    assert result == 3\n\n\ndef test_first():\n    assert first([]) is None\n\n\n"
    "def test_stack():\n    stack = Stack()\n    stack.push(1)\n    stack.push(2)\n"
    "    assert stack.size() == 2\n"
)
ADD = (
    "=== FAILURES ===\n___ test_add ___\n\n    def test_add():\n        result = add(1, 2)\n"
    ">       assert result == 3\nE       assert -1 == 3\n\ntests/test_calc.py:6: AssertionError\n"
    "=== short test summary info ===\nFAILED tests/test_calc.py::test_add - assert -1 == 3\n"
)
FIRST = (
    "=== FAILURES ===\n___ test_first ___\n\n>   assert first([]) is None\n\n"
    "tests/test_calc.py:10: \n_ _ _ _\n\n>   return values[0]\nE   IndexError: list index\n\n"
    "calc.py:6: IndexError\n=== short test summary info ===\n"
    "FAILED tests/test_calc.py::test_first - IndexError: list index\n"
)
STACK = (
    "=== FAILURES ===\n___ test_stack ___\n>   assert stack.size() == 2\nE   assert 1 == 2\n\n"
    "tests/test_calc.py:17: AssertionError\n=== short test summary info ===\n"
    "FAILED tests/test_calc.py::test_stack - assert 1 == 2\n"
)
COMMAND = ("pytest", "-q")


def project(**more: str) -> MemoryFiles:
    files = MemoryFiles(calc__py=CALC)
    files.write("tests/test_calc.py", TEST)
    for path, text in more.items():
        files.write(path.replace("__", "."), text)
    return files


def code_of(files: MemoryFiles, index: object = None) -> FailingCode:
    return FailingCode(files, SecretGuard(files), TreeSitterSyntax(), index)


async def pointed(files: MemoryFiles, output: str, index: object = None) -> list[FailingTest]:
    failing = code_of(files, index)
    run = FailedRun(COMMAND, "", output)
    (failure, *_) = await failing.failures(run)
    return list(await failing.candidates(failure, run))


def places(found: list[FailingTest]) -> list[tuple[str, int, int]]:
    return [(one.snapshot.path, one.lines.start, one.lines.end) for one in found]


async def test_code_that_was_running_outside_of_tests_comes_first():
    found = await pointed(project(), FIRST)
    assert places(found)[0] == ("calc.py", 5, 6)
    assert found[0].name == "tests/test_calc.py::test_first"
    assert (found[0].command, found[0].folder) == (COMMAND, "")


async def test_an_assertion_points_at_what_the_lines_above_it_called():
    found = await pointed(project(), ADD)
    assert places(found) == [("calc.py", 0, 2)]
    assert "assert -1 == 3" in found[0].report
    assert "result = add(1, 2)" in found[0].report


async def test_several_candidates_are_ranked_by_the_failing_line():
    found = await pointed(project(), STACK)
    assert places(found) == [("calc.py", 15, 17), ("calc.py", 12, 14), ("calc.py", 8, 17)]


async def test_the_report_shows_the_tests_source_where_the_run_did_not():
    output = STACK.replace(">   assert stack.size() == 2\n", "")
    (found, *_) = await pointed(project(), output)
    assert found.report.startswith("tests/test_calc.py:\ndef test_stack():\n    stack = Stack()")
    assert found.report.count("assert stack.size() == 2") == 1


async def test_a_report_is_never_longer_than_a_model_is_told():
    long = ADD.replace("E       assert -1 == 3\n", "E       x = 1\n" * 900 + "E       the end\n")
    (found, *_) = await pointed(project(), long)
    assert len(found.report) <= REPORT
    assert "the end" in found.report


async def test_a_file_that_looks_like_a_secret_is_left_out():
    letters = "q7Zk2vXw9LpR" + "4tYbN8sD1fGh"
    secret = f"API_KEY = '{letters}'\n"
    files = project()
    files.write("calc.py", secret + CALC)
    assert await pointed(files, ADD) == []
    files = project()
    (found, *_) = await pointed(files, ADD.replace("assert -1", secret.strip() + "; assert -1"))
    assert "q7Zk2vXw9LpR4tYbN8sD1fGh" not in found.report
    assert "def test_add():" in found.report


async def test_a_secret_in_the_command_is_in_no_prompt():
    token = "ghp_" + "a8Kd93jLqPz0Xc7VbNm2Qw4Er6Ty1Ui5Op3A"
    words = ("python", "deploy.py", "--token", token)
    output = 'Traceback (most recent call last):\n  File "calc.py", line 2, in add\nValueError: x\n'
    run = FailedRun(words, "", output)
    code = code_of(project())
    (found,) = await code.likeliest(await code.failures(run), run, 1)
    assert found.name == "python deploy.py --token ***"
    assert found.command == words
    assert label_of(words) == found.name
    # One that the name of a test holds, too.
    assert token not in failing_instruction(replace(found, name=f"test_a[{token}]"))


@pytest.mark.parametrize("before", ["", "x" * 1370])
async def test_what_a_model_is_told_again_holds_no_secret(before):
    key = "AKIA" + "Q3EGT6ZLMWXKPJ4B"
    output = ADD.replace("result = add(1, 2)", f'{before} login("{key}", "other")')
    once = ("```python\n{}\n```".format(CALC[:27].replace("-", one)) for one in "+*")
    world = build(project(), *once)
    world.suggester.project = CommandEvidence(ScriptedRuns(*[Ran(1, output)] * 2), COMMAND)
    await world.ready(Instruction(world.files.snapshot("calc.py"), Span(0, 2), "add them"))
    _first, again = world.endpoint.requests
    told = "\n".join(message.text for message in again.messages)
    assert "assert -1 == 3" in told
    assert key[:8] not in told
    assert "other" not in told


async def test_a_rust_test_in_the_file_that_it_tests_points_at_the_function():
    lib = (
        "pub fn add(a: i32, b: i32) -> i32 {\n    a - b\n}\n\n#[cfg(test)]\nmod tests {\n"
        "    use super::*;\n\n    #[test]\n    fn adds() {\n        assert_eq!(add(1, 2), 3);\n"
        "    }\n}\n"
    )
    output = (
        "---- tests::adds stdout ----\n\nthread 'tests::adds' (1) panicked at src/lib.rs:11:9:\n"
        "assertion `left == right` failed\n  left: -1\n right: 3\n\nfailures:\n"
    )
    files = MemoryFiles()
    files.write("src/lib.rs", lib)
    found = await pointed(files, output)
    assert places(found) == [("src/lib.rs", 0, 3)]


async def test_what_rust_tests_share_in_a_file_is_no_place_of_a_mistake():
    lib = (
        "pub fn total(v: &[i32]) -> i32 {\n    v[0]\n}\n\n#[cfg(test)]\nmod tests {\n"
        "    use super::*;\n\n    fn few() -> Vec<i32> {\n        vec![1, 2]\n    }\n\n"
        "    #[test]\n    fn sums() {\n        let v = few();\n        assert_eq!(total(&v), 3);\n"
        "    }\n}\n"
    )
    output = (
        "---- tests::sums stdout ----\n\nthread 'tests::sums' (1) panicked at src/lib.rs:16:9:\n"
        "assertion `left == right` failed\n  left: 1\n right: 3\n\nfailures:\n"
    )
    files = MemoryFiles()
    files.write("src/lib.rs", lib)
    found = await pointed(files, output)
    assert places(found) == [("src/lib.rs", 0, 3)]


async def test_a_script_test_points_at_what_it_requires():
    files = MemoryFiles()
    files.write("src/sum.ts", "export function sum(a: number, b: number) {\n  return a - b;\n}\n")
    files.write(
        "src/sum.test.ts",
        'import { sum } from "./sum.js";\ntest("adds", () => {\n'
        "  expect(sum(1, 2)).toBe(3);\n});\n",
    )
    output = (
        " FAIL  src/sum.test.ts > adds\nAssertionError: expected -1 to be 3\n\n"
        " \u276f src/sum.test.ts:3:21\n"
    )
    assert places(await pointed(files, output)) == [("src/sum.ts", 0, 3)]


async def test_a_function_that_compares_leads_to_the_test_that_calls_it():
    files = MemoryFiles()
    files.write("src/sum.ts", "export function sum(a: number, b: number) {\n  return a - b;\n}\n")
    files.write("tests/same.ts", "export function same(is: number) {\n  throw new Error();\n}\n")
    files.write(
        "tests/sum.ts",
        'import { sum } from "../src/sum";\nimport { same } from "./same";\nsame(sum(1, 2));\n',
    )
    output = (
        "Error: -1 instead of 3\n    at same (tests/same.ts:2:9)\n"
        "    at Object.<anonymous> (tests/sum.ts:3:1)\n"
    )
    assert places(await pointed(files, output)) == [("src/sum.ts", 0, 3)]


async def test_a_compilers_error_points_at_its_line():
    files = MemoryFiles()
    files.write("a.cpp", "int main() {\n  retrun 1;\n}\n")
    found = await pointed(files, "a.cpp:2:3: error: 'retrun' was not declared\n")
    assert places(found) == [("a.cpp", 1, 2)]
    assert found[0].name == "pytest -q"


async def test_failures_of_one_function_are_one_proposal():
    failing = code_of(project())
    again = ADD.replace("test_add", "test_add_again").replace(":6:", ":5:")
    run = FailedRun(COMMAND, "", ADD + again + FIRST)
    found = await failing.likeliest(await failing.failures(run), run, 3)
    assert [one.lines for one in found] == [Span(0, 2), Span(5, 6)]
    assert len(await failing.likeliest(await failing.failures(run), run, 1)) == 1


async def test_a_place_that_is_gone_or_ignored_is_passed_over():
    failing = code_of(project())
    run = FailedRun(COMMAND, "", "gone.cpp:1:1: error: no\n/project/x/y.py:3: in f\n")
    assert await failing.likeliest(await failing.failures(run), run, 3) == ()


class Index:
    """A CodeIndex that knows what a test imports."""

    state = IndexState(1, 1, True)

    async def imports(self, path: str) -> tuple[Import, ...]:
        return (Import(path, "lib", "deep/lib.py", ("add",)),) if "test" in path else ()

    async def tests_of(self, path: str) -> tuple[str, ...]:
        return ("tests/test_calc.py",) if path == "calc.py" else ()

    async def importers(self, path: str) -> tuple[str, ...]:
        return ()

    async def definitions(self, name: str, most: int = 20) -> tuple[Definition, ...]:
        return ()

    async def references(self, name: str, most: int = 500) -> tuple[Reference, ...]:
        return ()

    async def search(self, words: str, most: int = 20) -> tuple[TextHit, ...]:
        return ()


async def test_the_index_knows_better_than_names_what_a_test_imports():
    files = MemoryFiles()
    files.write("deep/lib.py", "def add(a, b):\n    return a - b\n")
    files.write("tests/test_calc.py", TEST.replace("from calc import", "from aliased import"))
    assert places(await pointed(files, ADD, Index())) == [("deep/lib.py", 0, 2)]


async def test_where_a_script_starts_programs_any_code_may_be_tested():
    files = project(check__py="import subprocess\n", kata__py="assert 1 == 1\n")
    files.write("run.sh", "./prog\n")
    failing = code_of(files, Index())
    for command in (("sh", "run.sh"), ("python3", "check.py")):
        assert await failing.is_tested(["other.py"], command)
        assert not await failing.is_tested(["notes.txt"], command)
    for command in (("python3", "kata.py"), ("pytest", "-q"), ("sh", "gone.sh")):
        assert not await failing.is_tested(["other.py"], command)
    # The script is what says.
    assert await failing.is_tested(["kata.py"], ("python3", "kata.py"))


async def test_only_saves_that_tests_touch_are_worth_a_run():
    with_index, without = code_of(project(), Index()), code_of(project())
    assert await with_index.is_tested(["calc.py"])
    assert await with_index.is_tested(["tests/test_new.py"])
    assert not await with_index.is_tested(["other.py"])
    assert await without.is_tested(["other.py"])
    assert not await without.is_tested(["notes.txt", "README.md"])


def trigger() -> FailingTest:
    files = project()
    snapshot = files.snapshot("calc.py")
    return FailingTest(snapshot, Span(0, 2), "tests/test_calc.py::test_add", "…", COMMAND, "sub")


async def again(*outcomes: Ran | NotRun) -> tuple[bool, bool, bool, str]:
    runs = ScriptedRuns(*outcomes)
    (check,) = await FailingTestAgain(runs)(trigger(), "calc.py", "old", "new")
    assert runs.ran[0] == (COMMAND, {"calc.py": "new"}, "sub")
    return check.passed, check.proves, check.is_advice, check.report


async def test_a_run_that_passes_now_proves_the_fix():
    assert await again(Ran(0, "")) == (True, True, False, "")


async def test_the_same_test_failing_again_refuses_it_and_tells_the_model():
    passed, _proves, is_advice, report = await again(Ran(1, ADD), Ran(1, ADD))
    assert (passed, is_advice) == (False, False)
    assert "assert -1 == 3" in report


async def test_others_that_fail_as_before_do_not_count_and_new_ones_do():
    passed, proves, *_ = await again(Ran(1, FIRST), Ran(1, ADD + FIRST))
    assert (passed, proves) == (True, True)
    passed, *_ = await again(Ran(1, FIRST), Ran(1, ADD))
    assert not passed


def of_jest(name: str) -> str:
    return f"""FAIL src/{name}.test.js
  ● Test suite failed to run

    Cannot find module './x' from 'src/{name}.js'

      at Object.require (src/{name}.js:1:13)
"""


def of_go(name: str) -> str:
    return f"""--- FAIL: TestString (0.00s)
    {name}_test.go:9: got -1, want 3
FAIL
FAIL\texample.com/m/{name}\t0.002s
"""


@pytest.mark.parametrize("written", [of_jest, of_go])
async def test_tests_of_one_name_are_told_apart_by_their_suite(written):
    one, other = written("a"), written("b")
    failure, second = await read_failures(one + other)
    assert failure.name == second.name
    files = project()
    named = FailingTest(files.snapshot("calc.py"), None, failure.name, "…", COMMAND)
    for key, left, passed in ((failure.key, other, True), (second.key, other, False)):
        runs = ScriptedRuns(Ran(1, left), Ran(1, one + other))
        (check,) = await FailingTestAgain(runs)(replace(named, key=key), "calc.py", "old", "new")
        assert check.passed is passed


async def test_an_output_that_nobody_can_read_is_no_proof():
    passed, *_ = await again(Ran(1, "Segmentation fault\n"), Ran(1, ADD))
    assert not passed


async def test_what_cannot_be_run_withholds_nothing():
    assert await again(NotRun(say("not run: no"))) == (True, False, True, "")


async def test_a_run_may_take_some_times_what_it_took_on_the_text_before():
    limits: list[float] = []

    async def run(words, texts, seconds, folder=""):
        limits.append(seconds)
        return Ran(1, ADD)

    evidence = FailingTestAgain(run)
    await evidence(trigger(), "calc.py", "old", "old")
    await evidence(trigger(), "calc.py", "old", "new")
    await evidence(trigger(), "calc.py", "old", "old")
    assert limits == [60.0, 15.0]  # the text before was run once


async def test_a_trigger_without_a_command_has_no_such_evidence():
    bare = replace(trigger(), command=())
    assert await FailingTestAgain(ScriptedRuns())(bare, "calc.py", "old", "new") == ()


async def test_a_typed_command_passes_with_zero_and_with_nothing_else():
    runs = ScriptedRuns(Ran(0, "ok"), Ran(3, "boom\n"), NotRun(say("not run: too slow")))
    evidence = CommandEvidence(runs, ("make", "test"), 5.0, "sub")
    found = [(await evidence("a.py", "old", "new"))[0] for _ in range(3)]
    assert [(one.passed, one.proves, one.is_advice) for one in found] == [
        (True, True, False),
        (False, True, False),
        (False, False, False),
    ]
    assert found[1].detail == "make test ends with 3: boom"
    assert found[1].report == "boom"
    assert evidence.tries == found


def trace(error: str) -> str:
    head = 'starting up: all is well\nTraceback (most recent call last):\n  File "t.py", line 2\n'
    return f"{head}    import nothere\n{error}\n"


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (
            trace("ModuleNotFoundError: No module named 'x'"),
            ": ModuleNotFoundError: No module named 'x'",
        ),
        (trace("AssertionError"), ": AssertionError"),
        (
            trace(f"ValueError: API_KEY = '{'q7Zk2vXw9LpR' + '4tYbN8sD1fGh'}'"),
            ": (Not shown: it may hold secrets.)",
        ),
        ("starting up\nbin/serve does not answer\n", ": bin/serve does not answer"),
        ("\n...\n", ""),
    ],
)
async def test_why_a_command_failed_is_what_it_says_last_and_no_greeting(output, said):
    evidence = CommandEvidence(ScriptedRuns(Ran(1, output)), ("make", "test"))
    (check,) = await evidence("a.py", "old", "new")
    assert check.detail == f"make test ends with 1{said}"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cargo", "index out of bounds: the len is 0 but the index is 0"),
        ("cargo_build", "cannot find value `w` in this scope"),
        ("catch2", "CHECK( f(2) == 2 ) with expansion: 3 == 2"),
        ("pytest_collect", "ModuleNotFoundError: No module named 'nope'"),
        ("googletest", "Expected equality of these values: f(2) Which is: 3 2"),
    ],
)
async def test_why_a_command_failed_is_what_its_runner_calls_the_failure(name, said):
    output = (Path(__file__).parent.parent / f"data/test_runs/{name}.txt").read_text()
    evidence = CommandEvidence(ScriptedRuns(Ran(1, output)), ("make", "test"))
    (check,) = await evidence("a.py", "old", "new")
    assert check.detail == f"make test ends with 1: {said}"


JOIN = "export function join(a: string, b: string): string {\n  return a;\n}\n"
JOIN_TEST = (
    'import { join } from "../src/join";\n\ninterface Case {\n  a: string;\n}\n\n'
    "function other(): void {\n  check(1);\n}\n\n"
    'function main(): void {\n  check(join("a", "b") === "ab");\n}\n'
)
COMPILED = (
    '"use strict";\nconst join_1 = require("../src/join");\n'
    "function other() {\n    check(1);\n}\n"
    'function main() {\n    check((0, join_1.join)("a", "b") === "ab");\n}\n'
)
NODE = (
    "/home/me/project/build/tests/join.js:7\n        throw new Error();\n        ^\n\nError: no\n"
    "    at main (/home/me/project/build/tests/join.js:7:5)\n\nNode.js v20\n"
)


class RootedFiles(MemoryFiles):
    """Files of a folder whose paths a run names in full."""

    @property
    def root(self) -> Path:
        return Path("/home/me/project")


def compiled_project(**built: str) -> MemoryFiles:
    """Return two sources, and ignored files below "build"."""
    files = RootedFiles()
    for name, text in built.items():
        path = "build/" + name.replace("__", ".")
        files.write(path, text)
        files.ignored_paths[path] = Ignored(path, IgnoreReason.GITIGNORE, "build/")
    files.write("src/join.ts", JOIN)
    files.write("tests/join.ts", JOIN_TEST)
    return files


async def test_what_was_compiled_leads_to_its_source():
    files = compiled_project(**{"tests/join.js": COMPILED})
    (found,) = await pointed(files, NODE)
    assert (found.snapshot.path, found.lines) == ("src/join.ts", Span(0, 3))
    assert 'check(join("a", "b") === "ab");' in found.report


async def test_what_was_compiled_and_cannot_be_read_leads_to_its_source_as_a_whole():
    files = compiled_project()
    (found,) = await pointed(files, NODE)
    assert (found.snapshot.path, found.lines) == ("src/join.ts", Span(0, 3))


async def test_all_files_are_looked_through_once_and_not_in_the_windows_thread():
    threads = []

    class Path(str):
        def rpartition(self, mark):
            threads.append(threading.current_thread())
            return super().rpartition(mark)

    files = compiled_project()
    places = CompiledPlaces(files, SecretGuard(files).read)
    for _failure in range(2):
        watched = frozenset({Path("tests/join.ts")})
        for line in range(3):
            found = await places.of(Frame("build/tests/join.js", line), watched)
            assert found == Frame("tests/join.ts", -1)
    (thread,) = threads
    assert thread is not threading.current_thread()


async def test_a_source_map_tells_what_words_do_not():
    # The seventh line of a file that is called otherwise than its source.
    maps = {"version": 3, "sources": ["../tests/join.ts"], "mappings": ";;;;;;AAWA"}
    files = compiled_project(all__js="\n" * 6 + "x();\n", all__js__map=json.dumps(maps))
    (found,) = await pointed(files, NODE.replace("tests/join.js", "all.js"))
    assert (found.snapshot.path, found.lines) == ("src/join.ts", Span(0, 3))
    assert 'check(join("a", "b") === "ab");' in found.report


async def test_a_source_map_that_names_no_line_of_the_source_is_not_believed():
    maps = {"version": 3, "sources": ["../../tests/join.ts"], "mappings": ";;;;;;AAgDA"}
    built = {"tests/join.js": COMPILED, "tests/join.js.map": json.dumps(maps)}
    (found,) = await pointed(compiled_project(**built), NODE)
    assert 'check(join("a", "b") === "ab");' in found.report
    assert "check(1)" not in found.report


async def test_a_bundle_in_one_line_leads_to_its_source_as_a_whole():
    files = compiled_project(**{"tests/join.js": COMPILED.replace("\n", " ") * 2000})
    (found,) = await pointed(files, NODE.replace("join.js:7", "join.js:1"))
    assert (found.snapshot.path, found.lines) == ("src/join.ts", Span(0, 3))


class Mentioning:
    """An index that knows where functions stand."""

    def __init__(self, *definitions: Definition, is_ready: bool = True) -> None:
        self.known, self.is_ready = definitions, is_ready
        self.state = IndexState(1, 1, is_ready)

    async def imports(self, path):
        return ()

    async def tests_of(self, path):
        return ()

    async def ready(self, seconds):
        return self.is_ready

    async def definitions(self, name, most=20):
        return tuple(one for one in self.known if one.name == name)


def function(name: str, path: str, start: int, end: int) -> Definition:
    return Definition(name, "function", path, Span(start, end), name)


SPOKEN = "push() after size(): expected 2, got 1\nmake: *** [Makefile:4: test] Error 1\n"


async def test_an_output_that_only_speaks_of_functions_leads_to_them():
    index = Mentioning(
        function("push", "calc.h", 3, 4),
        function("push", "calc.py", 12, 14),
        function("size", "calc.py", 15, 17),
        function("size", "tests/test_calc.py", 1, 2),
    )
    failing = code_of(project(), index)
    found = await failing.failures(FailedRun(COMMAND, "", SPOKEN))
    assert [one.frames for one in found] == [(Frame("calc.py", 12),), (Frame("calc.py", 15),)]
    assert found[0].message == "push() after size(): expected 2, got 1"


async def test_functions_that_stand_in_many_places_tell_nothing():
    many = Mentioning(*(function("push", f"{name}.py", 0, 2) for name in "abc"))
    for index in (many, Mentioning(function("push", "calc.py", 12, 14), is_ready=False), None):
        failing = code_of(project(), index)
        assert await failing.failures(FailedRun(COMMAND, "", SPOKEN)) == ()


async def test_what_the_likeliest_places_call_may_hold_the_mistake_too():
    files = project(
        total__py="from sums import plus\n\n\ndef add(a, b):\n    return plus(a, b)\n",
        sums__py="def plus(a, b):\n    return a - b\n",
    )
    files.write("tests/test_calc.py", TEST.replace("from calc", "from total"))
    plus = function("plus", "sums.py", 0, 2)
    in_tests, in_js = function("plus", "tests/a.py", 0, 2), function("plus", "a.js", 0, 2)
    index = Mentioning(plus, in_tests)
    assert places(await pointed(files, ADD, index)) == [("total.py", 3, 5), ("sums.py", 0, 2)]
    moved = Mentioning(function("plus", "sums.py", 7, 9))
    assert places(await pointed(files, ADD, moved))[1:] == [("sums.py", 0, 2)]
    gone = Mentioning(function("plus", "calc.py", 0, 2))
    assert places(await pointed(files, ADD, gone))[1:] == []
    # One of another language, several of a name, or an index that is not ready say nothing.
    unsure = (Mentioning(in_js), Mentioning(plus, plus, plus), Mentioning(plus, is_ready=False))
    for index in (*unsure, None):
        assert places(await pointed(files, ADD, index)) == [("total.py", 3, 5)]
    (found,) = await code_of(files, Mentioning(plus)).likeliest(
        await code_of(files).failures(FailedRun(COMMAND, "", ADD)),
        FailedRun(COMMAND, "", ADD),
        3,
    )
    assert found.others[0].snapshot.path == "sums.py"
    assert not found.others[0].others


async def test_what_the_likeliest_places_hand_over_may_hold_the_mistake_too():
    files = project(
        total__py="from sums import plus\n\n\ndef add(a, b):\n    return reduce(plus, [a, b])\n",
        sums__py="def plus(a, b):\n    return a - b\n",
    )
    files.write("tests/test_calc.py", TEST.replace("from calc", "from total"))
    index = Mentioning(function("plus", "sums.py", 0, 2))
    assert places(await pointed(files, ADD, index)) == [("total.py", 3, 5), ("sums.py", 0, 2)]


async def test_methods_of_one_name_in_one_file_lead_to_it_and_those_of_several_files_nowhere():
    files = project(total__py="def add(a, b):\n    return a.plus(b)\n")
    files.write("tests/test_calc.py", TEST.replace("from calc", "from total"))
    lines = "class {}:\n    def plus(self, b):\n        return b\n\n\n"
    files.write("kinds.py", "".join(lines.format(name) for name in "ABC"))

    def plus(path, start, container):
        return Definition("plus", "method", path, Span(start, start + 2), "plus", container)

    heirs = [plus("kinds.py", 1 + 5 * number, name) for number, name in enumerate("ABC")]
    found = places(await pointed(files, ADD, Mentioning(*heirs)))
    assert found[1:] == [("kinds.py", 1, 3)]
    apart = Mentioning(*heirs, plus("calc.py", 0, "D"))
    assert places(await pointed(files, ADD, apart)) == [("total.py", 0, 2)]


SCRIPT = "from calc import add\n\nassert add(1, 2) == 3, add(1, 2)\n"
STATED = (
    'Traceback (most recent call last):\n  File "check.py", line 3, in <module>\n'
    "    assert add(1, 2) == 3, add(1, 2)\nAssertionError: -1\n"
)
WITHIN = "def total(values):\n    found = sum(values)\n    assert found >= 0\n    return found\n"


async def test_a_script_that_checks_is_a_test_whatever_it_is_called():
    files = project(check__py=SCRIPT)
    assert places(await pointed(files, STATED)) == [("calc.py", 0, 2)]
    # Also where what it checks stands in the same file.
    both = "def add(a, b):\n    return a - b\n\n\n" + SCRIPT.partition("\n\n")[2]
    own = STATED.replace("check.py", "sums.py").replace("line 3", "line 5")
    assert places(await pointed(project(sums__py=both), own)) == [("sums.py", 0, 2)]


HELPED = (
    'package sums\n\nimport "testing"\n\nfunc want(t *testing.T, text string, sum int) {\n'
    "\tt.Helper()\n\tif got := Total(text); got != sum {\n"
    '\t\tt.Errorf("%s is %d, want %d", text, got, sum)\n\t}\n}\n\n'
    'func TestTotal(t *testing.T) {\n\twant(t, "1 2", 3)\n}\n'
)


async def test_what_a_helper_of_the_test_calls_is_found_and_the_test_is_shown():
    files = MemoryFiles()
    files.write("sums/total.go", "package sums\n\nfunc Total(text string) int {\n\treturn 1\n}\n")
    files.write("sums/total_test.go", HELPED)
    told = (
        "--- FAIL: TestTotal (0.00s)\n    total_test.go:13: 1 2 is 1, want 3\nFAIL\n"
        "FAIL\texample.org/sums\t0.002s\n"
    )
    (found,) = await pointed(files, told)
    assert places([found]) == [("sums/total.go", 2, 5)]
    assert 'want(t, "1 2", 3)' in found.report
    # It may stand in another file of tests, too.
    helper, test = HELPED.split("func TestTotal")
    files.write("sums/total_test.go", f"package sums\n\nfunc TestTotal{test}")
    files.write("sums/want_test.go", helper)
    assert places(await pointed(files, told.replace(":13", ":4"))) == [("sums/total.go", 2, 5)]
    # A helper that calls nothing of the project leads nowhere.
    files.write("sums/want_test.go", "package sums\n")
    files.write("sums/total_test.go", HELPED.replace("Total(text)", "len(text)"))
    assert await pointed(files, told) == []


async def test_a_helper_that_the_test_imports_is_looked_into():
    files = project()
    files.write(
        "tests/checks_test.py",
        "from calc import add\n\n\ndef same(a, b, c):\n"
        "    found = add(a, b)\n    return found == c\n",
    )
    text = "from tests.checks_test import same\n\n\ndef test_add():\n    assert same(1, 2, 3)\n"
    files.write("tests/test_calc.py", text)
    output = ADD.replace("assert result == 3", "assert same(1, 2, 3)").replace(":6:", ":5:")
    assert places(await pointed(files, output)) == [("calc.py", 0, 2)]


SHOW = '#include "show.hpp"\n\nint Show::length() const {\n  return last_;\n}\n'
MADE = (
    '#include "../src/show.hpp"\n\nint main() {\n  Show show;\n  assert(show.length() == 1);\n}\n'
)


async def test_a_method_of_c_plus_plus_is_found_where_it_is_defined_and_where_declared():
    files = MemoryFiles()
    files.write("src/show.cpp", SHOW)
    files.write("src/show.hpp", "class Show {\n  int length() const;\n  int last_ = 0;\n};\n")
    files.write("tests/show.cpp", MADE)
    told = "show: tests/show.cpp:5: int main(): Assertion `show.length() == 1' failed.\n"
    # What the class holds may be the mistake, too.
    found = places(await pointed(files, told))
    assert found == [("src/show.cpp", 2, 5), ("src/show.hpp", 0, 4)]


async def test_what_a_function_of_the_program_asserts_may_be_its_own_mistake():
    told = STATED.replace("check.py", "sums.py").replace("<module>", "total")
    files = project(sums__py=WITHIN)
    assert places(await pointed(files, told)) == [("sums.py", 2, 3)]
    # Who called it with such values comes first.
    called = told.replace("  File", '  File "calc.py", line 2, in add\n    x\n  File', 1)
    assert places(await pointed(files, called)) == [("calc.py", 1, 2), ("sums.py", 2, 3)]


LOANS = """#include "../src/loans.hpp"

#include <iostream>

static int failures = 0;

static void equal(const char* what, bool is, bool should) {
    if (is == should) return;
    std::cerr << what << ": is " << is << ", should be " << should << "\\n";
    ++failures;
}

int main() {
    Cabinet cabinet;
    equal("lending a sheet", lend(cabinet, "B-031"), true);
    equal("lending a sheet that is not there", lend(cabinet, "B-025"), false);
    return failures;
}
"""
LEND = """#pragma once

inline bool lend(Cabinet& cabinet, const char* label) {
    return cabinet.find(label) != nullptr;
}
"""


async def test_what_a_program_says_in_its_own_words_leads_to_the_line_that_says_it():
    files = MemoryFiles()
    files.write("tests/loans.cpp", LOANS)
    files.write("src/loans.hpp", LEND)
    said = (
        "make: Entering directory\nlending a sheet that is not there: is 1, should be 0\nmake: ***"
    )
    (failure,) = await code_of(files).failures(FailedRun(("make", "test"), "", said))
    assert failure.frames == (Frame("tests/loans.cpp", 15),)
    assert failure.message == "lending a sheet that is not there: is 1, should be 0"
    found = await pointed(files, said)
    assert places(found) == [("src/loans.hpp", 2, 5)]


@pytest.mark.parametrize(
    ("command", "output"), [("tests/z.js", ""), ("npm", "running tests/z.js\n")]
)
async def test_the_program_that_ran_is_looked_into_before_all_other_tests(command, output):
    files = MemoryFiles()
    for number in range(60):
        files.write(f"tests/a{number}.js", "check(1);\n")
    files.write("tests/z.js", 'check("the first is free", lend(1));\n')
    run = FailedRun(("node", command), "", f"{output}the first is free\n")
    (failure,) = await code_of(files).failures(run)
    assert failure.frames == (Frame("tests/z.js", 0),)


async def test_what_a_helper_of_the_test_says_leads_to_what_the_file_calls():
    test = """#include "../src/flight.hpp"
static void equal(const char* what, const char* is, const char* should) {
    std::printf("%s: is \\"%s\\", should be \\"%s\\"\\n", what, is, should);
}
int main() { equal("place", read_fix("<A>").place, "A"); }
"""
    files = MemoryFiles()
    files.write("tests/glider.cpp", test)
    files.write("src/flight.hpp", '#pragma once\n#include "fix.hpp"\n')
    files.write("src/fix.hpp", "Fix read_fix(const char* line);\n")
    files.write(
        "src/fix.cpp", '#include "fix.hpp"\nFix read_fix(const char* line) {\n    return {};\n}\n'
    )
    found = await pointed(files, 'place: is "A> {", should be "A"\nmake: *** Error 1\n')
    assert ("src/fix.cpp", 1, 4) in places(found)


async def test_what_no_test_says_leads_nowhere():
    files = MemoryFiles()
    files.write("tests/loans.cpp", LOANS)
    run = FailedRun(("make", "test"), "", "is 1, should be 0\nmake: *** [Makefile:4: test] Error 1")
    assert await code_of(files).failures(run) == ()
