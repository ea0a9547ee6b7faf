"""Answers that are held to a schema, with the real vocabulary and the real model."""

import json
from collections.abc import Callable, Iterator

import pytest
from llama_writing import CHAT, GREEDY, rows, sample, text, write

from inference_core.domain.errors import EngineError, RequestError
from inference_core.domain.generation import Constraint, Sampling
from inference_core.engine.llama_constraint import Constraints
from inference_core.engine.llama_decoder import LlamaDecoder
from inference_core.engine.llama_model import LlamaModel

pytestmark = pytest.mark.model

NUMBER = """{"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"],
"additionalProperties": false}"""
CALL = Constraint(NUMBER, before="<tool_call>\n", after="\n</tool_call>", repeat=True)
LAZY = Constraint(NUMBER, "<tool_call>\n", "\n</tool_call>", repeat=True, lazy=True)
END = "<|im_end|>"


@pytest.fixture(scope="session")
def constraints(model: LlamaModel) -> Iterator[Constraints]:
    constraints = Constraints(model)
    yield constraints
    constraints.close()


Follows = Callable[[Constraint, str], bool]


@pytest.fixture
def follows(model: LlamaModel, constraints: Constraints) -> Follows:
    """Whether a constraint lets a text pass, token by token; special tokens are read as such."""

    def ask(constraint: Constraint, text: str) -> bool:
        held = constraints.held(constraint)
        passed = True
        for token in model.tokenize(text, special=True):
            passed = passed and held.allows(token)
            if passed:
                held.accept(token)
        held.close()
        return passed

    return ask


ONE = '<tool_call>\n{"n": 1}\n</tool_call>'


@pytest.mark.parametrize(
    ("constraint", "text", "passes"),
    [
        (Constraint(NUMBER), '{"n": 12}' + END, True),
        # Nothing that could be written for ever.
        (Constraint(NUMBER), '{"n": 12 ', False),
        (Constraint(NUMBER), '{"n":  ', False),
        (Constraint(NUMBER), '{"n": 12', True),
        (Constraint(NUMBER), '{"n": 12' + END, False),
        (Constraint(NUMBER), '{"n": 12}\n', False),
        (Constraint(NUMBER), '{"n": "12"}', False),
        (Constraint(NUMBER), "{ ", False),
        (Constraint(NUMBER), "Sure: {", False),
        (Constraint('{"type": "string"}'), '"a\\né😀"' + END, True),
        (Constraint('{"type": "string"}'), '"a<|fim_prefix|>', False),
        (Constraint('{"type": "string"}'), f'"a{END}', False),
        (Constraint('{"type": "string"}'), '"a\n', False),
        (Constraint('{"enum": ["on", "off", 3, null]}'), '"off"' + END, True),
        (Constraint('{"enum": ["on", "off", 3, null]}'), "null" + END, True),
        (Constraint('{"enum": ["on", "off", 3, null]}'), '"of"', False),
        (CALL, ONE + END, True),
        (CALL, ONE + "\n" + END, True),
        (CALL, ONE + "\n" + ONE + END, True),
        (CALL, ONE + ONE, False),
        (CALL, "I call: ", False),
        (CALL, ONE + " ", False),
        (LAZY, "I call nothing." + END, True),
        (LAZY, "I call this:\n" + ONE + "\n" + ONE + END, True),
        (LAZY, "<tool_call>{}" + END, True),
        (LAZY, "I call this:\n" + ONE + " and that", False),
        (LAZY, '<tool_call>\n{"m"', False),
        (Constraint(NUMBER, before="<|fim_prefix|>x"), '<|fim_prefix|>x{"n": 1}' + END, True),
        (Constraint(NUMBER, before="<|fim_prefix|>x"), 'x{"n": 1}', False),
        (Constraint(NUMBER, before="a<|fim_prefix|>", lazy=True), 'oh a<|fim_prefix|>{"n', True),
        (Constraint(NUMBER, before="a<|fim_prefix|>", lazy=True), "oh a<|fim_prefix|>x", False),
        (Constraint(NUMBER, before='é "', after='"'), 'é "{"n": 1}"' + END, True),
        (Constraint(NUMBER, lazy=True), '{"n": 1}' + END, True),
        (Constraint(NUMBER, lazy=True), "Sure", False),
    ],
)
def test_what_a_constraint_lets_pass(
    follows: Follows, constraint: Constraint, text: str, passes: bool
) -> None:
    assert follows(constraint, text) == passes


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ("false", "schema is false"),
        ("3", "must be an object or boolean"),
        ('{"type": "objekt"}', "Invalid type: objekt"),
        ('{"$ref": "#/nowhere"}', "'/nowhere' does not exist"),
        ('{"type": "string", "pattern": "(a"}', "unclosed group"),
        ('{"not": {"type": "string"}}', "Unimplemented keys"),
        ('{"allOf": [{"type": "string"}, {"type": "integer"}]}', "incompatible types"),
        ('{"type": "array", "maxItems": 1000000, "items": {}}', "too big"),
        ('{"type": "array", "items":' * 500 + "{}" + "}" * 500, "recursion limit"),
    ],
)
def test_a_schema_that_cannot_be_followed_is_refused(
    constraints: Constraints, schema: str, said: str
) -> None:
    with pytest.raises(RequestError, match=said) as caught:
        constraints.held(Constraint(schema))
    assert caught.value.code == "invalid_schema"
    # Nobody who sent a schema knows of the grammar that it became.
    assert "%llguidance" not in caught.value.message


def test_an_engine_refuses_a_sampler_for_such_a_schema(decoder: LlamaDecoder) -> None:
    with pytest.raises(RequestError, match="Invalid type"):
        decoder.sampler(GREEDY, Constraint('{"type": "objekt"}'))


def test_a_token_that_completes_the_trigger_may_not_go_on_wrongly(
    model: LlamaModel, constraints: Constraints
) -> None:
    held = constraints.held(Constraint('{"type": "string"}', before="(", lazy=True))
    (wrong,), (right,) = model.tokenize("()", special=False), model.tokenize('("', special=False)
    assert not held.allows(wrong)
    assert held.allows(right)
    held.accept(right)
    assert not held.waiting
    (end,) = model.tokenize('"', special=False)
    assert held.allows(end)
    held.close()


def test_the_allowed_tokens_are_those_that_it_allows(
    model: LlamaModel, constraints: Constraints
) -> None:
    held = constraints.held(Constraint('{"enum": ["on"]}'))
    allowed = held.allowed()
    assert [model.piece(token) for token in allowed] == [b'"']
    assert all(map(held.allows, allowed))
    held.close()


@pytest.mark.parametrize(
    ("schema", "question", "valid"),
    [
        (NUMBER, "How many legs has a spider?", lambda value: isinstance(value["n"], int)),
        ('{"enum": ["yes", "no"]}', "Is snow white?", lambda value: value in ("yes", "no")),
        (
            '{"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "array", '
            '"maxItems": 1, "items": {"type": "boolean"}}}',
            "Say something.",
            lambda value: len(value) == 2 and all(len(inner) <= 1 for inner in value),
        ),
    ],
)
@pytest.mark.parametrize("sampling", [GREEDY, Sampling(seed=3, temperature=1.5, logprobs=1)])
def test_answers_are_valid(decoder: LlamaDecoder, schema, question, valid, sampling) -> None:
    answer = write(decoder, CHAT.format(question), sampling, Constraint(schema), most=60)
    assert decoder.is_end(answer[-1].token)
    assert valid(json.loads(text(decoder, answer)))


def test_a_lazy_constraint_holds_once_the_model_calls(decoder: LlamaDecoder) -> None:
    (call,) = decoder.tokenize("<tool_call>", special=True)
    # Whatever the model thinks of it: it begins with a call, and goes on as it likes.
    lazy = Constraint(NUMBER, before="<tool_call>", after="</tool_call>", lazy=True)
    assert decoder.decode(rows(decoder.tokenize(CHAT.format("Hello!"), special=True)))
    sampler = decoder.sampler(Sampling(temperature=0.0, logit_bias=((call, 100.0),)), lazy)
    place = len(decoder.tokenize(CHAT.format("Hello!"), special=True))
    answer = [sampler.sample(place - 1)]
    assert answer[0].token == call
    while len(answer) < 20 and not decoder.is_end(answer[-1].token):
        assert decoder.decode(rows([answer[-1].token], start=place + len(answer) - 1))
        answer.append(sampler.sample(0))
    sampler.close()
    said = text(decoder, answer).removeprefix("<tool_call>").removesuffix("</tool_call>")
    assert isinstance(json.loads(said)["n"], int)


def test_without_a_call_a_lazy_constraint_changes_nothing(decoder: LlamaDecoder) -> None:
    prompt = CHAT.format("Say hi.")
    free = write(decoder, prompt, most=8)
    assert write(decoder, prompt, constraint=LAZY, most=8) == free


def test_a_wrong_beginning_is_written_in_another_way(decoder: LlamaDecoder) -> None:
    (wrong,) = decoder.tokenize("()", special=False)
    biased = Sampling(temperature=0.0, logit_bias=((wrong, 100.0),))
    lazy = Constraint('{"type": "string"}', before="(", lazy=True)
    (first,) = write(decoder, CHAT.format("Hi."), biased, lazy, most=1)
    assert first.token != wrong


def test_where_a_bias_bans_all_that_is_left_the_constraint_holds(decoder: LlamaDecoder) -> None:
    only = decoder.tokenize('"on"', special=False) + decoder.tokenize('"', special=False)
    banned = Sampling(temperature=0.0, logit_bias=tuple((token, -100.0) for token in only))
    answer = write(decoder, CHAT.format("Hi."), banned, Constraint('{"enum": ["on"]}'), most=5)
    assert text(decoder, answer) == '"on"'


def test_a_complete_answer_ends_before_its_least_length(decoder: LlamaDecoder) -> None:
    held = Sampling(temperature=0.0, min_tokens=9)
    answer = write(decoder, CHAT.format("Hi."), held, Constraint('{"enum": ["on"]}'), most=9)
    assert text(decoder, answer) == '"on"'
    assert decoder.is_end(answer[-1].token)


def test_probabilities_beside_a_constraint_are_the_models_own(decoder: LlamaDecoder) -> None:
    tokens = decoder.tokenize(CHAT.format("Hi."), special=True)
    assert decoder.decode(rows(tokens))
    sampling = Sampling(temperature=0.0, logprobs=2)
    free = sample(decoder, len(tokens) - 1, sampling).logprob
    held = sample(decoder, len(tokens) - 1, sampling, Constraint(NUMBER)).logprob
    assert free is not None
    assert held is not None
    assert held.top == free.top
    assert held.chosen.logprob < free.chosen.logprob


def test_what_was_prepared_is_not_made_again(constraints: Constraints) -> None:
    assert constraints.prepare() is constraints.prepare()


def test_a_matcher_that_is_fed_what_it_refuses_says_so(
    model: LlamaModel, constraints: Constraints
) -> None:
    held = constraints.held(Constraint(NUMBER))
    (word,) = model.tokenize("Sure", special=False)
    with pytest.raises(EngineError, match="could not be followed any further"):
        held.accept(word)
    held.close()


def test_a_schema_with_too_many_ways_to_go_on_is_the_fault_of_its_sender(
    model: LlamaModel, constraints: Constraints
) -> None:
    schema = {"properties": {f"p{number}": {"type": "string"} for number in range(1000)}}
    held = constraints.held(Constraint(json.dumps({**schema, "type": "object"})))
    (begin,) = model.tokenize('{"', special=False)
    with pytest.raises(RequestError, match="could not be followed any further") as caught:
        held.accept(begin)
    held.close()
    assert caught.value.code == "invalid_schema"
    assert "\n" not in caught.value.message
