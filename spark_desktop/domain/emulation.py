"""That an answer imitates other hardware's pace: never to be mixed with what was measured."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Emulation:
    """What a server says about an answer that it paced as a profile's hardware would.

    ``source`` is where the text comes from (``engine``, ``buffered``, ``replay``), ``kind`` where
    the profile's speed comes from (``vendor``, ``measured``, ``second-hand``, ``derived``). Rates
    are tokens per second, ``engine_s`` the seconds that the real engine took, ``behind_share`` from
    0 to 1 the part of the answer that came later than the profile would have it. None is what the
    server does not say; while the answer streams that is everything but the target.
    """

    profile: str
    title: str = ""
    source: str = ""
    kind: str = ""
    target_tps: float | None = None
    achieved_tps: float | None = None
    behind_share: float | None = None
    engine_s: float | None = None
