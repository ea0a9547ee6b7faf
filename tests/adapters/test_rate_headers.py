"""Limits as vendors' headers tell them, and when to come back."""

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.adapters.rate_headers import buckets_of, seconds_in, seconds_to_wait
from spark_desktop.domain.completion import Bucket

# 2026-11-28 12:00 UTC.
WALL = datetime(2026, 11, 28, 12, tzinfo=UTC).timestamp()


def test_openais_headers_are_buckets() -> None:
    headers = {
        "X-RateLimit-Limit-Requests": "60",
        "x-ratelimit-remaining-requests": "59",
        "x-ratelimit-reset-requests": "1s",
        "x-ratelimit-limit-tokens": "150000",
        "x-ratelimit-remaining-tokens": "149984",
        "x-ratelimit-reset-tokens": "6m0s",
        "content-type": "text/event-stream",
    }
    assert buckets_of(headers, WALL) == (
        Bucket("requests", 60, 59, 1.0),
        Bucket("tokens", 150_000, 149_984, 360.0),
    )


def test_cerebras_headers_are_buckets_by_day_and_minute() -> None:
    headers = {
        "x-ratelimit-limit-requests-day": "1000000000",
        "x-ratelimit-limit-tokens-minute": "1000000000",
        "x-ratelimit-remaining-requests-day": "999997455",
        "x-ratelimit-remaining-tokens-minute": "999998298",
        "x-ratelimit-reset-requests-day": "33011.382867097855",
        "x-ratelimit-reset-tokens-minute": "11.382867097854614",
    }
    day, minute = buckets_of(headers, WALL)
    assert (day.name, day.remaining) == ("requests-day", 999_997_455)
    assert day.reset == pytest.approx(33_011.38, abs=0.01)
    assert (minute.name, minute.limit) == ("tokens-minute", 1_000_000_000)


def test_headers_without_a_dimension_count_requests() -> None:
    reset = str(int((WALL + 30) * 1000))
    headers = {"X-RateLimit-Limit": "20", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
    assert buckets_of(headers, WALL) == (Bucket("requests", 20, 0, 30.0),)
    assert buckets_of({"RateLimit-Remaining": "3"}, WALL) == (Bucket("requests", None, 3, None),)


def test_other_peoples_headers_are_passed_over() -> None:
    headers = {
        "anthropic-ratelimit-requests-limit": "50",
        "x-ratelimit-limit-": "3",
        "x-ratelimit-limit-requests": "many",
        "x-ratelimit-remaining-tokens": "-1",
        "x-ratelimit-over-limit": "no",
    }
    assert buckets_of(headers, WALL) == ()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("-3", 0.0),
        ("1.5", 1.5),
        ("120ms", 0.12),
        ("6m0s", 360.0),
        ("1h2m3.5s", 3723.5),
        ("1d", 86_400.0),
        ("500µs", 0.0005),
        ("Sat, 28 Nov 2026 12:00:09 GMT", 9.0),
        ("2026-11-28T12:00:10Z", 10.0),
        ("2026-11-28T12:00:10", 10.0),
        ("Sat, 28 Nov 2020 12:00:09 GMT", 0.0),
        (str(WALL + 11), 11.0),
        (str((WALL + 12) * 1000), 12.0),
        ("", None),
        (None, None),
        ("soon", None),
        ("6x", None),
        ("5m later", None),
        ("nan", None),
        ("inf", None),
        ("9" * 400, None),
    ],
)
def test_a_time_is_read_as_it_is_meant(text: str | None, seconds: float | None) -> None:
    found = seconds_in(text, WALL)
    assert found == (None if seconds is None else pytest.approx(seconds))


@given(st.text(max_size=100))
def test_any_text_is_a_time_of_some_seconds_or_none(text: str) -> None:
    found = seconds_in(text, WALL)
    assert found is None or (math.isfinite(found) and found >= 0)


@given(st.integers(0, 99), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
def test_a_duration_is_the_sum_of_its_parts(days: int, hours: int, minutes: int, s: int) -> None:
    text = f"{days}d{hours}h{minutes}m{s}s"
    assert seconds_in(text, WALL) == days * 86_400 + hours * 3600 + minutes * 60 + s


_names = st.sampled_from(["requests", "tokens", "tokens-minute", "requests-day"])


@given(st.dictionaries(_names, st.tuples(*[st.integers(0, 10**9)] * 3), max_size=4))
def test_what_is_told_as_headers_is_read_back(told: dict[str, tuple[int, int, int]]) -> None:
    headers: dict[str, str] = {}
    for name, values in told.items():
        for part, value in zip(("limit", "remaining", "reset"), values, strict=True):
            headers[f"x-ratelimit-{part}-{name}"] = str(value if part != "reset" else value % 10**6)
    assert buckets_of(headers, WALL) == tuple(
        Bucket(name, limit, left, float(reset % 10**6))
        for name, (limit, left, reset) in sorted(told.items())
    )


@given(st.dictionaries(st.text(max_size=40), st.text(max_size=60), max_size=8))
def test_headers_of_any_kind_are_never_an_error(headers: dict[str, str]) -> None:
    buckets_of(headers, WALL)
    wait = seconds_to_wait(headers, WALL)
    assert wait is None or wait >= 0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "9", "x-ratelimit-remaining-tokens": "0"}, 9.0),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "2m"}, 120.0),
        ({"x-ratelimit-remaining-tokens": "5", "x-ratelimit-reset-tokens": "2m"}, None),
        ({}, None),
    ],
)
def test_when_to_come_back_is_told_in_several_ways(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert seconds_to_wait(headers, WALL) == seconds
