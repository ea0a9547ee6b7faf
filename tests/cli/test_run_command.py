"""``spark run``: the command as it is, and what follows where it fails."""

import json
import sys
from pathlib import Path

import pytest
from cli.conftest import AFTER, BEFORE, REWRITTEN
from run_fakes import passes_with

from spark_desktop.cli import run as run_module
from spark_desktop.domain.errors import DesktopError, EndpointError, StoreError
from spark_desktop.domain.handover import MOST_BYTES, FailedCommand, decode, encode, fitting
from spark_desktop.domain.test_output import Failure
from spark_desktop.domain.trigger import FailingTest

FAILING = "import a\na.mean([])\n"
TEST = (
    "import unittest\nfrom a import mean\n\n\nclass MeanTest(unittest.TestCase):\n"
    "    def test_empty(self):\n        self.assertEqual(mean([1]), 2)\n\n\nunittest.main()\n"
)


@pytest.fixture(autouse=True)
def app(monkeypatch):
    """No app runs, unless a test says so; what it is handed is kept."""

    class App:
        runs, error = False, None
        handed: list[FailedCommand] = []

        async def __call__(self, _data_dir: Path, message: FailedCommand) -> bool:
            if self.error:
                raise self.error
            self.handed.append(message)
            return self.runs

    app = App()
    app.handed = []
    monkeypatch.setattr(run_module.run, "__defaults__", (app, None))
    return app


def python(code: str) -> tuple[str, ...]:
    return sys.executable, "-B", "-c", code


def test_a_command_that_succeeds_is_passed_through_and_nothing_is_opened(spark, folder, app):
    run = spark("run", *python("import sys; print('out'); print('err', file=sys.stderr)"))
    assert (run.code, run.out, run.err) == (0, b"out\n", "err\n")
    assert (spark.opened, app.handed) == ([], [])


def test_the_options_of_the_command_are_the_commands(spark, folder):
    code = "import sys; print(sys.argv[1:])"
    run = spark("run", *python(code), "--apply", "--json", "--", "-q")
    assert run.text == "['--apply', '--json', '--', '-q']\n"
    run = spark("run", "--", *python(code), "-x")
    assert run.text == "['-x']\n"


def test_it_runs_in_the_current_folder_or_in_the_named_one(spark, folder, monkeypatch):
    monkeypatch.chdir(folder / "sub")
    code = "import os; print(os.getcwd())"
    assert spark("run", *python(code)).text == f"{folder / 'sub'}\n"
    assert spark("run", "--folder", "..", *python(code)).text == f"{folder}\n"


def test_a_failure_gets_a_proposal_as_a_diff_and_keeps_its_exit_code(spark, folder):
    (folder / "run.py").write_text(FAILING)
    run = spark("run", sys.executable, "-B", "run.py", answers=(REWRITTEN,))
    assert run.code == 1
    assert run.text.startswith("diff --git a/a.py b/a.py\n")
    assert "ZeroDivisionError" in run.err
    assert "points at a.py:2" in run.err
    assert (folder / "a.py").read_text() == BEFORE
    asked = spark.endpoint.requests[0].messages[-1].text
    assert "ZeroDivisionError" in asked


def test_a_program_that_breaks_off_in_itself_gets_a_proposal_there(spark, folder):
    (folder / "app.py").write_text(
        "import a\n\n\ndef show(rows):\n    return rows[3]\n\n\nshow([])\n"
    )
    mended = "```python\ndef show(rows):\n    return rows[-1:]\n```\n"
    run = spark("run", sys.executable, "-B", "app.py", answers=(mended,))
    assert "points at app.py:5" in run.err
    assert run.text.startswith("diff --git a/app.py b/app.py\n")


def test_a_script_that_checks_is_not_what_is_mended(spark, folder):
    check = "import a\n\nif a.mean([2, 4]) != 4:\n    raise SystemExit('mean: wrong')\n"
    (folder / "check.py").write_text(check)
    spark.shadow_run = passes_with("check.py", "==", "mean: wrong\n")
    run = spark("run", sys.executable, "-B", "check.py", answers=(REWRITTEN,) * 5)
    assert "points at a.py:1" in run.err
    assert "check.py b/check.py" not in run.text


def test_apply_writes_the_proposal(spark, folder):
    (folder / "run.py").write_text(FAILING)
    run = spark("run", "--apply", sys.executable, "-B", "run.py", answers=(REWRITTEN,))
    assert (run.code, (folder / "a.py").read_text()) == (1, AFTER)


def test_a_fix_that_cannot_be_written_is_shown_and_keeps_the_exit_code(spark, folder):
    (folder / "run.py").write_text(FAILING)
    spark.steps.error = StoreError("The disk is full.", "Free some space.")
    run = spark("run", "--apply", sys.executable, "-B", "run.py", answers=(REWRITTEN,))
    assert (run.code, (folder / "a.py").read_text()) == (1, BEFORE)
    assert run.text.startswith("diff --git a/a.py b/a.py\n")
    assert "The disk is full. Free some space." in run.err


def test_an_assertion_points_at_the_function_that_the_test_calls(spark, folder):
    (folder / "test_mean.py").write_text(TEST)
    run = spark("run", sys.executable, "-B", "test_mean.py", answers=(REWRITTEN,))
    assert run.code == 1
    assert "MeanTest.test_empty points at a.py:1" in run.err
    asked = spark.endpoint.requests[0].messages[-1].text
    assert "self.assertEqual(mean([1]), 2)" in asked
    assert "AssertionError: 1.0 != 2" in asked


def test_a_mistake_in_what_the_test_calls_first_is_mended_there_and_taken_back(spark, folder):
    kit = "def free(total):\n    return total > 5000\n"
    (folder / "kit.py").write_text(kit)
    (folder / "said.py").write_text("def said(value):\n    return value\n")
    lines = ("        is_free = free(5000)", "        self.assertTrue(said(is_free))")
    test = TEST.replace("from a import mean", "from kit import free\nfrom said import said")
    test = test.replace("        self.assertEqual(mean([1]), 2)", "\n".join(lines))
    (folder / "test_kit.py").write_text(test)

    spark.shadow_run = passes_with("kit.py", ">= 5000")
    run = spark("run", "--apply", sys.executable, "-B", "test_kit.py", answers=(REWRITTEN,))
    assert "points at said.py:1" in run.err
    assert "Applied to kit.py" in run.err
    assert run.text.startswith("diff --git a/kit.py b/kit.py\n")
    assert spark.endpoint.requests == []
    assert (folder / "kit.py").read_text() == kit.replace(">", ">=")
    assert spark("undo").code == 0
    assert (folder / "kit.py").read_text() == kit


def test_with_json_the_output_goes_to_stderr_and_the_failures_are_told(spark, folder):
    (folder / "run.py").write_text(FAILING)
    run = spark("run", "--json", sys.executable, "-B", "run.py", answers=(REWRITTEN,))
    told, proposal = [json.loads(line) for line in run.text.splitlines()]
    assert (told["event"], told["code"]) == ("run", 1)
    assert told["failures"][0]["frames"] == [
        {"path": "a.py", "line": 2},
        {"path": "run.py", "line": 2},
    ]
    assert (proposal["event"], proposal["state"]) == ("proposal", "ready")
    assert "Traceback" in run.err
    passed = spark("run", "--json", *python("pass"))
    assert json.loads(passed.out) == {"event": "run", "code": 0, "failures": []}


def test_the_app_that_has_the_folder_open_gets_the_failure(spark, folder, app, monkeypatch):
    app.runs = True
    (folder / "run.py").write_text(FAILING)
    monkeypatch.chdir(folder / "sub")
    run = spark("run", sys.executable, "-B", "../run.py")
    (message,) = app.handed
    assert (run.code, spark.opened) == (1, [])
    assert (message.root, message.folder) == (str(folder), "sub")
    assert message.command.endswith("-B ../run.py")
    assert "ZeroDivisionError" in message.output
    assert "handed to the running Spark" in run.err


@pytest.mark.parametrize("option", ["--propose", "--apply", "--json", "--model=m"])
def test_what_wants_the_proposal_here_asks_no_app(spark, folder, app, option):
    app.runs = True
    (folder / "run.py").write_text(FAILING)
    spark("run", option, sys.executable, "-B", "run.py", answers=(REWRITTEN,))
    assert (app.handed, len(spark.opened)) == ([], 1)


def test_an_app_that_does_not_answer_is_said_and_nothing_is_done_twice(spark, folder, app):
    app.error = DesktopError("Spark runs, but does not answer.", "Wait.")
    run = spark("run", *python("raise SystemExit(5)"))
    assert (run.code, spark.opened) == (5, [])
    assert "does not answer" in run.err


def test_a_failure_that_names_no_code_is_said(spark, folder):
    run = spark("run", *python("raise SystemExit(5)"))
    assert (run.code, run.out) == (5, b"")
    assert "names no code of this folder" in run.err


def test_a_model_that_fails_does_not_change_the_exit_code(spark, folder):
    from fakes import Answer

    (folder / "run.py").write_text(FAILING)
    broken = Answer("```python\n", error=EndpointError("The core went away.", "Ask once more."))
    run = spark("run", sys.executable, "-B", "run.py", answers=(broken,))
    assert run.code == 1
    assert "The core went away. Ask once more." in run.err


class FailingRuns:
    """A project's look at failed runs, which fails itself."""

    def __init__(self, error: StoreError, finds: tuple[Failure, ...] | None = None) -> None:
        self._error, self._finds = error, finds

    async def failures(self, _run: object) -> tuple[Failure, ...]:
        if self._finds is None:
            raise self._error
        return self._finds

    async def likeliest(self, *_of: object) -> tuple[FailingTest, ...]:
        raise self._error


NEWER = StoreError("The database is of a newer Spark.", "Update Spark.")


def test_data_that_cannot_be_opened_does_not_change_the_exit_code(spark, folder):
    def refuse(_project):
        raise NEWER

    spark.prepare = refuse
    run = spark("run", *python("raise SystemExit(42)"))
    assert (run.code, run.out) == (42, b"")
    assert "spark: The database is of a newer Spark. Update Spark." in run.err
    told = [
        json.loads(line)
        for line in spark("run", "--json", *python("raise SystemExit(42)")).text.splitlines()
    ]
    assert told == [
        {"event": "run", "code": 42, "failures": []},
        {"event": "error", "message": NEWER.message, "next_step": NEWER.next_step},
    ]


@pytest.mark.parametrize("finds", [None, (Failure("test_mean", "boom", (), ""),)])
def test_a_failure_that_cannot_be_looked_at_is_told_once(spark, folder, finds):
    spark.prepare = lambda made: object.__setattr__(made, "failing", FailingRuns(NEWER, finds))
    run = spark("run", "--json", *python("raise SystemExit(42)"))
    told = [json.loads(line) for line in run.text.splitlines()]
    assert run.code == 42
    assert [one["event"] for one in told] == ["run", "error"]
    assert [one["name"] for one in told[0]["failures"]] == [one.name for one in finds or ()]


def test_a_program_that_is_not_there_ends_with_a_shells_code(spark, folder):
    run = spark("run", "no-such-program-of-ours")
    assert (run.code, spark.opened) == (127, [])
    assert "no-such-program-of-ours" in run.err
    assert "sh -c" in run.err


@pytest.mark.parametrize("words", [(), ("--",), ("",)])
def test_without_a_command_the_next_step_is_named(spark, folder, words):
    run = spark("run", *words)
    assert run.code == 2
    assert "spark run pytest" in run.err


def test_a_folder_that_is_none_is_wrong_usage(spark, folder):
    run = spark("run", "--folder", "nope", "true")
    assert run.code == 2
    assert "nope is not a folder" in run.err


def test_a_secret_in_a_file_stays_out_of_the_proposal(spark, folder):
    letters = "q7Zk2vXw9LpR" + "4tYbN8sD1fGh"
    secret = f"API_KEY = '{letters}'\n"
    (folder / "a.py").write_text(secret + BEFORE)
    (folder / "run.py").write_text(FAILING)
    run = spark("run", sys.executable, "-B", "run.py", answers=(REWRITTEN,))
    assert run.code == 1
    assert all("q7Zk2vXw9LpR4tYbN8sD1fGh" not in str(asked) for asked in spark.endpoint.requests)


def test_a_long_output_is_cut_at_its_beginning_to_fit_a_message():
    message = fitting(FailedCommand("/p", "", "make", "é\x1b" * 60_000 + "the end"))
    assert len(encode(message)) <= MOST_BYTES
    assert message.output.endswith("the end")
    assert decode(encode(message)) == message
