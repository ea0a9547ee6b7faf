"""How many cases a law is tried on: few in CI, ``SPARK_LAW_CASES`` where thousands are wanted."""

import os

from hypothesis import settings


def cases(few: int) -> int:
    """Return how many cases to try where ``few`` are enough for every day."""
    return int(os.environ.get("SPARK_LAW_CASES", few))


# Decorates a law of one case an example.
law = settings(max_examples=cases(60), deadline=None)
