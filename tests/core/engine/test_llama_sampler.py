"""Choosing tokens with the real model's logits."""

import math

import pytest
from llama_writing import CHAT, GREEDY, rows, sample, text, write

from inference_core.domain.generation import Sampling
from inference_core.engine.llama_decoder import LlamaDecoder

pytestmark = pytest.mark.model

PROMPT = CHAT.format("Name a colour.")


def _numbers(answer: list) -> list[int]:
    return [sampled.token for sampled in answer]


@pytest.mark.parametrize(
    "sampling",
    [
        Sampling(seed=7),
        Sampling(seed=7, temperature=1.5, top_k=0, top_p=1.0, min_p=0.0),
        Sampling(seed=-2, temperature=1.0),
        Sampling(seed=7, presence_penalty=0.5, frequency_penalty=0.2),
        Sampling(seed=7, logprobs=1),
    ],
)
def test_the_same_seed_writes_the_same(decoder: LlamaDecoder, sampling: Sampling) -> None:
    first, second = (_numbers(write(decoder, PROMPT, sampling, most=6)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    "sampling",
    [
        Sampling(temperature=0.0, seed=1),
        Sampling(top_k=1),
        Sampling(top_p=0.0),
        Sampling(min_p=1.0),
        Sampling(temperature=0.0, logprobs=3),
    ],
)
def test_only_the_most_probable_token_is_left(decoder: LlamaDecoder, sampling: Sampling) -> None:
    assert _numbers(write(decoder, PROMPT, sampling, most=5)) == _numbers(
        write(decoder, PROMPT, GREEDY, most=5)
    )


@pytest.mark.parametrize("seed", [None, -1])
def test_no_seed_is_a_random_one_and_so_is_minus_one(
    decoder: LlamaDecoder, seed: int | None
) -> None:
    wild = Sampling(temperature=5.0, top_k=0, top_p=1.0, min_p=0.0, seed=seed)
    # Of 150,000 tokens, nearly evenly.
    assert _numbers(write(decoder, PROMPT, wild, most=4)) != _numbers(
        write(decoder, PROMPT, wild, most=4)
    )


def test_probabilities_are_sorted_and_sum_up_to_less_than_one(decoder: LlamaDecoder) -> None:
    for sampled in write(decoder, PROMPT, Sampling(temperature=0.0, logprobs=5), most=4):
        assert sampled.logprob is not None
        top = [candidate.logprob for candidate in sampled.logprob.top]
        assert len(top) == 5
        assert top == sorted(top, reverse=True)
        assert 0.2 < sum(map(math.exp, top)) <= 1.0 + 1e-6
        assert sampled.logprob.chosen == sampled.logprob.top[0]
        assert sampled.logprob.chosen.data == decoder.piece(sampled.token, special=True)


def test_all_probabilities_sum_up_to_one(decoder: LlamaDecoder) -> None:
    size = decoder.info.vocabulary
    (first,) = write(decoder, PROMPT, Sampling(temperature=0.0, logprobs=size), most=1)
    assert first.logprob is not None
    assert len(first.logprob.top) == size
    total = sum(math.exp(candidate.logprob) for candidate in first.logprob.top)
    assert total == pytest.approx(1.0, abs=1e-4)


def test_with_logprobs_0_only_the_chosen_token_is_told(decoder: LlamaDecoder) -> None:
    (first,) = write(decoder, PROMPT, Sampling(temperature=0.0, logprobs=0), most=1)
    assert first.logprob is not None
    assert first.logprob.top == ()
    assert -10 < first.logprob.chosen.logprob < 0


@pytest.mark.parametrize(
    "changed",
    [
        {"temperature": 2.0, "seed": 1},
        {"temperature": 0.0, "presence_penalty": 2.0},
        {"temperature": 0.0, "logit_bias": ((0, 50.0),)},
    ],
)
def test_probabilities_are_the_models_own(decoder: LlamaDecoder, changed) -> None:
    assert decoder.decode(rows(decoder.tokenize(PROMPT, special=True)))
    row = len(decoder.tokenize(PROMPT, special=True)) - 1
    plain = sample(decoder, row, Sampling(temperature=0.0, logprobs=3)).logprob
    other = sample(decoder, row, Sampling(logprobs=3, **changed)).logprob
    assert plain is not None
    assert other is not None
    assert other.top == plain.top


@pytest.mark.parametrize("bias", [-100.0, -1000.0])
@pytest.mark.parametrize("logprobs", [None, 0])
def test_a_banned_token_does_not_come(
    decoder: LlamaDecoder, bias: float, logprobs: int | None
) -> None:
    (usual,) = write(decoder, PROMPT, most=1)
    banned = Sampling(temperature=0.0, logit_bias=((usual.token, bias),), logprobs=logprobs)
    (other,) = write(decoder, PROMPT, banned, most=1)
    assert other.token != usual.token


def test_a_biased_token_always_comes(decoder: LlamaDecoder) -> None:
    (token,) = decoder.tokenize(" violet", special=False)
    biased = Sampling(seed=1, logit_bias=((token, 100.0),))
    assert text(decoder, write(decoder, PROMPT, biased, most=3)) == " violet" * 3


@pytest.mark.parametrize("logprobs", [None, 0])
def test_an_answer_does_not_end_before_its_least_length(
    decoder: LlamaDecoder, logprobs: int | None
) -> None:
    prompt = CHAT.format("Say hi.") + "Hi!"
    least = 4
    (end,) = decoder.tokenize("<|im_end|>", special=True)
    # What would otherwise come at once, also without any help of the model.
    eager = Sampling(temperature=0.0, logit_bias=((end, 50.0),), logprobs=logprobs)
    assert _numbers(write(decoder, prompt, eager)) == [end]
    held = Sampling(temperature=0.0, logit_bias=((end, 50.0),), logprobs=logprobs, min_tokens=least)
    answer = _numbers(write(decoder, prompt, held))
    assert len(answer) == least + 1
    assert [decoder.is_end(token) for token in answer] == [False] * least + [True]


@pytest.mark.parametrize("penalty", [{"frequency_penalty": 500.0}, {"presence_penalty": 500.0}])
def test_a_penalized_token_does_not_come_again(decoder: LlamaDecoder, penalty) -> None:
    prompt = "no no no no no no"
    again = _numbers(write(decoder, prompt, GREEDY, most=6))
    assert len(set(again)) < len(again)
    answer = _numbers(write(decoder, prompt, Sampling(temperature=0.0, **penalty), most=6))
    assert len(set(answer)) == len(answer)
