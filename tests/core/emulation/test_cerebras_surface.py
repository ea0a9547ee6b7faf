"""What Cerebras' service answers beside answers: paths, errors, limits, conditions."""

import pytest
from generating import TOKEN, ended, pieces

URL = "/v1/chat/completions"
ASK = {"model": "gpt-oss-120b", "messages": [{"role": "user", "content": "Count."}]}
ANSWER = [*pieces("one"), ended(predicted_n=1)]


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/chat/completions"])
async def test_chats_have_two_paths(asking_with, path):
    client, _ = asking_with(ANSWER)
    response = await client.post(path, json=ASK)
    assert response.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/v1/models", "/models", "/public/v1/models", "/v1/models/gpt-oss-120b",
        "/models/gpt-oss-120b", "/v1/tcp_warming", "/tcp_warming",
    ],
)  # fmt: skip
async def test_what_is_read_has_its_paths(asking_with, path):
    client, _ = asking_with(ANSWER)
    assert (await client.get(path)).status_code == 200


async def test_the_model_has_its_limits_and_an_owner(asking_with):
    client, _ = asking_with(ANSWER)
    (model,) = (await client.get("/v1/models")).json()["data"]
    assert model["owned_by"] == "Cerebras"
    assert model["context_length"] == 64


async def test_without_a_key_it_is_403_with_a_detail(asking_with):
    client, engine = asking_with(ANSWER, headers={})
    response = await client.post(URL, json=ASK)
    assert (response.status_code, response.json()) == (403, {"detail": "Not authenticated"})
    assert not engine.asked


async def test_a_wrong_key_is_401_and_flat(asking_with):
    client, _ = asking_with(ANSWER, headers={"Authorization": "Bearer wrong"})
    response = await client.post(URL, json=ASK)
    assert response.status_code == 401
    assert response.json() == {
        "message": "Wrong API Key",
        "type": "invalid_request_error",
        "param": "api_key",
        "code": "wrong_api_key",
    }


@pytest.mark.parametrize("path", ["/v2/nothing", "/v1/responses", "/openapi.json"])
async def test_an_unknown_path_has_an_empty_404(asking_with, path):
    client, _ = asking_with(ANSWER)
    response = await client.get(path)
    assert (response.status_code, response.content) == (404, b"")
    assert "content-type" not in response.headers


async def test_an_unknown_model_is_404_and_flat_with_the_next_step_in_its_head(asking_with):
    client, _ = asking_with(ANSWER)
    response = await client.post(URL, json=ASK | {"model": "gpt-9"})
    body = response.json()
    assert response.status_code == 404
    assert set(body) == {"message", "type", "param", "code"}
    assert (body["type"], body["code"]) == ("not_found_error", "model_not_found")
    assert "gpt-oss-120b" in response.headers["x-spark-next-step"]


async def test_a_prompt_over_the_context_is_400_and_flat(asking_with):
    client, _ = asking_with([ended()])
    response = await client.post(URL, json=ASK | {"messages": "wrong"})
    assert (response.status_code, response.json()["type"]) == (400, "invalid_request_error")


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"stop": ["a", "b", "c", "d", "e"]}, "stop"),
        ({"stream": True, "response_format": {"type": "json_object"}}, "response_format"),
    ],
)
async def test_what_the_service_refuses_is_refused(asking_with, fields, param):
    client, _ = asking_with(ANSWER)
    response = await client.post(URL, json=ASK | fields)
    assert (response.status_code, response.json()["param"]) == (400, param)


async def test_limits_are_told_and_charged_up_front(asking_with):
    client, _ = asking_with(ANSWER, tokens=1000)
    response = await client.post(URL, json=ASK | {"max_completion_tokens": 400})
    # 10 of the prompt and 400 that it could have written; some have come back since.
    left = int(response.headers["x-ratelimit-remaining-tokens-minute"])
    assert 590 <= left < 600
    assert response.headers["x-ratelimit-limit-tokens-minute"] == "1000"


async def test_over_the_limit_it_is_429_with_the_time_to_wait(asking_with):
    client, _ = asking_with(ANSWER, tokens=600)
    await client.post(URL, json=ASK | {"max_completion_tokens": 500})
    response = await client.post(URL, json=ASK | {"max_completion_tokens": 500})
    assert response.status_code == 429
    assert response.json()["code"] == "token_quota_exceeded"
    assert response.json()["type"] == "too_many_requests_error"
    assert int(response.headers["retry-after"]) > 30


async def test_an_answer_without_a_limit_is_charged_with_what_it_became(asking_with):
    client, _ = asking_with([*pieces("one"), ended(predicted_n=300)], tokens=1000)
    await client.post(URL, json=ASK)
    response = await client.get("/v1/models")
    assert 690 <= int(response.headers["x-ratelimit-remaining-tokens-minute"]) < 700


async def test_a_wait_over_the_queue_threshold_is_429(asking_with):
    client, engine = asking_with(ANSWER, faults="queue=400")
    response = await client.post(URL, json=ASK, headers={"queue_threshold": "100"})
    assert (response.status_code, response.json()["code"]) == (429, "queue_exceeded")
    assert engine.open == 0
    response = await client.post(URL, json=ASK, headers={"queue_threshold": "5000"})
    assert response.status_code == 200
    assert response.json()["time_info"]["queue_time"] == pytest.approx(0.4, abs=0.01)


async def test_a_delay_is_part_of_the_prompts_time(asking_with):
    client, _ = asking_with(ANSWER)
    plain = (await client.post(URL, json=ASK)).json()["time_info"]["prompt_time"]
    response = await client.post(URL, json=ASK, headers={"x-spark-fault": "delay=700"})
    assert response.json()["time_info"]["prompt_time"] == pytest.approx(plain + 0.7, abs=0.02)


async def test_a_foreign_host_is_refused_as_everywhere(asking_with):
    client, _ = asking_with(ANSWER)
    response = await client.post(URL, json=ASK, headers={"Host": "evil.example"})
    assert (response.status_code, response.json()["code"]) == (403, "host_not_allowed")


async def test_what_is_no_error_stays_as_it_is(asking_with):
    client, _ = asking_with(ANSWER)
    assert (await client.get("/health")).json() == {"status": "ok", "model": "gpt-oss-120b"}
    assert TOKEN


@pytest.mark.parametrize("path", ["/public/v1/models", "/public/v1/models/gpt-oss-120b"])
async def test_the_public_list_of_models_needs_no_key(asking_with, path):
    client, _ = asking_with(ANSWER, headers={})
    assert (await client.get(path)).status_code == 200
    foreign = await client.get(path, headers={"Host": "evil.example"})
    assert foreign.status_code == 403


@pytest.mark.parametrize("path", ["/public/v1/modelsx", "/public/v1", "/v1/models"])
async def test_what_is_near_the_public_list_needs_a_key(asking_with, path):
    client, _ = asking_with(ANSWER, headers={})
    assert (await client.get(path)).status_code == 403


async def test_a_method_that_a_path_has_not_is_the_clients_mistake(asking_with):
    client, _ = asking_with(ANSWER)
    response = await client.get(URL)
    assert (response.status_code, response.json()["type"]) == (405, "invalid_request_error")


async def test_a_request_for_several_answers_is_one_request_a_day(asking_with):
    client, _ = asking_with(ANSWER, ANSWER, ANSWER, requests=10, tokens=600)
    response = await client.post(URL, json=ASK | {"n": 3, "max_completion_tokens": 5})
    assert response.status_code == 200
    assert response.headers["x-ratelimit-remaining-requests-day"] == "9"
    # Three times the prompt's 10 and 5 of the answer, of which some have come back since.
    assert 555 <= int(response.headers["x-ratelimit-remaining-tokens-minute"]) < 560


async def test_what_no_wait_would_allow_names_the_limit_and_no_time(asking_with):
    client, _ = asking_with(ANSWER, tokens=600)
    response = await client.post(URL, json=ASK | {"max_completion_tokens": 5000})
    assert (response.status_code, response.json()["code"]) == (429, "token_quota_exceeded")
    assert "the limit is 600" in response.json()["message"]
    assert "max_completion_tokens" in response.headers["x-spark-next-step"]
    assert "retry-after" not in response.headers
