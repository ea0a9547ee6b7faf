"""The limits of an account: requests a day and tokens a minute, as two token buckets.

A bucket is full at the start and is filled steadily, so that nothing depends on when a day begins.
A request is charged before it runs, with its prompt and all that it may write; what it does not
write is not given back (Cerebras charges ``max_completion_tokens`` up front).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from inference_core.domain.errors import RequestError

_DAY_S = 86_400.0
_MINUTE_S = 60.0


class QuotaExceededError(RequestError):
    """A limit of the account is reached; another request may pass in ``retry_after_s``."""

    status = 429
    kind = "too_many_requests_error"

    def __init__(self, what: str, code: str, wait_s: float) -> None:
        super().__init__(
            what, param="quota", code=code, next_step="Wait, or ask for fewer tokens at once."
        )
        self.retry_after_s = max(1, math.ceil(wait_s))


class OverQuotaError(RequestError):
    """One request may need more tokens than the account has in a minute: no wait helps it."""

    status = 429
    kind = "too_many_requests_error"

    def __init__(self, tokens: int, limit: int) -> None:
        super().__init__(
            f"Tokens per minute limit exceeded - the request may need {tokens} tokens, "
            f"the limit is {limit}.",
            param="quota",
            code="token_quota_exceeded",
            next_step="Ask for less: a smaller max_completion_tokens, or a shorter prompt.",
        )


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an account may ask for."""

    requests_per_day: int
    tokens_per_minute: int


class _Bucket:
    """Holds up to ``limit`` and gains that much in ``period_s``, steadily."""

    def __init__(self, limit: int, period_s: float, clock: Callable[[], float]) -> None:
        self.limit = limit
        self._rate = limit / period_s
        self._clock = clock
        self._level = float(limit)
        self._at = clock()

    @property
    def level(self) -> float:
        """What is in it now."""
        now = self._clock()
        self._level = min(float(self.limit), self._level + (now - self._at) * self._rate)
        self._at = now
        return self._level

    def wait_s(self, amount: float) -> float:
        """Return the seconds until so much is in it, 0 where it is; more never is."""
        return max(0.0, (amount - self.level) / self._rate)

    def take(self, amount: float) -> None:
        """Take it, whatever is left: an answer may have become longer than was thought."""
        self._level = self.level - amount

    @property
    def reset_s(self) -> float:
        """Seconds until it is full."""
        return (self.limit - self.level) / self._rate


class Quota:
    """One account, for all clients of this core; ``clock`` in seconds of a monotonic clock."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self._requests = _Bucket(limits.requests_per_day, _DAY_S, clock)
        self._tokens = _Bucket(limits.tokens_per_minute, _MINUTE_S, clock)

    def charge(self, tokens: int, requests: int = 1) -> None:
        """Charge a request that may need so many tokens.

        ``requests`` is 0 for a further answer to the same one. Raises QuotaExceededError,
        OverQuotaError.
        """
        wait = self._requests.wait_s(requests)
        if wait > 0:
            raise QuotaExceededError(
                "Requests per day limit exceeded - too many requests sent.",
                "request_quota_exceeded",
                wait,
            )
        if tokens > self._tokens.limit:
            raise OverQuotaError(tokens, self._tokens.limit)
        wait = self._tokens.wait_s(tokens)
        if wait > 0:
            raise QuotaExceededError(
                "Tokens per minute limit exceeded - too many tokens processed.",
                "token_quota_exceeded",
                wait,
            )
        self._requests.take(requests)
        self._tokens.take(tokens)

    def add(self, tokens: int) -> None:
        """Charge what an answer without a limit turned out to have."""
        self._tokens.take(tokens)

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Return what every answer says about the account; resets are in seconds."""
        told = {
            "requests-day": self._requests,
            "tokens-minute": self._tokens,
        }
        return [
            (f"x-ratelimit-{what}-{name}".encode(), value.encode())
            for name, bucket in told.items()
            for what, value in (
                ("limit", str(bucket.limit)),
                ("remaining", str(max(0, math.floor(bucket.level)))),
                ("reset", f"{max(0.0, bucket.reset_s):.3f}"),
            )
        ]
