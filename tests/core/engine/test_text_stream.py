"""Text leaves only when it is certain: whole characters, nothing of a stop string."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_core.domain.generation import Candidate, TokenLogprob
from inference_core.engine.text_stream import TextStream


def fed(pieces, stops=()):
    stream = TextStream(stops)
    out = []
    for piece in pieces:
        out.append(stream.feed(piece))
        if stream.stopped is not None:
            break
    out.append(stream.end())
    return stream, [piece for piece in out if piece is not None]


def text_of(pieces):
    return "".join(piece.text for piece in pieces)


def test_a_character_spread_over_tokens_comes_whole_and_counts_them():
    data = "é".encode()
    stream = TextStream()
    assert stream.feed(data[:1]) is None
    piece = stream.feed(data[1:])
    assert (piece.text, piece.tokens) == ("é", 2)


def test_half_a_character_at_the_end_is_shown_as_such():
    assert text_of(fed(["é".encode()[:1]])[1]) == "�"


@pytest.mark.parametrize(
    ("pieces", "stops", "text", "stopped"),
    [
        ([b"ab", b"cd"], ["bc"], "a", "bc"),
        ([b"a", b"b", b"x"], ["abc"], "abx", None),
        ([b"a", b"b"], ["abc"], "ab", None),
        ([b"stop it"], ["stop", "stop it"], "", "stop it"),
        ([b"one\n", b"\ntwo"], ["\n\n"], "one", "\n\n"),
        ([b"plain"], [], "plain", None),
        ([b"x"], [""], "x", None),
    ],
)
def test_a_stop_string_ends_the_text_before_it(pieces, stops, text, stopped):
    stream, out = fed(pieces, stops)
    assert (text_of(out), stream.stopped) == (text, stopped)


def test_what_may_begin_a_stop_string_is_held_back_until_it_is_decided():
    stream = TextStream(["END"])
    assert stream.feed(b"E") is None
    assert stream.feed(b"N") is None
    piece = stream.feed(b"X")
    assert (piece.text, piece.tokens) == ("ENX", 3)


def test_probabilities_leave_with_the_text_of_their_tokens():
    stream = TextStream(["ab"])
    first, second = (TokenLogprob(Candidate(sign, sign.encode(), -1.0)) for sign in "ac")
    assert stream.feed(b"a", first) is None
    assert stream.feed(b"c", second).logprobs == (first, second)


def logprob(sign):
    return TokenLogprob(Candidate(sign, sign.encode(), -1.0))


def told_by(words, stops):
    """The tokens with a probability in what leaves a stream."""
    stream = TextStream(stops)
    out = []
    for word in words:
        out.append(stream.feed(word.encode(), logprob(word)))
        if stream.stopped is not None:
            break
    out.append(stream.end())
    return [each.chosen.text for piece in out if piece is not None for each in piece.logprobs]


@pytest.mark.parametrize(
    ("words", "stops", "told"),
    [
        (["one", " two", " three"], ["three"], ["one", " two", " three"]),
        (["one ", "two ", "three"], ["three"], ["one ", "two "]),
        (["x", "th", "ree"], ["xq", "three"], ["x"]),
        (["x", "th", "at"], ["xq", "three"], ["x", "th", "at"]),
    ],
)
def test_probabilities_are_told_of_tokens_that_have_a_part_in_the_text(words, stops, told):
    assert told_by(words, stops) == told


@given(
    st.text(alphabet="abé\N{GRINNING FACE}", max_size=30),
    st.lists(st.text(alphabet="abé", min_size=1, max_size=3), max_size=3),
    st.data(),
)
def test_however_the_bytes_are_cut_the_text_is_the_same(text, stops, data):
    raw = text.encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=8)))
    edges = [0, *cuts, len(raw)]
    pieces = [raw[a:b] for a, b in itertools.pairwise(edges)]
    _, out = fed(pieces, stops)
    # Bytes one at a time meet the first stop string that is complete; larger pieces may hold two.
    ends = [text.index(stop) for stop in stops if stop in text]
    if not ends:
        assert text_of(out) == text
        assert sum(piece.tokens for piece in out) <= len(pieces)
    else:
        assert text.startswith(text_of(out))
        assert not any(stop in text_of(out) for stop in stops)
