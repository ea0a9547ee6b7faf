"""The answers of a chat, as OpenAI's own client reads them."""

import openai
import pytest
from generating import ScriptedEngine, asking, chosen, data_of, ended, official, pieces

from inference_core.domain.errors import (
    BusyError,
    ContextExceededError,
    EngineDownError,
    EngineError,
)
from inference_core.domain.generation import StopReason, TextPiece

ASK = {"model": "tiny", "messages": [{"role": "user", "content": "hi"}]}
HELLO = [*pieces("hello", " there"), ended()]


async def chunks_of(stream):
    return [chunk async for chunk in stream]


async def test_an_answer_says_who_gave_it_and_what_it_cost():
    async with official(ScriptedEngine(HELLO)) as client:
        answer = await client.chat.completions.create(**ASK)
    assert answer.id.startswith("chatcmpl-")
    assert answer.system_fingerprint.startswith("spark-")
    assert (answer.model, answer.service_tier) == ("tiny", None)
    assert answer.choices[0].message.content == "hello there"
    assert answer.choices[0].logprobs is None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (10, 3)
    assert answer.usage.total_tokens == 13
    assert answer.usage.prompt_tokens_details.cached_tokens == 4


@pytest.mark.parametrize("usage", [False, True])
async def test_a_stream_brings_role_pieces_reason_and_on_request_the_usage(usage):
    async with official(ScriptedEngine(HELLO)) as client:
        stream = await client.chat.completions.create(
            **ASK, stream=True, stream_options={"include_usage": usage}
        )
        chunks = await chunks_of(stream)
    assert len({chunk.id for chunk in chunks}) == 1
    choices = [chunk.choices[0] for chunk in chunks if chunk.choices]
    assert choices[0].delta.role == "assistant"
    assert [choice.delta.content for choice in choices] == ["", "hello", " there", None]
    assert [choice.finish_reason for choice in choices] == [None, None, None, "stop"]
    told = [chunk.usage for chunk in chunks if chunk.usage]
    assert [each.completion_tokens for each in told] == ([3] if usage else [])
    assert chunks[-1].timings["predicted_n"] == 3


async def test_drafts_are_told_as_predictions_and_as_llama_server_tells_them():
    engine = ScriptedEngine([*pieces("x"), ended(draft_n=9, draft_n_accepted=7)])
    async with official(engine) as client:
        answer = await client.chat.completions.create(
            **ASK, prediction={"type": "content", "content": "x = 1"}
        )
    details = answer.usage.completion_tokens_details
    assert (details.accepted_prediction_tokens, details.rejected_prediction_tokens) == (7, 2)
    assert (answer.timings["draft_n"], answer.timings["draft_n_accepted"]) == (9, 7)
    assert engine.asked[0].prediction == "x = 1"


async def test_without_drafts_none_are_told():
    async with official(ScriptedEngine(HELLO)) as client:
        answer = await client.chat.completions.create(**ASK)
    assert answer.usage.completion_tokens_details.accepted_prediction_tokens == 0
    assert "draft_n" not in answer.timings


SCORED = [
    TextPiece("a", 1, (chosen("a", -0.5, ("a", -0.5), ("b", -1.0)),)),
    TextPiece("é", 2, (chosen("\ufffd", -1.0), chosen("\ufffd", float("-inf")))),
    ended(),
]


async def test_log_probabilities_are_given_for_every_token():
    async with official(ScriptedEngine(SCORED)) as client:
        answer = await client.chat.completions.create(**ASK, logprobs=True, top_logprobs=2)
    first, *rest = answer.choices[0].logprobs.content
    assert (first.token, first.logprob, first.bytes) == ("a", -0.5, [97])
    assert [(top.token, top.logprob) for top in first.top_logprobs] == [("a", -0.5), ("b", -1.0)]
    # What cannot come has no logarithm in JSON; OpenAI has a number for it.
    assert [token.logprob for token in rest] == [-1.0, -9999.0]


async def test_streamed_log_probabilities_are_those_of_the_whole_answer():
    async with official(ScriptedEngine(SCORED)) as client:
        stream = await client.chat.completions.create(**ASK, stream=True, logprobs=True)
        chunks = await chunks_of(stream)
    told = [chunk.choices[0].logprobs for chunk in chunks if chunk.choices[0].logprobs]
    assert [token.token for each in told for token in each.content] == ["a", "\ufffd", "\ufffd"]


async def test_a_tier_that_was_asked_for_is_told():
    async with official(ScriptedEngine(HELLO)) as client:
        whole = await client.chat.completions.create(**ASK, service_tier="flex")
        stream = await client.chat.completions.create(**ASK, service_tier="auto", stream=True)
        tiers = {chunk.service_tier for chunk in await chunks_of(stream)}
    assert whole.service_tier == "flex"
    assert tiers == {"default"}


async def test_a_warm_up_answers_nothing_and_says_what_it_processed():
    engine = ScriptedEngine([ended(StopReason.LENGTH, predicted_n=0, predicted_ms=0.0)])
    async with official(engine) as client:
        answer = await client.chat.completions.create(**ASK, max_tokens=0)
    assert (answer.choices[0].message.content, answer.choices[0].finish_reason) == ("", "length")
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (10, 0)
    assert engine.asked[0].sampling.max_tokens == 0


# -- several answers ---------------------------------------------------------------------------


async def test_several_answers_come_with_their_numbers_and_one_account():
    engine = ScriptedEngine(
        [*pieces("one"), ended(cache_n=0, prompt_n=10, predicted_n=1, draft_n=2)],
        [*pieces("two", " two"), ended(StopReason.LENGTH, cache_n=9, prompt_n=1, predicted_n=2)],
    )
    async with official(engine) as client:
        answer = await client.chat.completions.create(**ASK, n=2, seed=5)
    assert [choice.index for choice in answer.choices] == [0, 1]
    assert [choice.message.content for choice in answer.choices] == ["one", "two two"]
    assert [choice.finish_reason for choice in answer.choices] == ["stop", "length"]
    usage = answer.usage
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (10, 3, 13)
    assert usage.prompt_tokens_details.cached_tokens == 0
    assert [asked.sampling.seed for asked in engine.asked] == [5, 6]


async def test_streamed_answers_keep_apart_and_end_each_for_itself():
    engine = ScriptedEngine([*pieces("a", "b"), ended()], [*pieces("c"), ended(StopReason.LENGTH)])
    async with official(engine) as client:
        stream = await client.chat.completions.create(
            **ASK, n=2, stream=True, stream_options={"include_usage": True}
        )
        chunks = await chunks_of(stream)
    texts, reasons = {0: "", 1: ""}, {}
    for chunk in chunks:
        for choice in chunk.choices:
            texts[choice.index] += choice.delta.content or ""
            reasons[choice.index] = choice.finish_reason or reasons.get(choice.index)
    assert texts == {0: "ab", 1: "c"}
    assert reasons == {0: "stop", 1: "length"}
    assert [chunk.usage.completion_tokens for chunk in chunks if chunk.usage] == [6]


# -- failures ----------------------------------------------------------------------------------


async def test_what_the_engine_refuses_is_an_error_of_the_client_too():
    async with official(ScriptedEngine([ContextExceededError(99, 64)])) as client:
        with pytest.raises(openai.BadRequestError, match="99 tokens"):
            await client.chat.completions.create(**ASK)
    async with official(ScriptedEngine([BusyError(64, retry_after_s=3)])) as client:
        with pytest.raises(openai.RateLimitError) as refused:
            await client.chat.completions.create(**ASK)
    assert refused.value.response.headers["retry-after"] == "3"


@pytest.mark.parametrize("stream", [False, True])
async def test_an_answer_without_an_end_is_never_taken_for_a_whole_one(stream):
    async with asking(ScriptedEngine(pieces("half"))) as client:
        response = await client.post("/v1/chat/completions", json=ASK | {"stream": stream})
    told = data_of(response)[-1] if stream else response.json()
    assert "ended its answer early" in told["error"]["message"]
    assert response.status_code == (200 if stream else 500)


async def test_an_error_in_mid_stream_reaches_the_client_as_one():
    down = [*pieces("one"), EngineDownError("The engine's process is gone.")]
    async with official(ScriptedEngine(down)) as client:
        stream = await client.chat.completions.create(**ASK, stream=True)
        with pytest.raises(openai.APIError, match="process is gone"):
            await chunks_of(stream)


async def test_when_one_of_several_answers_fails_the_request_fails_and_all_are_closed():
    engine = ScriptedEngine([EngineError("Broken.")], [*pieces("fine"), ended()])
    async with asking(engine) as client:
        response = await client.post("/v1/chat/completions", json=ASK | {"n": 4})
    assert (response.status_code, response.json()["error"]["message"]) == (500, "Broken.")
    assert engine.open == 0
