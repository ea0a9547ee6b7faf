"""The emulated service with the real model behind it."""

import json

import pytest
from cerebras.cloud.sdk import Cerebras

pytestmark = [pytest.mark.model, pytest.mark.e2e]

MODEL = "gpt-oss-120b"
SCHEMA = {
    "type": "object",
    "properties": {"colour": {"enum": ["red", "green"]}, "count": {"type": "integer"}},
    "required": ["colour", "count"],
    "additionalProperties": False,
}


def served(start, path, source):
    core = start(
        "--model", str(path), "--context", "2048", "--emulate", "cerebras",
        "--profile", "gpt-oss-120b-wse3", "--source", source,
    )  # fmt: skip
    return Cerebras(base_url=core.url, api_key=core.token, max_retries=0)


@pytest.fixture(scope="module")
def live(start_core_for_module, model_path):
    with served(start_core_for_module, model_path, "engine") as client:
        yield client


@pytest.fixture(scope="module")
def buffered(start_core_for_module, model_path):
    with served(start_core_for_module, model_path, "buffered") as client:
        yield client


def counted(client, **fields):
    messages = [{"role": "user", "content": "Count from 1 to 30, separated by commas."}]
    return client.chat.completions.create(
        model=MODEL, messages=messages, max_completion_tokens=40, temperature=0, **fields
    )


def test_the_text_is_the_models_own(live):
    assert "1, 2, 3, 4" in counted(live).choices[0].message.content


def test_a_small_machine_is_said_to_be_behind(live):
    told = counted(live).model_extra["x_spark"]
    assert told["source"] == "engine"
    assert told["achieved_tps"] < told["target_tps"] / 2
    assert told["behind_share"] > 0.5
    assert told["engine_s"] > 0


def test_buffered_keeps_the_pace_that_the_machine_cannot(buffered, live):
    answer = counted(buffered)
    told = answer.model_extra["x_spark"]
    assert told["source"] == "buffered"
    assert told["behind_share"] < 0.5
    assert told["engine_s"] > answer.time_info.total_time
    assert answer.choices == counted(live).choices


def test_a_structured_answer_validates(live):
    answer = live.chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": "Which colour has grass, and how many are two?"}],
        response_format={
            "type": "json_schema",
            "json_schema": {"name": "seen", "strict": True, "schema": SCHEMA},
        },
        max_completion_tokens=40,
    )
    seen = json.loads(answer.choices[0].message.content)
    assert seen["colour"] in ("red", "green")
    assert isinstance(seen["count"], int)


def test_a_predicted_text_is_accepted(buffered):
    text = counted(buffered).choices[0].message.content
    answer = counted(buffered, prediction={"type": "content", "content": text})
    details = answer.usage.completion_tokens_details
    assert details.accepted_prediction_tokens > 20
    assert answer.choices[0].message.content == text
