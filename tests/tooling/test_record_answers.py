"""The script that records models' answers: its cases, and what it leaves alone."""

import asyncio
import json
from pathlib import Path

import pytest

from benchmarks.answer_cases import BOTH, CASES, LARGER, SMALL, Chat, Edit
from benchmarks.answer_samples import SAMPLES
from benchmarks.record_answers import (
    FOLDER,
    as_text,
    chosen,
    main,
    question_of,
    recorded,
    request_of,
    text_of,
    trigger_of,
)
from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.completion import Role
from spark_desktop.domain.patch import apply
from spark_desktop.domain.proposal import Ready
from spark_desktop.services.target import target_of
from spark_resources import resource
from tests.recorded_answers import Recording, asked_and_proposed, proposed

EARLIER = {
    "answer": "An answer.",
    "messages": [{"role": "user", "content": "A question."}],
}


EDITS = [case for case in CASES if isinstance(case, Edit) and not case.after]
# What a good model would answer, so that it is known to be replayed in the end.
CENTIMETRES = """\
tools/units.py
```
<<<<<<< SEARCH
    return f"{metres} m"
=======
    if metres < 1:
        return f"{round(metres * 100)} cm"
    return f"{metres} m"
>>>>>>> REPLACE
```
"""


def test_every_case_of_each_model_is_recorded_and_nothing_else():
    wanted = [(model, case.name) for case in CASES for model in BOTH if model in case.models]
    files = {recorded(FOLDER, *one) for one in wanted}
    assert set(FOLDER.glob("*.json")) == files


def test_a_case_comes_behind_the_one_that_it_goes_on_from():
    known = set()
    for case in CASES:
        assert not case.after or case.after in known
        known.add(case.name)
    assert len(known) == len(CASES)


def test_the_cases_are_of_several_languages_and_line_endings():
    assert {Path(path).suffix for path in SAMPLES} >= {".py", ".js", ".rs", ".css", ".md", ".go"}
    assert any("\r\n" in text for text in SAMPLES.values())
    assert any("\n\t" in text for text in SAMPLES.values())


def test_every_prompt_of_the_product_is_asked_with():
    asked = ""
    for case in CASES:
        request = request_of(case, EARLIER if case.after else None)
        asked += "".join(one.text for one in request.messages)
    # The recorded edits are of single files, without a project around them, and no documentation.
    around = {"reference.md", "region-only.md", "stub-only.md", "region-documented.md"}
    for file in resource("prompts", "system.md").parent.glob("*.md"):
        if file.name in around:
            continue
        fixed = max(file.read_text(encoding="utf-8").split("$"), key=len).split("\n")
        line = max(fixed, key=len)
        # A template's names stand where its values come.
        assert line in asked or line.partition(" ")[2] in asked, file.name


def question(case: Edit, answer: str) -> Recording:
    told = {"name": case.name, "model": SMALL, "answer": answer, "finish": "stop"}
    return Recording(f"{case.name}.json", {**question_of(case), **told})


@pytest.mark.parametrize("name", ["repair-python", "repair-javascript", "failing-python"])
def test_an_answer_that_puts_back_what_a_save_broke_can_be_replayed(name):
    case = next(case for case in EDITS if case.name == name)
    region = target_of(trigger_of(case), TreeSitterSyntax()).text
    answer = f"```\n{region.replace(case.saved[1], case.saved[0])}```\n"
    proposal = asyncio.run(proposed(question(case, answer), [answer]))
    assert proposal.state == Ready()
    assert apply(text_of(case), proposal.patch.hunks) == SAMPLES[case.path]


def test_an_answer_of_blocks_can_be_replayed():
    case = next(case for case in EDITS if case.name == "blocks-python")
    proposal = asyncio.run(proposed(question(case, CENTIMETRES), [CENTIMETRES]))
    assert proposal.state == Ready()
    assert "(metres * 100)} cm" in apply(SAMPLES[case.path], proposal.patch.hunks)


@pytest.mark.parametrize("case", EDITS, ids=[case.name for case in EDITS])
def test_an_edit_is_asked_for_word_for_word_as_the_product_asks(case):
    _, requests = asyncio.run(asked_and_proposed(question(case, "No."), ["No."]))
    assert requests[0].messages == request_of(case, None).messages


def test_a_save_that_a_sample_does_not_hold_is_named():
    with pytest.raises(ValueError, match="does not hold once: nothing"):
        text_of(Edit("a", "shop/cart.py", saved=("nothing", "else")))
    with pytest.raises(ValueError, match=r"nothing is broken in shop/cart\.py"):
        trigger_of(Edit("a", "shop/cart.py", saved=("amount = 0", "amount = 1")))


def test_the_question_is_the_users_and_the_earlier_answer_the_models():
    after = next(case for case in CASES if isinstance(case, Chat) and case.after)
    roles = [one.role for one in request_of(after, EARLIER).messages]
    assert roles == [Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.USER]


def test_what_is_recorded_is_left_alone(tmp_path: Path):
    first = chosen(SMALL, [], tmp_path, again=False)
    recorded(tmp_path, SMALL, first[0].name).write_text("{}")
    assert chosen(SMALL, [], tmp_path, again=False) == first[1:]
    assert chosen(SMALL, [], tmp_path, again=True) == first
    assert chosen(LARGER, ["chat-diff"], tmp_path, again=False)[0].name == "chat-diff"


def test_a_name_of_no_case_is_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="is called nothing"):
        chosen(SMALL, ["nothing"], tmp_path, again=False)


def test_where_all_is_recorded_no_core_is_started(tmp_path: Path):
    for case in chosen(SMALL, [], tmp_path, again=False):
        recorded(tmp_path, SMALL, case.name).write_text("{}")
    assert main(["--model", SMALL, "--folder", str(tmp_path)]) == 0


def test_what_was_judged_holds_as_long_as_the_answer_is_the_same(tmp_path: Path):
    file = tmp_path / "a.json"
    assert json.loads(as_text(file, {"answer": "é", "expected": None}))["expected"] is None
    file.write_text(json.dumps({"answer": "é", "expected": {"why": "so"}}), encoding="utf-8")
    assert json.loads(as_text(file, {"answer": "é", "expected": None}))["expected"]["why"] == "so"
    assert json.loads(as_text(file, {"answer": "e", "expected": None}))["expected"] is None
