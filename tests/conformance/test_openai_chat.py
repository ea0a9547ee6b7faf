"""Chat completions through the official ``openai`` package."""

import asyncio
import json

import pytest
from conformance.reading import chunks_of, text_of

pytestmark = [pytest.mark.model, pytest.mark.e2e]


async def test_an_answer_is_a_message_of_the_assistant(core, client, ask):
    answer = await client.chat.completions.create(
        model=core.model, messages=ask, max_tokens=16, temperature=0
    )
    assert answer.choices[0].message.role == "assistant"
    assert answer.choices[0].message.content


async def test_an_answer_says_what_it_is_and_who_made_it(core, client, ask):
    answer = await client.chat.completions.create(model=core.model, messages=ask, max_tokens=2)
    assert answer.id.startswith("chatcmpl-")
    assert answer.object == "chat.completion"
    assert answer.model == core.model
    assert answer.created > 1_700_000_000


@pytest.mark.parametrize("field", ["max_tokens", "max_completion_tokens"])
async def test_an_answer_that_reaches_its_limit_says_so(core, client, long, field):
    answer = await client.chat.completions.create(model=core.model, messages=long, **{field: 5})
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage.completion_tokens == 5


async def test_an_answer_that_the_model_ends_says_so(core, client):
    answer = await client.chat.completions.create(
        model=core.model,
        messages=[{"role": "user", "content": "Reply with the single word: yes"}],
        max_tokens=32,
        temperature=0,
    )
    assert answer.choices[0].finish_reason == "stop"
    assert "yes" in answer.choices[0].message.content.lower()


async def test_the_usage_adds_up(core, client, ask):
    usage = (
        await client.chat.completions.create(model=core.model, messages=ask, max_tokens=4)
    ).usage
    assert usage.prompt_tokens > 5
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens


async def test_a_stream_has_the_text_of_the_whole_answer(core, client, ask):
    asked = {"model": core.model, "messages": ask, "max_tokens": 12, "temperature": 0}
    whole = await client.chat.completions.create(**asked)
    chunks = await chunks_of(await client.chat.completions.create(**asked, stream=True))
    assert text_of(chunks) == whole.choices[0].message.content


async def test_a_stream_begins_with_the_role_and_has_one_finish_reason(core, client, long):
    chunks = await chunks_of(
        await client.chat.completions.create(
            model=core.model, messages=long, max_tokens=4, stream=True
        )
    )
    reasons = [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices]
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [reason for reason in reasons if reason] == ["length"]
    assert len({chunk.id for chunk in chunks}) == 1


async def test_a_stream_tells_its_usage_last_where_that_was_asked_for(core, client, long):
    chunks = await chunks_of(
        await client.chat.completions.create(
            model=core.model,
            messages=long,
            max_tokens=4,
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    assert chunks[-1].choices == []
    assert chunks[-1].usage.completion_tokens == 4
    assert all(chunk.usage is None for chunk in chunks[:-1])


async def test_a_stream_tells_no_usage_where_nobody_asked(core, client, ask):
    chunks = await chunks_of(
        await client.chat.completions.create(
            model=core.model, messages=ask, max_tokens=2, stream=True
        )
    )
    assert all(chunk.usage is None for chunk in chunks)


@pytest.mark.parametrize("stop", ["4", ["4", "nothing like this"]])
async def test_a_stop_string_ends_the_answer_and_is_no_part_of_it(core, client, stop):
    answer = await client.chat.completions.create(
        model=core.model,
        messages=[{"role": "user", "content": "Count from 1 to 9, separated by commas."}],
        max_tokens=40,
        temperature=0,
        stop=stop,
    )
    assert "3" in answer.choices[0].message.content
    assert "4" not in answer.choices[0].message.content
    assert answer.choices[0].finish_reason == "stop"


async def test_the_same_seed_gives_the_same_answer(core, client, long):
    asked = {"model": core.model, "messages": long, "max_tokens": 16, "temperature": 1, "seed": 7}
    first, second = [await client.chat.completions.create(**asked) for _ in range(2)]
    assert first.choices[0].message.content == second.choices[0].message.content


async def test_seeds_make_a_difference(core, client, long):
    answers = [
        await client.chat.completions.create(
            model=core.model, messages=long, max_tokens=12, temperature=1.5, seed=seed
        )
        for seed in range(3)
    ]
    assert len({answer.choices[0].message.content for answer in answers}) > 1


async def test_two_answers_can_be_asked_for_at_once(core, client, long):
    answer = await client.chat.completions.create(
        model=core.model, messages=long, max_tokens=6, temperature=1, seed=1, n=2
    )
    assert [choice.index for choice in answer.choices] == [0, 1]
    assert answer.usage.completion_tokens == 12


async def test_two_answers_stream_side_by_side(core, client, long):
    asked = {"model": core.model, "messages": long, "max_tokens": 6, "temperature": 1, "seed": 1}
    whole = await client.chat.completions.create(**asked, n=2)
    chunks = await chunks_of(await client.chat.completions.create(**asked, n=2, stream=True))
    assert [text_of(chunks, 0), text_of(chunks, 1)] == [
        choice.message.content for choice in whole.choices
    ]


async def test_log_probabilities_are_told_for_each_token(core, client, ask):
    answer = await client.chat.completions.create(
        model=core.model, messages=ask, max_tokens=6, temperature=0, logprobs=True, top_logprobs=3
    )
    tokens = answer.choices[0].logprobs.content
    assert "".join(token.token for token in tokens) == answer.choices[0].message.content
    assert all(token.logprob <= 0 for token in tokens)
    assert all(len(token.top_logprobs) == 3 for token in tokens)


async def test_at_temperature_0_the_most_probable_token_is_chosen(core, client, ask):
    answer = await client.chat.completions.create(
        model=core.model, messages=ask, max_tokens=6, temperature=0, logprobs=True, top_logprobs=2
    )
    for token in answer.choices[0].logprobs.content:
        assert token.token == token.top_logprobs[0].token


async def test_log_probabilities_are_streamed_with_their_text(core, client, ask):
    chunks = await chunks_of(
        await client.chat.completions.create(
            model=core.model,
            messages=ask,
            max_tokens=6,
            temperature=0,
            logprobs=True,
            stream=True,
        )
    )
    choices = [choice for chunk in chunks for choice in chunk.choices if choice.logprobs]
    tokens = [token for choice in choices for token in choice.logprobs.content]
    assert "".join(token.token for token in tokens) == text_of(chunks)


EDIT = "def area(width, height):\n    size = width * height\n    print(size)\n    return size\n"


def edit_request(model):
    question = f"Repeat this code and change nothing. Answer with the code only.\n```\n{EDIT}```"
    return {
        "model": model,
        "messages": [{"role": "user", "content": question}],
        "max_tokens": 48,
        "temperature": 0,
    }


async def test_a_prediction_that_fits_is_accepted_and_changes_no_word(core, client):
    asked = edit_request(core.model)
    plain = await client.chat.completions.create(**asked)
    prediction = {"type": "content", "content": EDIT}
    # Whether drafting pays is measured, so that beside a busy neighbour an answer may go without.
    for _ in range(20):
        drafted = await client.chat.completions.create(**asked, prediction=prediction)
        assert drafted.choices[0].message.content == plain.choices[0].message.content
        if drafted.usage.completion_tokens_details.accepted_prediction_tokens > 0:
            return
    pytest.fail("Nothing of the prediction was ever accepted.")


async def test_a_prediction_that_does_not_fit_changes_no_word(core, client):
    asked = edit_request(core.model)
    plain = await client.chat.completions.create(**asked)
    drafted = await client.chat.completions.create(
        **asked, prediction={"type": "content", "content": "Something else entirely. " * 8}
    )
    assert drafted.choices[0].message.content == plain.choices[0].message.content


async def test_a_conversation_that_goes_on_reuses_its_prompt(core, client):
    messages = [{"role": "user", "content": "Name three colours. " + "Take your time. " * 12}]
    first = await client.chat.completions.create(
        model=core.model, messages=messages, max_tokens=8, temperature=0
    )
    messages.append({"role": "assistant", "content": first.choices[0].message.content})
    messages.append({"role": "user", "content": "And three more?"})
    second = await client.chat.completions.create(
        model=core.model, messages=messages, max_tokens=4, temperature=0
    )
    assert second.usage.prompt_tokens_details.cached_tokens >= first.usage.prompt_tokens


@pytest.mark.parametrize("role", ["system", "developer"])
async def test_instructions_come_in_either_role(core, client, role):
    answer = await client.chat.completions.create(
        model=core.model,
        messages=[
            {"role": role, "content": "Whatever is asked, reply with the one word BANANA."},
            {"role": "user", "content": "What do you say?"},
        ],
        max_tokens=8,
        temperature=0,
    )
    assert "banana" in answer.choices[0].message.content.lower()


async def test_content_may_come_in_parts(core, client):
    parts = [{"type": "text", "text": "Reply with the "}, {"type": "text", "text": "word: yes"}]
    answer = await client.chat.completions.create(
        model=core.model,
        messages=[{"role": "user", "content": parts}],
        max_tokens=8,
        temperature=0,
    )
    assert "yes" in answer.choices[0].message.content.lower()


async def test_a_banned_token_does_not_come(core, client, ask):
    asked = {"model": core.model, "messages": ask, "max_tokens": 1, "temperature": 0}
    word = (await client.chat.completions.create(**asked)).choices[0].message.content
    async with core.client() as http:
        told = (await http.post("/tokenize", json={"content": word})).json()
    banned = {str(token["id"]): -100 for token in told["tokens"]}
    other = await client.chat.completions.create(**asked, logit_bias=banned)
    assert other.choices[0].message.content != word


async def test_the_raw_response_can_be_read_and_parsed(core, client, ask):
    raw = await client.chat.completions.with_raw_response.create(
        model=core.model, messages=ask, max_tokens=2
    )
    assert raw.headers["content-type"] == "application/json"
    assert raw.parse().usage.completion_tokens == 2


async def test_a_streaming_response_gives_lines_that_end_with_done(core, client, ask):
    async with client.chat.completions.with_streaming_response.create(
        model=core.model, messages=ask, max_tokens=2, stream=True
    ) as response:
        lines = [line async for line in response.iter_lines() if line.startswith("data:")]
    assert lines[-1] == "data: [DONE]"
    assert json.loads(lines[0].removeprefix("data: "))["object"] == "chat.completion.chunk"


async def test_the_stream_helper_puts_the_answer_together(core, client):
    messages = [{"role": "user", "content": "Reply with the single word: yes"}]
    async with client.chat.completions.stream(
        model=core.model, messages=messages, temperature=0
    ) as stream:
        deltas = [event.delta async for event in stream if event.type == "content.delta"]
        final = await stream.get_final_completion()
    assert "".join(deltas) == final.choices[0].message.content


def test_the_blocking_client_works_as_well(core, blocking, ask):
    answer = blocking.chat.completions.create(model=core.model, messages=ask, max_tokens=2)
    assert answer.usage.completion_tokens == 2


def test_the_blocking_client_streams(core, blocking, long):
    with blocking.chat.completions.create(
        model=core.model, messages=long, max_tokens=4, stream=True
    ) as stream:
        assert text_of(list(stream))


async def test_many_questions_at_once_are_all_answered(core, client):
    asked = [
        client.chat.completions.create(
            model=core.model,
            messages=[{"role": "user", "content": f"Say the number {number}."}],
            max_tokens=4,
        )
        for number in range(6)
    ]
    answers = await asyncio.gather(*asked)
    assert all(answer.choices[0].message.content for answer in answers)
