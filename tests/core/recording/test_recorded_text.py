"""The text of recorded answers, with times and tokens."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_core.recording.reader import read_recording
from inference_core.recording.text_stream import recorded_text, recorded_tokens
from spark_resources import resource
from tests.core.recording.scripted import exchange

JSON = (("content-type", "application/json"),)


def event(**fields):
    return f"data: {json.dumps(fields)}\n\n".encode()


def chat(text, index=0, **fields):
    return event(choices=[{"index": index, "delta": {"content": text}, **fields}])


def completion(text, **fields):
    return event(choices=[{"index": 0, "text": text, **fields}])


USAGE = event(choices=[], usage={"completion_tokens": 3})
DONE = b"data: [DONE]\n\n"


@pytest.mark.parametrize("piece", [chat, completion])
def test_each_piece_has_its_text_and_when_it_came(piece):
    kept = exchange(piece("a"), piece("b"), DONE)
    assert recorded_text(kept) == [(2.0, "a", 0), (3.0, "b", 0)]


@pytest.mark.parametrize("pieces", ["abc", "ab"])
def test_a_piece_is_a_token_where_there_are_as_many_but_for_the_one_that_ends(pieces):
    kept = exchange(*(chat(piece) for piece in pieces), USAGE, DONE)
    assert [tokens for _, _, tokens in recorded_text(kept)] == [1] * len(pieces)
    assert recorded_tokens(kept) == 3


def test_tokens_are_unknown_where_their_number_is_another():
    kept = exchange(chat("a"), USAGE, DONE)
    assert recorded_text(kept) == [(2.0, "a", 0)]


def test_log_probabilities_tell_the_tokens_of_a_piece():
    scored = {"content": [{"token": "a"}, {"token": "b"}]}
    assert recorded_text(exchange(chat("ab", logprobs=scored))) == [(2.0, "ab", 2)]
    kept = exchange(completion("ab", logprobs={"tokens": ["a", "b"]}))
    assert recorded_text(kept) == [(2.0, "ab", 2)]


def test_only_the_first_choice_is_read():
    kept = exchange(chat("a"), chat("other", 1), chat("b"))
    assert [text for _, text, _ in recorded_text(kept)] == ["a", "b"]


def test_what_is_no_text_is_passed_over():
    kept = exchange(
        event(choices=[{"index": 0, "delta": {"role": "assistant", "content": ""}}]),
        event(choices=[{"index": 0, "delta": {"reasoning_content": "hm"}}]),
        event(choices=[{"index": 0, "delta": None}]),
        event(choices=None),
        b": ping\n\n",
        b"data: {nonsense\n\n",
        b"data: [1]\n\n",
        b"event: x\ndata: 1\n\n",
        chat("a"),
    )
    assert [text for _, text, _ in recorded_text(kept)] == ["a"]


@given(st.lists(st.integers(0, 400), max_size=8), st.sampled_from(["\n", "\r\n", "\r"]))
def test_the_text_is_the_same_however_the_stream_was_cut(cuts, line_end):
    stream = b"".join([chat("a"), chat("é€\n"), chat("b"), DONE]).decode()
    data = stream.replace("\n", line_end).encode()
    bounds = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    kept = exchange(*(data[a:b] for a, b in pairwise(bounds)))
    assert [text for _, text, _ in recorded_text(kept)] == ["a", "é€\n", "b"]


def test_an_event_came_when_its_end_did():
    data = chat("a")
    assert recorded_text(exchange(data[:20], data[20:])) == [(3.0, "a", 0)]


def test_a_whole_answer_is_one_piece():
    answer = {"choices": [{"message": {"content": "ab"}}], "usage": {"completion_tokens": 2}}
    kept = exchange(json.dumps(answer).encode(), headers=JSON)
    assert recorded_text(kept) == [(2.0, "ab", 2)]
    assert recorded_tokens(kept) == 2


@pytest.mark.parametrize(
    "kept",
    [
        exchange(),
        exchange(b"", headers=JSON),
        exchange(b"[]", headers=()),
        exchange(b'{"data": []}', headers=JSON),
        exchange(chat("a"), status=500),
    ],
)
def test_an_answer_without_text_has_no_pieces(kept):
    assert recorded_text(kept) == []


def test_the_recording_that_ships_is_a_module_of_the_model_token_by_token():
    recording = read_recording(resource("recordings", "qwen2.5-coder-0.5b.jsonl"))
    (kept,) = recording.exchanges
    pieces = recorded_text(kept)
    assert 300 <= len(pieces) <= 400
    assert {tokens for _, _, tokens in pieces} == {1}
    text = "".join(text for _, text, _ in pieces)
    compile(text.removeprefix("```python\n").removesuffix("```"), "text_stats.py", "exec")
    assert text.count('"""') == 8
    assert not recording.cut
