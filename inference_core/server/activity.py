"""Who uses the core right now: running requests and leases, and since when nobody does."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Activity:
    """Counts requests and leases; used on the event loop only.

    ``closing`` is set when the core ends: every stream watches it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._requests = 0
        self._leases = 0
        self._idle_since = clock()
        self.lease_was_dropped = False
        self.closing = asyncio.Event()

    @property
    def leases(self) -> int:
        """How many clients hold a lease."""
        return self._leases

    @contextmanager
    def request(self) -> Iterator[None]:
        """Count a request while it runs."""
        self._requests += 1
        try:
            yield
        finally:
            self._requests -= 1
            self._idle_since = self._clock()

    @contextmanager
    def lease(self) -> Iterator[None]:
        """Count a lease while it is held."""
        self._leases += 1
        try:
            yield
        finally:
            self._leases -= 1
            self.lease_was_dropped = True
            self._idle_since = self._clock()

    def idle_seconds(self) -> float:
        """Return for how long there has been neither a request nor a lease; 0 while there is."""
        if self._requests or self._leases:
            return 0.0
        return self._clock() - self._idle_since

    def restart_idle(self) -> None:
        """Begin counting anew, for a reason to stay that is neither a request nor a lease."""
        self._idle_since = self._clock()
