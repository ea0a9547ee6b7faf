"""What an engine is asked for a chat: the tools that are shown, and what holds the answer."""

import json
from dataclasses import replace

import pytest

from inference_core.chat.asking import question_of
from inference_core.chat.schemas import CHAIN_LIMIT, SCHEMA_BYTES, SCHEMA_DEPTH, TOOLS_LIMIT
from inference_core.chat.template import template_of
from inference_core.domain.chat import (
    ChatMessage,
    ChatRequest,
    JsonAnswer,
    NamedTool,
    Tool,
    ToolUse,
)
from inference_core.domain.errors import RequestError
from inference_core.domain.generation import ModelInfo, Priority, Sampling
from inference_core.server.requests import Delivery, several

PLAIN = template_of(ModelInfo(64, vocabulary=9, chat_template="{{ tools | tojson }}>"))
THINKING = template_of(ModelInfo(64, vocabulary=9, chat_template="{{ '<think>\n' }}"))

NUMBER = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
ADD, NOW = Tool("add", "Adds.", NUMBER), Tool("now")
TREE = {
    "$id": "tree",
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "$ref": {"type": "string"},
                "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
                "all": {"$ref": "#"},
            },
            "default": {"$ref": "kept"},
        }
    },
}


def ask(template=PLAIN, **fields):
    return question_of(template, ChatRequest((ChatMessage("user", "hi"),), **fields))


def prompt_of(question):
    return "".join(part.text for part in question.asked.prompt.parts)


def schema_of(question):
    return json.loads(question.asked.constraint.schema)


def call_of(name, arguments):
    return {
        "type": "object",
        "properties": {"name": {"const": name}, "arguments": arguments},
        "required": ["name", "arguments"],
        "additionalProperties": False,
    }


CALLS = {
    "anyOf": [
        call_of("add", NUMBER),
        call_of("now", {"type": "object", "properties": {}, "additionalProperties": False}),
    ]
}


def test_a_plain_chat_is_held_to_nothing():
    sampling = Sampling(max_tokens=5)
    question = ask(sampling=sampling, prediction="x", priority=Priority.SUGGESTION)
    assert question.asked.constraint is None
    assert question.asked.sampling is sampling
    assert (question.asked.prediction, question.asked.priority) == ("x", Priority.SUGGESTION)
    assert (question.layout.tools, question.layout.thinking) == ((), False)


@pytest.mark.parametrize(
    ("form", "schema"),
    [(JsonAnswer(), {"type": "object"}), (JsonAnswer(NUMBER), NUMBER), (JsonAnswer({}), {})],
)
def test_a_form_holds_the_whole_answer(form, schema):
    question = ask(response_format=form)
    assert schema_of(question) == schema
    constraint = question.asked.constraint
    assert (constraint.before, constraint.lazy, constraint.repeat) == ("", False, False)


def test_the_order_of_members_is_kept():
    form = JsonAnswer({"type": "object", "properties": {"b": {}, "a": {}}})
    assert list(schema_of(ask(response_format=form))["properties"]) == ["b", "a"]


@pytest.mark.parametrize(("choice", "lazy"), [(ToolUse.AUTO, True), (ToolUse.REQUIRED, False)])
@pytest.mark.parametrize("parallel", [True, False])
def test_calls_are_held_to_the_tools_parameters(choice, lazy, parallel):
    question = ask(tools=(ADD, NOW), tool_choice=choice, parallel_tool_calls=parallel)
    constraint = question.asked.constraint
    assert schema_of(question) == CALLS
    assert (constraint.before, constraint.after) == ("<tool_call>\n", "\n</tool_call>")
    assert (constraint.lazy, constraint.repeat) == (lazy, parallel)
    assert question.layout.tools == ("add", "now")


INEXPRESSIBLE = {
    "type": "object",
    "properties": {"not": {"type": "array", "uniqueItems": True, "items": {"not": {}}}},
    "const": {"not": 1},
}


@pytest.mark.parametrize("more", [{}, {"response_format": JsonAnswer()}])
def test_what_no_grammar_can_express_is_left_out_of_tools_that_are_not_strict(more):
    schema = schema_of(ask(tools=(Tool("f", "", INEXPRESSIBLE),), **more))
    calls = schema["anyOf"][0] if more else schema
    assert calls["anyOf"][0]["properties"]["arguments"] == {
        "type": "object",
        "properties": {"not": {"type": "array", "items": {}}},
        "const": {"not": 1},
    }


LOOSELY = [
    (
        {"oneOf": [{"type": "string"}, {"const": "a"}]},
        {"anyOf": [{"type": "string"}, {"const": "a"}]},
    ),
    ({"oneOf": [{}], "anyOf": [{}]}, {"oneOf": [{}], "anyOf": [{}]}),
    ({"type": "string", "pattern": "^(?!a)b"}, {"type": "string"}),
    ({"pattern": "(?<=a)b"}, {}),
    ({"pattern": "(?:a|b)(?P<n>c)"}, {"pattern": "(?:a|b)(?P<n>c)"}),
    ({"type": "object", "minProperties": 1}, {"type": "object"}),
    ({"properties": {"oneOf": {"type": "null"}}}, {"properties": {"oneOf": {"type": "null"}}}),
]


@pytest.mark.parametrize(("given", "held_to"), LOOSELY)
def test_tools_that_are_not_strict_are_held_to_what_a_grammar_can_say(given, held_to):
    parameters = {"type": "object", "properties": {"x": given}}
    schema = schema_of(ask(tools=(Tool("f", "", parameters),)))
    assert schema["anyOf"][0]["properties"]["arguments"]["properties"]["x"] == held_to
    strict = schema_of(ask(tools=(Tool("f", "", parameters, strict=True),)))
    assert strict["anyOf"][0]["properties"]["arguments"]["properties"]["x"] == given


def test_strict_tools_and_forms_keep_every_word_so_that_the_engine_can_refuse_it():
    schema = schema_of(ask(tools=(Tool("f", "", INEXPRESSIBLE, strict=True),)))
    assert schema["anyOf"][0]["properties"]["arguments"] == INEXPRESSIBLE
    assert schema_of(ask(response_format=JsonAnswer(INEXPRESSIBLE))) == INEXPRESSIBLE


def test_formats_that_the_engine_does_not_know_are_left_out():
    schema = {
        "format": "path",
        "properties": {"format": {"type": "string", "format": "date"}, "b": {"format": "int32"}},
        "items": [{"format": "password"}],
        "enum": [{"format": "path"}],
    }
    expected = {
        "properties": {"format": {"type": "string", "format": "date"}, "b": {}},
        "items": [{}],
        "enum": [{"format": "path"}],
    }
    assert schema_of(ask(response_format=JsonAnswer(schema))) == expected
    tool = Tool("f", "", {"type": "object"} | schema)
    arguments = schema_of(ask(tools=(tool,)))["anyOf"][0]["properties"]["arguments"]
    assert arguments == {"type": "object"} | expected


def test_a_named_tool_is_the_only_one_that_can_be_called_though_all_are_shown():
    question = ask(tools=(ADD, NOW), tool_choice=NamedTool("add"))
    assert schema_of(question) == {"anyOf": CALLS["anyOf"][:1]}
    assert not question.asked.constraint.lazy
    assert question.layout.tools == ("add",)
    assert '"now"' in prompt_of(question)


def test_tools_that_must_not_be_called_are_not_shown():
    question = ask(tools=(ADD,), tool_choice=ToolUse.NONE)
    assert (prompt_of(question), question.layout.tools) == ("null>", ())
    assert question.asked.constraint is None


def test_tools_and_a_form_allow_a_call_or_a_valid_answer_from_the_first_character():
    question = ask(tools=(ADD, NOW), response_format=JsonAnswer({"type": "array"}))
    assert schema_of(question) == {"anyOf": [CALLS, {"type": "array"}]}
    assert (question.asked.constraint.before, question.asked.constraint.lazy) == ("", False)
    assert question.layout.tools == ("add", "now")


def test_a_required_call_comes_before_a_form():
    question = ask(tools=(ADD,), tool_choice=ToolUse.REQUIRED, response_format=JsonAnswer())
    assert question.asked.constraint.before


def test_references_stay_right_when_schemas_are_put_together():
    question = ask(tools=(Tool("grow", "", TREE),), response_format=JsonAnswer(TREE))
    schema = schema_of(question)

    def resolved(reference):
        target = schema
        for step in reference.split("/")[1:]:
            target = target[int(step)] if isinstance(target, list) else target[step]
        return target

    answer = resolved(schema["anyOf"][1]["$ref"])
    calls = resolved(schema["anyOf"][0]["$ref"])
    arguments = resolved(calls["anyOf"][0]["$ref"])["properties"]["arguments"]
    for root in (answer, arguments):
        node = resolved(root["$ref"])
        assert "$id" not in root
        assert node["properties"]["$ref"] == {"type": "string"}
        assert node["default"] == {"$ref": "kept"}
        assert resolved(node["properties"]["next"]["anyOf"][0]["$ref"]) is node
        assert resolved(node["properties"]["all"]["$ref"]) is root


def test_a_prompt_that_begins_a_reasoning_says_so():
    assert ask(THINKING).layout.thinking


def test_a_reasoning_is_over_before_an_answer_that_has_no_room_for_it():
    question = ask(THINKING, response_format=JsonAnswer())
    assert prompt_of(question).endswith("<think>\n\n</think>\n\n")
    assert not question.layout.thinking


def test_a_reasoning_may_come_before_a_call_that_need_not_come():
    assert ask(THINKING, tools=(ADD,)).layout.thinking


def nested(depth):
    schema = {}
    for _ in range(depth):
        schema = {"not": schema}
    return schema


def with_reference(reference):
    return {
        "properties": {"a": {"$ref": reference}},
        "$defs": {"a/b": {}, "x": {"$ref": "#/$defs/x"}},
        "anyOf": [{}],
        "title": "t",
    }


@pytest.mark.parametrize("reference", ["#", "#/properties/a", "#/$defs/a~1b", "#/anyOf/0"])
def test_references_inside_of_a_schema_are_taken(reference):
    schema = {
        "properties": {"a": {}, "b": {"$ref": reference}},
        "$defs": {"a/b": {}},
        "anyOf": [{}],
    }
    assert schema_of(ask(response_format=JsonAnswer(schema))) == schema


def chained(length):
    """So many references that lead to one another, the last one to a schema."""
    chain = {str(name): {"$ref": f"#/$defs/{name + 1}"} for name in range(length - 1)}
    return {"$defs": chain | {str(length - 1): {"type": "string"}}, "$ref": "#/$defs/0"}


def in_a_circle(length):
    """Many references, of which the last leads to the first."""
    schema = chained(length)
    schema["$defs"][str(length - 1)] = {"$ref": "#/$defs/0"}
    return schema


UNSOUND = {
    "too deep": (nested(SCHEMA_DEPTH + 1), "deeper than 32"),
    "too deep to look at": (nested(50_000), "deeper than 32"),
    "too long": ({"title": "x" * SCHEMA_BYTES}, "more than 262144"),
    "another document": (with_reference("https://example.com/a.json"), "not in the same schema"),
    "another file": (with_reference("a.json#/x"), "not in the same schema"),
    "an anchor": (with_reference("#x"), "not in the same schema"),
    "nowhere": (with_reference("#/$defs/y"), "not there"),
    "past any list": (with_reference("#/anyOf/" + "9" * 5000), "not there"),
    "no digit of int's": (with_reference("#/anyOf/\u0660"), "not there"),
    "a long chain": (chained(CHAIN_LIMIT + 1), "more than 32 references"),
    "a very long chain": (chained(8000), "more than 32 references"),
    "a wide circle": (in_a_circle(8000), "to itself"),
    "past a list": (with_reference("#/anyOf/1"), "not there"),
    "no schema": (with_reference("#/title"), "not there"),
    "itself": (with_reference("#/$defs/x"), "to itself"),
    "endless": ({"properties": {"x": {"minItems": 10**9}}}, "more than 20000"),
    "wide": ({"properties": {"x": {"anyOf": [{"maxItems": 1e300}]}}}, "more than 20000"),
    "wide in all": (
        {"anyOf": [{"type": "array", "maxItems": 9000}] * 3},
        "'minItems' and 'maxItems' of together more than 20000",
    ),
}


@pytest.mark.parametrize(("schema", "message"), UNSOUND.values(), ids=UNSOUND)
@pytest.mark.parametrize("param", ["tools", "response_format"])
def test_an_unsound_schema_is_refused(schema, message, param):
    fields = {"tools": (Tool("f", "", schema),)}
    if param == "response_format":
        fields = {"response_format": JsonAnswer(schema)}
    with pytest.raises(RequestError, match=message) as caught:
        ask(**fields)
    assert (caught.value.param, caught.value.code) == (param, "invalid_schema")
    assert caught.value.next_step


def test_references_may_lead_over_some_others():
    schema = chained(CHAIN_LIMIT)
    assert schema_of(ask(response_format=JsonAnswer(schema))) == schema


class CountedDefinitions(dict):
    """Counts how often one of them is looked up."""

    looked_up = 0

    def __getitem__(self, name):
        self.looked_up += 1
        return super().__getitem__(name)


def test_a_reference_is_followed_once_however_many_lead_to_it():
    whole = chained(CHAIN_LIMIT - 1)
    definitions = CountedDefinitions(whole["$defs"])
    users = {f"p{number}": {"$ref": "#/$defs/0"} for number in range(5000)}
    ask(response_format=JsonAnswer({"$defs": definitions, "properties": users}))
    assert definitions.looked_up == CHAIN_LIMIT - 1


def test_parameters_must_be_those_of_an_object():
    with pytest.raises(RequestError, match="the tool 'f' must have the type 'object'"):
        ask(tools=(Tool("f", "", {"type": "string"}),))


def test_schemas_that_are_too_long_together_are_refused():
    half = {"title": "x" * (SCHEMA_BYTES // 2)}
    with pytest.raises(RequestError, match="more than 262144"):
        ask(tools=(Tool("f", "", half), Tool("g", "", half)))


class CountedNames(dict):
    """Counts how many of its members were looked at."""

    looked_at = 0

    def items(self):
        for pair in super().items():
            self.looked_at += 1
            yield pair


def test_of_a_schema_that_is_far_too_long_only_the_beginning_is_looked_at():
    names = CountedNames({f"{number:099}": {} for number in range(10_000)})
    with pytest.raises(RequestError, match="more than 262144"):
        ask(response_format=JsonAnswer({"properties": names}))
    assert names.looked_at < SCHEMA_BYTES / 100


def test_too_many_tools_are_refused():
    with pytest.raises(RequestError, match="at most 128") as caught:
        ask(tools=tuple(Tool(f"f{number}") for number in range(TOOLS_LIMIT + 1)))
    assert caught.value.param == "tools"


@pytest.mark.parametrize(
    ("tools", "choice", "message"),
    [
        ((), ToolUse.REQUIRED, "there are no 'tools'"),
        ((), NamedTool("add"), "names 'add'"),
        ((ADD,), NamedTool("rm"), "names 'rm'"),
    ],
)
def test_a_choice_among_tools_that_are_not_offered_is_refused(tools, choice, message):
    with pytest.raises(RequestError, match=message) as caught:
        ask(tools=tools, tool_choice=choice)
    assert caught.value.param == "tool_choice"


class CountedTemplate:
    """Counts how often it is rendered; with an error it always refuses."""

    def __init__(self, error=None):
        self.error = error
        self.rendered = 0

    def render(self, messages, tools=()):
        self.rendered += 1
        if self.error is not None:
            raise self.error
        return PLAIN.render(messages, tools)


def test_the_answers_to_one_request_are_laid_out_once_and_sampled_apart():
    template = CountedTemplate()
    chat = ChatRequest((ChatMessage("user", "hi"),), Sampling(seed=3), (ADD,))
    asked = [question_of(template, each) for each in several([chat], 8, Delivery(False)).questions]
    assert template.rendered == 1
    assert [question.asked.sampling.seed for question in asked] == list(range(3, 11))
    assert len({question.asked.prompt for question in asked}) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"messages": (ChatMessage("user", "ho"),)},
        {"tools": ()},
        {"tool_choice": ToolUse.REQUIRED},
        {"parallel_tool_calls": False},
        {"response_format": JsonAnswer()},
    ],
)
def test_requests_that_differ_in_their_prompt_or_their_form_share_nothing(other):
    template = CountedTemplate()
    chat = ChatRequest((ChatMessage("user", "hi"),), tools=(ADD,))
    first, second = question_of(template, chat), question_of(template, replace(chat, **other))
    assert template.rendered == 2
    assert first.layout is not second.layout


def test_what_is_refused_is_looked_at_once_for_all_the_answers():
    template = CountedTemplate(RequestError("No.", param="messages", code="template_refused"))
    chat = ChatRequest((ChatMessage("user", "hi"),))
    errors = []
    for question in several([chat], 8, Delivery(False)).questions:
        with pytest.raises(RequestError, match="No") as caught:
            question_of(template, question)
        errors.append(caught.value)
    assert template.rendered == 1
    assert {(error.param, error.code) for error in errors} == {("messages", "template_refused")}


def test_nothing_is_kept_of_a_request_that_is_answered():
    template = CountedTemplate()
    chat = ChatRequest((ChatMessage("user", "hi"),))
    for _ in range(2):
        question_of(template, chat)
    assert template.rendered == 2
