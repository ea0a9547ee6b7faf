import codecs
import hashlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from spark_desktop.domain.errors import NotTextError
from spark_desktop.domain.text import (
    SourceText,
    decode,
    digest_of,
    dominant_newline,
    split_lines,
)

SAMPLE = "def f():\r\n    return 'é'"
FILES = {
    "line feeds": (b"a\nb\n", "a\nb\n", "\n", "utf-8", b""),
    "CRLF": (b"a\r\nb\r\n", "a\r\nb\r\n", "\r\n", "utf-8", b""),
    "mixed endings": (b"a\r\nb\r\nc\n", "a\r\nb\r\nc\n", "\r\n", "utf-8", b""),
    "lone carriage returns": (b"a\rb\r", "a\rb\r", "\r", "utf-8", b""),
    "no final newline": (b"a\nb", "a\nb", "\n", "utf-8", b""),
    "empty": (b"", "", "\n", "utf-8", b""),
    "UTF-8 with BOM": (codecs.BOM_UTF8 + b"a\n", "a\n", "\n", "utf-8", codecs.BOM_UTF8),
    "only a BOM": (codecs.BOM_UTF8, "", "\n", "utf-8", codecs.BOM_UTF8),
    "Latin-1": (b"caf\xe9\n", "caf\xe9\n", "\n", "latin-1", b""),
    "UTF-8": ("café\n".encode(), "café\n", "\n", "utf-8", b""),
    "UTF-16 LE": (
        codecs.BOM_UTF16_LE + SAMPLE.encode("utf-16-le"),
        SAMPLE,
        "\r\n",
        "utf-16-le",
        codecs.BOM_UTF16_LE,
    ),
    "UTF-16 BE": (
        codecs.BOM_UTF16_BE + SAMPLE.encode("utf-16-be"),
        SAMPLE,
        "\r\n",
        "utf-16-be",
        codecs.BOM_UTF16_BE,
    ),
    "UTF-32 LE": (
        codecs.BOM_UTF32_LE + SAMPLE.encode("utf-32-le"),
        SAMPLE,
        "\r\n",
        "utf-32-le",
        codecs.BOM_UTF32_LE,
    ),
    "UTF-32 BE": (
        codecs.BOM_UTF32_BE + SAMPLE.encode("utf-32-be"),
        SAMPLE,
        "\r\n",
        "utf-32-be",
        codecs.BOM_UTF32_BE,
    ),
}


@pytest.mark.parametrize(
    ("data", "content", "newline", "encoding", "bom"), FILES.values(), ids=FILES.keys()
)
def test_a_file_is_decoded_and_comes_back_byte_for_byte(
    data: bytes, content: str, newline: str, encoding: str, bom: bytes
) -> None:
    text = decode(data)
    assert text == SourceText(content, newline, encoding, bom)
    assert text.encode() == data


@given(st.binary(max_size=60))
def test_whatever_counts_as_text_comes_back_byte_for_byte(data: bytes) -> None:
    try:
        text = decode(data)
    except NotTextError:
        return
    assert text.encode() == data


@given(st.text(max_size=60), st.sampled_from(["utf-8", "utf-16-le", "utf-16-be", "utf-32-le"]))
def test_a_marked_text_keeps_its_content(content: str, encoding: str) -> None:
    bom = "\ufeff".encode(encoding)
    # A NUL behind the mark of UTF-16 is the mark of UTF-32.
    assume(encoding != "utf-16-le" or not content.startswith("\0"))
    try:
        text = decode(bom + content.encode(encoding))
    except NotTextError:
        assert any(character < " " for character in content)
        return
    assert (text.content, text.encode()) == (content, bom + content.encode(encoding))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x7fELF\x00\x01", "NUL bytes"),
        (b"a\x01b", "control characters"),
        (b"\x89PNG\r\n\x1a\n", "control characters"),
        (codecs.BOM_UTF16_LE + b"a", "utf-16-le is damaged at byte 0"),
        (codecs.BOM_UTF8 + b"a\xff", "utf-8 is damaged at byte 1"),
        (codecs.BOM_UTF16_LE + b"a\0\0\0", "control characters"),
    ],
)
def test_binary_data_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(NotTextError, match=reason):
        decode(data)


def test_a_character_without_a_place_in_the_encoding_is_refused_by_name() -> None:
    text = decode(b"caf\xe9\n").with_content("price: \u20ac\n")
    with pytest.raises(NotTextError, match=r"'\u20ac' cannot be written in latin-1"):
        text.encode()


@pytest.mark.parametrize(
    ("content", "newline"),
    [("", "\n"), ("a", "\n"), ("a\r\nb\nc\r\n", "\r\n"), ("a\nb\r\n", "\n"), ("\r\r\n\r", "\r")],
)
def test_the_newline_that_occurs_most_often_is_the_files(content: str, newline: str) -> None:
    assert dominant_newline(content) == newline


@pytest.mark.parametrize(
    ("newline", "result"),
    [("\n", "a\nb\nc\n"), ("\r\n", "a\r\nb\r\nc\r\n"), ("\r", "a\rb\rc\r")],
)
def test_text_takes_on_the_files_style(newline: str, result: str) -> None:
    assert SourceText("", newline).in_style("a\nb\r\nc\r") == result


@given(st.text(alphabet="ab\r\n\f\x0b\x85\u2028", max_size=40))
def test_split_lines_join_to_the_content_and_end_only_at_newlines(content: str) -> None:
    lines = split_lines(content)
    assert "".join(lines) == content
    for line in lines[:-1]:
        assert line.endswith(("\n", "\r"))
    assert all("\n" not in line.rstrip("\r\n") for line in lines)
    assert "" not in lines


def test_the_digest_is_that_of_the_bytes_on_disk() -> None:
    data = codecs.BOM_UTF8 + b"a\r\n"
    assert decode(data).digest == digest_of(data) == hashlib.sha256(data).hexdigest()


def test_another_content_keeps_style_and_encoding() -> None:
    text = decode(codecs.BOM_UTF16_LE + "a\r\n".encode("utf-16-le")).with_content("b\r\n")
    assert text.encode() == codecs.BOM_UTF16_LE + "b\r\n".encode("utf-16-le")


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        ("a\nb\n", "\n"),
        ("a\r\nb\r\nc\n", "\r\n"),
        ("a\rb\rc\n", "\r"),
        ("a\r\nb\n", "\r\n"),
        ("a\nb\r\n", "\n"),
        ("a\rb\r\nc\n", "\r"),
        ("none", "\n"),
    ],
)
def test_the_ending_that_occurs_most_often_is_the_files_and_else_the_first(
    content: str, ending: str
) -> None:
    assert dominant_newline(content) == ending
