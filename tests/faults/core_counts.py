"""Count what a core holds, to see that a fault leaves nothing behind."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psutil

# How long a core has to put things away, and how often it is looked at, in seconds.
_DEADLINE_S = 20.0
_LOOK_EVERY_S = 0.05
# A count that stays the same for so many looks is one of a core at rest.
_SAME = 5


@dataclass(frozen=True)
class Counts:
    """What a core and its engine's process hold at one moment.

    ``busy`` counts slots that work and requests that wait for one.
    """

    busy: int
    descriptors: int
    os_threads: int
    processes: int

    def within(self, limit: "Counts") -> bool:
        """Whether nothing is more than in ``limit``."""
        return (
            self.busy <= limit.busy
            and self.descriptors <= limit.descriptors
            and self.os_threads <= limit.os_threads
            and self.processes <= limit.processes
        )


async def counts(pid: int, client: Any) -> Counts:
    """Count now; the connection of ``client`` is always one of the descriptors."""
    slots = (await client.get("/slots")).json()
    busy = sum(slot["is_processing"] for slot in slots) + max(slot["queued"] for slot in slots)
    descriptors = os_threads = 0
    core = psutil.Process(pid)
    family = [core, *core.children(recursive=True)]
    for process in family:
        with suppress(psutil.NoSuchProcess):  # it ended between the listing and the look
            descriptors += process.num_fds()
            os_threads += process.num_threads()
    return Counts(busy, descriptors, os_threads, len(family))


async def at_rest(core: Any) -> Counts:
    """The counts once nothing works and they stay the same."""
    async with core.client() as client:
        last, same, end = await counts(core.pid, client), 0, time.monotonic() + _DEADLINE_S
        while same < _SAME or last.busy:
            assert time.monotonic() < end, f"the core does not come to rest: {last}"
            await asyncio.sleep(_LOOK_EVERY_S)
            now = await counts(core.pid, client)
            same = same + 1 if now == last else 0
            last = now
        return last


async def settles_within(core: Any, limit: Counts) -> None:
    """Wait until a core holds no more than ``limit``; fails with what it holds instead."""
    async with core.client() as client:
        end = time.monotonic() + _DEADLINE_S
        while not (now := await counts(core.pid, client)).within(limit):
            assert time.monotonic() < end, f"the core held {limit} and now holds {now}"
            await asyncio.sleep(_LOOK_EVERY_S)


async def leaves_nothing(core: Any, fault: Callable[[], Awaitable[None]], times: int = 3) -> None:
    """Let a fault happen again and again; afterwards the core must hold what it held before.

    The first time does not count: it makes what stays for good, such as the OS threads of a pool.
    """
    await fault()
    before = await at_rest(core)
    for _ in range(times):
        await fault()
    await settles_within(core, before)


async def slot_when(client: Any, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The first slot for which a condition holds, as soon as there is one."""
    end = time.monotonic() + _DEADLINE_S
    while True:
        slots = (await client.get("/slots")).json()
        for slot in slots:
            if condition(slot):
                return dict(slot)
        assert time.monotonic() < end, f"the slots stay {slots}"
        await asyncio.sleep(_LOOK_EVERY_S)


async def until_quiet(process: psutil.Process) -> None:
    """Wait until a process does nothing any more, as one whose reader does not read."""
    end = time.monotonic() + _DEADLINE_S
    quiet, before = 0, _worked_s(process)
    while quiet < _SAME:
        assert time.monotonic() < end, "the process goes on working"
        await asyncio.sleep(_LOOK_EVERY_S)
        now = _worked_s(process)
        quiet = quiet + 1 if now - before < _LOOK_EVERY_S / 4 else 0
        before = now


def _worked_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
