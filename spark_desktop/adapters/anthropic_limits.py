"""What is left of an account at Anthropic, from the headers of an answer. No I/O.

platform.claude.com/docs/en/api/rate-limits, November 2026. Fast mode has limits of its own.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from spark_desktop.domain.completion import Bucket

# "tokens" itself is left out: it repeats the tightest of the others.
_KINDS = (
    ("anthropic-ratelimit-requests", "requests-minute"),
    ("anthropic-ratelimit-input-tokens", "input-tokens-minute"),
    ("anthropic-ratelimit-output-tokens", "output-tokens-minute"),
    ("anthropic-fast-input-tokens", "fast-input-tokens-minute"),
    ("anthropic-fast-output-tokens", "fast-output-tokens-minute"),
)


def buckets_in(headers: Mapping[str, str], now: datetime) -> tuple[Bucket, ...]:
    """Return the limits that were told; ``now`` is the time of day where the answer has none."""
    told = _date(headers) or now
    found = (
        Bucket(
            name,
            _count(headers.get(f"{start}-limit")),
            _count(headers.get(f"{start}-remaining")),
            _seconds(headers.get(f"{start}-reset"), told),
        )
        for start, name in _KINDS
    )
    return tuple(
        bucket for bucket in found if bucket.limit is not None or bucket.remaining is not None
    )


def _date(headers: Mapping[str, str]) -> datetime | None:
    # The server's own clock: this machine's may be wrong.
    try:
        date = parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return None
    return date if date.tzinfo is not None else date.replace(tzinfo=UTC)


def _count(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() else None


def _seconds(text: str | None, now: datetime) -> float | None:
    try:
        reset = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    if reset.tzinfo is None:
        reset = reset.replace(tzinfo=UTC)
    return max(0.0, (reset - now).total_seconds())
