import pytest

from inference_core.pacing.errors import MeasuringError
from inference_core.pacing.figures import Absent, Kind
from inference_core.pacing.fit import Observed, Subject, fit_profile, profile_id
from inference_core.pacing.profile_file import parse_profile
from inference_core.pacing.schedule import Schedule
from tests.core.pacing.conftest import plain_profile

SUBJECT = Subject(
    "measured-x", 'A "box" \\ of mine', "a box", "x\x7f", "http://127.0.0.1/v1", "2026-11-30"
)


def observed(profile, prompt: int, cached: int = 0, seed: int = 0, tokens: int = 400) -> Observed:
    arrivals = Schedule(profile, prompt, cached, seed=seed).releases(tokens)
    return Observed(prompt, cached, tuple(arrivals))


def fitted(profile, **changes):
    answers = [
        observed(profile, prompt, cached, seed, **changes)
        for seed, (prompt, cached) in enumerate([(100, 0), (2000, 0), (2000, 1000), (700, 0)])
    ]
    return parse_profile(fit_profile(answers, SUBJECT), own=True)


def test_a_profile_is_found_again_in_what_it_released():
    original = plain_profile(
        170, first_token_s=0.2, per_prompt_token_s=2e-4, jitter=0.05, tokens_per_chunk=1
    )
    found = fitted(original)
    assert found.decode_tps.value == pytest.approx(170, rel=0.005)
    assert found.first_token_s.value == pytest.approx(0.2, rel=0.01)
    assert found.per_prompt_token_s.value == pytest.approx(2e-4, rel=0.01)
    assert found.jitter.value == pytest.approx(0.05, rel=0.15)


def test_tokens_that_come_together_are_found():
    assert fitted(plain_profile(1000, tokens_per_chunk=8)).chunk_tokens == 8


def test_each_figure_is_measured_with_source_and_date_or_says_why_not():
    for stated in fitted(plain_profile()).figures().values():
        if isinstance(stated, Absent):
            assert stated.reason
        else:
            assert stated.kind is Kind.MEASURED
            assert (stated.source, stated.date) == (SUBJECT.source, SUBJECT.date)


def test_names_survive_the_way_through_toml():
    found = fitted(plain_profile())
    assert found.title == 'A "box" \\ of mine'
    assert found.model == "x "


def test_noise_gives_no_cost_below_zero():
    slow, fast = plain_profile(first_token_s=0.3), plain_profile(first_token_s=0.1)
    text = fit_profile([observed(slow, 10), observed(fast, 5000)], SUBJECT)
    found = parse_profile(text)
    assert found.per_prompt_token_s.value == 0
    assert found.first_token_s.value == pytest.approx(0.2)
    assert found.first_token_s.error == pytest.approx(1.0)


def test_a_line_that_would_begin_below_zero_goes_through_the_origin():
    answers = [
        observed(plain_profile(first_token_s=seconds), prompt)
        for prompt, seconds in ((128, 0.078), (1024, 0.310), (2048, 0.945))
    ]
    found = parse_profile(fit_profile(answers, SUBJECT))
    assert found.first_token_s.value == 0
    assert found.per_prompt_token_s.value > 0


def test_one_usable_answer_is_too_few():
    answers = [observed(plain_profile(), 10), observed(plain_profile(), 10, tokens=2)]
    with pytest.raises(MeasuringError, match="Only 1 of 2 answers"):
        fit_profile(answers, SUBJECT)


@pytest.mark.parametrize(
    ("model", "found"),
    [
        ("Qwen2.5-Coder", "measured-qwen2.5-coder"),
        ("org/Model:8b_x", "measured-org-model-8b-x"),
        ("///", "measured-model"),
        ("m" * 100, "measured-" + "m" * 55),
    ],
)
def test_a_models_name_becomes_an_id(model, found):
    assert profile_id(model) == found
