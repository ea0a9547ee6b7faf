"""What is known of each endpoint: whether it fails, and what is left of its account's limits."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from spark_desktop.domain.breaker import Breaker
from spark_desktop.domain.completion import Bucket
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import (
    AccessRefusedError,
    EndpointBusyError,
    EndpointRejectedError,
    EndpointUnreachableError,
    LimitError,
    SparkError,
)
from spark_desktop.domain.events import AnswerWaits
from spark_desktop.domain.rate_limits import Level, Levels
from spark_desktop.domain.words import say
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import Clock

# Seconds before everybody is asked once more; doubled each time, and spread by half, so that many
# clients of one server do not come back together.
_FIRST_PAUSE_S = 0.5
# Somebody sits there and waits: longer than this is for the user to decide.
_LONGEST_PAUSE_S = 30.0


class Asked(Protocol):
    """As much of a candidate as is needed here."""

    @property
    def title(self) -> str:
        """Return what the user calls it; "" for the local core."""
        ...


class Health:
    """One for the program; ids are those of endpoints. ``spread`` gives a number from 0 to 1."""

    def __init__(self, bus: Bus, clock: Clock, spread: Callable[[], float] = random.random) -> None:
        self._bus = bus
        self._clock = clock
        self._spread = spread
        self._breakers: dict[str, Breaker] = defaultdict(Breaker)
        self._levels: dict[str, Levels] = defaultdict(Levels)

    def allows(self, endpoint_id: str) -> bool:
        """Return whether the endpoint may be asked now."""
        return self._breakers[endpoint_id].allows(self._clock.monotonic())

    def breaker(self, endpoint_id: str) -> Breaker:
        """Return what its last answers say."""
        return self._breakers[endpoint_id]

    def levels(self, endpoint_id: str) -> tuple[Level, ...]:
        """Return what is left of its account's limits."""
        return self._levels[endpoint_id].all()

    def tokens_left(self, endpoint_id: str) -> int | None:
        """Return the tokens that its account has left now; None where that is not known."""
        return self._levels[endpoint_id].tokens_left(self._clock.monotonic())

    def forget(self, endpoint_id: str) -> None:
        """Think nothing of it any more: the user has changed it, or wants it tried."""
        self._breakers.pop(endpoint_id, None)
        self._levels.pop(endpoint_id, None)

    def refusal(self, endpoint_id: str, title: str, tokens: int) -> SparkError | None:
        """Return why a request with so many tokens is not sent there now; None where it is."""
        now = self._clock.monotonic()
        breaker = self._breakers[endpoint_id]
        if not breaker.allows(now):
            message = say(
                "{endpoint} is left out for now: {reason}", endpoint=title, reason=breaker.reason
            )
            if breaker.is_refused:
                # Waiting does not help.
                return AccessRefusedError(
                    message, say("Enter it in the settings, under Endpoints.")
                )
            step = say("Wait, or test it in the settings.")
            return LimitError(message, step, breaker.open_until - now)
        seconds = self._levels[endpoint_id].wait_for(tokens, now)
        if seconds <= 0:
            return None
        return LimitError(
            say("The limits of {endpoint} have no room for this request now.", endpoint=title),
            say("Wait, or choose another endpoint."),
            seconds,
        )

    def succeeded(self, endpoint_id: str, buckets: Iterable[Bucket]) -> None:
        """Take note of an answer."""
        self._breakers[endpoint_id] = self._breakers[endpoint_id].succeeded()
        self._levels[endpoint_id].tell(buckets, self._clock.monotonic())

    def failed(self, endpoint_id: str, error: SparkError) -> None:
        """Take note of a failure; a refused request says nothing against its server."""
        now, breaker = self._clock.monotonic(), self._breakers[endpoint_id]
        match error:
            case AccessRefusedError():
                breaker = breaker.refused(now, error.message)
            case (
                EndpointBusyError(retry_after=float() as seconds)
                | LimitError(retry_after=float() as seconds)
            ):
                breaker = breaker.limited(now, seconds, error.message)
            case EndpointRejectedError():
                return
            case _:
                breaker = breaker.failed(now, error.message)
        self._breakers[endpoint_id] = breaker

    async def pause(
        self,
        kind: WorkKind,
        candidates: Sequence[Asked],
        failures: Sequence[SparkError],
        turn: int,
        bus: Bus | None = None,
    ) -> bool:
        """Wait, visibly, before everybody is asked again; return False where that is useless.

        ``turn`` counts from 0. The wait is as long as the soonest of them asked for, else short.
        It is told on ``bus``, that of whoever asked, without one on the program's.
        """
        hopeful = [error for error in failures if _may_pass(error)]
        if not hopeful:
            return False
        short = _FIRST_PAUSE_S * 2**turn * (0.5 + self._spread())
        named = [seconds for error in hopeful if (seconds := _retry_after(error)) is not None]
        seconds = max(short, min(named)) if len(named) == len(hopeful) else short
        if seconds > _LONGEST_PAUSE_S:
            return False
        title, bus = candidates[0].title, bus or self._bus
        bus.publish(AnswerWaits(kind, title, seconds, hopeful[0].message))
        try:
            await self._clock.sleep(seconds)
        finally:
            bus.publish(AnswerWaits(kind, title, 0.0))
        return True


def _may_pass(error: SparkError) -> bool:
    """Return whether the same request may be answered later."""
    match error:
        case EndpointRejectedError():
            return False
        case LimitError(retry_after=None):
            return False
        case EndpointBusyError() | EndpointUnreachableError() | LimitError():
            return True
        case _:
            return _retry_after(error) is not None


def _retry_after(error: SparkError) -> float | None:
    seconds = getattr(error, "retry_after", None)
    return seconds if isinstance(seconds, float) else None
