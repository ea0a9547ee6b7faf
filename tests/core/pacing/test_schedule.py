import statistics
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_core.pacing.library import Profiles
from inference_core.pacing.profile import Shape
from inference_core.pacing.schedule import DRAFT, Schedule
from tests.core.pacing.conftest import plain_profile

SHIPPED = Profiles.load().profiles


def offsets(schedule: Schedule, tokens: int) -> list[float]:
    return [schedule.next_release() for _ in range(tokens)]


def rate(schedule: Schedule, tokens: int) -> float:
    found = offsets(schedule, tokens)
    return (tokens - 1) / (found[-1] - found[0])


def test_without_jitter_tokens_lie_on_the_grid():
    found = offsets(Schedule(plain_profile(1000), 0), 4)
    assert found == pytest.approx([0.1, 0.101, 0.102, 0.103])


def test_the_first_token_waits_for_the_queue_and_the_uncached_prompt():
    profile = plain_profile(
        first_token_s=0.05, per_prompt_token_s=0.001, queue_s=0.2, queue_per_request_s=0.1
    )
    schedule = Schedule(profile, 100, 40, running=3)
    assert schedule.queue_s == pytest.approx(0.5)
    assert schedule.prompt_s == pytest.approx(0.05 + 60 * 0.001)
    assert schedule.next_release() == pytest.approx(schedule.first_token_s)


def test_the_same_seed_gives_the_same_offsets():
    profile = plain_profile(jitter=0.3, accepted_per_step=2.5)
    assert offsets(Schedule(profile, 9, seed=7), 500) == offsets(Schedule(profile, 9, seed=7), 500)


def test_another_seed_gives_other_offsets():
    profile = plain_profile(jitter=0.3)
    assert offsets(Schedule(profile, 9, seed=7), 50) != offsets(Schedule(profile, 9, seed=8), 50)


@pytest.mark.parametrize("shape", Shape)
@pytest.mark.parametrize("deviation", [0.01, 0.1, 0.5])
@pytest.mark.parametrize("seed", range(3))
def test_jitter_leaves_the_mean_rate_within_half_a_percent_over_2000_tokens(shape, deviation, seed):
    profile = plain_profile(1000, jitter=deviation)
    schedule = Schedule(_shaped(profile, shape), 0, seed=seed)
    assert rate(schedule, 2000) == pytest.approx(1000, rel=0.005)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("mean", [1.4, 2.0, 3.7])
def test_bursts_leave_the_mean_rate_within_half_a_percent_over_2000_tokens(mean, seed):
    schedule = Schedule(plain_profile(1000, accepted_per_step=mean, jitter=0.02), 0, seed=seed)
    assert rate(schedule, 2000) == pytest.approx(1000, rel=0.005)


@pytest.mark.parametrize("profile", SHIPPED, ids=lambda profile: profile.id)
def test_a_shipped_profile_keeps_its_rate_over_2000_tokens(profile):
    found = rate(Schedule(profile, 0, seed=1), 2000)
    expected = 1999 / sum(profile.step_s(context) for context in range(1, 2000))
    assert found == pytest.approx(expected, rel=0.005)


def test_the_time_between_tokens_deviates_as_the_profile_says():
    found = offsets(Schedule(plain_profile(1000, jitter=0.05), 0), 5000)
    gaps = [later - earlier for earlier, later in pairwise(found)]
    assert statistics.pstdev(gaps) / statistics.mean(gaps) == pytest.approx(0.05, rel=0.1)


def test_a_step_takes_longer_with_more_context():
    profile = plain_profile(100, slowdown_per_token=0.001)
    short, long = offsets(Schedule(profile, 0), 2), offsets(Schedule(profile, 1000), 2)
    assert (long[1] - long[0]) / (short[1] - short[0]) == pytest.approx(2.0, rel=0.01)


def test_the_rate_is_the_stated_one_at_the_stated_context():
    profile = plain_profile(200, slowdown_per_token=3e-5, decode_context=8192)
    first, second = offsets(Schedule(profile, 8191), 2)
    assert second - first == pytest.approx(1 / 200)


def test_bursts_release_several_tokens_at_once_and_the_mean_is_kept():
    schedule = Schedule(plain_profile(1000, accepted_per_step=3.0), 0)
    steps = len(set(offsets(schedule, 3000)))
    assert 3000 / steps == pytest.approx(3.0, rel=0.02)


def test_accepted_tokens_together_cost_one_step_for_each_draft():
    schedule = Schedule(plain_profile(1000), 0)
    first = schedule.next_release()
    assert schedule.next_release(DRAFT, accepted=DRAFT) == pytest.approx(first + 0.001)
    assert schedule.next_release(DRAFT + 1, accepted=DRAFT + 1) == pytest.approx(first + 0.003)
    assert schedule.next_release() == pytest.approx(first + 0.004)


def test_accepted_tokens_that_come_one_by_one_share_steps_as_well():
    schedule = Schedule(plain_profile(1000), 0)
    first = schedule.next_release()
    moments = [schedule.next_release(accepted=1) for _ in range(DRAFT + 1)]
    assert moments == pytest.approx([first + 0.001] * DRAFT + [first + 0.002])


def test_tokens_beside_accepted_ones_cost_their_own_steps():
    schedule = Schedule(plain_profile(1000), 0)
    first = schedule.next_release()
    assert schedule.next_release(8, accepted=5) == pytest.approx(first + 0.004)


def test_predictions_between_bursts_leave_no_burst_that_makes_up_for_them():
    schedule = Schedule(plain_profile(1000, accepted_per_step=4.0), 0)
    for _ in range(400):
        schedule.next_release()
        schedule.next_release(2, accepted=2)
    # Each single token and each pair opens a step of 4 ms.
    assert schedule.next_release() == pytest.approx(0.1 + 800 * 0.004)
    assert max(Counter(offsets(schedule, 400)).values()) <= 16


def test_an_answer_that_begins_with_accepted_tokens_has_them_with_the_first():
    schedule = Schedule(plain_profile(1000), 0)
    assert schedule.next_release(5, accepted=5) == pytest.approx(0.1)


def test_chunks_have_the_profiles_size_after_the_first_token():
    found = Schedule(plain_profile(1000, tokens_per_chunk=4), 0).releases(10)
    assert [tokens for _, tokens in found] == [1, 4, 4, 1]
    assert [offset for offset, _ in found] == pytest.approx([0.1, 0.104, 0.108, 0.109])


def test_a_step_is_never_torn_into_two_chunks():
    found = Schedule(plain_profile(1000, accepted_per_step=4.0), 0).releases(200)
    moments = [offset for offset, _ in found]
    assert len(set(moments)) == len(moments)


def test_releases_is_the_whole_answer_whatever_was_released_before():
    schedule = Schedule(plain_profile(jitter=0.1), 5, seed=3)
    whole = schedule.releases(50)
    offsets(schedule, 20)
    assert schedule.releases(50) == whole


@pytest.mark.parametrize(
    ("prompt", "cached", "running"), [(-1, 0, 0), (5, 6, 0), (5, -1, 0), (5, 0, -1)]
)
def test_impossible_requests_are_refused(prompt, cached, running):
    with pytest.raises(ValueError, match="must not be negative"):
        Schedule(plain_profile(), prompt, cached, running=running)


@pytest.mark.parametrize(("tokens", "accepted"), [(0, 0), (1, 2), (3, -1)])
def test_impossible_releases_are_refused(tokens, accepted):
    with pytest.raises(ValueError, match="cannot release"):
        Schedule(plain_profile(), 0).next_release(tokens, accepted)


@given(
    deviation=st.floats(0, 1),
    mean=st.floats(1, 8),
    shape=st.sampled_from(Shape),
    seed=st.integers(0, 1000),
    runs=st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), min_size=1, max_size=50),
)
def test_offsets_never_fall(deviation, mean, shape, seed, runs):
    profile = _shaped(plain_profile(jitter=deviation, accepted_per_step=mean), shape)
    schedule = Schedule(profile, 10, seed=seed)
    found = [schedule.next_release(tokens, min(tokens, accepted)) for tokens, accepted in runs]
    assert found == sorted(found)
    assert schedule.tokens == sum(tokens for tokens, _ in runs)


@given(tokens=st.integers(1, 300), size=st.integers(1, 9), mean=st.floats(1, 5))
def test_no_token_is_lost_between_chunks(tokens, size, mean):
    profile = plain_profile(tokens_per_chunk=size, accepted_per_step=mean)
    assert sum(count for _, count in Schedule(profile, 0).releases(tokens)) == tokens


def _shaped(profile, shape):
    return replace(profile, jitter_shape=shape)
