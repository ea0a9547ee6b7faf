"""Keeps an endpoint that fails out of the way, and tries it again from time to time. No I/O."""

from dataclasses import dataclass, replace

# Failures in a row before an endpoint is left out, seconds that it is left out the first time, and
# at most. The time doubles with each failed try.
_FAILURES = 3
_FIRST_S = 15.0
_LONGEST_S = 300.0
# A key that was refused does not become right by itself; the user may have renewed it elsewhere.
_REFUSED_S = 300.0


@dataclass(frozen=True, slots=True)
class Breaker:
    """What the last answers of one endpoint say; times are those of a monotonic clock, in seconds.

    ``reason`` is why it is left out, for the user; ``is_refused`` where that is its key.
    """

    failures: int = 0
    open_until: float = 0.0
    pause: float = 0.0
    reason: str = ""
    is_refused: bool = False

    def allows(self, now: float) -> bool:
        """Return whether the endpoint may be asked: nothing is wrong, or it is time for a try."""
        return now >= self.open_until

    def succeeded(self) -> "Breaker":
        """Return the state after an answer that began."""
        return Breaker()

    def failed(self, now: float, reason: str) -> "Breaker":
        """Return the state after an outage."""
        failures = self.failures + 1
        if failures < _FAILURES:
            return replace(self, failures=failures, reason=reason, is_refused=False)
        pause = min(2 * self.pause, _LONGEST_S) if self.pause else _FIRST_S
        return Breaker(failures, now + pause, pause, reason)

    def refused(self, now: float, reason: str) -> "Breaker":
        """Return the state after a refused key."""
        return Breaker(_FAILURES, now + _REFUSED_S, _REFUSED_S, reason, is_refused=True)

    def limited(self, now: float, seconds: float, reason: str) -> "Breaker":
        """Return the state after "come back in so many seconds", which is no failure."""
        return replace(self, open_until=now + seconds, reason=reason, is_refused=False)
