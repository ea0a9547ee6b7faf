"""How truly the pacer keeps a pace, and what that costs.

The source has every token at once, so what is measured is the pacer alone: neither an engine nor a
socket. Each stream is a coroutine of one event loop with one clock, as in the core.
"""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import psutil

from inference_core.pacing.clock import loop_clock
from inference_core.pacing.figures import Absent, Figure, Kind
from inference_core.pacing.library import Profiles
from inference_core.pacing.pacer import Pace, Pacer, Piece
from inference_core.pacing.profile import Profile
from inference_core.pacing.schedule import Schedule

SUMMARY = "target and achieved tokens per second of the pacer, lateness and processor share"

RATES = (67, 170, 1000, 3000, 5000)
STREAMS = (1, 16)
TOKENS = 2000
# At the slow rates 2,000 tokens would take half a minute, and show the same.
LONGEST_S = 6.0


def run(quick: bool) -> list[dict[str, object]]:
    """Return a row for each rate and number of streams, one token a chunk.

    ``achieved`` is that of the stream which was furthest from its target, in tokens/s; lateness, in
    ms, is from a token's deadline to its release: the median stream's p50, the worst one's p99.
    ``cpu_share`` is this process' processor time over the time taken, ``others_cpu`` what other
    processes had, both in cores: on a busy machine this says little about the pacer.
    """
    longest = 1.0 if quick else LONGEST_S
    return [_row(rate, streams, longest) for rate in RATES for streams in STREAMS]


def _row(rate: int, streams: int, longest_s: float) -> dict[str, object]:
    tokens = min(TOKENS, int(rate * longest_s))
    begun, own, all_cores = time.perf_counter(), time.process_time(), _busy_s()
    paces = asyncio.run(_paced(_profile(rate), streams, tokens))
    taken = time.perf_counter() - begun
    own_share = (time.process_time() - own) / taken
    worst = max(paces, key=lambda pace: abs(_ratio(pace) - 1))
    return {
        "target": rate,
        "streams": streams,
        "tokens": tokens,
        "achieved": round(worst.achieved_tps or 0.0, 1),
        "ratio": round(_ratio(worst), 4),
        "lateness_p50_ms": round(
            statistics.median(pace.lateness_p50_s for pace in paces) * 1000, 3
        ),
        "lateness_p99_ms": round(max(pace.lateness_p99_s for pace in paces) * 1000, 3),
        "cpu_share": round(own_share, 2),
        "others_cpu": round(max(0.0, (_busy_s() - all_cores) / taken - own_share), 2),
    }


def _ratio(pace: Pace) -> float:
    return (pace.achieved_tps or 0.0) / (pace.target_tps or 1.0)


async def _paced(profile: Profile, streams: int, tokens: int) -> list[Pace]:
    with loop_clock() as clock:
        pacers = [Pacer[int](Schedule(profile, 0, seed=seed), clock) for seed in range(streams)]
        await asyncio.gather(*(_stream(pacer, tokens) for pacer in pacers))
    # Counted afterwards: sorting one stream's lateness would hold up the ends of the others, which
    # here, unlike in the core, all come at the same moment.
    return [pacer.pace() for pacer in pacers]


async def _stream(pacer: Pacer[int], tokens: int) -> None:
    async for _ in pacer.run(_source(tokens)):
        pass


async def _source(tokens: int) -> AsyncIterator[Piece[int]]:
    for number in range(tokens):
        yield Piece(number)


def _profile(rate: int) -> Profile:
    stated = Figure(float(rate), "this benchmark", "2026-11", Kind.DERIVED)
    none = Absent("not what is measured here")
    return replace(
        Profiles.load().find("codex-spark"),
        decode_tps=stated,
        first_token_s=replace(stated, value=0.1),
        queue_s=none,
        slowdown_per_token=none,
    )


def _busy_s() -> float:
    times = psutil.cpu_times()
    return float(times.user + times.system)
