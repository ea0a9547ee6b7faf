"""Releases the pieces of an answer when a schedule says, and tells how well that went."""

import math
from array import array
from collections.abc import AsyncGenerator, AsyncIterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from inference_core.pacing.clock import Clock
from inference_core.pacing.schedule import Schedule

T = TypeVar("T")

# A source that has a token ready takes microseconds; one that was waited for this long has stalled.
_STALL_S = 0.0001


@dataclass(frozen=True, slots=True)
class Piece(Generic[T]):
    """What a source delivers at once: ``tokens`` new ones, ``accepted`` of them predicted.

    A piece without tokens (an answer's role, its end) passes with the tokens before it.
    """

    content: T
    tokens: int = 1
    accepted: int = 0


@dataclass(frozen=True, slots=True)
class Chunk(Generic[T]):
    """Pieces that are sent together; ``offset`` is when, in seconds from the request's arrival."""

    contents: tuple[T, ...]
    tokens: int
    offset: float


@dataclass(frozen=True, slots=True)
class Pace:
    """How an answer was paced, in seconds and tokens.

    Both rates count from the first chunk to the last, without the first's tokens; they are None
    for an answer with one chunk. ``behind_share`` is the part of the time from arrival to end in
    which a token was due and the source was waited for. Lateness is what the pacer added: from the
    deadline, or from the end of a stall of the source where that came later, to release; a reader
    that takes its time over the chunks before counts, too.
    """

    tokens: int
    target_tps: float | None
    achieved_tps: float | None
    target_first_token_s: float | None
    achieved_first_token_s: float | None
    behind_s: float
    behind_share: float
    lateness_p50_s: float
    lateness_p99_s: float


class Pacer(Generic[T]):
    """Paces one answer.

    Every deadline is absolute, counted from the arrival, so one that is missed moves no other;
    after a stall of the source the tokens that are due follow at once, until the answer is where
    the profile's hardware would be.
    """

    def __init__(self, schedule: Schedule, clock: Clock, arrived: float | None = None) -> None:
        """Prepare to pace; ``arrived``, in the clock's seconds, defaults to the start of ``run``.

        For an answer that was made beforehand it is the moment at which its release begins.
        """
        self._schedule = schedule
        self._clock = clock
        self._arrived = arrived
        self._lateness = array("d")
        self._tokens = 0
        self._first_tokens = 0
        self._target: tuple[float, float] | None = None
        self._achieved: tuple[float, float] | None = None
        self._behind_s = 0.0
        self._stalled_until = -math.inf
        self._released_at = 0.0

    async def run(self, source: AsyncIterable[Piece[T]]) -> AsyncGenerator[Chunk[T], None]:
        """Yield chunks at their deadlines, never before the source has delivered them.

        A source that is behind is not waited for until a chunk is full: what it has goes out.
        Whoever stops early closes the source.
        """
        now = self._clock.now
        arrived = self._arrived = now() if self._arrived is None else self._arrived
        self._released_at = arrived
        contents: list[T] = []
        waiting, offset = 0, 0.0
        asked = now()
        async for piece in source:
            contents.append(piece.content)
            stalled, moment = False, asked
            if piece.tokens:
                offset = self._schedule.next_release(piece.tokens, piece.accepted)
                waiting += piece.tokens
                moment = now()
                if moment > arrived + offset:
                    stalled = self._account(moment, moment - max(asked, arrived + offset))
            if stalled or not waiting or self._schedule.ends_chunk(waiting):
                if waiting:
                    # Without giving way where it is due: what is due goes out at one wake-up.
                    if moment < arrived + offset:
                        await self._clock.sleep_until(arrived + offset)
                        moment = now()
                    self._note(waiting, arrived, offset, moment)
                yield Chunk(tuple(contents), waiting, offset)
                contents, waiting = [], 0
            asked = now()
        if waiting:
            await self._clock.sleep_until(arrived + offset)
            self._note(waiting, arrived, offset, now())
            yield Chunk(tuple(contents), waiting, offset)

    def _account(self, delivered: float, behind: float) -> bool:
        """Note how long the source was waited for after the deadline; return whether it stalled."""
        self._behind_s += behind
        if behind < _STALL_S:
            return False
        self._stalled_until = delivered
        return True

    def _note(self, tokens: int, arrived: float, offset: float, released: float) -> None:
        """Note that a chunk was released."""
        self._lateness.append(max(0.0, released - max(arrived + offset, self._stalled_until)))
        self._released_at = released
        self._tokens += tokens
        if self._target is None or self._achieved is None:
            self._first_tokens = tokens
            self._target, self._achieved = (offset, offset), (released, released)
        else:
            self._target = self._target[0], offset
            self._achieved = self._achieved[0], released

    def pace(self) -> Pace:
        """Return how it went so far."""
        lateness = sorted(self._lateness)
        arrived = self._arrived or 0.0
        taken = self._released_at - arrived
        return Pace(
            tokens=self._tokens,
            target_tps=self._rate(self._target),
            achieved_tps=self._rate(self._achieved),
            target_first_token_s=self._target[0] if self._target else None,
            achieved_first_token_s=self._achieved[0] - arrived if self._achieved else None,
            behind_s=self._behind_s,
            behind_share=min(1.0, self._behind_s / taken) if taken > 0 else 0.0,
            lateness_p50_s=percentile(lateness, 0.5),
            lateness_p99_s=percentile(lateness, 0.99),
        )

    def _rate(self, span: tuple[float, float] | None) -> float | None:
        if span is None or span[1] <= span[0]:
            return None
        return (self._tokens - self._first_tokens) / (span[1] - span[0])


def percentile(ordered: list[float] | tuple[float, ...], share: float) -> float:
    """Return the value below which ``share`` of the ordered values lie; 0 where there are none."""
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
