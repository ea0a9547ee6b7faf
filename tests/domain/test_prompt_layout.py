"""What joins a proposal's prompt: for which model, in which order, in what form."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from law_cases import law

from spark_desktop.domain.completion import ModelInfo
from spark_desktop.domain.gathered import Part
from spark_desktop.domain.prompt_layout import (
    ALL_KINDS,
    STABLE,
    PartKind,
    billions_of,
    extra_files,
    file_of,
    fitted,
    in_order,
    part_text,
    plan_for,
    told,
)
from spark_desktop.services.prompts import region_request


def part(kind: PartKind, title: str = "a.py, line 3", text: str = "x = 1", tokens: int = 10):
    return Part(kind, title, text, "python", kind in STABLE, tokens)


def model(name: str, context: int = 32_768) -> ModelInfo:
    return ModelInfo(name, context, fim=False)


@pytest.mark.parametrize(
    ("name", "billions"),
    [
        ("qwen2.5-coder-0.5b", 0.5),
        ("qwen2.5-coder:7b-instruct-q4_K_M", 7.0),
        ("Mixtral-8x7B-v0.1", 56.0),
        ("qwen3-coder-30b-a3b", 30.0),
        ("gpt-oss-120b", 120.0),
        ("claude-sonnet-4", None),
        ("phi-4bit", None),
    ],
)
def test_a_models_size_is_read_from_its_name(name, billions):
    assert billions_of(name) == billions


def test_a_small_model_is_shown_less_than_a_large_one():
    small, large = plan_for(model("qwen2.5-coder-0.5b")), plan_for(model("big-70b"))
    assert small.kinds < large.kinds == ALL_KINDS
    assert small.tokens < large.tokens


def test_a_model_that_names_no_size_is_taken_for_a_large_one_unless_it_runs_here():
    far = replace(model("claude-sonnet-4", 200_000), label="Anthropic")
    assert plan_for(far) == plan_for(model("big-70b", 200_000))
    assert plan_for(model("mine.gguf")) == plan_for(model("qwen2.5-coder-3b"))


def test_parts_take_at_most_an_eighth_of_a_models_context():
    assert plan_for(model("qwen2.5-coder-1.5b", 2_048)).tokens == 256


def test_what_stays_the_same_stands_first_and_what_changed_last():
    kinds = [PartKind.EDITS, PartKind.TESTS, PartKind.OUTLINE, PartKind.RULES]
    assert [one.kind for one in in_order(part(kind) for kind in kinds)] == [
        PartKind.RULES,
        PartKind.OUTLINE,
        PartKind.TESTS,
        PartKind.EDITS,
    ]


def test_a_part_is_its_title_and_its_text_in_a_fence_that_the_text_does_not_hold():
    shown = part_text(part(PartKind.RULES, "AGENTS.md", "Run\n```\nmake\n```\n"))
    assert shown == "AGENTS.md:\n````python\nRun\n```\nmake\n```\n````"


def test_without_parts_nothing_is_told():
    assert told(()) == ""
    assert extra_files(()) == ()


def test_where_the_budget_ends_tests_stay_and_callers_go_with_their_size():
    parts = [part(PartKind.CALLERS, "b.py, line 9", tokens=30), part(PartKind.TESTS, tokens=80)]
    kept, left = fitted(parts, 100)
    assert [one.kind for one in kept] == [PartKind.TESTS]
    assert [one.title for one in left] == ["b.py, line 9"]
    assert left[0].reason == "no room: 30 tokens, and 20 were left"


def test_a_large_part_that_does_not_fit_leaves_room_for_a_small_one():
    parts = [part(PartKind.TESTS, tokens=200), part(PartKind.DEFINITIONS, tokens=50)]
    kept, left = fitted(parts, 100)
    assert [one.kind for one in kept] == [PartKind.DEFINITIONS]
    assert len(left) == 1


def test_a_model_that_fills_in_gets_the_code_of_other_files_as_files():
    parts = [
        part(PartKind.IMPORTS, "Imports of a.py"),
        part(PartKind.TESTS, "tests/test_a.py, line 4", "def test_one(): ..."),
        part(PartKind.DEFINITIONS, "b.py, line 3", "def f(): ..."),
        part(PartKind.DEFINITIONS, "b.py, line 9", "def g(): ..."),
        part(PartKind.EDITS, "Saved lately: c.py, line 2"),
    ]
    assert extra_files(parts) == (
        ("b.py", "def f(): ...\n\ndef g(): ...\n"),
        ("tests/test_a.py", "def test_one(): ...\n"),
    )


def test_the_file_of_a_part_is_its_title_up_to_the_place():
    assert file_of(part(PartKind.TESTS, "tests/a, b.py, line 4")) == "tests/a, b.py"
    assert file_of(part(PartKind.RULES, "AGENTS.md")) == "AGENTS.md"


REFERENCE = "For reference, this is other code of the project:\n\n"
_TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)
_STABLES = st.lists(
    st.builds(
        lambda kind, title, text, tokens: part(kind, title, text, tokens),
        st.sampled_from(sorted(STABLE)),
        *(_TEXTS, _TEXTS, st.integers(0, 60)),
    ),
    max_size=5,
)
_OTHERS = st.lists(
    st.builds(
        lambda kind, title, text, tokens: part(kind, title, text, tokens),
        st.sampled_from(sorted(ALL_KINDS - STABLE)),
        *(_TEXTS, _TEXTS, st.integers(0, 60)),
    ),
    max_size=6,
)


@pytest.mark.parametrize(
    ("region", "instruction", "ends"),
    [
        ("x = 1\n", "rename it", "Answer with only this code, edited: the whole of it, "),
        ("def f(): ...\n", "", "Answer with only this function: the whole of it, "),
    ],
)
def test_a_model_that_sees_other_code_is_told_which_is_to_be_edited(region, instruction, ends):
    asked = region_request("a.py", region, instruction, around="b.py:\n```python\ny = 2\n```")
    text = asked.messages[-1].text
    shown = f"```\n\nThis is the code to edit:\n\n```python\n{region}```\n"
    assert text.startswith(f"{REFERENCE}b.py:\n")
    assert shown in text
    assert text.endswith(f"{ends}and nothing of the code above it.")
    alone = region_request("a.py", region, instruction).messages[-1].text
    assert alone.startswith(f"```python\n{region}```\n")
    assert "nothing of the code above" not in alone


@pytest.mark.parametrize("around", ["", "b.go:\n```go\nvar y = 2\n```"])
def test_a_comment_that_is_to_stand_above_is_asked_for_there(around):
    asked = region_request(
        "a.go", "var x = 1\n", "say what it is.", around=around, is_documented=True
    )
    text = asked.messages[-1].text
    assert text.endswith(
        "This is the code to document:\n\n```go\nvar x = 1\n```\n\n"
        "Do the following: say what it is\n"
        "Answer with this code, and right above it the comment that documents it. "
        "Leave the code as it is."
    )
    assert text.startswith(f"{REFERENCE}{around}" if around else "This is")


def test_for_new_code_there_is_none_to_edit():
    text = region_request("a.py", "", "count words", around="b.py:").messages[-1].text
    assert text == f"{REFERENCE}b.py:\n\nWrite python code for the file a.py: count words."


@law
@given(_STABLES, _OTHERS, _OTHERS, st.integers(0, 200))
def test_the_same_stable_parts_give_the_same_beginning_whatever_else_is_there(
    stable, some, others, budget
):
    beginning = told(fitted(stable, budget)[0])
    for rest in (some, others):
        around = told(fitted([*rest, *stable], budget)[0])
        request = region_request("a.py", "x = 1", "rename it", around=around)
        again = region_request("a.py", "x = 1", "rename it", [("y", "no")], around=around)
        # Nothing is said in front of a region without surroundings.
        known = f"{REFERENCE}{beginning}\n\n" if beginning else ""
        assert request.messages[-1].text.startswith(known)
        assert (REFERENCE in request.messages[-1].text) is bool(around)
        assert again.messages[: len(request.messages)] == request.messages


@law
@given(_STABLES, _OTHERS, st.integers(0, 200))
def test_what_is_kept_fits_the_budget_and_nothing_is_lost_without_a_word(stable, others, budget):
    parts = [*others, *stable]
    kept, left = fitted(parts, budget)
    assert sum(one.tokens for one in kept) <= budget
    assert sorted([one.title for one in kept] + [one.title for one in left]) == sorted(
        one.title for one in parts
    )
