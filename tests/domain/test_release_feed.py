"""A feed is read strictly: what is wrong with it is named, and nothing of it is used."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from spark_desktop.domain.errors import FeedError
from spark_desktop.domain.release_feed import MOST_FEED_BYTES, feed_of, usable_url
from spark_desktop.domain.release_version import version_of
from tests.law_cases import law
from tests.update_fakes import feed, package, release, written

JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=20),
    lambda inside: some.lists(inside, max_size=3) | some.dictionaries(some.text(), inside),
    max_leaves=8,
)


def test_a_feed_is_read_with_all_that_it_says() -> None:
    found = feed_of(written(feed(release(withdrawn="It crashed."), unknown="passed over")))
    assert (found.channel, found.sequence) == ("stable", 7)
    assert found.issued == datetime(2026, 12, 31, 12, 0, tzinfo=UTC)
    (only,) = found.releases
    assert (only.name, only.notes, only.withdrawn) == ("0.2.0", "Faster.", "It crashed.")
    assert (only.files[0].format, only.files[0].kind, only.files[0].bytes) == ("deb", "full", 10240)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ([], "it is no object"),
        (feed(format="1"), "format is missing or wrong"),
        (feed(channel="Stable!"), "channel is"),
        (feed(sequence=0), "sequence is"),
        (feed(sequence=True), "sequence is"),
        (feed(sequence=2**60), "sequence is"),
        (feed(issued="yesterday"), "issued is"),
        (feed(issued="2027-01-01T00:00:00"), "issued is"),
        (feed(expires="9999-12-31T23:59:59-23:59"), "expires is"),
        (feed(issued="2028-01-01T00:00:00Z"), "it expires before it is issued"),
        (feed(releases={}), "releases is"),
        (feed(releases=[1]), r"releases\[0\] is no object"),
        (feed(releases=[{}] * 501), "releases is"),
        (feed(release("0.2.x")), r"releases\[0\].version is"),
        (feed(release("0.2"), release("0.2.0")), "names a version twice"),
        (feed(release(notes=1)), r"releases\[0\].notes is"),
        (feed(release(withdrawn="x" * 2000)), r"releases\[0\].withdrawn is"),
        (feed(release(files=None)), r"releases\[0\].files is"),
        (feed(release(files=[package(bytes=0)])), r"files\[0\].bytes is"),
        (feed(release(files=[package(bytes=1.5)])), r"files\[0\].bytes is"),
        (feed(release(files=[package(sha256="AB" * 32)])), r"files\[0\].sha256 is"),
        (feed(release(files=[package(system="../linux")])), r"files\[0\].system is"),
        (feed(release(files=[package(url="http://dl.example.org/x")])), r"files\[0\].url is"),
    ],
)
def test_what_is_wrong_is_named(document: Any, told: str) -> None:
    with pytest.raises(FeedError, match=told) as caught:
        feed_of(written(document))
    assert caught.value.next_step


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_told(data: bytes) -> None:
    with pytest.raises(FeedError, match="it is no JSON"):
        feed_of(data)


def test_a_feed_that_is_too_large_is_not_even_parsed() -> None:
    with pytest.raises(FeedError, match="larger than 1024 kB"):
        feed_of(b" " * (MOST_FEED_BYTES + 1))


def test_a_newer_form_is_told_with_where_to_look() -> None:
    with pytest.raises(FeedError, match="newer form") as caught:
        feed_of(written(feed(format=2)))
    assert "project's page" in caught.value.next_step


@law
@given(some.sampled_from([*feed(), "files", "url"]), JSON)
def test_whatever_a_field_holds_only_our_own_error_comes_out(name: str, value: object) -> None:
    document = feed(release(**{name: value})) if name in ("files", "url") else feed(**{name: value})
    with suppress(FeedError):
        feed_of(written(document))


@pytest.mark.parametrize(
    "url", ["https://dl.example.org/x?y=1", "https://h:8443/x", "http://127.0.0.1:80/x"]
)
def test_addresses_that_may_be_asked(url: str) -> None:
    assert usable_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://dl.example.org/x",
        "ftp://dl.example.org/x",
        "https://",
        "https://me:secret@dl.example.org/x",
        "https://dl.example.org:99999/x",
        "https://dl.example.org/a b",
        "https://dl.éxample.org/x",
        "https://[::1",
        "file:///etc/passwd",
    ],
)
def test_addresses_that_are_never_asked(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        usable_url(url)


def test_versions_are_ordered_as_people_read_them() -> None:
    names = ["0.1", "0.1.1", "0.2.0a2", "0.2.0b1", "0.2.0rc1", "0.2.0rc2", "0.2", "0.10", "1.0.0"]
    assert sorted(names, key=version_of) == names
    assert version_of("0.2") == version_of("0.2.0.0")
    assert version_of("0.2rc1").is_preview


@pytest.mark.parametrize(
    "text", ["", "1.", "v1", "1.2.3.4.5", "1.0-beta", "1.0rc", "\u0661.\u0662", "1\n"]
)
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no version"):
        version_of(text)
