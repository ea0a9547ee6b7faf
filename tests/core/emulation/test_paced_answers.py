"""Answers through the whole application, at the pace of a profile."""

import asyncio

import pytest
from generating import ScriptedEngine, data_of, ended, pieces

from inference_core.domain.emulation import Source
from inference_core.domain.errors import EngineError
from inference_core.domain.generation import TextPiece

URL = "/v1/chat/completions"
ASK = {"messages": [{"role": "user", "content": "Count."}]}
WORDS = [f"word{number} " for number in range(300)]


def answer(count=300):
    return [*pieces(*WORDS[:count]), ended(predicted_n=count, prompt_ms=700.0, predicted_ms=3000.0)]


async def whole(client, **fields):
    response = await client.post(URL, json=ASK | fields)
    assert response.status_code == 200, response.text
    return response.json()


async def test_an_answer_takes_the_profiles_time(asking_with, clock):
    client, _ = asking_with(answer())
    before = clock.now()
    body = await whole(client)
    info = body["time_info"]
    assert clock.now() - before == pytest.approx(info["total_time"], abs=1e-5)
    assert info["completion_time"] == pytest.approx(299 / 3000, rel=0.02)
    assert info["queue_time"] + info["prompt_time"] + info["completion_time"] <= info["total_time"]


async def test_the_text_is_the_engines(asking_with):
    client, _ = asking_with(answer())
    body = await whole(client)
    assert body["choices"][0]["message"]["content"] == "".join(WORDS)
    assert body["usage"]["completion_tokens"] == 300


async def test_a_whole_answer_says_that_it_is_emulated_and_how_it_went(asking_with):
    client, _ = asking_with(answer())
    told = (await whole(client))["x_spark"]
    assert told["emulated"] is True
    assert (told["profile"], told["source"]) == ("gpt-oss-120b-wse3", "engine")
    assert told["kind"] == "vendor"
    assert told["target_tps"] == pytest.approx(3000, rel=0.02)
    assert told["achieved_tps"] == pytest.approx(told["target_tps"], rel=0.001)
    assert told["behind_share"] == 0
    assert told["engine_s"] == 3.7


async def test_the_first_chunk_of_a_stream_is_marked_and_the_last_has_the_account(asking_with):
    client, _ = asking_with(answer())
    response = await client.post(URL, json=ASK | {"stream": True})
    *chunks, done = data_of(response)
    assert done == "[DONE]"
    assert chunks[0]["x_spark"]["emulated"] is True
    assert "achieved_tps" not in chunks[0]["x_spark"]
    last = chunks[-1]
    assert last["choices"][0]["finish_reason"] == "stop"
    assert last["usage"]["completion_tokens"] == 300
    assert last["time_info"]["total_time"] > 0
    assert last["x_spark"]["achieved_tps"] > 0
    assert all("x_spark" not in chunk for chunk in chunks[1:-1])


async def test_every_answer_is_marked_in_its_head_too(asking_with):
    client, _ = asking_with(answer(), source=Source.BUFFERED)
    response = await client.post(URL, json=ASK)
    head = response.headers["x-spark-emulated"]
    assert head == "profile=gpt-oss-120b-wse3; source=buffered; kind=vendor"


async def test_a_prediction_that_comes_true_makes_it_faster_and_is_counted(asking_with):
    client, _ = asking_with(answer(), answer())
    plain = await whole(client)
    wanted = {"type": "content", "content": "".join(WORDS)}
    predicted = await whole(client, prediction=wanted)
    quick = predicted["time_info"]["completion_time"]
    assert quick < plain["time_info"]["completion_time"] / 4
    assert predicted["choices"] == plain["choices"]
    details = predicted["usage"]["completion_tokens_details"]
    assert details["accepted_prediction_tokens"] == 300
    assert details["rejected_prediction_tokens"] == 0


async def test_a_prediction_of_something_else_is_rejected_and_saves_nothing(asking_with):
    client, _ = asking_with(answer(), answer())
    plain = await whole(client)
    other = await whole(client, prediction={"type": "content", "content": "Something else." * 9})
    assert other["time_info"]["completion_time"] == pytest.approx(
        plain["time_info"]["completion_time"], rel=0.02
    )
    details = other["usage"]["completion_tokens_details"]
    assert details["accepted_prediction_tokens"] == 0
    assert details["rejected_prediction_tokens"] > 0


async def test_the_same_seed_paces_the_same(asking_with):
    first, _ = asking_with(answer(), profile="llama-70b-trn2", seed=5)
    second, _ = asking_with(answer(), profile="llama-70b-trn2", seed=5)
    times = [(await whole(client))["time_info"]["completion_time"] for client in (first, second)]
    assert times[0] == times[1]


async def test_an_engine_that_is_slower_is_said_to_be_behind(asking_with, clock):
    class SlowEngine(ScriptedEngine):
        """Writes a token every tenth of a second."""

        async def generate(self, request):
            async for event in super().generate(request):
                for _ in range(20):
                    await asyncio.sleep(0)
                clock.seconds += 0.1
                yield event

    client, _ = asking_with(engine=SlowEngine(answer(50)))
    told = (await whole(client))["x_spark"]
    assert told["achieved_tps"] == pytest.approx(10, rel=0.1)
    assert told["target_tps"] > 2000
    assert told["behind_share"] > 0.9


async def test_buffered_paces_from_the_end_of_the_real_answer(asking_with, clock):
    class Slow(list):
        def __iter__(self):
            clock.seconds += 20
            return list.__iter__(self)

    client, _ = asking_with(Slow(answer(50)), source=Source.BUFFERED)
    body = await whole(client)
    assert body["x_spark"]["behind_share"] == 0
    assert body["x_spark"]["achieved_tps"] == pytest.approx(3000, rel=0.1)
    assert body["time_info"]["total_time"] < 2
    assert body["x_spark"]["engine_s"] == 3.7


async def test_what_an_engine_joined_is_one_chunk_of_all_its_tokens(asking_with):
    client, _ = asking_with([TextPiece("a b c", 3), TextPiece(" d"), ended(predicted_n=4)])
    body = await whole(client)
    assert body["choices"][0]["message"]["content"] == "a b c d"


async def test_an_engine_that_fails_breaks_the_stream_off_in_cerebras_shape(asking_with):
    client, engine = asking_with([*pieces("a"), EngineError("It broke.")])
    response = await client.post(URL, json=ASK | {"stream": True})
    last = data_of(response)[-1]
    assert last["status_code"] == 500
    assert set(last["error"]) == {"id", "message", "type", "param", "code"}
    assert engine.open == 0


async def test_several_answers_are_told_by_the_one_that_took_longest(asking_with):
    client, _ = asking_with(answer(10), answer(100))
    body = await whole(client, n=2)
    assert len(body["choices"]) == 2
    assert body["time_info"]["completion_time"] == pytest.approx(99 / 3000, rel=0.1)


async def test_metrics_are_those_of_the_real_engine(asking_with):
    client, _ = asking_with(answer())
    await whole(client)
    text = (await client.get("/metrics")).text
    assert "spark_core" in text
    response = await client.get("/v1/models")
    assert response.json()["data"][0]["id"] == "gpt-oss-120b"
