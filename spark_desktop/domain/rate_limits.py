"""What is left of an account's limits, as the last answers told it. No I/O."""

from collections.abc import Iterable
from dataclasses import dataclass

from spark_desktop.domain.completion import Bucket


@dataclass(frozen=True, slots=True)
class Level:
    """One bucket and when it was told, by a monotonic clock in seconds."""

    bucket: Bucket
    told: float

    def remaining(self, now: float) -> int | None:
        """Return what is left now: all of it again once the reset has come; None for unknown."""
        bucket = self.bucket
        if bucket.reset is not None and now >= self.told + bucket.reset:
            return bucket.limit
        return bucket.remaining

    def seconds_left(self, now: float) -> float | None:
        """Return the seconds until it is full again; None where nobody told."""
        if self.bucket.reset is None:
            return None
        return max(0.0, self.told + self.bucket.reset - now)


class Levels:
    """The buckets of one endpoint. Names with "tokens" count tokens, the others requests.

    Those of "output-tokens" count answers only: how long one gets nobody knows before, so a request
    waits for them only where nothing is left.
    """

    def __init__(self) -> None:
        self._levels: dict[str, Level] = {}

    def tell(self, buckets: Iterable[Bucket], now: float) -> None:
        """Take what an answer told."""
        for bucket in buckets:
            self._levels[bucket.name] = Level(bucket, now)

    def all(self) -> tuple[Level, ...]:
        """Return every bucket that was told, by name."""
        return tuple(level for _name, level in sorted(self._levels.items()))

    def tokens_left(self, now: float) -> int | None:
        """Return the fewest tokens that any bucket has left; None where none counts them."""
        left = [
            tokens
            for name, level in self._levels.items()
            if _counts_prompts(name) and (tokens := level.remaining(now)) is not None
        ]
        return min(left, default=None)

    def wait_for(self, tokens: int, now: float) -> float:
        """Return the seconds until one request with so many tokens fits; 0 where it fits now.

        A bucket that never holds as many is passed over: the server decides.
        """
        longest = 0.0
        for name, level in self._levels.items():
            need = tokens if _counts_prompts(name) else 1
            left, limit = level.remaining(now), level.bucket.limit
            if left is None or left >= need or (limit is not None and limit < need):
                continue
            longest = max(longest, level.seconds_left(now) or 0.0)
        return longest


def _counts_prompts(name: str) -> bool:
    return "tokens" in name and "output" not in name
