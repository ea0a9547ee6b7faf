"""Under which conditions a request is answered: what a fault or a header says about its time.

The middleware that knows the headers sets them, the paced engine far below it looks them up: a
context variable follows the request through every task that works for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Counter:
    """How many answers of one request have been charged: with ``n`` there are several."""

    charged: int = 0


@dataclass(frozen=True, slots=True)
class Conditions:
    """Seconds that pass in the queue, and beyond the profile's before the first token.

    ``queue_threshold_s`` is the longest that the client wants to wait in the queue, None for as
    long as it takes. ``counter`` is the request's, None where nobody counts its answers.
    """

    queue_s: float = 0.0
    delay_s: float = 0.0
    queue_threshold_s: float | None = None
    counter: Counter | None = None


_current: ContextVar[Conditions] = ContextVar("conditions", default=Conditions())  # noqa: B039


def current() -> Conditions:
    """Return the conditions of the request that is being answered."""
    return _current.get()


@contextmanager
def under(conditions: Conditions) -> Iterator[None]:
    """Answer what is answered in the block under these conditions."""
    token = _current.set(conditions)
    try:
        yield
    finally:
        _current.reset(token)
