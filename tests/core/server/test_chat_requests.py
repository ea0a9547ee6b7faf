"""What the fields of a chat request mean, and which are refused."""

import json

import pytest
from generating import MODEL, ScriptedEngine, asking, ended

from inference_core.domain.chat import (
    ChatMessage,
    JsonAnswer,
    NamedTool,
    Tool,
    ToolCall,
    ToolUse,
)
from inference_core.domain.errors import RequestError
from inference_core.domain.generation import Priority
from inference_core.server.chat_requests import ChatShape, read_chat
from inference_core.server.fields import Fields

HI = [{"role": "user", "content": "hi"}]
CITY = {"type": "object", "properties": {"city": {"type": "string"}}}
WEATHER = {"type": "function", "function": {"name": "weather", "parameters": CITY}}
CLOCK = {"type": "function", "function": {"name": "clock", "description": "The time."}}


def question(vocabulary=0, **fields):
    """The first question that a body with these fields asks."""
    generation, _ = read_chat(Fields({"messages": HI} | fields), MODEL, vocabulary)
    return generation.questions[0]


def shape(**fields):
    return read_chat(Fields({"messages": HI} | fields), MODEL)[1]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({"role": "developer", "content": "brief"}, ChatMessage("system", "brief")),
        ({"role": "user", "content": "x", "name": "ann"}, ChatMessage("user", "x", name="ann")),
        (
            {"role": "user", "content": [{"type": "text", "text": "a"}, {"text": "b"}]},
            ChatMessage("user", "ab"),
        ),
        ({"role": "assistant", "content": None}, ChatMessage("assistant", "")),
        ({"role": "assistant", "refusal": "no"}, ChatMessage("assistant", "no")),
        (
            {"role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]},
            ChatMessage("assistant", "no"),
        ),
        (
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
                ],
            },
            ChatMessage("assistant", "", (ToolCall("c1", "f", "{}"),)),
        ),
        (
            {
                "role": "assistant",
                "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": {"a": "é"}}}],
            },
            ChatMessage("assistant", "", (ToolCall("c", "f", '{"a": "é"}'),)),
        ),
        (
            {"role": "tool", "tool_call_id": "c1", "content": [{"type": "text", "text": "42"}]},
            ChatMessage("tool", "42", tool_call_id="c1"),
        ),
        (
            {"role": "assistant", "function_call": {"name": "f", "arguments": "{}"}},
            ChatMessage("assistant", "", (ToolCall("call_f", "f", "{}"),)),
        ),
        (
            {"role": "function", "name": "f", "content": "42"},
            ChatMessage("tool", "42", tool_call_id="call_f", name="f"),
        ),
    ],
)
def test_a_message_of_every_kind_is_read(written, read):
    assert question(messages=[written]).messages == (read,)


def test_tools_are_read_with_their_schemas():
    assert question(tools=[WEATHER, CLOCK]).tools == (
        Tool("weather", "", CITY),
        Tool("clock", "The time."),
    )


@pytest.mark.parametrize(
    ("choice", "read"),
    [
        (None, ToolUse.AUTO),
        ("auto", ToolUse.AUTO),
        ("none", ToolUse.NONE),
        ("required", ToolUse.REQUIRED),
        ({"type": "function", "function": {"name": "clock"}}, NamedTool("clock")),
    ],
)
def test_the_choice_of_a_tool_is_read(choice, read):
    asked = question(tools=[WEATHER, CLOCK], tool_choice=choice)
    assert asked.tool_choice == read


def test_of_the_tools_only_the_allowed_ones_are_offered():
    allowed = {"mode": "required", "tools": [{"type": "function", "function": {"name": "clock"}}]}
    choice = {"type": "allowed_tools", "allowed_tools": allowed}
    asked = question(tools=[WEATHER, CLOCK], tool_choice=choice)
    assert [tool.name for tool in asked.tools] == ["clock"]
    assert asked.tool_choice == ToolUse.REQUIRED


@pytest.mark.parametrize(
    ("call", "read"),
    [(None, ToolUse.AUTO), ("none", ToolUse.NONE), ({"name": "weather"}, NamedTool("weather"))],
)
def test_functions_are_tools_by_their_older_name(call, read):
    old = {"functions": [WEATHER["function"]], "function_call": call}
    asked = question(**old)
    assert [tool.name for tool in asked.tools] == ["weather"]
    assert (asked.tool_choice, asked.parallel_tool_calls) == (read, False)
    assert shape(**old).legacy


@pytest.mark.parametrize(
    ("form", "read"),
    [
        ({"type": "text"}, None),
        ({"type": "json_object"}, JsonAnswer()),
        ({"type": "json_object", "schema": CITY}, JsonAnswer(CITY)),
        (
            {"type": "json_schema", "json_schema": {"name": "n", "schema": CITY, "strict": True}},
            JsonAnswer(CITY),
        ),
        ({"type": "json_schema", "json_schema": {"name": "n"}}, JsonAnswer()),
        ({"type": "json_schema", "schema": CITY}, JsonAnswer(CITY)),
    ],
)
def test_the_form_of_the_answer_is_read(form, read):
    assert question(response_format=form).response_format == read


@pytest.mark.parametrize("content", ["ab", [{"type": "text", "text": "a"}, {"text": "b"}]])
def test_a_prediction_is_text_or_parts(content):
    assert question(prediction={"type": "content", "content": content}).prediction == "ab"


@pytest.mark.parametrize(
    ("fields", "priority", "tier"),
    [
        ({}, Priority.QUESTION, None),
        ({"service_tier": "auto"}, Priority.QUESTION, "default"),
        ({"service_tier": "flex"}, Priority.SUGGESTION, "flex"),
        ({"service_tier": "priority"}, Priority.QUESTION, "priority"),
        ({"max_tokens": 0}, Priority.WARMUP, None),
        ({"max_tokens": 0, "priority": "question"}, Priority.QUESTION, None),
        ({"priority": "suggestion"}, Priority.SUGGESTION, None),
        ({"priority": "warmup", "service_tier": "flex"}, Priority.WARMUP, "flex"),
    ],
)
def test_the_priority_comes_from_the_request_and_the_tier_is_said_again(fields, priority, tier):
    assert question(**fields).priority == priority
    assert shape(**fields).tier == tier


def test_the_settings_of_the_sampler_are_read():
    sampling = question(
        seed=3, temperature=0.5, top_p=0.9, top_k=4, min_p=0.1, presence_penalty=1,
        frequency_penalty=-1, stop=["a", "b"], min_tokens=2, max_tokens=5,
        logit_bias={"7": -100, "8": 2.5}, logprobs=True, top_logprobs=3,
    ).sampling  # fmt: skip
    assert (sampling.seed, sampling.temperature, sampling.top_p, sampling.top_k) == (3, 0.5, 0.9, 4)
    assert (sampling.min_p, sampling.presence_penalty, sampling.frequency_penalty) == (0.1, 1, -1)
    assert (sampling.stop, sampling.min_tokens, sampling.max_tokens) == (("a", "b"), 2, 5)
    assert sampling.logit_bias == ((7, -100.0), (8, 2.5))
    assert sampling.logprobs == 3


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({}, None),
        ({"logprobs": False}, None),
        ({"logprobs": True}, 0),
        ({"top_logprobs": 0}, None),
        ({"logprobs": True, "top_logprobs": 20}, 20),
    ],
)
def test_log_probabilities_are_counted_beside_the_chosen_one(fields, wanted):
    assert question(**fields).sampling.logprobs == wanted
    assert shape(**fields) == ChatShape(logprobs=wanted is not None)


@pytest.mark.parametrize(("seed", "seeds"), [(5, [5, 6, 7]), (None, [None] * 3), (-1, [-1] * 3)])
def test_several_answers_get_seeds_that_follow_on_each_other(seed, seeds):
    generation, _ = read_chat(Fields({"messages": HI, "n": 3, "seed": seed}), MODEL)
    assert [each.sampling.seed for each in generation.questions] == seeds


def test_what_other_servers_know_is_ignored():
    ignored = {
        "user": "me", "metadata": {"a": "b"}, "store": True, "reasoning_effort": "low",
        "reasoning_format": "parsed", "clear_thinking": True, "disable_reasoning": True,
        "verbosity": "low", "prompt_cache_key": "k", "safety_identifier": "s",
    }  # fmt: skip
    assert question(**ignored) == question()


def calling(**call):
    return {"messages": [{"role": "assistant", "tool_calls": [call]}]}


def tool(**function):
    return {"tools": [{"type": "function", "function": function}]}


def allowed(name):
    tools = [{"type": "function", "function": {"name": name}}]
    return {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": tools}}


PART = {"type": "text", "text": "a"}


@pytest.mark.parametrize(
    ("fields", "param", "says"),
    [
        ({"messages": HI * 4097}, "messages", "at most 4096 entries, not 4097"),
        ({"messages": [{"role": "bot", "content": "x"}]}, "messages[0].role", "one of 'system'"),
        ({"messages": [{"role": "user", "content": [PART] * 257}]}, "messages[0].content", "256"),
        (
            {"messages": [{"role": "user", "content": [{"type": "refusal", "refusal": "x"}]}]},
            "messages[0].content[0].type",
            "cannot read 'refusal'",
        ),
        ({"messages": [{"role": "tool"}]}, "messages[0].content", "is required"),
        (
            {"messages": [{"role": "tool", "content": "x", "tool_call_id": 3}]},
            "messages[0].tool_call_id",
            "must be a string, not a number",
        ),
        ({"messages": [{"role": "function", "content": "x"}]}, "messages[0].name", "is required"),
        (calling(id="c"), "messages[0].tool_calls[0].function.name", "is required"),
        (calling(id=3), "messages[0].tool_calls[0].id", "must be a string"),
        (calling(type="custom"), "messages[0].tool_calls[0].type", "one of 'function'"),
        (
            calling(function={"name": "f", "arguments": {"\ud800": 1}}),
            "messages[0].tool_calls[0].function.arguments",
            "half a surrogate pair",
        ),
        ({"tools": [CLOCK] * 129}, "tools", "at most 128 entries"),
        ({"tools": [CLOCK, CLOCK]}, "tools[1]", "has the name 'clock'"),
        ({"tools": [{"type": "custom"}]}, "tools[0].type", "no 'custom' tools"),
        ({"tools": [{"type": "function"}]}, "tools[0].function", "is required"),
        (tool(name="a b"), "tools[0].function.name", "letters, digits"),
        (tool(name="a" * 129), "tools[0].function.name", "1 to 128"),
        (tool(name="a", parameters=[]), "tools[0].function.parameters", "must be an object"),
        (
            tool(name="a", parameters={"x": "\udc00"}),
            "tools[0].function.parameters",
            "half a surrogate pair",
        ),
        (tool(name="a", strict=1), "tools[0].function.strict", "must be a boolean"),
        ({"tool_choice": "any"}, "tool_choice", "one of 'auto', 'none', 'required', not 'any'"),
        ({"tool_choice": {"type": "custom"}}, "tool_choice.type", "no 'custom' tools"),
        (
            {"tool_choice": allowed("clock")},
            "tool_choice.allowed_tools.tools[0].function.name",
            "none of 'tools'",
        ),
        ({"functions": [{"name": ""}]}, "functions[0].name", "1 to 128"),
        (
            {"functions": [{"name": "a"}], "function_call": "required"},
            "function_call",
            "one of 'auto', 'none'",
        ),
        ({"response_format": {"type": "xml"}}, "response_format.type", "one of 'text'"),
        (
            {"response_format": {"type": "json_schema"}},
            "response_format.json_schema",
            "is required",
        ),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"schema": "x"}}},
            "response_format.json_schema.schema",
            "must be an object",
        ),
        ({"prediction": {"type": "tokens", "content": ""}}, "prediction.type", "one of 'content'"),
        ({"prediction": {"type": "content"}}, "prediction.content", "is required"),
        ({"prediction": "text"}, "prediction", "must be an object"),
        ({"n": 0}, "n", "at least 1"),
        ({"n": 9}, "n", "at most 8"),
        ({"logprobs": 3}, "logprobs", "must be a boolean, not a number"),
        ({"logprobs": True, "top_logprobs": 21}, "top_logprobs", "at most 20"),
        ({"top_logprobs": 2}, "top_logprobs", "needs 'logprobs'"),
        ({"logit_bias": {"x": 1}}, "logit_bias", "token numbers"),
        ({"logit_bias": {"-1": 1}}, "logit_bias", "token numbers"),
        ({"logit_bias": {"٣": 1}}, "logit_bias", "token numbers"),
        ({"logit_bias": {"9" * 5000: 1}}, "logit_bias", "token numbers"),
        ({"logit_bias": {"1": 101}}, "logit_bias.1", "from -100 to 100"),
        ({"logit_bias": {str(k): 1 for k in range(1025)}}, "logit_bias", "at most 1024"),
        ({"logit_bias": []}, "logit_bias", "must be an object"),
        ({"stop": ["x"] * 17}, "stop", "at most 16 entries, not 17"),
        ({"stop": "x" * 513}, "stop", "at most 512 characters"),
        ({"stop": ["x", "x" * 513]}, "stop[1]", "at most 512 characters"),
        ({"min_tokens": 5, "max_tokens": 4}, "min_tokens", "not be above the limit of 4"),
        ({"min_completion_tokens": -1}, "min_completion_tokens", "at least 0"),
        ({"service_tier": "gold"}, "service_tier", "one of 'auto'"),
        ({"priority": "now"}, "priority", "'question', 'suggestion', 'warmup', not 'now'"),
        ({"parallel_tool_calls": "yes"}, "parallel_tool_calls", "must be a boolean"),
    ],
)
async def test_a_wrong_field_of_a_chat_is_named(fields, param, says):
    async with asking(ScriptedEngine([ended()])) as client:
        body = json.dumps({"messages": HI} | fields)
        response = await client.post("/v1/chat/completions", content=body)
    error = response.json()["error"]
    assert (response.status_code, error["param"]) == (400, param)
    assert param in error["message"]
    assert says in error["message"]


def test_a_token_that_the_model_does_not_have_is_refused():
    assert question(10, logit_bias={"9": 1}).sampling.logit_bias == ((9, 1.0),)
    with pytest.raises(RequestError, match="from 0 to 9 as its keys, not '10'"):
        question(10, logit_bias={"10": 1})


def test_an_empty_stop_string_means_none():
    assert question(stop=["", "x"]).sampling.stop == ("x",)
