"""Calls of tools, and answers of a given shape, through the official ``openai`` package."""

import json
from enum import StrEnum
from typing import Any, Literal

import openai
import pytest
from conformance.reading import chunks_of, text_of
from pydantic import BaseModel, ConfigDict, Field

pytestmark = [pytest.mark.model, pytest.mark.e2e]


class Unit(StrEnum):
    CELSIUS = "celsius"
    FAHRENHEIT = "fahrenheit"


class GetWeather(BaseModel):
    """The weather of a city right now."""

    model_config = ConfigDict(extra="forbid")

    city: str
    unit: Unit


class SetTimer(BaseModel):
    """Ring after some minutes."""

    model_config = ConfigDict(extra="forbid")

    minutes: int


TOOLS = [
    openai.pydantic_function_tool(GetWeather, name="get_weather"),
    openai.pydantic_function_tool(SetTimer, name="set_timer"),
]
WEATHER: list[Any] = [{"role": "user", "content": "What is the weather in Paris, in celsius?"}]


@pytest.fixture
def asked(core):
    """A question that a tool answers."""
    return {
        "model": core.model,
        "messages": WEATHER,
        "tools": TOOLS,
        "max_tokens": 80,
        "temperature": 0,
    }


# -- tools -----------------------------------------------------------------------------------


async def test_a_required_call_names_a_tool_with_arguments_that_validate(client, asked):
    answer = await client.chat.completions.create(**asked, tool_choice="required")
    call = answer.choices[0].message.tool_calls[0]
    assert call.function.name == "get_weather"
    assert "paris" in GetWeather.model_validate_json(call.function.arguments).city.lower()


async def test_an_answer_of_calls_says_so_and_has_no_text(client, asked):
    choice = (await client.chat.completions.create(**asked, tool_choice="required")).choices[0]
    assert choice.finish_reason == "tool_calls"
    assert choice.message.content is None
    assert choice.message.tool_calls[0].type == "function"
    assert choice.message.tool_calls[0].id


async def test_a_named_tool_is_called_even_where_another_would_fit(client, asked):
    choice = {"type": "function", "function": {"name": "set_timer"}}
    answer = await client.chat.completions.create(**asked, tool_choice=choice)
    calls = answer.choices[0].message.tool_calls
    assert {call.function.name for call in calls} == {"set_timer"}
    assert SetTimer.model_validate_json(calls[0].function.arguments)


async def test_without_parallel_calls_there_is_exactly_one(client, asked):
    asked["messages"] = [{"role": "user", "content": "The weather in Paris, Rome and Oslo?"}]
    answer = await client.chat.completions.create(
        **asked, tool_choice="required", parallel_tool_calls=False
    )
    assert len(answer.choices[0].message.tool_calls) == 1


async def test_tools_that_may_not_be_called_are_not(client, asked):
    answer = await client.chat.completions.create(**asked, tool_choice="none")
    assert not answer.choices[0].message.tool_calls
    assert answer.choices[0].message.content


async def test_the_result_of_a_call_comes_into_the_next_answer(client, asked):
    call = {
        "id": "call_1",
        "type": "function",
        "function": {"name": "get_weather", "arguments": '{"city":"Paris","unit":"celsius"}'},
    }
    asked["messages"] = [
        *WEATHER,
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": '{"degrees": 31, "sky": "clear"}'},
    ]
    answer = await client.chat.completions.create(**asked, tool_choice="none")
    assert "31" in answer.choices[0].message.content


async def test_the_answer_to_a_call_can_be_sent_back_as_it_came(client, asked):
    message = (await client.chat.completions.create(**asked, tool_choice="required")).choices[0]
    call = message.message.tool_calls[0]
    asked["messages"] = [
        *WEATHER,
        message.message.model_dump(exclude_none=True),
        {"role": "tool", "tool_call_id": call.id, "content": '{"degrees": 17}'},
    ]
    answer = await client.chat.completions.create(**asked, tool_choice="none")
    assert "17" in answer.choices[0].message.content


async def test_streamed_pieces_of_a_call_add_up_to_the_whole_call(client, asked):
    whole = await client.chat.completions.create(**asked, tool_choice="required")
    chunks = await chunks_of(
        await client.chat.completions.create(**asked, tool_choice="required", stream=True)
    )
    deltas = [
        call
        for chunk in chunks
        for choice in chunk.choices
        for call in choice.delta.tool_calls or []
        if call.index == 0
    ]
    arguments = "".join(delta.function.arguments or "" for delta in deltas)
    expected = whole.choices[0].message.tool_calls[0].function
    assert (deltas[0].function.name, arguments) == (expected.name, expected.arguments)
    assert deltas[0].id
    assert not any(delta.id for delta in deltas[1:])


async def test_a_stream_of_calls_ends_with_their_reason(client, asked):
    chunks = await chunks_of(
        await client.chat.completions.create(**asked, tool_choice="required", stream=True)
    )
    reasons = [choice.finish_reason for chunk in chunks for choice in chunk.choices]
    assert [reason for reason in reasons if reason] == ["tool_calls"]


async def test_the_stream_helper_parses_the_arguments(client, asked):
    async with client.chat.completions.stream(**asked, tool_choice="required") as stream:
        done = [
            event async for event in stream if event.type == "tool_calls.function.arguments.done"
        ]
    assert isinstance(done[0].parsed_arguments, GetWeather)


async def test_the_parse_helper_parses_the_arguments(client, asked):
    answer = await client.chat.completions.parse(**asked, tool_choice="required")
    call = answer.choices[0].message.tool_calls[0]
    assert isinstance(call.function.parsed_arguments, GetWeather)


async def test_a_tool_that_was_not_offered_cannot_be_chosen(client, asked):
    choice = {"type": "function", "function": {"name": "launch"}}
    with pytest.raises(openai.BadRequestError, match="launch") as refused:
        await client.chat.completions.create(**asked, tool_choice=choice)
    assert str(refused.value.param).startswith("tool_choice")


async def test_without_tools_none_can_be_required(core, client):
    with pytest.raises(openai.BadRequestError):
        await client.chat.completions.create(
            model=core.model, messages=WEATHER, tool_choice="required"
        )


# -- answers of a given shape ----------------------------------------------------------------


class City(BaseModel):
    name: str
    country: str


class Cities(BaseModel):
    cities: list[City]


class Verdict(BaseModel):
    verdict: Literal["good", "bad"]
    confident: bool


class Nested(BaseModel):
    class Inner(BaseModel):
        # A model of this size does not always find the end of a list by itself.
        numbers: list[int] = Field(max_length=3)

    inner: Inner
    note: Literal["short", "long"] | None


SHAPES = [
    (City, "Name the capital of France and its country."),
    (Cities, "Name exactly two cities and their countries."),
    (Verdict, "Is bread good or bad?"),
    (Nested, "Give the numbers 1, 2, 3 and no note."),
]


def chat(model, question, **more):
    messages = [{"role": "user", "content": question}]
    return {"model": model, "messages": messages, "max_tokens": 120, "temperature": 0, **more}


@pytest.mark.parametrize(("shape", "question"), SHAPES)
async def test_an_answer_with_a_schema_validates(core, client, shape, question):
    answer = await client.chat.completions.parse(
        **chat(core.model, question), response_format=shape
    )
    assert isinstance(answer.choices[0].message.parsed, shape)


async def test_an_answer_validates_at_a_high_temperature_too(core, client):
    asked = chat(core.model, "Is bread good or bad?") | {"temperature": 2, "seed": 3}
    answer = await client.chat.completions.parse(**asked, response_format=Verdict)
    assert answer.choices[0].message.parsed.verdict in ("good", "bad")


async def test_a_streamed_answer_with_a_schema_validates(core, client):
    async with client.chat.completions.stream(
        **chat(core.model, SHAPES[0][1]), response_format=City
    ) as stream:
        final = await stream.get_final_completion()
    assert isinstance(final.choices[0].message.parsed, City)


async def test_a_json_object_is_one(core, client):
    answer = await client.chat.completions.create(
        **chat(core.model, 'Answer with the JSON object {"ok": true}.'),
        response_format={"type": "json_object"},
    )
    assert isinstance(json.loads(answer.choices[0].message.content), dict)


async def test_a_json_object_streams(core, client):
    chunks = await chunks_of(
        await client.chat.completions.create(
            **chat(core.model, 'Answer with the JSON object {"ok": true}.'),
            response_format={"type": "json_object"},
            stream=True,
        )
    )
    assert isinstance(json.loads(text_of(chunks)), dict)


async def test_a_plain_text_format_changes_nothing(core, client):
    asked = chat(core.model, "Say hello.") | {"max_tokens": 6}
    plain = await client.chat.completions.create(**asked)
    named = await client.chat.completions.create(**asked, response_format={"type": "text"})
    assert named.choices[0].message.content == plain.choices[0].message.content


async def test_a_schema_that_is_none_is_refused_with_the_reason(core, client):
    schema = {"name": "odd", "schema": {"type": "no such type"}}
    with pytest.raises(openai.BadRequestError, match="no such type") as refused:
        await client.chat.completions.create(
            **chat(core.model, "Hello."),
            response_format={"type": "json_schema", "json_schema": schema},
        )
    assert refused.value.code == "invalid_schema"


async def test_log_probabilities_go_with_a_schema(core, client):
    asked = chat(core.model, "Is bread good or bad?", logprobs=True, top_logprobs=1)
    answer = await client.chat.completions.parse(**asked, response_format=Verdict)
    tokens = answer.choices[0].logprobs.content
    assert "".join(token.token for token in tokens) == answer.choices[0].message.content
