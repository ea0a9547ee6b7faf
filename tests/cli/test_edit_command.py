import json
import signal
import sys

import pytest
from cli.conftest import AFTER, BEFORE, REWRITTEN, git
from fakes import Answer

from spark_desktop.domain.errors import CoreError, EndpointError, StoreError
from spark_desktop.domain.events import ProposalChanged, ProposalStreamed
from spark_desktop.domain.proposal import Ready


def test_the_diff_on_stdout_is_what_git_apply_takes(spark, folder):
    run = spark("edit", "a.py", "Guard it", answers=(REWRITTEN,))
    assert (run.code, (folder / "a.py").read_text()) == (0, BEFORE)
    git(folder, "apply", data=run.out)
    assert (folder / "a.py").read_text() == AFTER


def test_a_file_named_from_a_subfolder_is_patched_from_the_top(spark, folder, monkeypatch):
    monkeypatch.chdir(folder / "sub")
    run = spark("edit", "../a.py", "Guard it", answers=(REWRITTEN,))
    assert spark.opened == [(folder, None)]
    assert run.text.startswith("diff --git a/a.py b/a.py\n")


def test_apply_writes_the_change_and_undo_and_redo_follow(spark, folder):
    run = spark("edit", "a.py", "Guard it", "--apply", answers=(REWRITTEN,))
    assert (run.code, (folder / "a.py").read_text()) == (0, AFTER)
    assert "spark undo" in run.err
    undone = spark("undo")
    assert (undone.code, undone.text) == (0, "Undid in a.py: Guard it\n")
    assert (folder / "a.py").read_text() == BEFORE
    redone = spark("redo", "--json")
    change = json.loads(redone.out)
    assert (change["event"], change["path"], change["undone"]) == ("change", "a.py", False)
    assert (folder / "a.py").read_text() == AFTER


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_that_git_refuses_the_diff_of_a_link_is_said_and_apply_writes_through_it(spark, folder):
    (folder / "link.py").symlink_to("a.py")
    run = spark("edit", "link.py", "Guard it", answers=(REWRITTEN,))
    assert "the file that it leads to: write this change with --apply" in run.err
    run = spark("edit", "link.py", "Guard it", "--apply", answers=(REWRITTEN,))
    assert "git takes" not in run.err
    assert ((folder / "a.py").read_text(), (folder / "link.py").is_symlink()) == (AFTER, True)


def test_no_core_is_started_for_undo(spark, folder):
    spark("undo")
    assert [core.started for core in spark.cores] == [False]


def test_undo_without_a_change_fails_and_says_so(spark, folder):
    run = spark("undo")
    assert (run.code, run.out) == (1, b"")
    assert "no change of ours left to undo" in run.err


def test_undo_of_lines_that_the_user_changed_since_is_a_conflict(spark, folder):
    spark("edit", "a.py", "Guard it", "--apply", answers=(REWRITTEN,))
    (folder / "a.py").write_text(AFTER.replace("return 0", "return None"))
    run = spark("undo")
    assert run.code == 4
    assert "return None" in (folder / "a.py").read_text()


def test_json_holds_the_proposal_with_its_evidence_and_cost(spark, folder):
    run = spark("edit", "a.py", "Guard it", "--json", "--apply", answers=(REWRITTEN,))
    told = json.loads(run.out)
    assert (told["event"], told["state"], told["path"]) == ("proposal", "ready", "a.py")
    assert told["trigger"] == {
        "kind": "instruction",
        "title": "Guard it",
        "path": "a.py",
        "lines": None,
    }
    assert told["hunks"][0]["line"] == 2
    assert {check["name"] for check in told["evidence"]} >= {"parses", "differs"}
    assert told["usage"] == {"in": 40, "out": 8, "cached": 30}
    assert told["timing"]["total"] == 0.5
    assert told["applied"]["sha256"]["before"] != told["applied"]["sha256"]["after"]


def test_the_diff_in_the_json_is_the_one_that_is_printed(spark, folder):
    printed = spark("edit", "a.py", "Guard it", answers=(REWRITTEN,))
    told = json.loads(spark("edit", "a.py", "Guard it", "--json", answers=(REWRITTEN,)).out)
    assert told["diff"].encode(told["encoding"]) == printed.out
    assert told["applied"] is None


def test_a_withheld_proposal_prints_no_diff_and_says_why(spark, folder):
    same = f"```python\n{BEFORE}```\n"
    run = spark("edit", "a.py", "Guard it", answers=(same, same))
    assert (run.code, run.out) == (3, b"")
    assert "No proposal: " in run.err
    assert ".." not in run.err


def test_a_withheld_proposal_has_no_hunks_in_the_json_and_is_not_applied(spark, folder):
    lazy = "```python\ndef mean(values):\n    # ... rest of code\n    return 0\n```\n"
    run = spark("edit", "a.py", "Guard it", "--json", "--apply", answers=(lazy, lazy))
    told = json.loads(run.out)
    assert (run.code, told["state"], told["diff"], told["hunks"]) == (3, "withheld", "", [])
    assert "leaves code out" in told["reason"]
    assert (folder / "a.py").read_text() == BEFORE


def test_a_file_saved_in_the_same_place_while_the_model_writes_is_a_conflict(spark, folder):
    other = "from statistics import mean\n"

    def save(_event: ProposalStreamed) -> None:
        (folder / "a.py").write_text(other)

    spark.prepare = lambda project: project.bus.subscribe(ProposalStreamed, save)
    run = spark("edit", "a.py", "Guard it", "--apply", answers=(REWRITTEN,))
    assert (run.code, run.out) == (4, b"")
    assert (folder / "a.py").read_text() == other


def test_a_file_saved_just_before_the_write_is_a_conflict(spark, folder):
    def save(event: ProposalChanged) -> None:
        if isinstance(event.proposal.state, Ready):
            (folder / "a.py").write_text("other = 1\n")

    spark.prepare = lambda project: project.bus.subscribe(ProposalChanged, save)
    run = spark("edit", "a.py", "Guard it", "--apply", "--json", answers=(REWRITTEN,))
    assert run.code == 4
    assert (folder / "a.py").read_text() == "other = 1\n"


def test_a_file_that_may_not_be_written_is_said_before_the_model_is_asked(spark, folder):
    (folder / "a.py").chmod(0o444)
    run = spark("edit", "a.py", "Guard it", "--apply", answers=(REWRITTEN,))
    assert (run.code, run.out, spark.opened) == (1, b"", [])
    assert "a.py is read-only; nothing was written." in run.err
    assert spark("edit", "a.py", "Guard it", answers=(REWRITTEN,)).code == 0


FULL = StoreError("The database was not written: the disk is full.", "Free some space.")


def test_a_proposal_that_cannot_be_written_is_shown_and_why_not_is_said(spark, folder):
    spark.steps.error = FULL
    run = spark("edit", "a.py", "Guard it", "--apply", answers=(REWRITTEN,))
    assert (run.code, (folder / "a.py").read_text()) == (1, BEFORE)
    assert f"spark: {FULL}\n" in run.err
    assert "Applied to" not in run.err
    git(folder, "apply", "--check", data=run.out)


def test_json_has_the_proposal_that_cannot_be_written_and_then_the_error(spark, folder):
    spark.steps.error = FULL
    run = spark("edit", "a.py", "Guard it", "--apply", "--json", answers=(REWRITTEN,))
    proposal, error = [json.loads(line) for line in run.text.splitlines()]
    assert (run.code, proposal["state"], proposal["applied"]) == (1, "ready", None)
    assert proposal["hunks"]
    assert (error["event"], error["message"]) == ("error", FULL.message)


def test_lines_are_counted_from_one_and_both_ends_belong(spark, folder):
    run = spark("edit", "a.py", "Guard it", "--lines", "1-2", "--json", answers=(REWRITTEN,))
    assert json.loads(run.out)["trigger"]["lines"] == [1, 2]


def test_one_line_may_be_named_alone(spark, folder):
    run = spark("edit", "a.py", "Guard it", "--lines", "2", "--json", answers=(REWRITTEN,))
    assert json.loads(run.out)["trigger"]["lines"] == [2, 2]


def test_lines_that_are_not_in_the_file_are_wrong_usage(spark, folder):
    for lines in ("0-1", "2-1", "1-3", "two", "-1", "1-"):
        run = spark("edit", "a.py", "Guard it", f"--lines={lines}")
        assert (run.code, run.out) == (2, b"")
        assert "has 2 lines" in run.err


def test_an_empty_instruction_is_wrong_usage(spark, folder):
    run = spark("edit", "a.py", "  ")
    assert (run.code, spark.opened) == (2, [])


def test_a_file_that_is_not_there_is_wrong_usage_and_json_says_it_too(spark, folder):
    run = spark("edit", "nope.py", "Guard it", "--json")
    told = json.loads(run.out)
    assert (run.code, told["event"]) == (2, "error")
    assert (told["message"], run.err) == ("nope.py is not a file.", "")
    assert told["next_step"]


def test_a_binary_file_fails_and_is_named(spark, folder):
    (folder / "b.py").write_bytes(b"\0\1\2")
    run = spark("edit", "b.py", "Guard it")
    assert run.code == 1
    assert "b.py" in run.err


def test_an_endpoint_that_breaks_off_fails_with_its_next_step(spark, folder):
    broken = Answer("```python\n", error=EndpointError("The core went away.", "Ask once more."))
    run = spark("edit", "a.py", "Guard it", answers=(broken,))
    assert (run.code, run.out) == (1, b"")
    assert "The core went away. Ask once more." in run.err


def test_a_core_that_cannot_start_fails_with_its_next_step(spark, folder):
    spark.core_error = CoreError("No model.", "Fetch one.")
    run = spark("edit", "a.py", "Guard it")
    assert run.code == 1
    assert "No model. Fetch one." in run.err


def test_ctrl_c_closes_the_stream_which_stops_the_engine(spark, folder):
    def interrupt(_event: ProposalStreamed) -> None:
        signal.raise_signal(signal.SIGINT)

    spark.prepare = lambda project: project.bus.subscribe(ProposalStreamed, interrupt)
    run = spark("edit", "a.py", "Guard it", answers=(Answer("```python\ndef ", hangs=True),))
    assert (run.code, run.out) == (130, b"")
    assert spark.endpoint.closed_early == 1


def test_a_character_without_a_place_in_the_files_encoding_is_said(spark, folder):
    (folder / "a.py").write_bytes(f"# caf\xe9\n{BEFORE}".encode("latin-1"))
    arrow = REWRITTEN.replace("```python\n", "```python\n# café → bar\n")
    run = spark("edit", "a.py", "Guard it", answers=(arrow, arrow))
    assert (run.code, run.out) == (1, b"")
    assert "The character '→' cannot be written in latin-1." in run.err


def test_a_file_in_utf_16_is_shown_but_git_is_said_to_refuse_it(spark, folder):
    (folder / "a.py").write_text(BEFORE, encoding="utf-16")
    run = spark("edit", "a.py", "Guard it", answers=(REWRITTEN,))
    assert run.code == 0
    assert "+        return 0" in run.text
    assert "--apply" in run.err


def test_a_model_file_is_named_by_its_whole_path(spark, folder):
    (folder / "m.gguf").write_bytes(b"GGUF")
    spark("edit", "a.py", "Guard it", "--model", "m.gguf", answers=(REWRITTEN,))
    spark("edit", "a.py", "Guard it", "--model", "qwen", answers=(REWRITTEN,))
    assert [model for _root, model in spark.opened] == [str(folder / "m.gguf"), "qwen"]
