"""Bytes in, events out."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.adapters.sse import SseEvent, SseParser


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
