"""Grammars of constraints, as text."""

import json

import pytest

from inference_core.domain.errors import RequestError
from inference_core.domain.generation import Constraint
from inference_core.engine.grammar import grammar_of


def _cut(text: str) -> list[str | int]:
    """As if <|c|> were a control token."""
    before, found, after = text.partition("<|c|>")
    return [before, 7, after] if found else [text]


@pytest.mark.parametrize(
    ("constraint", "start"),
    [
        (Constraint("{}"), "answer"),
        (Constraint("{}", before="a", after="b"), '"a" answer "b"'),
        (Constraint("{}", before='"\\\n\té😀'), r'"\"\\\n\té😀" answer'),
        (Constraint("{}", before="x<|c|>y"), '"x" <[7]> "y" answer'),
        (Constraint("{}", before="<|c|>"), "<[7]> answer"),
        (
            Constraint("{}", before="a", after="b", repeat=True),
            r'"a" answer "b" ( "\n" "a" answer "b" )* "\n"?',
        ),
        (Constraint("{}", before="a", after="b", lazy=True), 'answer "b"'),
        (
            Constraint("{}", before="a", after="b", lazy=True, repeat=True),
            r'answer "b" ( "\n" "a" answer "b" )* "\n"?',
        ),
    ],
)
def test_a_constraint_is_a_grammar(constraint: Constraint, start: str) -> None:
    head, started, answer, end = grammar_of(constraint, _cut).split("\n")
    assert (head, started, end) == ("%llguidance {}", f"start: {start}", "")
    assert answer.startswith("answer: %json {")


@pytest.mark.parametrize("given", [{"key_separator": " is "}, {"lenient": True}, {"new": 1}, "", 3])
def test_a_schema_has_no_say_in_how_it_is_read(given: object) -> None:
    plain = grammar_of(Constraint('{"type": "object"}'), _cut)
    schema = json.dumps({"type": "object", "x-guidance": given})
    assert grammar_of(Constraint(schema), _cut) == plain


def test_a_schema_cannot_leave_its_place() -> None:
    hostile = json.dumps({"title": 'x"}\nstart: "free"\n'})
    assert grammar_of(Constraint(hostile), _cut).count("\n") == 3


@pytest.mark.parametrize("schema", ["", "{", "nope", "[" * 100_000])
def test_a_schema_that_is_no_json_is_refused(schema: str) -> None:
    with pytest.raises(RequestError, match="no JSON") as caught:
        grammar_of(Constraint(schema), _cut)
    assert caught.value.code == "invalid_schema"
