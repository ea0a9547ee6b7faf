"""What is left of an account at Anthropic, from the headers of an answer. No I/O.

platform.claude.com/docs/en/api/rate-limits, November 2026. Fast mode has limits of its own.
"""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from spark_desktop.adapters.rate_headers import seconds_in
from spark_desktop.domain.completion import Bucket

# "tokens" itself is left out: it repeats the tightest of the others.
_KINDS = (
    ("anthropic-ratelimit-requests", "requests-minute"),
    ("anthropic-ratelimit-input-tokens", "input-tokens-minute"),
    ("anthropic-ratelimit-output-tokens", "output-tokens-minute"),
    ("anthropic-fast-input-tokens", "fast-input-tokens-minute"),
    ("anthropic-fast-output-tokens", "fast-output-tokens-minute"),
)


def buckets_in(headers: Mapping[str, str], wall: float) -> tuple[Bucket, ...]:
    """Return the limits that were told; ``wall`` is the time of day in seconds since 1970."""
    # The server's own clock, where it tells: this machine's may be wrong.
    told = _date(headers.get("date", ""))
    wall = wall if told is None else told
    found = (
        Bucket(
            name,
            _count(headers.get(f"{start}-limit")),
            _count(headers.get(f"{start}-remaining")),
            seconds_in(headers.get(f"{start}-reset"), wall),
        )
        for start, name in _KINDS
    )
    return tuple(
        bucket for bucket in found if bucket.limit is not None or bucket.remaining is not None
    )


def _date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError):
        return None


def _count(text: str | None) -> int | None:
    return int(text) if text and len(text) < 20 and text.isascii() and text.isdecimal() else None
