"""Chats, completions and models through the official ``cerebras_cloud_sdk`` package."""

import json

import httpx
import pytest
from cerebras.cloud.sdk import (
    AuthenticationError,
    BadRequestError,
    Cerebras,
    DefaultHttpxClient,
    NotFoundError,
)
from conformance.reading import chunks_of, text_of

pytestmark = [pytest.mark.model, pytest.mark.e2e]

COUNT = "1, 2, 3, 4, 5,"


@pytest.fixture
def asked(core, ask):
    """A short question."""
    return {"model": core.model, "messages": ask, "max_completion_tokens": 8, "temperature": 0}


def test_the_constructor_warms_the_connection_up(core):
    seen = []

    def note(response):
        seen.append((response.request.url.path, response.status_code))

    hooks = {"response": [note]}
    with Cerebras(
        base_url=core.url,
        api_key=core.token,
        http_client=DefaultHttpxClient(event_hooks=hooks),
    ):
        assert seen == [("/v1/tcp_warming", 200)]


def test_the_client_sends_plain_json(core, asked):
    sent: list[httpx.Request] = []
    hooks = {"request": [sent.append]}
    http = DefaultHttpxClient(event_hooks=hooks)
    with Cerebras(base_url=core.url, api_key=core.token, http_client=http) as client:
        client.chat.completions.create(**asked)
    assert sent[-1].headers["content-type"] == "application/json"
    assert "content-encoding" not in sent[-1].headers


# -- chats -----------------------------------------------------------------------------------


def test_a_chat_is_answered(cerebras, asked):
    answer = cerebras.chat.completions.create(**asked)
    assert answer.object == "chat.completion"
    assert answer.choices[0].message.role == "assistant"
    assert answer.choices[0].message.content


def test_the_fields_that_the_package_always_expects_are_there(cerebras, asked):
    answer = cerebras.chat.completions.create(**asked)
    assert answer.id
    assert answer.created > 1_700_000_000
    assert answer.system_fingerprint
    assert answer.model == asked["model"]


def test_the_usage_has_its_details(cerebras, asked):
    usage = cerebras.chat.completions.create(**asked).usage
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    assert usage.prompt_tokens_details.cached_tokens >= 0
    assert usage.completion_tokens_details.reasoning_tokens == 0


def test_a_chat_streams(cerebras, asked):
    whole = cerebras.chat.completions.create(**asked)
    chunks = list(cerebras.chat.completions.create(**asked, stream=True))
    assert text_of([chunk for chunk in chunks if chunk.choices]) == whole.choices[0].message.content


def test_a_stream_tells_its_usage(cerebras, asked, long):
    asked["messages"] = long
    chunks = list(
        cerebras.chat.completions.create(
            **asked, stream=True, stream_options={"include_usage": True}
        )
    )
    assert [chunk.usage.completion_tokens for chunk in chunks if chunk.usage] == [8]


def test_an_answer_that_reaches_its_limit_says_so(cerebras, asked, long):
    asked |= {"messages": long, "max_completion_tokens": 3}
    answer = cerebras.chat.completions.create(**asked)
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage.completion_tokens == 3


def test_the_same_seed_gives_the_same_answer(cerebras, asked, long):
    asked |= {"messages": long, "temperature": 1, "seed": 11}
    first, second = [cerebras.chat.completions.create(**asked) for _ in range(2)]
    assert first.choices[0].message.content == second.choices[0].message.content


def test_log_probabilities_are_told(cerebras, asked):
    answer = cerebras.chat.completions.create(**asked, logprobs=True, top_logprobs=2)
    tokens = answer.choices[0].logprobs.content
    assert "".join(token.token for token in tokens) == answer.choices[0].message.content
    assert all(len(token.top_logprobs) == 2 for token in tokens)


COLOURS = "red, orange, yellow, green, blue, indigo, violet, black, white, grey, brown, pink"


@pytest.mark.parametrize("content", [COLOURS, [{"type": "text", "text": COLOURS}]])
def test_a_prediction_comes_as_text_or_in_parts(cerebras, asked, content):
    question = f"Repeat this exactly and add nothing: {COLOURS}"
    asked |= {"messages": [{"role": "user", "content": question}], "max_completion_tokens": 32}
    plain = cerebras.chat.completions.create(**asked)
    prediction = {"type": "content", "content": content}
    # Whether drafting pays is measured, so that beside a busy neighbour an answer may go without.
    for _ in range(20):
        drafted = cerebras.chat.completions.create(**asked, prediction=prediction)
        assert drafted.choices[0].message.content == plain.choices[0].message.content
        if drafted.usage.completion_tokens_details.accepted_prediction_tokens > 0:
            return
    pytest.fail("Nothing of the prediction was ever drafted.")


def test_the_fields_of_reasoning_models_are_taken(cerebras, asked):
    answer = cerebras.chat.completions.create(
        **asked, reasoning_effort="low", disable_reasoning=True, clear_thinking=True
    )
    assert answer.choices[0].message.content


WEATHER_TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "strict": True,
        "description": "The weather of a city right now.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}


@pytest.fixture
def weather(asked):
    """A question that the tool answers."""
    question = [{"role": "user", "content": "What is the weather in Paris?"}]
    more = {"messages": question, "tools": [WEATHER_TOOL], "max_completion_tokens": 60}
    return asked | more | {"tool_choice": "required", "parallel_tool_calls": False}


def test_a_tool_is_called(cerebras, weather):
    choice = cerebras.chat.completions.create(**weather).choices[0]
    call = choice.message.tool_calls[0]
    assert (choice.finish_reason, call.function.name) == ("tool_calls", "get_weather")
    assert "paris" in json.loads(call.function.arguments)["city"].lower()


def test_a_call_streams(cerebras, weather):
    chunks = list(cerebras.chat.completions.create(**weather, stream=True))
    deltas = [
        call
        for chunk in chunks
        for choice in chunk.choices or []
        for call in choice.delta.tool_calls or []
    ]
    assert deltas[0].function.name == "get_weather"
    assert "city" in json.loads("".join(delta.function.arguments or "" for delta in deltas))


def test_an_answer_with_a_schema_validates(cerebras, asked):
    schema = WEATHER_TOOL["function"]["parameters"]
    shape = {"name": "place", "schema": schema, "strict": True}
    asked |= {"messages": [{"role": "user", "content": "Name a city."}]}
    asked |= {"max_completion_tokens": 40}
    answer = cerebras.chat.completions.create(
        **asked, response_format={"type": "json_schema", "json_schema": shape}
    )
    assert list(json.loads(answer.choices[0].message.content)) == ["city"]


async def test_the_asynchronous_client_answers(async_cerebras, asked):
    answer = await async_cerebras.chat.completions.create(**asked)
    assert answer.choices[0].message.content


async def test_the_asynchronous_client_streams(async_cerebras, asked):
    stream = await async_cerebras.chat.completions.create(**asked, stream=True)
    assert text_of([chunk for chunk in await chunks_of(stream) if chunk.choices])


def test_the_raw_response_can_be_read_and_parsed(cerebras, asked):
    raw = cerebras.chat.completions.with_raw_response.create(**asked)
    assert raw.headers["content-type"] == "application/json"
    assert raw.parse().choices[0].message.content


# -- completions -----------------------------------------------------------------------------


def test_a_text_is_continued(core, cerebras):
    answer = cerebras.completions.create(
        model=core.model, prompt=COUNT, max_tokens=6, temperature=0
    )
    assert "6" in answer.choices[0].text
    assert answer.choices[0].finish_reason == "length"


def test_a_completion_streams(core, cerebras):
    stream = cerebras.completions.create(
        model=core.model, prompt=COUNT, max_tokens=6, temperature=0, stream=True
    )
    assert "6" in "".join(choice.text or "" for chunk in stream for choice in chunk.choices or [])


def test_a_completion_echoes_its_prompt(core, cerebras):
    answer = cerebras.completions.create(model=core.model, prompt=COUNT, max_tokens=2, echo=True)
    assert answer.choices[0].text.startswith(COUNT)


# -- models ----------------------------------------------------------------------------------


def test_the_model_is_listed(core, cerebras):
    assert [model.id for model in cerebras.models.list().data] == [core.model]


def test_the_model_is_told_by_its_name(core, cerebras):
    assert cerebras.models.retrieve(core.model).id == core.model


def test_the_public_list_has_the_model(core, cerebras):
    told = cerebras.get("/public/v1/models", cast_to=httpx.Response).json()
    assert [model["id"] for model in told["data"]] == [core.model]


# -- errors ----------------------------------------------------------------------------------


def test_an_unknown_model_is_not_found(cerebras, asked):
    with pytest.raises(NotFoundError, match="gpt-17"):
        cerebras.chat.completions.create(**asked | {"model": "gpt-17"})


def test_an_unknown_model_has_no_entry(cerebras):
    with pytest.raises(NotFoundError):
        cerebras.models.retrieve("gpt-17")


def test_a_wrong_key_is_an_authentication_error(core, asked):
    with (
        Cerebras(base_url=core.url, api_key="wrong", max_retries=0) as client,
        pytest.raises(AuthenticationError),
    ):
        client.chat.completions.create(**asked)


def test_a_prompt_over_the_context_is_a_bad_request(core, cerebras):
    with pytest.raises(BadRequestError, match="4096"):
        cerebras.completions.create(model=core.model, prompt="one two " * 5000)
