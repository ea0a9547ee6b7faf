"""What was emulated about an answer, so that nobody takes its speed for a measured one."""

from dataclasses import dataclass
from enum import Enum


class Source(Enum):
    """Where the text of an emulated answer comes from.

    ENGINE: the real model, live, never faster than it is. BUFFERED: the real model, whose whole
    answer is awaited first. REPLAY: a recording.
    """

    ENGINE = "engine"
    BUFFERED = "buffered"
    REPLAY = "replay"


@dataclass(frozen=True, slots=True)
class Pace:
    """How an emulated answer went; times in seconds of a monotonic clock.

    ``queue_s``, ``prompt_s`` and ``completion_s`` are the emulated parts of ``total_s``. The target
    is the profile's rate over this answer, ``achieved_tps`` what it became, both in tokens per
    second and None for an answer of less than two tokens. ``behind_share`` is the share of the
    completion in which the source was later than the profile. ``engine_s`` is how long the real
    engine worked, None where none did.
    """

    queue_s: float
    prompt_s: float
    completion_s: float
    total_s: float
    target_tps: float | None
    achieved_tps: float | None
    behind_share: float
    engine_s: float | None
