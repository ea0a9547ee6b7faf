import pytest
from engine_fakes import FakeDecoder, answer_to

from inference_core.machine.measuring import Measuring


class Clock:
    """Goes on by one second with each look at it."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        self.now += 1.0
        return self.now


@pytest.fixture(params=[True, False], ids=["whole memory", "memory that cannot be cut"])
def decoder(request):
    return FakeDecoder(cells=8192, partial=request.param)


def test_a_prompt_is_processed_from_nothing_in_batches(decoder):
    measuring = Measuring(decoder, Clock())
    for _ in range(2):
        assert measuring.prefill(130) == 1000.0
    assert [len(rows) for rows in decoder.batches] == [64, 64, 2] * 2
    assert [row.wanted for rows in decoder.batches[:3] for row in rows].count(True) == 1


def test_tokens_are_generated_one_by_one_after_the_prompt(decoder):
    measuring = Measuring(decoder, Clock())
    measuring.prefill(64)
    assert measuring.decode(5) == 1000.0
    assert [len(rows) for rows in decoder.batches[1:]] == [1] * 5
    assert all(sampler.closed for sampler in decoder.samplers)


def test_a_step_has_its_rows_in_one_batch_and_can_be_repeated(decoder):
    measuring = Measuring(decoder, Clock())
    measuring.prefill(64)
    for rows in (8, 8, 48):
        assert measuring.step(rows) == 1000.0
    assert [len(rows) for rows in decoder.batches[1:]] == [8, 8, 48]
    assert all(row.wanted for row in decoder.batches[-1])


def test_a_sequence_that_can_be_cut_does_not_grow():
    decoder = FakeDecoder(cells=8192)
    measuring = Measuring(decoder)
    measuring.prefill(64)
    measuring.decode(10)
    measuring.step(16)
    assert len(decoder.memory[0]) == 64


def test_greedy_text_is_what_the_model_writes(decoder):
    measuring = Measuring(decoder)
    measuring.prefill(10)
    prompt = decoder.tokenize("def quicksort(items: list[int]) -> list[int]:\n    ", False)
    written = measuring.greedy(8)
    expected = answer_to(prompt, 8)
    assert written[: len(expected)] == expected


def test_an_engine_agrees_with_itself_also_across_batches(decoder):
    written = Measuring(decoder).greedy(64)
    decoder.batch = 7
    assert Measuring(decoder).agreement(written) == 1.0


def test_an_engine_that_computes_something_else_does_not_agree(decoder):
    measuring = Measuring(decoder)
    written = measuring.greedy(32)
    assert measuring.agreement([token + 50 for token in written]) == 0.0
