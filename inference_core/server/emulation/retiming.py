"""A recording at the pace of a profile: its bytes stay, their moments are others."""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from inference_core.pacing.clock import loop_clock
from inference_core.pacing.library import Profiles
from inference_core.pacing.profile import Profile
from inference_core.pacing.schedule import Schedule
from inference_core.recording.exchange import Chunk, Exchange
from inference_core.recording.pace import Wait
from inference_core.recording.text_stream import recorded_text, recorded_tokens


def retiming(profile_id: str, own_profiles: Path) -> Callable[[Exchange], Exchange]:
    """Return what gives an exchange the moments of a profile. Raises UnknownProfileError."""
    profile = Profiles.load(own_profiles).find(profile_id)
    return lambda exchange: retimed(exchange, profile)


def retimed(exchange: Exchange, profile: Profile) -> Exchange:
    """Return the exchange as this profile would have answered it; what is no text stays as it is.

    Where the recording does not say how many tokens a piece has, it counts as one.
    """
    pieces = recorded_text(exchange)
    if not pieces:
        return exchange
    response = exchange.response
    prompt = _count(response.body, b"prompt_tokens")
    cached = min(prompt, _count(response.body, b"cached_tokens"))
    schedule = Schedule(profile, prompt, cached)
    if len(response.chunks) == 1 or len(pieces) == 1:
        total = recorded_tokens(exchange) or max(1, pieces[0][2])
        offset = schedule.next_release(total)
        chunks = tuple(replace(chunk, seconds=offset) for chunk in response.chunks)
    else:
        chunks = tuple(_streamed(exchange, schedule))
    # A stream's head comes at once; the head of a whole answer with the answer.
    head = min(response.seconds, chunks[0].seconds)
    return replace(exchange, response=replace(response, seconds=head, chunks=chunks))


def _streamed(exchange: Exchange, schedule: Schedule) -> Iterator[Chunk]:
    tokens: Counter[float] = Counter()
    for seconds, _, count in recorded_text(exchange):
        tokens[seconds] += max(1, count)
    offset = 0.0
    for chunk in exchange.response.chunks:
        # Several chunks of one moment: the first of them has its tokens.
        new = tokens.pop(chunk.seconds, 0)
        if new:
            offset = schedule.next_release(new)
        yield replace(chunk, seconds=offset)


def _count(body: bytes, name: bytes) -> int:
    """Return the last number that an answer gives under this name, 0 where it gives none."""
    found = re.findall(rb'"%s"\s*:\s*(\d{1,9})' % name, body)
    return int(found[-1]) if found else 0


@contextmanager
def precise_wait() -> Iterator[Wait]:
    """Open a wait by the pacer's clock, for the running event loop."""
    with loop_clock() as clock:

        async def wait(deadline: float) -> None:
            await clock.sleep_until(clock.now() + deadline - time.monotonic())

        yield wait
