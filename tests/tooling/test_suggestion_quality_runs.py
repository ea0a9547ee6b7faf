"""``suggestion_quality`` over the product's own paths: real files, a real watch, a scripted model.

What is waited for is told by events; only that nothing more comes takes tenths of a second.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import Answer
from quality_fakes import QUESTION, STUB, TASK, TOOLS, ScriptedWire, outcome

from benchmarks.quality.efforts import PLAIN
from benchmarks.quality.judging import Fate, Outcome
from benchmarks.quality.machine import Machine, place_to_work
from benchmarks.quality.runs import OUTCOMES, Kept, Measured, measure
from benchmarks.quality.runs import outcome as done
from benchmarks.quality.suite import Task
from spark_desktop.domain.errors import EndpointError

RIGHT = f"```python\n{STUB.replace('...', 'return 2 * number')}```"
WRONG = f"```python\n{STUB.replace('...', 'return number')}```"


async def became(place: Path, task: Task, parts: str, *answers: Answer | str) -> Outcome:
    async with Machine(ScriptedWire(*answers), place) as machine:
        return await done(machine, task, parts, TOOLS)


async def test_a_saved_stub_is_filled_in_accepted_and_judged(tmp_path: Path) -> None:
    found = await became(tmp_path, TASK, "nothing", RIGHT)
    assert (found.fate, found.reason) == (Fate.RIGHT, "")
    assert found.told["after"] == TASK.solution
    assert found.cost.attempts == 1
    assert found.cost.reviewable_s is not None


async def test_a_comment_that_asks_is_answered_in_the_chat(tmp_path: Path) -> None:
    found = await became(tmp_path, QUESTION, "nothing", "It is 1.")
    assert (found.fate, found.told["answers"]) == (Fate.RIGHT, ["It is 1."])


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


def test_a_run_beside_another_one_works_in_another_place(tmp_path: Path) -> None:
    with place_to_work(tmp_path) as first:
        (first / "left").write_text("over", "utf-8")
        with place_to_work(tmp_path) as second:
            assert first != second
    with place_to_work(tmp_path) as again:
        assert again == first
        assert not (again / "left").exists()
