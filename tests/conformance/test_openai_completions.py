"""Completions, models and errors through the official ``openai`` package."""

import openai
import pytest
from conformance.reading import chunks_of

pytestmark = [pytest.mark.model, pytest.mark.e2e]

COUNT = "1, 2, 3, 4, 5,"


def continue_text(model, **more):
    return {"model": model, "prompt": COUNT, "max_tokens": 6, "temperature": 0, **more}


def joined(chunks, index=0):
    choices = [choice for chunk in chunks for choice in chunk.choices if choice.index == index]
    return "".join(choice.text for choice in choices)


async def test_a_text_is_continued(core, client):
    answer = await client.completions.create(**continue_text(core.model))
    assert answer.object == "text_completion"
    assert "6" in answer.choices[0].text


async def test_a_stream_has_the_text_of_the_whole_completion(core, client):
    whole = await client.completions.create(**continue_text(core.model))
    chunks = await chunks_of(
        await client.completions.create(**continue_text(core.model), stream=True)
    )
    assert joined(chunks) == whole.choices[0].text


async def test_a_completion_that_reaches_its_limit_says_so(core, client):
    answer = await client.completions.create(**continue_text(core.model))
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage.completion_tokens == 6


async def test_a_stop_string_ends_a_completion(core, client):
    answer = await client.completions.create(**continue_text(core.model, stop=["7"], max_tokens=30))
    assert "6" in answer.choices[0].text
    assert "7" not in answer.choices[0].text
    assert answer.choices[0].finish_reason == "stop"


async def test_a_gap_is_filled_in(core, client):
    answer = await client.completions.create(
        model=core.model,
        prompt="def add(a, b):\n    return ",
        suffix="\n\nprint(add(1, 2))\n",
        max_tokens=12,
        temperature=0,
    )
    assert answer.choices[0].text.strip().startswith("a + b")


async def test_the_prompt_is_echoed_where_that_is_asked_for(core, client):
    answer = await client.completions.create(**continue_text(core.model, echo=True))
    assert answer.choices[0].text.startswith(COUNT)


async def test_a_completion_comes_twice_where_two_are_asked_for(core, client):
    answer = await client.completions.create(
        **continue_text(core.model, n=2) | {"temperature": 1, "seed": 2}
    )
    assert [choice.index for choice in answer.choices] == [0, 1]


async def test_each_of_two_prompts_gets_its_completion(core, client):
    prompts = [COUNT, "a, b, c, d,"]
    answer = await client.completions.create(**continue_text(core.model) | {"prompt": prompts})
    texts = [choice.text for choice in answer.choices]
    assert "6" in texts[0]
    assert "e" in texts[1]


async def test_a_prompt_may_be_token_numbers(core, client):
    async with core.client() as http:
        told = (await http.post("/tokenize", json={"content": COUNT})).json()
    numbers = [token["id"] for token in told["tokens"]]
    asked = continue_text(core.model)
    by_text = await client.completions.create(**asked)
    by_number = await client.completions.create(**asked | {"prompt": numbers})
    assert by_number.choices[0].text == by_text.choices[0].text


async def test_log_probabilities_have_the_old_shape(core, client):
    answer = await client.completions.create(**continue_text(core.model, logprobs=2))
    told = answer.choices[0].logprobs
    assert "".join(told.tokens) == answer.choices[0].text
    assert len(told.tokens) == len(told.token_logprobs) == len(told.text_offset)
    assert all(0 < len(top) <= 3 for top in told.top_logprobs)


async def test_the_same_seed_continues_in_the_same_way(core, client):
    asked = continue_text(core.model, seed=5, max_tokens=12) | {"temperature": 1.2}
    first, second = [await client.completions.create(**asked) for _ in range(2)]
    assert first.choices[0].text == second.choices[0].text


async def test_more_candidates_than_answers_are_refused(core, client):
    with pytest.raises(openai.BadRequestError) as refused:
        await client.completions.create(**continue_text(core.model, best_of=3))
    assert refused.value.param == "best_of"


# -- models ----------------------------------------------------------------------------------


async def test_the_model_is_listed(core, client):
    listed = [model async for model in client.models.list()]
    assert [model.id for model in listed] == [core.model]
    assert listed[0].object == "model"


async def test_the_model_is_told_by_its_name(core, client):
    model = await client.models.retrieve(core.model)
    assert (model.id, model.owned_by) == (core.model, "local")


async def test_an_unknown_model_is_not_found_and_the_known_one_is_named(core, client):
    with pytest.raises(openai.NotFoundError, match=core.model):
        await client.models.retrieve("gpt-17")


# -- errors ----------------------------------------------------------------------------------


async def test_a_question_to_an_unknown_model_is_told_the_known_one(core, client, ask):
    with pytest.raises(openai.NotFoundError, match=core.model) as refused:
        await client.chat.completions.create(model="gpt-17", messages=ask)
    assert (refused.value.code, refused.value.param) == ("model_not_found", "model")


async def test_a_wrong_key_is_an_authentication_error(core, ask):
    async with openai.AsyncOpenAI(
        base_url=f"{core.url}/v1", api_key="wrong", max_retries=0
    ) as client:
        with pytest.raises(openai.AuthenticationError) as refused:
            await client.chat.completions.create(model=core.model, messages=ask)
    assert refused.value.code == "invalid_api_key"


async def test_a_prompt_over_the_context_is_refused_with_both_numbers(core, client):
    with pytest.raises(openai.BadRequestError, match=r"\d{4} tokens.*4096") as refused:
        await client.chat.completions.create(
            model=core.model, messages=[{"role": "user", "content": "one two " * 5000}]
        )
    assert refused.value.code == "context_length_exceeded"


async def test_a_prompt_over_the_context_is_refused_before_a_stream_begins(core, client):
    with pytest.raises(openai.BadRequestError) as refused:
        await client.completions.create(model=core.model, prompt="one two " * 5000, stream=True)
    assert refused.value.code == "context_length_exceeded"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("temperature", 9),
        ("top_p", -1),
        ("max_tokens", "many"),
        ("n", 0),
        ("stop", 4),
        ("top_logprobs", 99),
        ("presence_penalty", 7),
        ("response_format", {"type": "xml"}),
        ("tools", [{"type": "rocket"}]),
        ("stream_options", 3),
    ],
)
async def test_a_value_that_cannot_be_is_refused_by_name(core, client, ask, field, value):
    with pytest.raises(openai.BadRequestError) as refused:
        await client.chat.completions.create(
            model=core.model, messages=ask, extra_body={"logprobs": True, field: value}
        )
    assert str(refused.value.param).startswith(field)


async def test_a_chat_without_messages_is_refused(core, client):
    with pytest.raises(openai.BadRequestError) as refused:
        await client.chat.completions.create(model=core.model, messages=[])
    assert refused.value.param == "messages"


async def test_a_body_over_the_limit_is_refused_with_413(core, client):
    with pytest.raises(openai.APIStatusError) as refused:
        await client.completions.create(model=core.model, prompt="x" * (9 * 1024 * 1024))
    assert refused.value.status_code == 413


async def test_a_path_that_does_not_exist_is_not_found(client):
    with pytest.raises(openai.NotFoundError):
        await client.images.generate(prompt="a boat", model="none")


async def test_a_client_that_gives_up_leaves_the_slot_free(core, client, long):
    with pytest.raises(openai.APITimeoutError):
        await client.with_options(timeout=0.2).chat.completions.create(
            model=core.model, messages=long, max_tokens=2000
        )
    answer = await client.chat.completions.create(model=core.model, messages=long, max_tokens=1)
    assert answer.usage.completion_tokens == 1
