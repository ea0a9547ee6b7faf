"""When the core ends by itself: nobody uses it any more, and nobody is about to."""

import asyncio
from collections.abc import AsyncIterator

from inference_core.server.activity import Activity
from inference_core.server.owner import Owner

POLL_S = 0.5


class Lifecycle:
    """Watches the activity and the owner."""

    def __init__(self, activity: Activity, owner: Owner | None, linger_s: float) -> None:
        self._activity = activity
        self._owner = owner
        self._linger_s = linger_s

    async def until_unused(self) -> None:
        """Return when neither request, lease nor expectant owner has been there for linger_s."""
        async for _ in _every(min(POLL_S, max(0.05, self._linger_s / 4))):
            if self.is_unused():
                return

    def is_unused(self) -> bool:
        """Return whether the core may end now.

        An owner that lives and has not yet taken its lease is still starting up: the time of its
        silence does not count.
        """
        if self._owner_may_come():
            self._activity.restart_idle()
            return False
        idle = self._activity.idle_seconds()
        return idle > 0 and idle >= self._linger_s

    def _owner_may_come(self) -> bool:
        if self._owner is None or self._activity.lease_was_dropped or self._activity.leases:
            return False
        return self._owner.is_alive()


async def until_dead(owner: Owner | None) -> None:
    """Return when the owner is dead; without one, never."""
    async for _ in _every(POLL_S):
        if owner is not None and not owner.is_alive():
            return


async def _every(seconds: float) -> AsyncIterator[None]:
    """Tick at once and then again and again: a process's death sends no event to wait for."""
    while True:
        yield
        await asyncio.sleep(seconds)
