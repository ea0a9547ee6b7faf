import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_core.machine.hardware import Hardware
from inference_core.machine.tuned import Tuned
from inference_core.machine.tuning import (
    LONGEST_PROMPT,
    Gain,
    Rates,
    batch_candidates,
    decode_steps,
    defaults,
    flash_candidates,
    gain,
    is_better,
    is_hopeless,
    kv_candidates,
    prompt_size,
    thread_candidates,
)

BASE = Tuned(4, 4, 512, None, "f16")


def machine(usable: int, logical: int) -> Hardware:
    return Hardware("CPU", (), usable, usable, logical, 1 << 34)


@pytest.mark.parametrize(
    ("usable", "logical", "candidates"),
    [(1, 1, ()), (2, 2, (1,)), (4, 8, (8, 3, 2)), (16, 32, (32, 15, 8, 4)), (1, 2, (2,))],
)
def test_threads_are_tried_above_and_below_the_default(usable, logical, candidates):
    assert thread_candidates(machine(usable, logical), quick=False) == candidates


def test_a_quick_calibration_tries_less():
    assert thread_candidates(machine(16, 32), quick=True) == (32, 15)
    assert batch_candidates(300, quick=True) == (256,)


def test_no_batch_is_tried_that_the_prompt_does_not_fill():
    assert batch_candidates(256, quick=False) == (64, 128, 256)
    assert batch_candidates(63, quick=False) == ()


def test_a_small_kv_cache_is_not_tried_without_flash_attention():
    (without,) = flash_candidates(BASE)
    assert without.flash_attention is False
    assert kv_candidates(without) == ()
    assert [candidate.kv_type for candidate in kv_candidates(BASE)] == ["q8_0"]


def test_the_defaults_take_one_thread_per_usable_core():
    assert defaults(machine(6, 12)) == Tuned(6, 6, 512, None, "f16")


@pytest.mark.parametrize(
    ("ratio", "better"), [(0.5, True), (0.969, True), (0.98, False), (1.0, False), (1.5, False)]
)
def test_a_candidate_must_win_clearly(ratio, better):
    assert is_better(ratio) is better


def test_one_disturbed_round_decides_nothing():
    base = [Rates(5.0, 20.0), Rates(50.0, 200.0), Rates(5.0, 20.0)]
    other = [Rates(5.0, 20.0)] * 3
    assert gain(base, other) == Gain(1.0, 1.0, 1.0)


def test_a_disturbance_that_meets_both_of_a_round_changes_nothing():
    base = [Rates(5.0, 20.0), Rates(10.0, 40.0), Rates(5.0, 20.0)]
    other = [Rates(4.0, 10.0), Rates(8.0, 20.0), Rates(4.0, 10.0)]
    assert gain(base, other) == Gain(0.8, 0.5, 1800 / 3000)


def test_only_what_loses_on_both_counts_is_hopeless():
    assert is_hopeless(Gain(1.3, 1.4, 1.3))
    assert not is_hopeless(Gain(1.3, 0.9, 1.1))


@given(st.floats(0.001, 10_000), st.floats(0.1, 2))
def test_what_is_timed_is_bounded_on_every_machine(ms, seconds):
    assert 64 <= prompt_size(ms, seconds) <= LONGEST_PROMPT
    assert prompt_size(ms, seconds) % 64 == 0
    assert 6 <= decode_steps(ms, seconds) <= 48
