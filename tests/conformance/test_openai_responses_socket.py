"""The Responses API over WebSocket: ``client.responses.connect()`` of the ``openai`` package."""

import openai
import pytest
from websockets.exceptions import InvalidStatus

pytestmark = [pytest.mark.model, pytest.mark.e2e]

YES = "Reply with the single word: yes"
STORY = "Write a very long story about the sea."
ENDS = ("response.completed", "response.incomplete", "response.failed", "error")


@pytest.fixture
async def connection(client):
    """One open connection."""
    async with client.responses.connect() as connection:
        yield connection


@pytest.fixture
def asked(core):
    """A question whose answer the model ends by itself."""
    return {"model": core.model, "input": YES, "max_output_tokens": 32, "temperature": 0}


async def until(connection, *types):
    """The events up to the first of one of these types."""
    events = [await connection.recv()]
    while events[-1].type not in types:
        events.append(await connection.recv())
    return events


async def answer(connection, **asked):
    """Ask, and the events up to the end of the response."""
    await connection.response.create(**asked)
    return await until(connection, *ENDS)


async def test_a_response_is_answered(connection, asked):
    events = await answer(connection, **asked)
    assert events[-1].type == "response.completed"
    assert "yes" in events[-1].response.output_text.lower()


async def test_the_events_have_the_documented_order(connection, asked):
    types = [event.type for event in await answer(connection, **asked)]
    assert types[:4] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
    ]
    assert types[-4:] == [
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert set(types[4:-4]) == {"response.output_text.delta"}


async def test_the_events_are_numbered(connection, asked):
    events = await answer(connection, **asked)
    numbers = [event.sequence_number for event in events]
    assert numbers == sorted(set(numbers))


async def test_the_next_turn_needs_only_what_is_new(connection, asked):
    first = await answer(connection, **asked | {"input": "My name is Ada. Say hello."})
    second = await answer(
        connection,
        **asked | {"input": "What is my name?"},
        previous_response_id=first[-1].response.id,
    )
    assert "ada" in second[-1].response.output_text.lower()


async def test_a_warm_up_writes_nothing_and_may_be_a_parent(connection, asked):
    warm = await answer(connection, **asked | {"input": "My name is Ada."}, generate=False)
    assert warm[-1].type == "response.completed"
    assert warm[-1].response.output == []
    second = await answer(
        connection,
        **asked | {"input": "What is my name?"},
        previous_response_id=warm[-1].response.id,
    )
    assert "ada" in second[-1].response.output_text.lower()


async def test_what_was_warmed_up_is_reused(connection, asked):
    asked["instructions"] = "Be polite. " * 20
    warm = await answer(connection, **asked, generate=False)
    real = await answer(connection, **asked)
    usage = real[-1].response.usage
    assert warm[-1].response.usage.output_tokens == 0
    assert usage.input_tokens_details.cached_tokens >= usage.input_tokens - 8


async def test_a_lane_is_named_on_every_one_of_its_events(connection, asked):
    events = await answer(connection, **asked, stream_id="lane-1")
    assert {event.stream_id for event in events} == {"lane-1"}


async def test_two_lanes_are_answered_both(connection, asked):
    for lane in ("a", "b"):
        await connection.response.create(**asked, stream_id=lane)
    events = await until(connection, *ENDS) + await until(connection, *ENDS)
    ends = [event for event in events if event.type == "response.completed"]
    assert {event.stream_id for event in ends} == {"a", "b"}


async def test_a_lane_answers_in_the_order_of_asking(connection, asked):
    for word in ("first", "second"):
        question = f"Reply with the single word: {word}"
        await connection.response.create(**asked | {"input": question}, stream_id="lane")
    ends = [(await until(connection, *ENDS))[-1] for _ in range(2)]
    texts = [end.response.output_text.lower() for end in ends]
    assert "first" in texts[0]
    assert "second" in texts[1]


async def test_an_unknown_parent_is_told_and_the_connection_stays(connection, asked):
    refused = await answer(connection, **asked, previous_response_id="resp_nowhere")
    assert refused[-1].type == "error"
    assert refused[-1].error.code == "previous_response_not_found"
    assert (await answer(connection, **asked))[-1].type == "response.completed"


async def test_a_parent_of_another_connection_is_unknown(client, connection, asked):
    first = await answer(connection, **asked, store=False)
    async with client.responses.connect() as other:
        refused = await answer(other, **asked, previous_response_id=first[-1].response.id)
    assert refused[-1].error.code == "previous_response_not_found"


async def test_a_name_that_no_lane_can_have_is_refused(connection, asked):
    refused = await answer(connection, **asked, stream_id="no spaces")
    assert refused[-1].error.code == "invalid_stream_id"


async def test_a_prompt_over_the_context_is_told(connection, asked):
    events = await answer(connection, **asked | {"input": "one two " * 5000})
    assert events[-1].type in ("error", "response.failed")
    assert "4096" in events[-1].to_json()


async def test_an_unknown_model_is_told(connection, asked):
    refused = await answer(connection, **asked | {"model": "gpt-17"})
    assert (refused[-1].type, refused[-1].error.code) == ("error", "model_not_found")


async def test_a_response_is_steered(connection, asked):
    asked |= {"input": STORY, "max_output_tokens": 300}
    await connection.response.create(**asked)
    begun = await until(connection, "response.output_text.delta")
    first = begun[0].response.id
    await connection.response.steer(input="Stop. Say only: done", previous_response_id=first)
    steered = await until(connection, "response.incomplete")
    assert "response.steer.accepted" in [event.type for event in steered]
    assert steered[-1].response.incomplete_details.reason == "steered"
    successor = await until(connection, "response.created")
    assert successor[-1].response.previous_response_id == first
    assert successor[-1].response.id != first


async def test_a_response_that_is_over_cannot_be_steered(connection, asked):
    over = (await answer(connection, **asked))[-1].response.id
    await connection.response.steer(input="More", previous_response_id=over)
    failed = (await until(connection, "response.steer.failed"))[-1]
    assert failed.error.code == "response_already_completed"
    assert failed.steer.previous_response_id == over


async def test_a_function_is_called(connection, asked):
    tool = {
        "type": "function",
        "name": "get_weather",
        "strict": True,
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    }
    asked |= {"input": "What is the weather in Paris?", "tools": [tool]}
    events = await answer(connection, **asked, tool_choice="required", parallel_tool_calls=False)
    assert events[-1].response.output[0].name == "get_weather"
    assert "response.function_call_arguments.delta" in [event.type for event in events]


async def test_a_wrong_key_is_refused_before_the_connection_opens(core):
    async with openai.AsyncOpenAI(base_url=f"{core.url}/v1", api_key="wrong") as client:
        with pytest.raises(InvalidStatus) as refused:
            async with client.responses.connect():
                pytest.fail("the connection was opened")
    assert refused.value.response.status_code in (401, 403)


async def test_closing_the_connection_frees_the_slot(core, client, asked):
    async with client.responses.connect() as connection:
        await connection.response.create(**asked | {"input": STORY, "max_output_tokens": 2000})
        await until(connection, "response.output_text.delta")
    response = await client.responses.create(**asked)
    assert response.status == "completed"
    async with core.client() as http:
        slots = (await http.get("/slots")).json()
    assert not any(slot["is_processing"] for slot in slots)


def test_the_blocking_client_connects_as_well(blocking, asked):
    with blocking.responses.connect() as connection:
        connection.response.create(**asked)
        event = connection.recv()
        while event.type not in ENDS:
            event = connection.recv()
    assert "yes" in event.response.output_text.lower()
