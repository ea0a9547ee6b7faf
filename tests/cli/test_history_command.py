"""``spark undo``, ``redo``, ``history`` and ``restore`` on steps, hunks and turns."""

import asyncio
import json

import pytest
from fakes import FakeClock, MemorySteps

from spark_desktop.adapters.file_store import LocalFileStore
from spark_desktop.adapters.ignore_rules import IgnoreRules
from spark_desktop.cli.exit_codes import ExitCode
from spark_desktop.domain.operation import Recovered, RecoveryOutcome
from spark_desktop.domain.patch import compute
from spark_desktop.services.bus import Bus
from spark_desktop.services.edits import EditService, FileChange

FILE = "notes.txt"
BEFORE = "one\ntwo\nthree\nfour\n"
STEPS = (
    ("ONE\ntwo\nTHREE\nfour\n", "two lines", "turn"),
    ("ONE\ntwo\nTHREE\nFOUR\n", "the last", "turn"),
    ("ONE\ntwo\nTHREE\nFOUR\nfive\n", "one more", ""),
)


@pytest.fixture
def file(spark, folder):
    """A file that three steps have changed."""
    path = folder / FILE
    path.write_text(BEFORE)
    files = LocalFileStore(folder, IgnoreRules(folder))
    spark.steps = MemorySteps(files)
    edits = EditService(files, spark.steps, Bus(), FakeClock())

    async def apply():
        for after, title, origin in STEPS:
            snapshot = await files.read(FILE)
            hunks = compute(FILE, "", snapshot.text.content, after).hunks
            await edits.apply([FileChange(snapshot, hunks)], title, origin)

    asyncio.run(apply())
    return path


def test_the_steps_are_listed_newest_first(spark, file):
    run = spark("history")
    lines = run.text.splitlines()
    assert [line.split("  ")[1].strip()[0].isalnum() for line in lines] == [True] * 3
    assert ["one more" in lines[0], "the last" in lines[1], "two lines" in lines[2]] == [True] * 3
    assert f"({FILE} +2 -2)" in lines[2]
    assert "kept for undo" in run.err
    (told,) = map(json.loads, spark("history", "--json").text.splitlines())
    assert [step["title"] for step in told["steps"]] == ["one more", "the last", "two lines"]
    assert told["steps"][0]["state"] == "stands"
    assert told["usage"]["limit"] == 1_000_000


def test_a_step_is_shown_with_its_hunks(spark, file):
    text = spark("history", "3").text
    assert f"{FILE}:\n  hunk 1, line 1\n    -one\n    +ONE\n  hunk 2, line 3\n" in text
    (told,) = json.loads(spark("history", "3", "--json").text)["steps"]
    assert [hunk["line"] for hunk in told["changes"][0]["hunks"]] == [1, 3]


def test_any_step_is_undone_and_redone_by_number_or_id(spark, file):
    assert spark("undo", "3").text == f"Undid in {FILE}: two lines\n"
    assert file.read_text() == "one\ntwo\nthree\nFOUR\nfive\n"
    (told,) = json.loads(spark("history", "3", "--json").text)["steps"]
    assert told["state"] == "undone"
    assert spark("redo", told["id"][:12]).text == f"Redid in {FILE}: two lines\n"
    assert file.read_text() == STEPS[-1][0]


def test_one_hunk_is_undone(spark, file):
    told = json.loads(spark("undo", "3", "--hunk", "2", "--json").text)
    assert file.read_text() == "ONE\ntwo\nthree\nFOUR\nfive\n"
    assert told["step"]["state"] == "partly undone"
    assert len(told["undone_hunks"]) == 1
    assert "hunk 2, line 3, undone" in spark("history", "3").text
    run = spark("undo", "3", "--hunk", "7")
    assert (run.code, "no hunk 7" in run.err) == (ExitCode.USAGE, True)


def test_a_turn_is_undone_and_redone_as_one(spark, file):
    assert len(spark("undo", "2", "--turn").text.splitlines()) == 2
    assert file.read_text() == BEFORE + "five\n"
    spark("redo", "2", "--turn")
    assert file.read_text() == STEPS[-1][0]
    run = spark("undo", "1", "--turn")
    assert (run.code, "of no turn" in run.err) == (ExitCode.USAGE, True)
    run = spark("undo", "1", "--turn", "--hunk", "1")
    assert (run.code, "exclude" in run.err) == (ExitCode.USAGE, True)


def test_files_are_restored_to_before_a_step_and_that_is_undone(spark, file):
    file.write_text(STEPS[-1][0] + "mine\n")
    assert spark("restore", "2").text == f"Restored in {FILE}: the last\n"
    assert file.read_text() == STEPS[0][0] + "mine\n"
    assert "Restored to before “the last”" in spark("history").text.splitlines()[0]
    spark("undo")
    assert file.read_text() == STEPS[-1][0] + "mine\n"


def test_what_stands_in_the_way_is_said_with_the_code_of_a_conflict(spark, file):
    file.write_text(STEPS[-1][0].replace("THREE", "by hand"))
    run = spark("undo", "3")
    assert run.code == ExitCode.CONFLICT
    assert f"{FILE}, line 3" in run.err
    assert file.read_text() == STEPS[-1][0].replace("THREE", "by hand")


def test_a_step_that_is_not_there_or_not_clear_is_said(spark, file):
    for command in ("undo", "redo", "history", "restore"):
        run = spark(command, "zzz")
        assert (run.code, "There is no step zzz." in run.err) == (ExitCode.USAGE, True)
    assert spark("undo", "").code == ExitCode.USAGE


def test_a_folder_may_be_named_in_both_ways(spark, file, folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert spark("undo", str(folder)).code == ExitCode.OK
    assert spark("redo", "--folder", str(folder)).code == ExitCode.OK
    assert spark("history", "--folder", str(folder)).code == ExitCode.OK
    assert file.read_text() == STEPS[-1][0]


def test_an_empty_history_says_so(spark, folder):
    run = spark("history")
    assert (run.text, run.err) == ("", "Nothing was applied here.\n")


def test_what_a_crash_left_is_told_first(spark, file):
    found = Recovered("o", "two lines", RecoveryOutcome.ROLLED_BACK, (FILE,))
    spark.steps.cut_short = (found,)
    run = spark("history")
    assert f"“two lines” had been cut short and was taken back: {FILE}." in run.err
    assert "cut short" not in spark("history").err
    spark.steps.cut_short = (found,)
    told = json.loads(spark("history", "--json").text.splitlines()[0])
    assert told["event"] == "notice"
