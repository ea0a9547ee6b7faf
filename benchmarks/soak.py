"""Clients that come, go and cancel at random, for minutes: is every answer whole, and memory flat?

SPARK_SOAK_MINUTES says for how long; the choices are the same in every run, their timing is not.
"""

import asyncio
import os
import statistics
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random

import httpx
import psutil

from benchmarks.cores import TIMEOUT_S, Listener, model_path, running_core
from benchmarks.visits import Outcome, Plan, plan, visit

SUMMARY = "8 clients come, go and cancel for 10 minutes: answers lost, memory at both ends"

CLIENTS = 8
MINUTES = 10.0
QUICK_MINUTES = 1 / 3
SEED = 20_261_124
# Little, so that this memory is full when the comparison begins: with the default of 256 MiB it
# would fill up until the end, and hide whether anything else grows.
PREFIX_MEMORY_MIB = 32
# Between two visits, in seconds: some come back at once, others leave for a while.
_PAUSES_S = (0.0, 0.0, 0.1, 0.5)
_SAMPLE_EVERY_S = 0.5
# Caches fill in the first part; memory is compared between this share of the time and the end.
_BEGIN, _BEGUN, _END = 0.2, 0.3, 0.9
_REST_S = 30.0
_MB = 1_000_000


@dataclass(frozen=True)
class Footprint:
    """What one process holds; memory in bytes."""

    rss: int
    descriptors: int
    os_threads: int


@dataclass
class Soak:
    """What is counted while the clients come and go; samples are pairs of seconds and bytes."""

    seconds: float
    begun: float = field(default_factory=time.monotonic)
    outcomes: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    details: list[str] = field(default_factory=list)
    memory: dict[str, list[tuple[float, int]]] = field(default_factory=dict)
    engines: set[int] = field(default_factory=set)

    @property
    def passed_s(self) -> float:
        """Seconds since the clients came."""
        return time.monotonic() - self.begun

    def note(self, planned: Plan, outcome: Outcome, detail: str) -> None:
        """Count a visit."""
        self.outcomes[planned.kind, outcome] += 1
        if outcome is Outcome.LOST:
            self.details.append(f"{planned.kind}: {detail}")


def run(quick: bool) -> list[dict[str, object]]:
    """Return a row for each kind of request, for each process, and for the memory's growth."""
    minutes = float(os.environ.get("SPARK_SOAK_MINUTES", QUICK_MINUTES if quick else MINUTES))
    with running_core(model_path(), "--prefix-memory", str(PREFIX_MEMORY_MIB)) as core:
        return asyncio.run(_soak(core, minutes * 60))


async def _soak(core: Listener, seconds: float) -> list[dict[str, object]]:
    async with _client(core) as watcher:
        # What is loaded and opened with the first request belongs to the start.
        await asyncio.gather(*[_visits(core, Soak(0.5), Random(n)) for n in range(CLIENTS)])
        await _rest(watcher)
        before = footprints(core.pid)
        soak = Soak(seconds)
        async with asyncio.TaskGroup() as group:
            sampling = group.create_task(_sample(core.pid, soak))
            clients = [
                group.create_task(_visits(core, soak, Random(f"{SEED} {number}")))
                for number in range(CLIENTS)
            ]
            await asyncio.wait(clients)
            sampling.cancel()
        slots = await _rest(watcher)
        after = footprints(core.pid)
    for detail in soak.details:
        print(f"lost: {detail}")
    return [*_request_rows(soak), *_process_rows(soak, before, after, slots), _growth_row(soak)]


async def _visits(core: Listener, soak: Soak, choice: Random) -> None:
    """One client: it visits, now over a new connection, now over the one that it has."""
    while soak.passed_s < soak.seconds:
        async with _client(core) as client:
            for _ in range(choice.randint(1, 6)):
                if soak.passed_s >= soak.seconds:
                    return
                planned = plan(choice)
                soak.note(planned, *await visit(core, client, planned))
                await asyncio.sleep(choice.choice(_PAUSES_S))


async def _sample(pid: int, soak: Soak) -> None:
    while True:
        found = footprints(pid)
        for name, footprint in found.items():
            soak.memory.setdefault(name, []).append((soak.passed_s, footprint.rss))
        soak.engines.update(child.pid for child in psutil.Process(pid).children())
        await asyncio.sleep(_SAMPLE_EVERY_S)


def footprints(pid: int) -> dict[str, Footprint]:
    """Return what the core holds, and its engine's process where there is one."""
    core = psutil.Process(pid)
    family = {"core": core} | dict(zip(("engine",), core.children(), strict=False))
    held = {}
    for name, process in family.items():
        with process.oneshot():
            rss = process.memory_info().rss
            held[name] = Footprint(rss, _descriptors(process), process.num_threads())
    return held


def _descriptors(process: psutil.Process) -> int:
    """Return 0 where the system has none (Windows)."""
    return process.num_fds() if hasattr(process, "num_fds") else 0


async def _rest(watcher: httpx.AsyncClient) -> list[dict[str, int]]:
    """Return the slots when they are free, or as they are when that takes too long."""
    end = time.monotonic() + _REST_S
    while True:
        slots: list[dict[str, int]] = (await watcher.get("/slots")).json()
        busy = any(slot["is_processing"] or slot["queued"] for slot in slots)
        if not busy or time.monotonic() > end:
            return slots
        await asyncio.sleep(0.1)


def _client(core: Listener) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {core.token}"}
    return httpx.AsyncClient(base_url=core.url, headers=headers, timeout=TIMEOUT_S)


def _request_rows(soak: Soak) -> list[dict[str, object]]:
    kinds = sorted({kind for kind, _ in soak.outcomes})
    rows = [_counts(kind, {o: soak.outcomes[kind, o] for o in Outcome}) for kind in kinds]
    total = {o: sum(soak.outcomes[kind, o] for kind in kinds) for o in Outcome}
    return [*rows, _counts("all", total) | {"minutes": round(soak.passed_s / 60, 2)}]


def _counts(what: str, found: dict[Outcome, int]) -> dict[str, object]:
    named = {outcome.value: count for outcome, count in found.items()}
    return {"what": what, "requests": sum(found.values()), **named}


def _process_rows(
    soak: Soak,
    before: dict[str, Footprint],
    after: dict[str, Footprint],
    slots: list[dict[str, int]],
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for name in [name for name in before if name in after]:
        start, end = _memory(soak, name)
        rows.append(
            {
                "what": name,
                "rss_start_mb": round(start / _MB, 1),
                "rss_end_mb": round(end / _MB, 1),
                "rss_ratio": round(end / start, 3),
                "fds_start": before[name].descriptors,
                "fds_end": after[name].descriptors,
                "threads_start": before[name].os_threads,
                "threads_end": after[name].os_threads,
            }
        )
    free = sum(not slot["is_processing"] for slot in slots)
    restarts = max(0, len(soak.engines) - 1)
    rows.append({"what": "slots free at the end", "slots_free": free, "slots": len(slots)})
    rows.append({"what": "engines that died", "engine_restarts": restarts})
    return rows


def _memory(soak: Soak, name: str) -> tuple[float, float]:
    """Return the medians of the resident bytes after the caches' filling and at the end."""
    samples = soak.memory[name]
    first = [rss for at, rss in samples if _BEGIN <= at / soak.seconds <= _BEGUN]
    last = [rss for at, rss in samples if at / soak.seconds >= _END]
    return statistics.median(first or [samples[0][1]]), statistics.median(last or [samples[-1][1]])


def _growth_row(soak: Soak) -> dict[str, object]:
    """The largest growth of a process; 0.05 is the most that still counts as flat."""
    ratios = [end / start for start, end in (_memory(soak, name) for name in soak.memory)]
    return {"what": "memory_growth", "growth": round(max(ratios) - 1, 4)}
