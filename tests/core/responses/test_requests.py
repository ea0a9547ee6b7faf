"""Reading a request: what it asks for, and what is refused by name."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_core.domain.chat import (
    ChatMessage,
    JsonAnswer,
    NamedTool,
    Tool,
    ToolCall,
    ToolUse,
)
from inference_core.domain.errors import RequestError, UnknownModelNameError
from inference_core.server.fields import Fields
from inference_core.server.responses.errors import PreviousNotFoundError
from inference_core.server.responses.items import to_messages
from inference_core.server.responses.requests import read_request
from inference_core.server.responses.store import Stored
from inference_core.server.responses.turns import CHAIN_LIMIT, prepare
from inference_core.server.served_model import ServedModel

MODEL = ServedModel("tiny")
SCHEMA = {"type": "object", "properties": {"x": {"type": "integer"}}}
LOOK = {"type": "function", "name": "look", "description": "Look.", "parameters": SCHEMA}
HEAR = {"type": "function", "name": "hear", "strict": True}
CALL = {"type": "function_call", "call_id": "call_1", "name": "look", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "call_1", "output": "sunny"}


def read(**body):
    return read_request(Fields({"input": "hi"} | body), MODEL)


def messages(items, before=()):
    return to_messages(read(input=items).items, before)


def test_a_text_is_a_message_of_the_user():
    assert to_messages(read().items) == (ChatMessage("user", "hi"),)


MESSAGES = {
    "roles": (
        [{"role": role, "content": role} for role in ("user", "assistant", "system", "developer")],
        (
            ChatMessage("user", "user"),
            ChatMessage("assistant", "assistant"),
            ChatMessage("system", "system"),
            ChatMessage("system", "developer"),
        ),
    ),
    "parts": (
        [
            {
                "type": "message",
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "a"},
                    {"type": "input_text", "text": "b"},
                ],
            },
            {
                "role": "assistant",
                "content": [
                    {"type": "output_text", "text": "c", "annotations": []},
                    {"type": "refusal", "refusal": "d"},
                ],
            },
        ],
        (ChatMessage("user", "ab"), ChatMessage("assistant", "cd")),
    ),
    "calls belong to the message before them": (
        [{"role": "assistant", "content": "So"}, CALL, CALL | {"call_id": "call_2"}, OUTPUT],
        (
            ChatMessage(
                "assistant",
                "So",
                (ToolCall("call_1", "look", "{}"), ToolCall("call_2", "look", "{}")),
            ),
            ChatMessage("tool", "sunny", tool_call_id="call_1", name="look"),
        ),
    ),
    "a call without a message, and an output in parts": (
        [CALL, OUTPUT | {"output": [{"type": "input_text", "text": "rain"}]}],
        (
            ChatMessage("assistant", "", (ToolCall("call_1", "look", "{}"),)),
            ChatMessage("tool", "rain", tool_call_id="call_1", name="look"),
        ),
    ),
    "reasoning is left out": (
        [{"type": "reasoning", "id": "rs_1", "summary": []}, {"role": "user", "content": "a"}],
        (ChatMessage("user", "a"),),
    ),
}


@pytest.mark.parametrize(("items", "expected"), MESSAGES.values(), ids=MESSAGES.keys())
def test_items_become_the_messages_that_a_model_reads(items, expected):
    assert messages(items) == expected


def test_the_output_of_a_call_may_follow_in_a_later_turn():
    before = messages([CALL])
    assert messages([OUTPUT], before)[0].name == "look"


def test_items_keep_their_ids_and_get_one_where_they_have_none():
    named, fresh = read(input=[CALL | {"id": "fc_mine"}, OUTPUT]).items
    assert named["id"] == "fc_mine"
    assert fresh["id"].startswith("fco_")


CHOICES = {
    "nothing": ({}, ToolUse.AUTO, ("look", "hear")),
    "a word": ({"tool_choice": "required"}, ToolUse.REQUIRED, ("look", "hear")),
    "none": ({"tool_choice": "none"}, ToolUse.NONE, ("look", "hear")),
    "a name": (
        {"tool_choice": {"type": "function", "name": "hear"}},
        NamedTool("hear"),
        ("look", "hear"),
    ),
    "some": (
        {
            "tool_choice": {
                "type": "allowed_tools",
                "mode": "required",
                "tools": [{"type": "function", "name": "hear"}],
            }
        },
        ToolUse.REQUIRED,
        ("hear",),
    ),
}


@pytest.mark.parametrize(("more", "choice", "names"), CHOICES.values(), ids=CHOICES.keys())
def test_the_choice_of_tools_is_read(more, choice, names):
    request = read(tools=[LOOK, HEAR], **more)
    assert request.chat.tool_choice == choice
    assert tuple(tool.name for tool in request.chat.tools) == names
    assert request.echo["tool_choice"] == more.get("tool_choice", "auto")
    assert [tool["name"] for tool in request.echo["tools"]] == ["look", "hear"]


def test_a_tool_is_read_whole():
    assert read(tools=[LOOK]).chat.tools == (Tool("look", "Look.", SCHEMA, strict=False),)


FORMATS = {
    "text": ({"type": "text"}, None),
    "an object": ({"type": "json_object"}, JsonAnswer()),
    "a schema": ({"type": "json_schema", "name": "x", "schema": SCHEMA}, JsonAnswer(SCHEMA)),
}


@pytest.mark.parametrize(("form", "answer"), FORMATS.values(), ids=FORMATS.keys())
def test_the_format_of_the_answer_is_read_and_repeated(form, answer):
    request = read(text={"format": form, "verbosity": "low"})
    assert request.chat.response_format == answer
    assert request.echo["text"]["format"].items() >= form.items()


REFUSED = {
    "an item of another kind": ({"input": [{"type": "item_reference"}]}, "input[0].type"),
    "an item without a kind": ({"input": [{}]}, "input[0].type"),
    "an unknown role": ({"input": [{"role": "tool", "content": "a"}]}, "input[0].role"),
    "an image": (
        {"input": [{"role": "user", "content": [{"type": "input_image"}]}]},
        "input[0].content[0].type",
    ),
    "a message without content": ({"input": [{"role": "user"}]}, "input[0].content"),
    "an unknown status": (
        {"input": [{"role": "user", "content": "a", "status": "x"}]},
        "input[0].status",
    ),
    "the output of no call": ({"input": [OUTPUT]}, "input"),
    "too many items": ({"input": [{}] * 4097}, "input"),
    "too many messages": ({"input": [{"role": "user", "content": "a"}] * 4096}, "input"),
    "a tool of OpenAI's": ({"tools": [{"type": "web_search"}]}, "tools[0].type"),
    "a tool without a name": ({"tools": [{"type": "function"}]}, "tools[0].name"),
    "a tool with a blank": ({"tools": [LOOK | {"name": "a b"}]}, "tools[0].name"),
    "two tools of one name": ({"tools": [LOOK, LOOK]}, "tools[1]"),
    "too many tools": ({"tools": [LOOK] * 129}, "tools"),
    "half a character in a schema": (
        {"tools": [LOOK | {"parameters": {"a": "\ud800"}}]},
        "tools[0].parameters",
    ),
    "an unknown choice": ({"tool_choice": "always"}, "tool_choice"),
    "a choice of another kind": ({"tool_choice": {"type": "mcp"}}, "tool_choice.type"),
    "a choice of no tool": (
        {"tool_choice": {"type": "function", "name": "look"}},
        "tool_choice.name",
    ),
    "an unknown format": ({"text": {"format": {"type": "xml"}}}, "text.format.type"),
    "no schema": (
        {"text": {"format": {"type": "json_schema", "name": "x"}}},
        "text.format.schema",
    ),
    "no tokens": ({"max_output_tokens": 0}, "max_output_tokens"),
    "a high temperature": ({"temperature": 3}, "temperature"),
    "a high top_p": ({"top_p": 2}, "top_p"),
    "many logprobs": ({"top_logprobs": 21}, "top_logprobs"),
    "unknown truncation": ({"truncation": "middle"}, "truncation"),
    "work in the background": ({"background": True}, "background"),
    "a conversation": ({"conversation": "conv_1"}, "conversation"),
    "a stored prompt": ({"prompt": {"id": "p"}}, "prompt"),
    "an unknown priority": ({"priority": "first"}, "priority"),
    "an unknown tier": ({"service_tier": "gold"}, "service_tier"),
    "metadata of numbers": ({"metadata": {"a": 1}}, "metadata.a"),
    "long metadata": ({"metadata": {"a": "x" * 513}}, "metadata.a"),
    "too much metadata": ({"metadata": {str(n): "a" for n in range(17)}}, "metadata"),
    "a number for a text": ({"instructions": 1}, "instructions"),
}


@pytest.mark.parametrize(("body", "param"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_done_is_refused_by_name(body, param):
    # One message of the limit is what instructions take.
    with pytest.raises(RequestError) as refused:
        prepare(read(**{"instructions": "Be nice."} | body), lambda _: None)
    assert refused.value.param == param


@pytest.mark.parametrize("nothing", [None, []])
def test_no_input_at_all_is_refused(nothing):
    with pytest.raises(RequestError) as refused:
        prepare(read(input=nothing), lambda _: None)
    assert refused.value.param == "input"


def test_another_model_is_refused():
    with pytest.raises(UnknownModelNameError):
        read(model="gpt-17")


@pytest.mark.parametrize("truncation", ["auto", "disabled"])
def test_nothing_is_ever_cut_and_the_response_says_so(truncation):
    assert read(truncation=truncation).echo["truncation"] == "disabled"


# -- the conversation before -----------------------------------------------------------------


def stored(depth=1, *said):
    return Stored("resp_1", b"", b"", said, depth)


def test_a_turn_follows_what_was_said_and_begins_with_its_own_instructions():
    before = (ChatMessage("user", "hi"), ChatMessage("assistant", "Hello"))
    request = read(input="more", previous_response_id="resp_1", instructions="Be nice.")
    turn = prepare(request, lambda _: stored(4, *before))
    assert turn.said == (*before, ChatMessage("user", "more"))
    assert turn.chat.messages == (ChatMessage("system", "Be nice."), *turn.said)
    assert turn.depth == 5


def test_an_unknown_parent_is_refused():
    with pytest.raises(PreviousNotFoundError, match="resp_1"):
        prepare(read(previous_response_id="resp_1"), lambda _: None)


def test_a_chain_has_an_end():
    with pytest.raises(RequestError, match=str(CHAIN_LIMIT)) as refused:
        prepare(read(previous_response_id="resp_1"), lambda _: stored(CHAIN_LIMIT))
    assert refused.value.param == "previous_response_id"


def test_half_a_call_is_no_part_of_the_conversation():
    turn = prepare(read(), lambda _: None)
    output = [
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "a"}]},
        {"type": "reasoning", "status": "completed"},
        CALL | {"status": "incomplete"},
    ]
    body = {"id": "resp_2", "output": output}
    kept = turn.outcome([{"type": "response.incomplete", "response": body}])
    assert kept.messages == (ChatMessage("user", "hi"), ChatMessage("assistant", "a"))
    assert json.loads(kept.body) == body


@pytest.mark.parametrize("kind", ["response.failed", "response.output_text.delta"])
def test_only_what_ended_well_can_be_continued(kind):
    assert prepare(read(), lambda _: None).outcome([{"type": kind, "response": {}}]) is None
    assert prepare(read(), lambda _: None).outcome([]) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["input", "instructions", "tools", "tool_choice", "text", "metadata", "include", "reasoning",
     "stream", "store", "max_output_tokens", "temperature", "previous_response_id", "priority"]
)  # fmt: skip


@given(st.dictionaries(NAMES, JSON, max_size=5))
def test_any_body_is_read_or_refused(body):
    with suppress(RequestError):
        echo = prepare(read_request(Fields(body), MODEL), lambda _: None).request.echo
        json.dumps(echo, ensure_ascii=False).encode()
