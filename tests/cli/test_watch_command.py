import json
import signal
from dataclasses import replace

from cli.conftest import AFTER, BEFORE, REWRITTEN, git
from fakes import Answer

from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.errors import CoreError, EndpointError
from spark_desktop.domain.events import (
    ChangeIgnored,
    ProposalChanged,
    SaveSettled,
    TurnChanged,
    WorkFailed,
)
from spark_desktop.domain.inbox_entry import InboxEntry, Outcome
from spark_desktop.domain.proposal import Failed, Ready
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import EditComment, Span
from spark_desktop.domain.workspace import Ignored, IgnoreReason, snapshot_of

COMMENTED = f"# Guard the empty list AI!\n{BEFORE}"
STUB = "def mean(values):\n    pass\n"


def end(*_event: object) -> None:
    """Do what the user does when they have seen enough."""
    signal.raise_signal(signal.SIGINT)


def saved(spark, *paths, until):
    """Let the folder's watch tell these paths once, and end at the event."""

    def prepare(project):
        spark.watch.bursts.put_nowait(paths)
        project.bus.subscribe(until, end)

    spark.prepare = prepare


def records(run):
    return [json.loads(line) for line in run.text.splitlines()]


def test_once_prints_the_diff_that_a_standing_comment_asks_for(spark, folder):
    (folder / "a.py").write_text(COMMENTED)
    run = spark("watch", "--once", answers=(REWRITTEN,))
    title, diff = run.text.split("\n", 1)
    assert (run.code, title) == (0, "AI!  a.py:1  Guard the empty list")
    git(folder, "apply", data=diff.encode())
    assert (folder / "a.py").read_text() == AFTER


def test_once_answers_a_standing_question(spark, folder):
    (folder / "a.py").write_text(f"# What is it for? AI?\n{BEFORE}")
    run = spark("watch", "--once", answers=("An average.",))
    assert run.code == 0
    assert run.text == "AI?  a.py  What is it for?\nAn average.\n"


def test_once_without_anything_to_do_ends_at_once(spark, folder):
    run = spark("watch", "--once", "--json")
    assert (run.code, run.out) == (0, b"")


def test_once_fails_where_a_proposal_broke_off(spark, folder):
    (folder / "a.py").write_text(COMMENTED)
    broken = Answer(error=EndpointError("The core went away.", "Ask once more."))
    run = spark("watch", "--once", answers=(broken,))
    assert run.code == 1
    assert "failed  Guard the empty list  The core went away." in run.text


def test_once_fails_where_an_answer_broke_off(spark, folder):
    (folder / "a.py").write_text("# Why? AI?\n")
    spark.core_error = CoreError("No model.", "Fetch one.")
    run = spark("watch", "--once", "--json")
    assert run.code == 1
    assert records(run)[-1]["error"] == "No model. Fetch one."


def test_once_says_a_withheld_proposal_with_its_reason_and_without_its_diff(spark, folder):
    (folder / "a.py").write_text(COMMENTED)
    same = f"```python\n{BEFORE}```\n"
    run = spark("watch", "--once", answers=(same, same))
    assert run.code == 0
    assert run.text.splitlines()[1].startswith("withheld  Guard the empty list  ")
    assert "diff --git" not in run.text


def test_a_saved_comment_is_told_as_trigger_and_proposal_one_object_a_line(spark, folder):
    (folder / "a.py").write_text(COMMENTED)

    def prepare(project):
        spark.watch.bursts.put_nowait(("a.py",))
        project.bus.subscribe(
            ProposalChanged,
            lambda event: end() if isinstance(event.proposal.state, Ready) else None,
        )

    spark.prepare = prepare
    run = spark("watch", "--json", answers=(REWRITTEN,))
    watching, trigger, proposal = records(run)[:3]
    assert run.code == 130
    assert watching["event"] == "watching"
    assert (trigger["event"], trigger["kind"], trigger["lines"]) == ("trigger", "AI!", [1, 1])
    assert (proposal["event"], proposal["state"]) == ("proposal", "ready")
    git(folder, "apply", data=proposal["diff"].encode())
    assert (folder / "a.py").read_text() == AFTER


def test_nothing_is_written_to_the_files(spark, folder):
    (folder / "a.py").write_text(COMMENTED)
    spark("watch", "--once", answers=(REWRITTEN,))
    assert (folder / "a.py").read_text() == COMMENTED
    assert spark.steps.kept == []


def test_a_proposal_that_moved_with_its_file_is_reported_anew(spark, folder):
    (folder / "a.py").write_text(COMMENTED)
    seen = []

    def moved(event):
        if not isinstance(event.proposal.state, Ready):
            return
        seen.append(event)
        if len(seen) == 2:
            end()
        else:
            (folder / "a.py").write_text(f"import math\n\n\n{COMMENTED}")
            spark.watch.bursts.put_nowait(("a.py",))

    def prepare(project):
        spark.watch.bursts.put_nowait(("a.py",))
        project.bus.subscribe(ProposalChanged, moved)

    spark.prepare = prepare
    run = spark("watch", "--json", answers=(REWRITTEN,))
    diffs = [record["diff"] for record in records(run) if record["event"] == "proposal"]
    assert len(diffs) == 2
    git(folder, "apply", data=diffs[-1].encode())
    assert (folder / "a.py").read_text() == f"import math\n\n\n{AFTER}"


def test_a_change_that_asks_for_nothing_is_told_with_its_reason(spark, folder):
    saved(spark, "a.py", until=ChangeIgnored)
    run = spark("watch", "--json")
    assert records(run)[-1] == {
        "event": "ignored",
        "path": "a.py",
        "reason": "nothing in it asks for a proposal",
        "detail": "",
    }


def test_a_person_reads_ignored_changes_as_lines(spark, folder):
    ignored = Ignored("x.log", IgnoreReason.GITIGNORE, "*.log")
    spark.prepare = lambda project: (
        spark.watch.bursts.put_nowait(("a.py",)),
        project.bus.subscribe(
            ChangeIgnored,
            lambda event: (
                end() if event.ignored == ignored else project.bus.publish(ChangeIgnored(ignored))
            ),
        ),
    )
    run = spark("watch")
    assert "ignored  x.log  ignored by .gitignore (*.log)\n" in run.text
    assert run.err.startswith(f"Watching {folder}.")


def test_of_a_burst_that_goes_on_only_what_is_new_is_told(spark, folder):
    (folder / "a.py").write_text(COMMENTED)
    comment = EditComment(snapshot_of("a.py", SourceText(COMMENTED)), Span(0, 1), "guard")
    first = InboxEntry("b", ("a.py",), Outcome.IGNORED, "1 file", is_burst=True)
    more = replace(first, paths=("a.py", "b.py"), reason="2 files", offered=(comment,))

    def prepare(project):
        def grow(_event):
            for entry in (first, more):
                project.bus.publish(SaveSettled(entry))
            end()

        project.bus.subscribe(ChangeIgnored, grow)
        spark.watch.bursts.put_nowait(("c.py",))

    spark.prepare = prepare
    told = [one for one in records(spark("watch", "--json")) if one["event"] == "burst"]
    assert [(one["files"], len(one["offered"])) for one in told] == [(["a.py"], 0), (["b.py"], 1)]


def test_work_that_failed_outside_of_a_proposal_is_told(spark, folder):
    def fail(project):
        spark.watch.bursts.put_nowait(("a.py",))
        project.bus.subscribe(
            ChangeIgnored, lambda _event: project.bus.publish(WorkFailed("It broke.", "Mend it."))
        )
        project.bus.subscribe(WorkFailed, end)

    spark.prepare = fail
    run = spark("watch", "--json")
    assert {"event": "error", "message": "It broke.", "next_step": "Mend it."} in records(run)
    assert "failed  It broke. Mend it.\n" in spark("watch").text


def test_ctrl_c_during_an_answer_closes_the_stream(spark, folder):
    (folder / "a.py").write_text("# Why? AI?\n")

    def prepare(project):
        project.bus.subscribe(
            TurnChanged,
            lambda event: (
                project.scope.start("ctrl-c", interrupted(spark))
                if event.turn.state is TurnState.STREAMING
                else None
            ),
        )

    spark.prepare = prepare
    run = spark("watch", "--once", answers=(Answer("So", hangs=True),))
    assert run.code == 130
    assert spark.endpoint.closed_early == 1


async def interrupted(spark):
    await spark.endpoint.reached_silence.wait()
    end()


def test_a_failed_core_is_told_and_the_folder_is_followed_on(spark, folder):
    (folder / "a.py").write_text(COMMENTED)
    spark.core_error = CoreError("No model.", "Fetch one.")

    def prepare(project):
        spark.watch.bursts.put_nowait(("a.py",))
        project.bus.subscribe(
            ProposalChanged,
            lambda event: end() if isinstance(event.proposal.state, Failed) else None,
        )

    spark.prepare = prepare
    run = spark("watch", "--json")
    assert run.code == 130
    assert (records(run)[-1]["state"], records(run)[-1]["reason"]) == ("failed", "No model.")


def test_a_diff_that_cannot_be_written_in_the_files_encoding_is_said(spark, folder):
    (folder / "a.py").write_bytes(f"# caf\xe9: guard AI!\n{BEFORE}".encode("latin-1"))
    arrow = REWRITTEN.replace("return 0", 'return "→"')
    run = spark("watch", "--once", answers=(arrow, arrow))
    assert "diff --git" not in run.text
    assert "failed  The character '→' cannot be written in latin-1." in run.text


def test_a_folder_that_is_named_is_watched_itself(spark, folder):
    spark("watch", "sub", "--once")
    assert spark.opened == [(folder / "sub", None)]


def test_a_folder_that_is_none_is_wrong_usage(spark, folder):
    run = spark("watch", "a.py")
    assert run.code == 2
    assert "a.py is not a folder." in run.err


def test_stubs_are_left_alone_by_once(spark, folder):
    (folder / "a.py").write_text(STUB)
    run = spark("watch", "--once")
    assert (run.code, run.out) == (0, b"")
