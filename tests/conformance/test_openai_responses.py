"""The Responses API over HTTP, through the official ``openai`` package."""

import json
from typing import Any

import openai
import pytest
from conformance.reading import chunks_of
from pydantic import BaseModel

pytestmark = [pytest.mark.model, pytest.mark.e2e]

TEXT_ORDER = [
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.completed",
]
CALL_ORDER = [
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.function_call_arguments.delta",
    "response.function_call_arguments.done",
    "response.output_item.done",
    "response.completed",
]
WEATHER: Any = {
    "type": "function",
    "name": "get_weather",
    "description": "The weather of a city right now.",
    "strict": True,
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
}
YES = "Reply with the single word: yes"


class City(BaseModel):
    name: str
    country: str


@pytest.fixture
def asked(core):
    """A question whose answer the model ends by itself."""
    return {"model": core.model, "input": YES, "max_output_tokens": 32, "temperature": 0}


@pytest.fixture
def weather(asked):
    """A question that must be answered by a call."""
    more = {"input": "What is the weather in Paris?", "tools": [WEATHER]}
    return asked | more | {"tool_choice": "required", "parallel_tool_calls": False}


def order_of(events):
    """The types of the events, deltas that follow each other as one."""
    types = [event.type for event in events]
    return [one for number, one in enumerate(types) if number == 0 or one != types[number - 1]]


async def test_a_response_is_answered(client, asked):
    response = await client.responses.create(**asked)
    assert (response.object, response.status) == ("response", "completed")
    assert "yes" in response.output_text.lower()


async def test_a_response_says_what_it_is_and_who_made_it(core, client, asked):
    response = await client.responses.create(**asked)
    assert response.id.startswith("resp_")
    assert response.model == core.model
    assert response.created_at > 1_700_000_000
    assert response.error is None


async def test_the_usage_adds_up(client, asked):
    usage = (await client.responses.create(**asked)).usage
    assert usage.total_tokens == usage.input_tokens + usage.output_tokens
    assert usage.input_tokens_details.cached_tokens >= 0
    assert usage.output_tokens_details.reasoning_tokens == 0


async def test_an_answer_that_reaches_its_limit_is_incomplete(client, asked):
    asked |= {"input": "Write a very long story.", "max_output_tokens": 5}
    response = await client.responses.create(**asked)
    assert response.status == "incomplete"
    assert response.incomplete_details.reason == "max_output_tokens"


async def test_instructions_steer_the_answer(client, asked):
    response = await client.responses.create(
        **asked | {"input": "What do you say?"},
        instructions="Whatever is asked, reply with the one word BANANA.",
    )
    assert "banana" in response.output_text.lower()


async def test_the_input_may_be_a_list_of_messages(client, asked):
    parts = [{"type": "input_text", "text": YES}]
    asked["input"] = [
        {"role": "developer", "content": "Be short."},
        {"role": "user", "content": parts},
    ]
    assert "yes" in (await client.responses.create(**asked)).output_text.lower()


async def test_a_stream_has_the_documented_order(client, asked):
    events = await chunks_of(await client.responses.create(**asked, stream=True))
    assert order_of(events) == TEXT_ORDER


async def test_the_events_of_a_stream_are_numbered(client, asked):
    events = await chunks_of(await client.responses.create(**asked, stream=True))
    assert [event.sequence_number for event in events] == list(range(len(events)))


async def test_the_deltas_of_a_stream_are_its_text(client, asked):
    events = await chunks_of(await client.responses.create(**asked, stream=True))
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    done = next(event for event in events if event.type == "response.output_text.done")
    assert "".join(deltas) == done.text == events[-1].response.output_text


async def test_a_stream_that_reaches_its_limit_ends_incomplete(client, asked):
    asked |= {"input": "Write a very long story.", "max_output_tokens": 4}
    events = await chunks_of(await client.responses.create(**asked, stream=True))
    assert events[-1].type == "response.incomplete"


async def test_the_stream_helper_gives_the_final_response(client, asked):
    async with client.responses.stream(**asked) as stream:
        await chunks_of(stream)
        final = await stream.get_final_response()
    assert "yes" in final.output_text.lower()


async def test_a_response_goes_on_where_its_parent_ended(client, asked):
    first = await client.responses.create(**asked | {"input": "My name is Ada. Say hello."})
    second = await client.responses.create(
        **asked | {"input": "What is my name?"}, previous_response_id=first.id
    )
    assert "ada" in second.output_text.lower()
    assert second.previous_response_id == first.id


async def test_a_conversation_that_goes_on_reuses_its_prompt(client, asked):
    asked["input"] = "Name a colour. " + "Take your time. " * 12
    first = await client.responses.create(**asked)
    second = await client.responses.create(
        **asked | {"input": "And another?"}, previous_response_id=first.id
    )
    assert second.usage.input_tokens_details.cached_tokens >= first.usage.input_tokens


async def test_an_unknown_parent_is_named(client, asked):
    with pytest.raises(openai.APIStatusError, match="resp_nowhere") as refused:
        await client.responses.create(**asked, previous_response_id="resp_nowhere")
    assert refused.value.code == "previous_response_not_found"


async def test_a_response_can_be_read_again(client, asked):
    response = await client.responses.create(**asked)
    again = await client.responses.retrieve(response.id)
    assert again.output_text == response.output_text


async def test_a_response_that_was_deleted_is_gone(client, asked):
    response = await client.responses.create(**asked)
    await client.responses.delete(response.id)
    with pytest.raises(openai.NotFoundError):
        await client.responses.retrieve(response.id)


async def test_a_response_that_is_not_stored_cannot_be_read_again(client, asked):
    response = await client.responses.create(**asked, store=False)
    with pytest.raises(openai.NotFoundError):
        await client.responses.retrieve(response.id)


async def test_the_input_of_a_response_is_listed(client, asked):
    response = await client.responses.create(**asked)
    items = [item async for item in client.responses.input_items.list(response.id)]
    assert items[0].content[0].text == YES


async def test_metadata_comes_back(client, asked):
    response = await client.responses.create(**asked, metadata={"topic": "yes"})
    assert response.metadata == {"topic": "yes"}


# -- calls -----------------------------------------------------------------------------------


async def test_a_function_is_called_with_arguments_that_validate(client, weather):
    call = (await client.responses.create(**weather)).output[0]
    assert (call.type, call.name) == ("function_call", "get_weather")
    assert "paris" in json.loads(call.arguments)["city"].lower()
    assert call.call_id


async def test_a_streamed_call_has_the_documented_order(client, weather):
    events = await chunks_of(await client.responses.create(**weather, stream=True))
    assert order_of(events) == CALL_ORDER


async def test_the_deltas_of_a_streamed_call_are_its_arguments(client, weather):
    events = await chunks_of(await client.responses.create(**weather, stream=True))
    kind = "response.function_call_arguments"
    deltas = [event.delta for event in events if event.type == f"{kind}.delta"]
    done = next(event for event in events if event.type == f"{kind}.done")
    assert "".join(deltas) == done.arguments == events[-1].response.output[0].arguments


async def test_the_output_of_a_call_comes_into_the_next_answer(client, weather):
    first = await client.responses.create(**weather)
    output = {"type": "function_call_output", "call_id": first.output[0].call_id}
    more = {"input": [output | {"output": '{"degrees": 31}'}], "tool_choice": "none"}
    second = await client.responses.create(**weather | more, previous_response_id=first.id)
    assert "31" in second.output_text


async def test_a_call_and_its_output_may_be_sent_whole(client, weather):
    question = [{"role": "user", "content": weather["input"]}]
    first = await client.responses.create(**weather)
    call = first.output[0]
    output = {"type": "function_call_output", "call_id": call.call_id, "output": "17 degrees"}
    more = {"input": [*question, call.model_dump(exclude_none=True), output]}
    second = await client.responses.create(**weather | more | {"tool_choice": "none"})
    assert "17" in second.output_text


async def test_a_tool_that_only_openai_has_is_refused(client, asked):
    with pytest.raises(openai.BadRequestError) as refused:
        await client.responses.create(**asked, tools=[{"type": "web_search"}])
    assert str(refused.value.param).startswith("tools[0]")


# -- answers of a given shape ----------------------------------------------------------------


async def test_the_parse_helper_gives_the_shape(client, asked):
    asked |= {"input": "Name the capital of France.", "max_output_tokens": 80}
    response = await client.responses.parse(**asked, text_format=City)
    assert isinstance(response.output_parsed, City)


async def test_log_probabilities_are_included_where_they_are_asked_for(client, asked):
    response = await client.responses.create(
        **asked, include=["message.output_text.logprobs"], top_logprobs=2
    )
    part = response.output[0].content[0]
    assert "".join(token.token for token in part.logprobs) == part.text


# -- errors ----------------------------------------------------------------------------------


async def test_an_unknown_model_is_not_found(client, asked):
    with pytest.raises(openai.NotFoundError) as refused:
        await client.responses.create(**asked | {"model": "gpt-17"})
    assert refused.value.code == "model_not_found"


async def test_a_prompt_over_the_context_is_refused_with_both_numbers(client, asked):
    with pytest.raises(openai.BadRequestError, match=r"\d{4} tokens.*4096") as refused:
        await client.responses.create(**asked | {"input": "one two " * 5000})
    assert refused.value.code == "context_length_exceeded"


async def test_work_in_the_background_is_refused(client, asked):
    with pytest.raises(openai.BadRequestError) as refused:
        await client.responses.create(**asked, background=True)
    assert refused.value.param == "background"


def test_the_blocking_client_works_as_well(blocking, asked):
    assert "yes" in blocking.responses.create(**asked).output_text.lower()
