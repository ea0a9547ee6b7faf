"""A recording at the pace of a profile."""

from dataclasses import replace

import pytest

from inference_core.domain.errors import UsageError
from inference_core.pacing.library import Profiles
from inference_core.recording.reader import read_recording
from inference_core.recording.text_stream import recorded_text
from inference_core.server.emulation.retiming import retimed, retiming
from spark_resources import resource

PROFILE = Profiles.load().find("gpt-oss-120b-wse3")


@pytest.fixture
def exchange():
    path = resource("recordings", "qwen2.5-coder-0.5b.jsonl")
    return read_recording(path).exchanges[0]


def test_the_bytes_and_their_borders_stay(exchange):
    before = [chunk.data for chunk in exchange.response.chunks]
    assert [chunk.data for chunk in retimed(exchange, PROFILE).response.chunks] == before


def test_the_moments_are_the_profiles(exchange):
    moments = [seconds for seconds, _, _ in recorded_text(retimed(exchange, PROFILE))]
    assert moments == sorted(moments)
    rate = (len(moments) - 1) / (moments[-1] - moments[0])
    assert rate == pytest.approx(PROFILE.decode_tps.value, rel=0.03)
    assert moments[0] >= PROFILE.first_token_s.value


def test_a_whole_answer_comes_with_its_last_token(exchange):
    body = (
        b'{"choices":[{"index":0,"message":{"content":"one two"}}],'
        b'"usage":{"prompt_tokens":10,"completion_tokens":301}}'
    )
    response = exchange.response
    whole = replace(
        response,
        headers=(("content-type", "application/json"),),
        chunks=(replace(response.chunks[0], data=body),),
    )
    (chunk,) = retimed(replace(exchange, response=whole), PROFILE).response.chunks
    assert chunk.seconds > PROFILE.first_token_s.value + 290 / PROFILE.decode_tps.value


def test_what_has_no_text_keeps_its_moments(exchange):
    failed = replace(exchange, response=replace(exchange.response, status=503))
    assert retimed(failed, PROFILE) == failed


def test_an_unknown_profile_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no profile 'warp'"):
        retiming("warp", tmp_path)
