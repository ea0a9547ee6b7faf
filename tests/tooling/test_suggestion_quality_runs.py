"""``suggestion_quality`` over the product's own paths: real files, a real watch, a scripted model.

What is waited for is told by events; only that nothing more comes takes tenths of a second.
"""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import Answer
from quality_fakes import QUESTION, STUB, TASK, TOOLS, ScriptedWire, outcome

from benchmarks.quality.efforts import PLAIN, PLAIN_AS_MET
from benchmarks.quality.judging import Fate, Outcome
from benchmarks.quality.machine import Machine, place_to_work
from benchmarks.quality.runs import OUTCOMES, Kept, Measured, measure
from benchmarks.quality.runs import outcome as done
from benchmarks.quality.suite import Task
from spark_desktop.domain.errors import EndpointError

RIGHT = f"```python\n{STUB.replace('...', 'return 2 * number')}```"
WRONG = f"```python\n{STUB.replace('...', 'return number')}```"

TEST = """import unittest

from twice import twice


class Tests(unittest.TestCase):
    def test_twice(self):
        self.assertEqual(twice(3), 6)
"""
BUG = replace(
    TASK,
    id="bug-twice",
    kind="bug",
    trigger="run",
    visible="{python} -m unittest -q test_twice",
    before={"twice.py": STUB.replace("...", "return number"), "test_twice.py": TEST},
    saved={},
)


async def became(place: Path, task: Task, parts: str, *answers: Answer | str) -> Outcome:
    async with Machine(ScriptedWire(*answers), place) as machine:
        return await done(machine, task, parts, TOOLS)


async def test_a_saved_stub_is_filled_in_accepted_and_judged(tmp_path: Path) -> None:
    found = await became(tmp_path, TASK, "nothing", RIGHT)
    assert (found.fate, found.reason) == (Fate.RIGHT, "")
    assert found.told["after"] == TASK.solution
    assert found.cost.attempts == 1
    assert found.cost.reviewable_s is not None


@pytest.mark.parametrize(
    ("answers", "reached"),
    [
        ((WRONG, RIGHT, WRONG, WRONG), True),
        ((RIGHT, WRONG, WRONG, WRONG), True),
        ((WRONG, WRONG, WRONG, WRONG), False),
    ],
)
async def test_answers_that_were_not_shown_are_judged_where_that_is_asked_for(
    tmp_path: Path, answers: tuple[str, ...], reached: bool
) -> None:
    async with Machine(ScriptedWire(*answers), tmp_path) as machine:
        found = await done(machine, TASK, "without fill-in", TOOLS, reach=True)
    assert (found.fate is Fate.RIGHT, found.reached) == (False, reached)


async def test_a_question_is_in_nobodys_reach(tmp_path: Path) -> None:
    async with Machine(ScriptedWire("It is 1."), tmp_path) as machine:
        found = await done(machine, QUESTION, "nothing", TOOLS, reach=True)
    assert found.reached is None


async def test_a_comment_that_asks_is_answered_in_the_chat(tmp_path: Path) -> None:
    found = await became(tmp_path, QUESTION, "nothing", "It is 1.")
    assert (found.fate, found.told["answers"]) == (Fate.RIGHT, ["It is 1."])


async def test_a_test_that_fails_is_handed_over_and_its_bug_is_fixed(tmp_path: Path) -> None:
    found = await became(tmp_path, BUG, "nothing", RIGHT)
    assert (found.fate, found.reason) == (Fate.RIGHT, "")
    assert found.told["proposals"][0]["trigger"] == "FailingTest"


async def test_a_bug_that_its_tests_do_not_show_is_no_task(tmp_path: Path) -> None:
    sound = replace(BUG, before={**BUG.before, **BUG.solution})
    with pytest.raises(RuntimeError, match="bug-twice: what shows the bug passes"):
        await became(tmp_path, sound, "nothing")


async def test_an_instruction_whose_model_fails_leads_to_nothing(tmp_path: Path) -> None:
    task = replace(
        TASK, trigger="instruction", instruction="double it", before=TASK.start, saved={}
    )
    found = await became(tmp_path, task, "nothing", Answer(error=EndpointError("no model")))
    assert (found.fate, found.reason) == (Fate.NOTHING, "failed: no model")


async def test_the_plain_answer_is_written_as_it_is(tmp_path: Path) -> None:
    async with Machine(ScriptedWire(RIGHT, WRONG, "", "It is two."), tmp_path) as machine:
        fates = [(await done(machine, TASK, PLAIN, TOOLS)).fate for _ in range(3)]
        fates.append((await done(machine, QUESTION, PLAIN, TOOLS)).fate)
    assert fates == [Fate.RIGHT, Fate.WRONG, Fate.NOTHING, Fate.WRONG]


async def test_a_plain_answer_as_met_is_one_of_its_own(tmp_path: Path) -> None:
    found = await became(tmp_path, TASK, PLAIN_AS_MET, RIGHT)
    assert (found.fate, found.parts) == (Fate.RIGHT, "plain as met")
    assert "Fill in the function that has no body yet." in found.told["prompts"][0]
    assert TASK.plain not in found.told["prompts"][0]


async def test_a_plain_answer_that_fails_is_nothing(tmp_path: Path) -> None:
    found = await became(tmp_path, TASK, PLAIN, Answer("x", error=EndpointError("gone")))
    assert (found.fate, found.reason) == (Fate.NOTHING, "failed: gone")


async def test_outcomes_are_kept_and_a_run_goes_on_where_one_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wire = ScriptedWire(RIGHT)
    Kept(tmp_path).add(outcome(Fate.WRONG, model="scripted", parts=PLAIN, reason="why\nmore"))
    assert capsys.readouterr().err == "scripted plain: python/stub-twice wrong why\n"
    kept = Kept(tmp_path, resume=True)
    wanted = Measured((TASK, replace(TASK, id="second")), ("scripted",), (PLAIN,))
    await measure(wanted, kept, TOOLS, lambda _, place: Machine(wire, place))
    assert [(one.task, one.fate) for one in kept.outcomes] == [
        ("stub-twice", Fate.WRONG),
        ("second", Fate.RIGHT),
    ]
    lines = (tmp_path / OUTCOMES).read_text("utf-8").splitlines()
    assert [json.loads(line)["fate"] for line in lines] == ["wrong", "right"]
    assert Kept(tmp_path).outcomes == []


def test_half_a_line_of_a_run_that_was_killed_is_dropped(tmp_path: Path) -> None:
    Kept(tmp_path).add(outcome(reason="two\u2028lines"))
    with (tmp_path / OUTCOMES).open("a", encoding="utf-8") as stream:
        stream.write('{"task": "half')
    kept = Kept(tmp_path, resume=True)
    assert [one.reason for one in kept.outcomes] == ["two\u2028lines"]
    kept.add(outcome(parts=PLAIN))
    assert [one.parts for one in Kept(tmp_path, resume=True).outcomes] == ["all", PLAIN]


async def test_progress_is_told_for_each_task(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wire = ScriptedWire(RIGHT, WRONG)
    wanted = Measured((TASK, replace(TASK, id="second")), ("scripted",), (PLAIN,))
    await measure(wanted, Kept(), TOOLS, lambda _, place: Machine(wire, place))
    first, second = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"\[1/2 \d+ s\] scripted plain: python/stub-twice right", first)
    assert re.match(r"\[2/2 \d+ s\] scripted plain: python/second wrong exit code 1", second)


async def test_what_does_not_end_is_given_up_and_counts_as_nothing(tmp_path: Path) -> None:
    endless = Answer("x", hangs=True)
    wanted = Measured((TASK,), ("scripted",), ("nothing", PLAIN), limit_s=0.2)
    kept = Kept()
    wire = ScriptedWire(endless, endless)
    await measure(wanted, kept, TOOLS, lambda _, place: Machine(wire, place))
    assert [one.fate for one in kept.outcomes] == [Fate.NOTHING] * 2
    assert all("no end within 0.2 s" in one.reason for one in kept.outcomes)


async def test_a_task_that_cannot_be_measured_is_left_for_later_and_several_end_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wire = ScriptedWire(RIGHT)
    broken = [replace(TASK, id=str(number), plain_path="gone.py") for number in range(4)]
    kept = Kept()
    tasks = (*broken[:2], TASK, *broken)
    with pytest.raises(KeyError):
        await measure(
            Measured(tasks, ("scripted",), (PLAIN,)),
            kept,
            TOOLS,
            lambda _, place: Machine(wire, place),
        )
    assert [one.task for one in kept.outcomes] == [TASK.id]
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 6
    assert told[0].endswith("plain: 0 could not be measured: KeyError: 'gone.py'")


def test_a_run_beside_another_one_works_in_another_place(tmp_path: Path) -> None:
    with place_to_work(tmp_path) as first:
        (first / "left").write_text("over", "utf-8")
        with place_to_work(tmp_path) as second:
            assert first != second
    with place_to_work(tmp_path) as again:
        assert again == first
        assert not (again / "left").exists()
