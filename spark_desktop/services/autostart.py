"""Keeps the start at log-in as the settings say."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from spark_desktop.domain.settings import Settings


class Autostart(Protocol):
    """What the platform starts at log-in."""

    def turn_on(self) -> None:
        """Have Spark started at log-in, by how it is started now. Raises DesktopError."""
        ...

    def turn_off(self) -> None:
        """Have it started no more; no error where it was not. Raises DesktopError."""
        ...


class AutostartKeeper:
    """Follows ``desktop.autostart``.

    What stands there is removed only when the setting goes from on to off: a Spark with other
    settings, such as one that is tried out, must not take away what this user's own has put there.
    """

    def __init__(self, platform: Callable[[], Autostart]) -> None:
        """``platform`` is called when something is to be changed: most starts change nothing."""
        self._platform = platform
        self._is_on = False
        self._lock = asyncio.Lock()

    async def follow(self, settings: Settings) -> None:
        """Do what the settings say, once they have changed. Raises DesktopError."""
        async with self._lock:
            wanted = settings.desktop.autostart
            if wanted == self._is_on:
                return
            autostart = self._platform()
            change = autostart.turn_on if wanted else autostart.turn_off
            await asyncio.to_thread(change)
            self._is_on = wanted
