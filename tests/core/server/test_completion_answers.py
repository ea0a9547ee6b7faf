"""Completions: what their fields mean, and how OpenAI's own client reads the answers."""

import json

import pytest
from generating import MODEL, ScriptedEngine, asking, chosen, data_of, ended, official, pieces

from inference_core.domain.generation import (
    ModelInfo,
    Priority,
    StopReason,
    TextPiece,
    TextPrompt,
    TokenPrompt,
)
from inference_core.server.completion_requests import read_completion
from inference_core.server.fields import Fields

ASK = {"model": "tiny", "prompt": "once"}
TIME = [*pieces(" a", " time"), ended()]


def read(vocabulary=0, **fields):
    return read_completion(Fields({"prompt": "once"} | fields), MODEL, vocabulary)


def questions(vocabulary=0, **fields):
    return read(vocabulary, **fields)[0].questions


@pytest.mark.parametrize(
    ("prompt", "prompts"),
    [
        ("a", [TextPrompt("a")]),
        ("", [TextPrompt("")]),
        (["a"], [TextPrompt("a")]),
        (["a", "b"], [TextPrompt("a"), TextPrompt("b")]),
        ([1, 2], [TokenPrompt((1, 2))]),
        ([[1, 2], [3]], [TokenPrompt((1, 2)), TokenPrompt((3,))]),
    ],
)
def test_a_prompt_is_text_or_tokens_or_several_of_either(prompt, prompts):
    assert [each.prompt for each in questions(prompt=prompt)] == prompts


def test_each_prompt_gets_its_answers_in_turn():
    asked = questions(prompt=["a", "b"], n=2, best_of=2, seed=5)
    assert [each.prompt.text for each in asked] == ["a", "a", "b", "b"]
    assert [each.sampling.seed for each in asked] == [5, 6, 5, 6]


@pytest.mark.parametrize(
    ("fields", "priority"),
    [
        ({}, Priority.QUESTION),
        ({"max_tokens": 0}, Priority.WARMUP),
        ({"priority": "suggestion"}, Priority.SUGGESTION),
        ({"suffix": "x", "priority": "suggestion"}, Priority.SUGGESTION),
    ],
)
def test_a_completion_has_a_priority(fields, priority):
    assert questions(**fields)[0].priority == priority


@pytest.mark.parametrize(("asked", "wanted"), [(None, None), (0, 0), (5, 5)])
def test_log_probabilities_are_a_number_here(asked, wanted):
    (question,) = questions(logprobs=asked)
    assert question.sampling.logprobs == wanted


@pytest.mark.parametrize(
    ("fields", "param", "says"),
    [
        ({"prompt": ["a", 1]}, "prompt[1]", "must be a string, not a number"),
        ({"prompt": [1, "a"]}, "prompt[1]", "must be a token number, not a string"),
        ({"prompt": [[1], []]}, "prompt[1]", "not empty"),
        ({"prompt": [[1], 2]}, "prompt[1]", "must be a list of token numbers"),
        ({"prompt": [[1], [True]]}, "prompt[1][0]", "must be a token number, not a boolean"),
        ({"prompt": [[1], [-1]]}, "prompt[1][0]", "is no token number"),
        ({"prompt": [9, 10]}, "prompt[1]", "whose last one is 9"),
        ({"prompt": ["a"] * 9}, "prompt", "at most 8 prompts, not 9"),
        ({"prompt": ["a"] * 3, "n": 3}, "n", "at most 8 are given at once"),
        ({"n": 2, "best_of": 3}, "best_of", "as large as 'n', which is 2"),
        ({"best_of": 2}, "best_of", "as large as 'n', which is 1"),
        ({"best_of": 0}, "best_of", "at least 1"),
        ({"logprobs": 6}, "logprobs", "at most 5"),
        ({"logprobs": True}, "logprobs", "must be an integer"),
        ({"echo": 1}, "echo", "must be a boolean"),
        ({"echo": True, "logprobs": 0}, "echo", "cannot go with 'logprobs'"),
        ({"prompt": ["a"], "suffix": "b"}, "prompt", "must be a string, not a list"),
        ({"max_tokens": -1}, "max_tokens", "at least 0"),
        ({"logit_bias": {"10": 1}}, "logit_bias", "from 0 to 9"),
    ],
)
async def test_a_wrong_field_of_a_completion_is_named(fields, param, says):
    engine = ScriptedEngine([ended()])
    engine.info = ModelInfo(context=64, vocabulary=10)
    async with asking(engine) as client:
        response = await client.post("/v1/completions", content=json.dumps(ASK | fields))
    error = response.json()["error"]
    assert (response.status_code, error["param"]) == (400, param)
    assert says in error["message"]


async def test_a_text_is_continued_with_its_account():
    async with official(ScriptedEngine(TIME)) as client:
        answer = await client.completions.create(**ASK)
    choice = answer.choices[0]
    assert (choice.text, choice.finish_reason, choice.logprobs) == (" a time", "stop", None)
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (10, 3)


async def test_several_prompts_get_their_answers_and_their_tokens_are_summed():
    engine = ScriptedEngine(
        [*pieces("1"), ended(cache_n=0, prompt_n=5, predicted_n=1)],
        [*pieces("2"), ended(cache_n=5, prompt_n=0, predicted_n=1)],
        [*pieces("3"), ended(cache_n=0, prompt_n=7, predicted_n=1)],
        [*pieces("4"), ended(StopReason.LENGTH, cache_n=7, prompt_n=0, predicted_n=1)],
    )
    async with official(engine) as client:
        answer = await client.completions.create(**ASK | {"prompt": ["a", "b"]}, n=2)
    assert [choice.text for choice in answer.choices] == ["1", "2", "3", "4"]
    assert answer.choices[3].finish_reason == "length"
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (12, 4)


@pytest.mark.parametrize(("prompt", "echo"), [("once", "once"), ([7, 8], "<7><8>")])
@pytest.mark.parametrize("stream", [False, True])
async def test_the_prompt_is_echoed_on_request(prompt, echo, stream):
    async with official(ScriptedEngine(TIME)) as client:
        answer = await client.completions.create(
            model="tiny", prompt=prompt, echo=True, n=2, stream=stream
        )
        texts = ["", ""]
        for each in [chunk async for chunk in answer] if stream else [answer]:
            for choice in each.choices:
                texts[choice.index] += choice.text
    assert texts == [f"{echo} a time"] * 2


SCORED = [
    TextPiece(" é", 1, (chosen(" é", -0.5, (" é", -0.5), (" e", -1.0)),)),
    TextPiece("ab", 2, (chosen("a", -1.0), chosen("b", float("-inf")))),
    ended(),
]


@pytest.mark.parametrize("stream", [False, True])
async def test_log_probabilities_have_the_older_shape(stream):
    async with official(ScriptedEngine(SCORED)) as client:
        answer = await client.completions.create(**ASK, logprobs=2, stream=stream)
        answers = [chunk async for chunk in answer] if stream else [answer]
    told = [each.choices[0].logprobs for each in answers if each.choices[0].text]
    rows = [
        row
        for each in told
        for row in zip(each.tokens, each.token_logprobs, each.text_offset, strict=True)
    ]
    assert rows == [(" é", -0.5, 0), ("a", -1.0, 2), ("b", -9999.0, 3)]
    assert told[0].top_logprobs[0] == {" é": -0.5, " e": -1.0}


async def test_a_stream_of_several_answers_ends_with_one_account_and_done():
    async with asking(ScriptedEngine(TIME)) as client:
        body = ASK | {"stream": True, "n": 2, "stream_options": {"include_usage": True}}
        *chunks, done = data_of(await client.post("/v1/completions", json=body))
    ends = [c for chunk in chunks for c in chunk["choices"] if c["finish_reason"]]
    assert sorted(each["index"] for each in ends) == [0, 1]
    assert [chunk["usage"]["completion_tokens"] for chunk in chunks if "usage" in chunk] == [6]
    assert "timings" in chunks[-1]
    assert done == "[DONE]"


async def test_reasoning_of_a_completion_is_nothing_but_text():
    async with official(ScriptedEngine([*pieces("<think>", "x"), ended()])) as client:
        answer = await client.completions.create(**ASK)
    assert answer.choices[0].text == "<think>x"
