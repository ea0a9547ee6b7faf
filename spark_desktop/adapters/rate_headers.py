"""What a vendor's headers say of its limits, and of when to come back. No I/O."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from spark_desktop.domain.completion import Bucket
from spark_desktop.domain.regex import regex

# OpenAI, Groq, Cerebras, Mistral and those that follow them; "ratelimit-limit" alone is the draft
# of the IETF. Anthropic's have their dimension first and are read with its protocol.
_HEADER = regex(r"(?:x-)?ratelimit-(limit|remaining|reset)(?:-([a-z0-9_-]{1,60}))?", re.ASCII)
# What a header without a dimension counts.
_PLAIN = "requests"
_DURATION = regex(r"(?:\d+(?:\.\d+)?(?:ms|us|µs|ns|d|h|m|s))+")
_PART = regex(r"(\d+(?:\.\d+)?)(ms|us|µs|ns|d|h|m|s)")
_UNITS = {
    "d": 86_400.0,
    "h": 3600.0,
    "m": 60.0,
    "s": 1.0,
    "ms": 1e-3,
    "us": 1e-6,
    "µs": 1e-6,
    "ns": 1e-9,
}
# A number this large is no wait but a day: seconds, or milliseconds, since 1970.
_EPOCH_S, _EPOCH_MS = 1e9, 1e12
# Longer texts are no numbers and no dates.
_LONGEST = 80


def buckets_of(headers: Mapping[str, str], wall: float) -> tuple[Bucket, ...]:
    """Return the limits that an answer's headers tell, by name: "tokens-minute", "requests".

    ``wall`` is the time of day in seconds since 1970, for resets that are told as a day.
    """
    found: dict[str, dict[str, str]] = {}
    for name, value in headers.items():
        match = _HEADER.fullmatch(name.lower())
        if match:
            found.setdefault(match[2] or _PLAIN, {})[match[1]] = value
    buckets = (
        Bucket(
            name,
            _count(told.get("limit")),
            _count(told.get("remaining")),
            seconds_in(told.get("reset"), wall),
        )
        for name, told in sorted(found.items())
    )
    return tuple(
        one
        for one in buckets
        if one.limit is not None or one.remaining is not None or one.reset is not None
    )


def seconds_to_wait(headers: Mapping[str, str], wall: float) -> float | None:
    """Return the seconds after which a refused request may be sent again; None: nobody says.

    What the headers say outright counts first, then the reset of a limit that is used up.
    """
    milliseconds = seconds_in(headers.get("retry-after-ms"), wall)
    if milliseconds is not None:
        return milliseconds / 1000
    told = seconds_in(headers.get("retry-after"), wall)
    if told is not None:
        return told
    resets = [
        bucket.reset
        for bucket in buckets_of(headers, wall)
        if bucket.remaining == 0 and bucket.reset is not None
    ]
    return max(resets, default=None)


def seconds_in(text: str | None, wall: float) -> float | None:
    """Return the seconds from now on that a text means, never below 0; None where it means none.

    It may be a number of seconds, "6m0s", "120ms", a date of HTTP's or ISO's, or a time since 1970.
    """
    text = (text or "").strip()
    if not text or len(text) > _LONGEST:
        return None
    number = _number(text)
    if number is not None:
        if number >= _EPOCH_MS:
            return max(0.0, number / 1000 - wall)
        return max(0.0, number - wall) if number >= _EPOCH_S else max(0.0, number)
    lower = text.lower()
    if _DURATION.fullmatch(lower):
        return sum(float(part[1]) * _UNITS[part[2]] for part in _PART.finditer(lower))
    moment = _moment(text)
    return None if moment is None else max(0.0, moment - wall)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _count(text: str | None) -> int | None:
    number = _number((text or "").strip()[:_LONGEST])
    # Below 0 stands for "no limit" with some servers.
    return None if number is None or number < 0 else int(number)


def _moment(text: str) -> float | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None
