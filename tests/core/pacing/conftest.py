from dataclasses import replace

import pytest

from inference_core.pacing.figures import Absent, Figure, Kind
from inference_core.pacing.library import Profiles
from inference_core.pacing.profile import Profile

NONE = Absent("not in this test")


def figure(value: float) -> Figure:
    return Figure(value, "a test", "2026-11-30", Kind.DERIVED)


def plain_profile(rate: float = 1000.0, **changes: object) -> Profile:
    """A profile without jitter, bursts, waits or slow-down, but for what is changed.

    A number becomes a figure.
    """
    figures = {
        key: figure(value) if isinstance(value, int | float) else value
        for key, value in changes.items()
    }
    return replace(
        Profiles.load().find("codex-spark"),
        **{
            "decode_tps": figure(rate),
            "first_token_s": figure(0.1),
            "per_prompt_token_s": figure(0.0),
            "jitter": NONE,
            "queue_s": NONE,
            **figures,
        },
    )


class FakeClock:
    """A clock that moves only when somebody sleeps, or when a test moves it."""

    def __init__(self) -> None:
        self.moment = 1000.0
        self.slept = 0
        # What the operating system adds to each sleep.
        self.oversleeps = 0.0

    def now(self) -> float:
        return self.moment

    async def sleep_until(self, deadline: float) -> None:
        self.slept += 1
        self.moment = max(self.moment, deadline + self.oversleeps)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()
