"""How fast a published hardware answers, at what price, and when each token of an answer comes."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, pairwise

from spark_desktop.domain.completion import Timing, Usage


@dataclass(frozen=True, slots=True)
class Profile:
    """A hardware's pace as it was published; the core's profiles have the source of each figure.

    Times are in seconds, ``decode_tps`` in tokens per second, prices in US$ per million tokens,
    None where none is published. ``kind`` says where the speed comes from (``vendor``,
    ``measured``, ``second-hand``, ``derived``); ``own`` is whether the user added the profile.
    """

    id: str
    title: str
    decode_tps: float
    first_token_s: float
    per_prompt_token_s: float = 0.0
    hardware: str = ""
    model: str = ""
    context: int | None = None
    price_in: float | None = None
    price_cached: float | None = None
    price_out: float | None = None
    kind: str = ""
    source: str = ""
    date: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class Schedule:
    """When the tokens of one answer are released, in seconds from the request.

    At ``times[i]`` there are ``totals[i]`` tokens in all; both only grow.
    """

    times: tuple[float, ...]
    totals: tuple[int, ...]

    @staticmethod
    def of(releases: Iterable[tuple[float, int]]) -> "Schedule":
        """Return the schedule of (seconds, tokens released then).

        Raises ValueError where time goes back, or no token is released.
        """
        pairs = tuple(releases)
        times = tuple(seconds for seconds, _ in pairs)
        if any(later < earlier for earlier, later in pairwise(times)):
            raise ValueError("its times go back")
        if any(count < 1 for _, count in pairs):
            raise ValueError("it releases no token at some time")
        return Schedule(times, tuple(accumulate(count for _, count in pairs)))

    @property
    def first_token(self) -> float:
        """Return the seconds to the first token; 0 for an answer without tokens."""
        return self.times[0] if self.times else 0.0

    @property
    def duration(self) -> float:
        """Return the seconds to the last token."""
        return self.times[-1] if self.times else 0.0

    @property
    def tokens(self) -> int:
        """Return how many tokens are released in all."""
        return self.totals[-1] if self.totals else 0

    def tokens_at(self, seconds: float) -> int:
        """Return how many tokens there are after so many seconds."""
        place = bisect_right(self.times, seconds)
        return self.totals[place - 1] if place else 0


def recorded_schedule(usage: Usage, timing: Timing) -> Schedule:
    """Return when the tokens of an answer came, as far as it was recorded.

    Only the first and the last moment are; the tokens between them are spread evenly.
    """
    count = usage.completion_tokens
    step = max(0.0, timing.total - timing.first_token) / max(1, count - 1)
    return Schedule.of((timing.first_token + step * number, 1) for number in range(count))
