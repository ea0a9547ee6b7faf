"""``spark edit --test CMD``: only what the command passes is shown and written."""

import json

import pytest
from cli.conftest import AFTER, BEFORE, REWRITTEN
from run_fakes import ScriptedRuns, passes_with

from spark_desktop.adapters.sandbox import Bubblewrap
from spark_desktop.adapters.workbench import LocalWorkbench
from spark_desktop.cli.output import Output
from spark_desktop.domain.effort import Effort
from spark_desktop.domain.project_checks import Ran

WRONG = REWRITTEN.replace("return 0", "return 1")
OTHER = REWRITTEN.replace("return 0", "return 2")
EDIT = ("edit", "a.py", "Guard it", "--test", "pytest -q")


def test_an_edit_that_passes_is_shown_and_the_command_saw_it_on_a_copy(spark, folder):
    spark.shadow_run = passes_with("a.py", "return 0")
    run = spark(*EDIT, answers=(REWRITTEN,))
    assert run.code == 0
    assert "+        return 0" in run.text
    assert "did not pass" not in run.err
    assert spark.shadow_run.ran == [
        (("pytest", "-q"), {"a.py": BEFORE}, ""),
        (("pytest", "-q"), {"a.py": AFTER}, ""),
    ]
    assert (folder / "a.py").read_text() == BEFORE


def test_the_model_is_asked_again_with_the_end_of_the_failure(spark, folder):
    spark.shadow_run = passes_with("a.py", "return 0", "E   assert 1 == 0\n")
    run = spark(*EDIT, "--apply", answers=(WRONG, REWRITTEN))
    assert (run.code, (folder / "a.py").read_text()) == (0, AFTER)
    again = spark.endpoint.requests[1].messages[-1].text
    assert "pytest -q ends with 1" in again
    assert "E   assert 1 == 0" in again
    assert "1 answer before this one did not pass." in run.err


def test_what_no_try_passes_is_withheld_and_not_written(spark, folder):
    spark.shadow_run = passes_with("a.py", "return 0")
    run = spark(*EDIT, "--apply", answers=(WRONG, OTHER, WRONG, OTHER))
    assert (run.code, run.out, (folder / "a.py").read_text()) == (3, b"", BEFORE)
    assert "No proposal: pytest -q ends with 1" in run.err


def test_a_traceback_is_told_by_its_last_line_and_the_code_that_failed(spark, folder):
    trace = (
        "Traceback (most recent call last):\n"
        '  File "check.py", line 2, in <module>\n'
        "    assert f(0) == 1\n"
        "AssertionError: 0\n"
    )
    spark.shadow_run = passes_with("a.py", "return 0", trace)
    run = spark(*EDIT, answers=(WRONG, OTHER, WRONG, OTHER))
    assert "No proposal: pytest -q ends with 1: AssertionError: 0: assert f(0) == 1." in run.err


def test_how_the_command_fails_before_the_change_is_said(spark, folder):
    trace = (
        "starting up: all is well\nTraceback (most recent call last):\n"
        '  File "t.py", line 1, in <module>\n    import nothere\n'
        "ModuleNotFoundError: No module named 'nothere'\n"
    )
    spark.shadow_run = passes_with("a.py", "return 0", trace)
    run = spark(*EDIT, answers=(REWRITTEN,))
    why = "pytest -q ends with 1: ModuleNotFoundError: No module named 'nothere'."
    assert f"spark: Before the change {why}" in run.err


@pytest.mark.parametrize(("code", "why"), [(126, "Permission denied"), (127, "not found")])
def test_a_command_that_a_shell_cannot_start_is_said_before_the_model_is_asked(
    spark, folder, code, why
):
    spark.shadow_run = ScriptedRuns(Ran(code, f"sh: 6: exec: ./t.py: {why}\n"))
    run = spark("edit", "a.py", "Guard it", "--test", "./t.py")
    assert (run.code, run.out, spark.endpoint.requests) == (1, b"", [])
    assert f"t.py ends with {code}: sh: 6: exec: ./t.py: {why}. Check that" in run.err


@pytest.mark.parametrize(
    ("test", "output"),
    [("./run.sh", "./a.py: 1: nothere: not found\n"), ("./a.py", "env: pyhton: not found\n")],
)
def test_a_program_that_the_file_itself_misses_may_be_mended(spark, folder, test, output):
    spark.shadow_run = ScriptedRuns(Ran(127, output), Ran(0, ""))
    run = spark("edit", "a.py", "Guard it", "--test", test, answers=(REWRITTEN,))
    assert run.code == 0
    assert output.strip() in run.err


@pytest.mark.parametrize(("tries", "asked"), [("1", 1), ("2", 2), ("3", 3)])
def test_tries_say_how_often_the_failure_is_told(spark, folder, tries, asked):
    spark.shadow_run = passes_with("a.py", "return 0")
    spark(*EDIT, "--tries", tries, answers=(WRONG, OTHER, WRONG, OTHER, WRONG, OTHER))
    told = [one for one in spark.endpoint.requests if len(one.messages) > 2]
    assert len(told) == asked - 1


def test_a_terminal_says_that_the_model_is_asked_again(spark, folder, monkeypatch):
    spark.shadow_run = passes_with("a.py", "return 0")
    told = []
    monkeypatch.setattr(Output, "redraw", lambda self, text: told.append(text))
    spark(*EDIT, answers=(WRONG, REWRITTEN))
    assert told.count("Answer 2: the model is asked again") == 1
    assert told.count("Running pytest -q") == 3


def test_json_says_each_try(spark, folder):
    spark.shadow_run = passes_with("a.py", "return 0", "boom\n")
    same = f"```python\n{BEFORE}```\n"
    run = spark(*EDIT, "--tries", "3", "--json", answers=(WRONG, same, REWRITTEN))
    told = json.loads(run.out)
    assert (told["state"], [one["passed"] for one in told["tries"]]) == (
        "ready",
        [False, False, True],
    )
    assert [one["ran"] for one in told["tries"]] == [True, False, True]
    assert told["tries"][0]["report"] == "boom"


@pytest.mark.parametrize("before", [(), (WRONG,)])
def test_bounds_that_are_tried_afterwards_are_no_answers(spark, folder, before):
    bounded = REWRITTEN.replace("not values", "len(values) <= 0")
    assert bounded != REWRITTEN
    spark.prepare = lambda made: setattr(made.suggester, "effort", Effort())
    spark.shadow_run = passes_with("a.py", "len(values) <= 0")
    run = spark(*EDIT, "--json", answers=(*before, bounded))
    told = json.loads(run.out)
    assert told["state"] == "ready"
    assert [one["passed"] for one in told["tries"]] == [*(False for _ in before), True]
    # The file as it was, each answer, and the bound turned.
    assert len(spark.shadow_run.ran) == 3 + len(before)
    told = spark(*EDIT, answers=(*before, bounded)).err
    assert ("1 answer before this one did not pass." in told) == bool(before)


def test_the_command_runs_where_the_user_is(spark, folder, monkeypatch):
    monkeypatch.chdir(folder / "sub")
    spark.shadow_run = passes_with("a.py", "return 0")
    spark("edit", "../a.py", "Guard it", "--test", "make", answers=(REWRITTEN,))
    assert {ran[2] for ran in spark.shadow_run.ran} == {"sub"}


def test_what_the_copy_lacks_is_told_with_the_failure(spark, folder):
    failed = Ran(1, "no data.bin\n", lacks=("data.bin", ".git"))
    spark.shadow_run = ScriptedRuns(failed, failed)
    run = spark(*EDIT, "--tries", "1", answers=(WRONG,))
    assert "pytest -q ends with 1: no data.bin; not in the copy: data.bin, .git." in run.err


def test_a_command_that_passes_already_is_said(spark, folder):
    spark.shadow_run = ScriptedRuns(Ran(0, ""), Ran(0, ""))
    run = spark(*EDIT, answers=(REWRITTEN,))
    assert run.code == 0
    assert "passes already" in run.err


def test_that_nothing_shuts_the_command_in_is_said(spark, folder):
    def opened(made):
        cache, sandbox = folder.parent / "cache", Bubblewrap(platform="another")
        made.shadow.bench = LocalWorkbench(folder, cache, sandbox)

    spark.prepare = opened
    spark.shadow_run = passes_with("a.py", "return 0")
    told = spark(*EDIT, answers=(REWRITTEN,)).err
    assert "pytest -q runs without a sandbox: the network could not be forbidden" in told
    assert "(there is none on this system yet)" in told


def test_a_command_that_cannot_run_is_said_before_the_model_is_asked(spark, folder):
    run = spark(*EDIT)
    assert (run.code, spark.endpoint.requests) == (1, [])
    assert "there is no program pytest" in run.err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--test", ""), "A command is empty."),
        (("--test", "pytest 'x"), "A quote is not closed"),
        (("--test", "make", "--tries", "0"), "--tries is 0"),
        (("--tries", "2"), "--tries needs --test"),
    ],
)
def test_options_that_make_no_sense_are_wrong_usage(spark, folder, more, said):
    run = spark("edit", "a.py", "Guard it", *more)
    assert (run.code, spark.opened) == (2, [])
    assert said in run.err
