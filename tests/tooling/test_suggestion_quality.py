"""``python -m benchmarks suggestion_quality``: what it judges, and the rows that it tells."""

from dataclasses import replace
from pathlib import Path

import pytest
from quality_fakes import QUESTION, STUB, TASK, TOOLS, outcome

from benchmarks import suggestion_quality
from benchmarks.quality.confined import copy_of, run_confined
from benchmarks.quality.efforts import EFFORTS, PARTS, PLAIN, PLAIN_AS_MET, PLAINS
from benchmarks.quality.judging import (
    Cost,
    Fate,
    judged,
    judged_answer,
    why_not_shown,
)
from benchmarks.quality.plain import file_in, plain_request, said_as_met
from benchmarks.quality.runs import part_of_each
from benchmarks.quality.suite import Task, write
from benchmarks.quality.tables import rows_of
from benchmarks.quality.toolchains import Toolchains
from spark_desktop.domain.effort import Effort
from spark_desktop.domain.proposal import Cancelled, Check, Failed, Proposal, Withheld
from spark_desktop.domain.text import decode
from spark_desktop.domain.trigger import Instruction
from spark_desktop.domain.workspace import snapshot_of

TRIGGER = Instruction(snapshot_of("twice.py", decode(STUB.encode())), None, "do it")


def test_what_passes_the_hidden_tests_is_right(tmp_path: Path) -> None:
    write(TASK.solved, tmp_path)
    assert judged(TASK, tmp_path, TOOLS) == (Fate.RIGHT, "")
    assert not (tmp_path / "hidden.py").exists()


def test_what_fails_them_is_wrong_and_the_reason_is_what_they_wrote(tmp_path: Path) -> None:
    write(TASK.start, tmp_path)
    fate, reason = judged(TASK, tmp_path, TOOLS)
    assert fate is Fate.WRONG
    assert reason.startswith("exit code 1: FAILED")
    assert "AssertionError: None != 8" in reason


def test_code_that_never_ends_is_ended(tmp_path: Path) -> None:
    write({"a.py": "while True: pass\n"}, tmp_path)
    with copy_of(tmp_path, {}) as copy:
        done = run_confined("{python} a.py", copy, TOOLS, 0.5)
    assert (done.code, done.output) == (124, "it took longer than 0.5 s\n")


def test_a_program_that_is_not_there_fails_the_task(tmp_path: Path) -> None:
    tools = Toolchains({}, {})
    with copy_of(tmp_path, {}) as copy:
        assert run_confined("no-such-program", copy, tools).code != 0


def test_an_answer_is_judged_by_what_it_must_and_must_not_hold() -> None:
    assert judged_answer(QUESTION, "It is 1.") == (Fate.RIGHT, "")
    assert judged_answer(QUESTION, "It is one or two.")[0] is Fate.WRONG


def test_a_withheld_proposal_names_the_check_that_withheld_it() -> None:
    evidence = (Check("parses", True), Check("lints", False, is_advice=True), Check("names", False))
    withheld = Proposal("1", TRIGGER, Withheld("no name x"), evidence=evidence)
    failed = Proposal("2", TRIGGER, Failed("the core is gone"))
    assert why_not_shown((failed, withheld), ()) == (Fate.WITHHELD, "names: no name x")


@pytest.mark.parametrize(
    ("proposals", "notes", "reason"),
    [
        ((Proposal("1", TRIGGER, Failed("no core")),), (), "failed: no core"),
        ((Proposal("1", TRIGGER, Cancelled("stopped")),), (), "cancelled: stopped"),
        ((), ("ignored: no trigger",), "ignored: no trigger"),
        ((), (), "nothing was started"),
    ],
)
def test_what_led_to_nothing_says_why(
    proposals: tuple[Proposal, ...], notes: tuple[str, ...], reason: str
) -> None:
    assert why_not_shown(proposals, notes) == (Fate.NOTHING, reason)


def test_the_plain_question_holds_the_file_and_what_to_do() -> None:
    request = plain_request(TASK, TASK.plain)
    told = request.messages[-1].text
    assert STUB in told
    assert TASK.plain in told
    assert "whole file" in told
    assert "whole file" not in plain_request(QUESTION, "How many?").messages[-1].text


@pytest.mark.parametrize(
    ("task", "said"),
    [
        (TASK, "Fill in the function that has no body yet."),
        (QUESTION, "Answer the question in the comment that ends with `AI?`."),
        (
            replace(TASK, kind="comment"),
            "Do what the comment that ends with `AI!` asks for, and take the comment out.",
        ),
        (
            replace(TASK, kind="extend", trigger="instruction", instruction="be quick"),
            "be quick",
        ),
        (
            replace(
                TASK,
                kind="extend",
                trigger="instruction",
                instruction="be quick",
                before={TASK.path: "a = 1\nb = 2\nc = 3\n"},
                saved={},
                lines=(1, 2),
            ),
            "Selected is:\n```\nb = 2\n```\nbe quick",
        ),
        (
            replace(TASK, kind="follow-up", before={"a.py": "a = 1\n"}, saved={"a.py": "b = 1\n"}),
            "This was changed:\n```diff\n--- a.py\n+++ a.py\n@@ -1 +1 @@\n-a = 1\n+b = 1\n```\n"
            "Follow that in the file above.",
        ),
    ],
)
def test_the_plain_question_as_met_says_what_the_product_is_told(task: Task, said: str) -> None:
    assert said_as_met(task, TOOLS) == said
    assert TASK.plain not in said


def test_of_a_bug_the_plain_question_as_met_holds_what_the_tests_wrote() -> None:
    test = "import a\nassert a.twice(1) == 2, 'once'\n"
    task = replace(
        TASK,
        kind="bug",
        trigger="run",
        visible="{python} test_a.py",
        before={"a.py": "def twice(n):\n    return n\n", "test_a.py": test},
        saved={},
    )
    said = said_as_met(task, TOOLS)
    assert said.startswith("The tests fail:\n```\n")
    assert "AssertionError: once" in said


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("Here:\n```python\na = 1\n```\nDone.\n```\nb\n```", "a = 1\n"),
        ("````md\n```\nx\n```\n````", "```\nx\n```\n"),
        ("```python\ncut = 1", "cut = 1\n"),
        ("a = 1", "a = 1\n"),
        ("", ""),
    ],
)
def test_the_plain_answer_is_the_first_fenced_block_else_all_of_it(answer: str, text: str) -> None:
    assert file_in(answer) == text


def test_a_row_says_how_much_of_what_is_shown_is_right_and_how_much_is_solved() -> None:
    cost = Cost(first_s=1.0, reviewable_s=3.0, prompt_tokens=100, answer_tokens=10, attempts=2)
    found = [
        outcome(Fate.RIGHT, task="a", cost=cost),
        outcome(Fate.WRONG, task="b", cost=replace(cost, reviewable_s=5.0)),
        outcome(Fate.WITHHELD, task="c", reason="names: no name x"),
        outcome(Fate.NOTHING, task="d"),
        outcome(Fate.RIGHT, task="a", parts=PLAIN),
        outcome(Fate.WRONG, task="b", parts=PLAIN),
        outcome(Fate.WRONG, task="a", parts=PLAIN_AS_MET),
    ]
    rows = rows_of(found)
    assert [(row["kind"], row["parts"]) for row in rows] == [
        ("all", "all"),
        ("stub", "all"),
        ("all", "plain"),
        ("stub", "plain"),
        ("all", "plain as met"),
        ("stub", "plain as met"),
    ]
    row = rows[0]
    counts = ("tasks", "shown", "right", "wrong", "withheld", "nothing")
    assert [row[name] for name in counts] == [4, 2, 1, 1, 1, 1]
    assert (row["precision"], row["coverage"], row["times_plain"]) == (0.5, 0.25, 1.0)
    assert row["times_as_met"] is None
    assert (row["first_token_s"], row["reviewable_s"], row["attempts"]) == (1.0, 4.0, 1.0)
    assert (row["tokens_in"], row["why_withheld"], row["cached"]) == (50, "names 1", False)


def test_what_was_within_reach_is_counted_where_it_was_judged() -> None:
    judged = [outcome(Fate.WITHHELD, reached=is_right) for is_right in (True, False)]
    (row, _) = rows_of([*judged, outcome(Fate.RIGHT, reached=True), outcome(Fate.WITHHELD)])
    assert row["within_reach"] == 2
    (row, _) = rows_of([outcome(Fate.WITHHELD)])
    assert row["within_reach"] is None


def test_the_halves_have_rows_of_their_own_and_answers_from_disk_are_marked() -> None:
    found = [outcome(), outcome(split="held", cost=Cost(attempts=1, kept=1))]
    rows = [row for row in rows_of(found) if row["kind"] == "all"]
    assert [(row["split"], row["cached"]) for row in rows] == [("tuned", False), ("held", True)]


def test_nothing_shown_has_no_precision() -> None:
    (row, _) = rows_of([outcome(Fate.WITHHELD)])
    assert (row["precision"], row["coverage"], row["times_plain"]) == (None, 0.0, None)


def test_each_part_can_be_left_out() -> None:
    left_out = [effort for name, effort in EFFORTS.items() if name not in ("all", "nothing")]
    # Whether a test is trusted is the user's word, and no part.
    parts = Effort.__dataclass_fields__.keys() - {"trusts"}
    assert len(set(left_out)) == len(left_out) == len(parts)
    assert EFFORTS["nothing"].samples == 1
    assert set(PARTS) == {*EFFORTS, *PLAINS}


def test_a_quick_run_takes_a_part_of_each_kind_and_half() -> None:
    tasks = [replace(TASK, id=str(number)) for number in range(6)] + [QUESTION]
    assert [task.id for task in part_of_each(tasks, 4)] == ["0", "4", "question-one"]


def test_options_choose_tasks_and_a_language_without_tools_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    go = replace(TASK, id="go-task", language="go")
    tools = Toolchains({}, {"go": "go is not installed"})

    def names(*words: str) -> list[str]:
        given = suggestion_quality.options(words)
        found = suggestion_quality.wanted_tasks((TASK, QUESTION, go), given, tools)
        return [task.id for task in found]

    assert names() == ["stub-twice", "question-one"]
    assert "left out: go, since go is not installed" in capsys.readouterr().err
    assert names("--split", "held") == ["question-one"]
    assert names("--kind", "stub", "--languages", "python") == ["stub-twice"]
    assert names("--task", "question-one") == ["question-one"]
    assert names("--languages", "go") == []


def test_an_unknown_task_and_resuming_nothing_are_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = suggestion_quality.options(["--task", "nonsense"])
    with pytest.raises(SystemExit, match="no task nonsense"):
        suggestion_quality.wanted_tasks((TASK,), given, TOOLS)
    with pytest.raises(SystemExit):
        suggestion_quality.options(["--resume"])
    assert "--resume needs --keep FOLDER" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        suggestion_quality.options(["--limit", "0"])
    assert "--limit needs seconds" in capsys.readouterr().err


def test_options_that_leave_no_task_are_refused() -> None:
    given = suggestion_quality.options(["--kind", "stub", "--task", "question-timeout"])
    with pytest.raises(SystemExit, match="No task is left"):
        suggestion_quality.run(False, given)
