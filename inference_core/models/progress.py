"""What a fetch tells while it runs, and the meter that turns byte counts into rates."""

import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path


@dataclass(frozen=True)
class Checking:
    """The store looks at what is already here."""

    model_id: str


@dataclass(frozen=True)
class WaitingForOther:
    """Another process is downloading the same model: it has ``done`` of ``total`` bytes."""

    done: int
    total: int


@dataclass(frozen=True)
class DamagedRemoved:
    """A damaged file was removed and is fetched again."""

    path: Path
    reason: str


@dataclass(frozen=True)
class Downloading:
    """``done`` of ``total`` bytes are here; ``rate`` in bytes per second, ``left_s`` in seconds.

    ``left_s`` is None until the rate is known.
    """

    source: str
    done: int
    total: int
    rate: float
    left_s: float | None


@dataclass(frozen=True)
class Verifying:
    """``done`` of ``total`` bytes are hashed."""

    done: int
    total: int


@dataclass(frozen=True)
class SourceSkipped:
    """A source is passed over."""

    source: str
    reason: str


@dataclass(frozen=True)
class Contacting:
    """A connection to a server is about to be made; ``host`` is its name alone, without secrets.

    ``port`` is 0 where another program chooses it.
    """

    source: str
    host: str
    port: int


Progress = (
    Checking
    | WaitingForOther
    | DamagedRemoved
    | Downloading
    | Verifying
    | SourceSkipped
    | Contacting
)
Listener = Callable[[Progress], None]


def event_of(step: object) -> dict[str, object]:
    """Return a step as programs are told it: ``{"event": NAME, …}`` with the step's fields."""
    if not is_dataclass(step) or isinstance(step, type):
        raise TypeError(f"{step!r} is no step")
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", type(step).__name__).lower()
    return {"event": name} | asdict(step)


# A rate over five seconds is steady enough to read, and still shows a stall.
_WINDOW_S = 5.0
# Ten reports a second look continuous; more would only cost time.
_INTERVAL_S = 0.1


class Meter:
    """Turns the count of bytes that are here into Downloading events, at most ten a second.

    ``clock`` returns seconds that only grow.
    """

    def __init__(
        self,
        source: str,
        total: int,
        listener: Listener,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._total = total
        self._listener = listener
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()
        self._reported_at: float | None = None
        self._contacted: set[tuple[str, int]] = set()

    def contacting(self, host: str, port: int) -> None:
        """Report that a server is asked, for whoever keeps a list of them; once a server."""
        if (host, port) not in self._contacted:
            self._contacted.add((host, port))
            self._listener(Contacting(self._source, host, port))

    def at(self, done: int) -> None:
        """Report that ``done`` bytes are here; the first and the last report always pass."""
        now = self._clock()
        if self._seen and (done < self._seen[-1][1] or now < self._seen[-1][0]):
            # Begun again from nothing, or on a machine whose clock went back while it slept.
            self._seen.clear()
            self._reported_at = None
        self._seen.append((now, done))
        while len(self._seen) > 2 and now - self._seen[0][0] > _WINDOW_S:
            self._seen.popleft()
        due = self._reported_at is None or now - self._reported_at >= _INTERVAL_S
        if not due and done < self._total:
            return
        self._reported_at = now
        rate = self._rate()
        left_s = (self._total - done) / rate if rate > 0 else None
        self._listener(Downloading(self._source, done, self._total, rate, left_s))

    def _rate(self) -> float:
        (since, before), (until, after) = self._seen[0], self._seen[-1]
        return (after - before) / (until - since) if until > since else 0.0
