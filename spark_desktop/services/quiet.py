"""Quiet mode, and a snooze that ends by itself."""

from datetime import datetime, timedelta

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import RestChanged
from spark_desktop.domain.rest import MOST_MINUTES, Rest
from spark_desktop.domain.words import say
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import Clock
from spark_desktop.services.tasks import LatestTask, TaskScope

# Seconds between looks at the clock: a machine that slept meanwhile is late by no more than this.
_LOOK_AGAIN = 20.0


class Quiet:
    """Holds whether saves start less, or nothing; each change is published as RestChanged."""

    def __init__(self, clock: Clock, bus: Bus, scope: TaskScope) -> None:
        self._clock = clock
        self._bus = bus
        self._waiting = LatestTask(scope)
        self._rest = Rest()

    @property
    def rest(self) -> Rest:
        """Return what holds now."""
        return self._rest

    def use(self, is_quiet: bool) -> None:
        """Follow the settings: with ``is_quiet`` only what the user typed for Spark starts."""
        self._become(Rest(is_quiet, self._rest.until))

    def snooze(self, minutes: int) -> datetime:
        """Let nothing start for so long, and return until when; a snooze before is replaced.

        Raises SparkError for no time, or for more than a day.
        """
        if not 1 <= minutes <= MOST_MINUTES:
            raise SparkError(
                say("A snooze of {minutes} minutes is not possible.", minutes=minutes),
                say("Choose 1 to {most} minutes, or pause watching.", most=MOST_MINUTES),
            )
        until = self._clock.now() + timedelta(minutes=minutes)
        self._become(Rest(self._rest.is_quiet, until))
        self._waiting.start("snooze", self._end_at(until))
        return until

    def wake(self) -> None:
        """End the snooze now; without one nothing happens."""
        self._waiting.cancel()
        self._become(Rest(self._rest.is_quiet))

    async def _end_at(self, until: datetime) -> None:
        while (left := (until - self._clock.now()).total_seconds()) > 0:
            await self._clock.sleep(min(left, _LOOK_AGAIN))
        self._become(Rest(self._rest.is_quiet))

    def _become(self, rest: Rest) -> None:
        if rest != self._rest:
            self._rest = rest
            self._bus.publish(RestChanged(rest))
