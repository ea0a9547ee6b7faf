"""Bytes in, events out."""

import collections
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.adapters.sse import SseEvent, SseParser
from spark_desktop.domain.errors import AnswerTooLargeError


def parse(*pieces: bytes) -> list[str]:
    parser = SseParser()
    return [event.data for piece in pieces for event in parser.feed(piece)]


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
def test_every_line_ending_ends_a_line(newline: bytes) -> None:
    data = newline.join([b"data: one", b"", b"data: two", b"", b""])
    assert parse(data) == ["one", "two"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b": ping\n\n:\n\ndata: x\n\n", ["x"]),
        (b"data: a\ndata: b\n\n", ["a\nb"]),
        (b"data:x\n\n", ["x"]),
        (b"data:  x\n\n", [" x"]),
        (b"data\n\n", [""]),
        (b"id: 7\nretry: 10\nother: 1\ndata: x\n\n", ["x"]),
        (b"event: only\n\ndata: x\n\n", ["x"]),
        (b"\xef\xbb\xbfdata: x\n\n", ["x"]),
        (b"data: \xff\n\n", ["\ufffd"]),
        (b"data: cut off", []),
        (b"data: without the blank line\n", []),
    ],
)
def test_lines_mean_what_the_standard_says(data: bytes, expected: list[str]) -> None:
    assert parse(data) == expected


def test_an_event_has_its_kind() -> None:
    assert SseParser().feed(b"event: error\ndata: x\n\ndata: y\n\n") == [
        SseEvent("x", "error"),
        SseEvent("y"),
    ]


def test_an_event_is_told_with_its_last_byte() -> None:
    parser = SseParser()
    assert parser.feed(b"data: x\r\n\r") == [SseEvent("x")]
    assert parser.feed(b"\ndata: y\r\n\r\n") == [SseEvent("y")]


@given(
    st.lists(st.text(st.characters(exclude_characters="\r\n", codec="utf-8")), max_size=4),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.lists(st.integers(0, 80), max_size=5),
)
def test_events_do_not_depend_on_how_the_network_cuts_them(
    texts: list[str], newline: str, cuts: list[int]
) -> None:
    data = "".join(f": ping{newline}data: {text}{newline}{newline}" for text in texts).encode()
    places = sorted({0, len(data), *(min(cut, len(data)) for cut in cuts)})
    pieces = [data[a:b] for a, b in pairwise(places)]
    assert parse(*pieces) == texts


@pytest.mark.parametrize(
    "data",
    [b"data: " + b"x" * 200, b": " + b"x" * 200, b"data: x\n" * 20, b"x" * 80 + b"\n" + b"x" * 80],
)
@pytest.mark.parametrize("step", [1, 7, 1000])
def test_an_event_is_bounded_before_it_is_kept(data: bytes, step: int) -> None:
    parser = SseParser(longest=150)
    pieces = (data[start : start + step] for start in range(0, len(data), step))
    with pytest.raises(AnswerTooLargeError):
        collections.deque(map(parser.feed, pieces), maxlen=0)


def test_many_events_within_the_bound_are_no_long_one() -> None:
    parser = SseParser(longest=150)
    assert sum(len(parser.feed(b"data: some text\n\n")) for _ in range(1000)) == 1000


def test_an_answer_holds_so_many_events_and_no_more() -> None:
    parser = SseParser(most=3)
    assert len(parser.feed(b"data: 1\n\n" * 3)) == 3
    with pytest.raises(AnswerTooLargeError, match="more than 3 events"):
        parser.feed(b"data: 4\n\n")


def test_a_line_that_trickles_in_for_long_is_whole() -> None:
    parser = SseParser()
    data = b"data: " + b"xy" * 5000 + b"\n\n"
    found = [event for byte in data for event in parser.feed(bytes([byte]))]
    assert [event.data for event in found] == ["xy" * 5000]
