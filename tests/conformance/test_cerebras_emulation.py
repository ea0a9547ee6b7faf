"""The emulated service through the official clients, with a recording in the place of a model."""

import httpx
import openai
import pytest
from cerebras.cloud.sdk import (
    APIConnectionError,
    APIStatusError,
    AsyncCerebras,
    AuthenticationError,
    BadRequestError,
    Cerebras,
    DefaultHttpxClient,
    InternalServerError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
)
from cerebras.cloud.sdk._types import Omit

pytestmark = pytest.mark.e2e

MODEL = "gpt-oss-120b"
ASK = {"model": MODEL, "messages": [{"role": "user", "content": "Write a stack in Python."}]}
ANSWER = ASK | {"max_completion_tokens": 60}


@pytest.fixture(scope="module")
def core(start_core_for_module):
    flags = ["--emulate", "cerebras", "--profile", "gpt-oss-120b-wse3", "--source", "replay"]
    return start_core_for_module(*flags, "--tokens-per-minute", "100000")


@pytest.fixture
def client(core):
    with Cerebras(base_url=core.url, api_key=core.token, max_retries=0) as client:
        yield client


@pytest.fixture
async def async_client(core):
    async with AsyncCerebras(base_url=core.url, api_key=core.token, max_retries=0) as client:
        yield client


def with_fault(fault):
    return {"extra_headers": {"x-spark-fault": fault}}


def test_a_chat_has_what_the_service_tells(client):
    answer = client.chat.completions.create(**ANSWER)
    assert answer.model == MODEL
    assert answer.choices[0].message.content
    assert answer.usage.completion_tokens == 60
    info = answer.time_info
    assert info.total_time >= info.queue_time + info.prompt_time + info.completion_time
    assert answer.service_tier == "default"


def test_a_stream_ends_with_everything_in_one_chunk(client):
    *_, last = client.chat.completions.create(**ANSWER, stream=True)
    assert last.choices[0].finish_reason == "length"
    assert last.usage.completion_tokens == 60
    assert last.time_info.total_time > 0


async def test_the_client_with_asyncio_streams_the_same_text(async_client, client):
    whole = client.chat.completions.create(**ANSWER).choices[0].message.content
    stream = await async_client.chat.completions.create(**ANSWER, stream=True)
    text = "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
    assert text == whole


async def test_the_client_with_asyncio_answers_whole(async_client):
    answer = await async_client.chat.completions.create(**ANSWER)
    assert answer.usage.completion_tokens == 60


def test_a_completion_is_answered(client):
    answer = client.completions.create(model=MODEL, prompt="def push", max_tokens=20)
    assert answer.choices[0].text
    assert answer.time_info.total_time > 0


def test_models_are_listed_and_told(client):
    assert [model.id for model in client.models.list().data] == [MODEL]
    assert client.models.retrieve(MODEL).owned_by == "Cerebras"


def test_a_prediction_that_comes_true_is_counted_and_takes_less_time(client):
    plain = client.chat.completions.create(**ASK, max_completion_tokens=200)
    wanted = {"type": "content", "content": plain.choices[0].message.content}
    quick = client.chat.completions.create(**ASK, max_completion_tokens=200, prediction=wanted)
    details = quick.usage.completion_tokens_details
    assert details.accepted_prediction_tokens == 200
    assert quick.time_info.completion_time < plain.time_info.completion_time


# -- errors ----------------------------------------------------------------------------------


def test_a_wrong_key_is_an_authentication_error(core):
    with (
        Cerebras(base_url=core.url, api_key="wrong", max_retries=0) as client,
        pytest.raises(AuthenticationError) as caught,
    ):
        client.chat.completions.create(**ANSWER)
    assert caught.value.body["code"] == "wrong_api_key"


def test_no_key_is_permission_denied(client):
    with pytest.raises(PermissionDeniedError) as caught:
        client.chat.completions.create(**ANSWER, extra_headers={"Authorization": Omit()})
    assert caught.value.body == {"detail": "Not authenticated"}


def test_an_unknown_model_is_not_found(client):
    with pytest.raises(NotFoundError) as caught:
        client.chat.completions.create(**(ANSWER | {"model": "gpt-9"}))
    assert caught.value.body["param"] == "model"


def test_a_wrong_field_is_a_bad_request(client):
    with pytest.raises(BadRequestError):
        client.chat.completions.create(**(ANSWER | {"temperature": 9}))


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("429", RateLimitError),
        ("503", InternalServerError),
        ("error", InternalServerError),
        ("refuse", APIConnectionError),
        ("cut", APIConnectionError),
    ],
)
def test_each_fault_of_a_whole_answer_is_the_clients_own_error(client, fault, kind):
    with pytest.raises(kind):
        client.chat.completions.create(**ANSWER, **with_fault(fault))


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("error=2", APIStatusError),
        ("cut=2", httpx.RemoteProtocolError),
        ("malformed=2", ValueError),
    ],
)
def test_each_fault_in_a_stream_is_raised_while_it_is_read(client, fault, kind):
    stream = client.chat.completions.create(**ANSWER, stream=True, **with_fault(fault))
    with pytest.raises(kind):
        list(stream)


def test_slow_faults_only_take_time(client):
    answer = client.chat.completions.create(**ANSWER, **with_fault("queue=100,delay=100"))
    assert answer.time_info.queue_time >= 0.1
    assert answer.time_info.prompt_time >= 0.1
    trickled = client.chat.completions.create(**ANSWER, **with_fault("trickle=1"))
    assert trickled.choices == answer.choices


def test_the_client_repeats_what_a_rate_limit_refused(start_core):
    # With this seed one request of two is refused: the first one.
    core = start_core(
        "--emulate", "cerebras", "--profile", "gpt-oss-120b-wse3", "--source", "replay",
        "--fault", "429=1@0.5", "--seed", "3",
    )  # fmt: skip
    seen = []
    hooks = {"response": [lambda response: seen.append(response.status_code)]}
    with Cerebras(
        base_url=core.url,
        api_key=core.token,
        max_retries=2,
        http_client=DefaultHttpxClient(event_hooks=hooks),
        warm_tcp_connection=False,
    ) as client:
        answer = client.chat.completions.create(**ANSWER)
    assert seen == [429, 200]
    assert answer.usage.completion_tokens == 60


def test_what_is_left_of_the_limits_is_told(client):
    # A stream's head comes when it is charged; a whole answer's when much has come back already.
    asked = ASK | {"max_completion_tokens": 20_000, "stream": True}
    with client.chat.completions.with_streaming_response.create(**asked) as response:
        headers = response.headers
    assert int(headers["x-ratelimit-limit-tokens-minute"]) == 100_000
    assert int(headers["x-ratelimit-remaining-tokens-minute"]) < 100_000


# -- OpenAI's client -------------------------------------------------------------------------


def test_openais_client_works_with_its_base_address(core):
    with openai.OpenAI(base_url=f"{core.url}/v1", api_key=core.token, max_retries=0) as client:
        answer = client.chat.completions.create(**ANSWER)
        assert answer.usage.completion_tokens == 60
        assert answer.model_extra["x_spark"]["profile"] == "gpt-oss-120b-wse3"
        chunks = list(client.chat.completions.create(**ANSWER, stream=True))
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        assert text == answer.choices[0].message.content
        with pytest.raises(openai.RateLimitError):
            client.chat.completions.create(**ANSWER, extra_headers={"x-spark-fault": "429"})
        with pytest.raises(openai.NotFoundError):
            client.chat.completions.create(**(ANSWER | {"model": "gpt-9"}))
        assert [model.id for model in client.models.list()] == [MODEL]


def test_status_errors_have_the_flat_body(client):
    with pytest.raises(APIStatusError) as caught:
        client.chat.completions.create(**ANSWER, **with_fault("503"))
    assert set(caught.value.body) == {"message", "type", "param", "code"}
