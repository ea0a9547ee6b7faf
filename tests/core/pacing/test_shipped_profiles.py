"""Each shipped figure is held to what was published, and to the physics that explains it."""

import pytest

from inference_core.pacing.figures import Absent, Figure, Kind
from inference_core.pacing.library import Profiles
from inference_core.pacing.physics import PerLayer, Roofline

SHIPPED = {profile.id: profile for profile in Profiles.load().profiles}
DERIVED = [profile for profile in SHIPPED.values() if not isinstance(profile.derivation, Absent)]
ROOFLINES = [profile for profile in DERIVED if isinstance(profile.derivation, Roofline)]

# Tokens per second as published: all that were, where there are several.
DECODE = [
    ("codex-spark", Kind.VENDOR, "OpenAI launch post", "2026-02-12", [1000]),
    ("codex", Kind.SECOND_HAND, "15 times", "2026-02", [65, 70]),
    ("opus-fast", Kind.DERIVED, "68.2", "2026-02", [2.5 * 68.2]),
    ("gpt-oss-120b-wse3", Kind.VENDOR, "Artificial Analysis", "2026-11", [3000, 1706, 2059]),
    ("glm-4.7-wse3", Kind.VENDOR, "Cerebras", "2026-11", [1000]),
    ("llama-8b-h100", Kind.SECOND_HAND, "The Register", "2024-08", [242]),
    ("llama-70b-4xh100", Kind.MEASURED, "vllm issue 12101", "2025-01", [52.3]),
    ("llama-8b-inf2", Kind.VENDOR, "Neuron", "2026-11", [134, 162]),
    ("llama-70b-inf2", Kind.VENDOR, "Neuron", "2026-11", [29, 31]),
    ("llama-70b-trn2", Kind.VENDOR, "Neuron", "2026-11", [51]),
    ("llama-13b-tpu-v5e", Kind.DERIVED, "How to Scale Your Model", "2025-02", [201]),
    ("gpt-oss-120b-groq", Kind.VENDOR, "Artificial Analysis", "2026-11", [500, 476]),
]

# Seconds to the first token at a number of prompt tokens, as published.
FIRST_TOKEN = [
    ("llama-70b-4xh100", {1052: 0.135}),
    ("llama-8b-inf2", {128: 0.025, 2048: 0.102, 4096: 0.209}),
    ("llama-70b-inf2", {128: 0.078, 1024: 0.310, 2048: 0.745}),
    ("llama-70b-trn2", {10_000: 0.814}),
    # prompt_time of two Cerebras answers, by tokens that were not cached.
    ("gpt-oss-120b-wse3", {543: 0.01644, 42: 0.00634}),
    ("glm-4.7-wse3", {543: 0.01644, 42: 0.00634}),
]

# Published rates on the WSE-3 that no profile ships: layers, tokens per second, microseconds.
WAFER = [("Llama 3.1 8B", 32, 2200, 14.2), ("Llama 3.1 405B", 126, 969, 8.2)]


def test_there_is_a_published_rate_for_every_shipped_profile():
    assert {row[0] for row in DECODE} == set(SHIPPED)


@pytest.mark.parametrize(("name", "kind", "source", "date", "published"), DECODE)
def test_a_decode_rate_is_what_its_source_published(name, kind, source, date, published):
    rate = SHIPPED[name].decode_tps
    assert (rate.kind, rate.date) == (kind, date)
    assert source in rate.source
    for value in published:
        assert value == pytest.approx(rate.value, rel=rate.error or 1e-9)


@pytest.mark.parametrize(("name", "published"), FIRST_TOKEN)
def test_a_first_token_meets_the_published_points(name, published):
    profile = SHIPPED[name]
    error = profile.per_prompt_token_s.error or 0.01
    for tokens, seconds in published.items():
        assert profile.prompt_s(tokens) == pytest.approx(seconds, rel=error)


@pytest.mark.parametrize("profile", DERIVED, ids=lambda profile: profile.id)
def test_the_physics_meets_the_rate_within_the_error_in_the_file(profile):
    found = profile.derivation
    assert found.tokens_per_second() == pytest.approx(profile.decode_tps.value, rel=found.error)


@pytest.mark.parametrize("profile", ROOFLINES, ids=lambda profile: profile.id)
def test_the_slow_down_with_context_is_that_of_the_roofline(profile):
    slower = profile.derivation.slowdown_per_token()
    assert profile.slowdown_per_token.value == pytest.approx(slower, rel=0.001)


@pytest.mark.parametrize("profile", ROOFLINES, ids=lambda profile: profile.id)
def test_a_derived_prompt_token_costs_its_arithmetic(profile):
    prefill = profile.derivation.prefill
    if prefill is not None:
        stated = profile.per_prompt_token_s
        assert prefill.seconds_per_token() == pytest.approx(stated.value, rel=stated.error)


@pytest.mark.parametrize(("model", "layers", "rate", "microseconds"), WAFER)
def test_other_published_rates_of_the_wafer_give_the_latency_that_the_inputs_name(
    model, layers, rate, microseconds
):
    assert PerLayer(layers, microseconds / 1e6, model, 0.01).tokens_per_second() == pytest.approx(
        rate, rel=0.01
    )


@pytest.mark.parametrize("profile", SHIPPED.values(), ids=lambda profile: profile.id)
def test_what_is_known_has_a_source_and_what_is_not_has_a_reason(profile):
    for stated in profile.figures().values():
        match stated:
            case Figure():
                assert len(stated.source) > 5
                assert stated.date >= "2024"
            case Absent():
                assert len(stated.reason) > 10


def test_the_four_that_the_app_compares_are_there():
    rates = {name: SHIPPED[name].decode_tps.value for name in list(SHIPPED)}
    assert rates["codex"] == 67
    assert rates["opus-fast"] == 170
    assert rates["codex-spark"] == 1000
    assert rates["gpt-oss-120b-wse3"] == 3000
