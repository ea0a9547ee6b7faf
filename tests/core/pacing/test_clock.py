"""The real alarms. None of these asks how late they are: the benchmark ``pacing`` measures that."""

import asyncio
import sys

import pytest

from inference_core.pacing import alarms
from inference_core.pacing.alarms import KernelAlarm, ThreadAlarm, monotonic_s, open_alarm
from inference_core.pacing.clock import LoopClock, loop_clock
from inference_core.pacing.pacer import Pacer, Piece
from inference_core.pacing.schedule import Schedule
from tests.core.pacing.conftest import plain_profile

KINDS = [
    pytest.param(
        KernelAlarm,
        id="kernel",
        marks=pytest.mark.skipif(sys.platform != "linux", reason="Linux has timerfd"),
    ),
    pytest.param(ThreadAlarm, id="thread"),
    # As on Windows: naps before the deadline instead of a wait.
    pytest.param(lambda loop: ThreadAlarm(loop, coarse_s=0.02), id="naps"),
]


@pytest.fixture(params=KINDS)
async def alarm(request):
    opened = request.param(asyncio.get_running_loop())
    yield opened
    opened.close()


def clock_of(alarm) -> LoopClock:
    return LoopClock(alarm, asyncio.get_running_loop())


async def test_nobody_wakes_early(alarm):
    clock = clock_of(alarm)
    for number in range(20):
        deadline = clock.now() + 0.0003 * number
        await clock.sleep_until(deadline)
        assert clock.now() >= deadline


async def test_sleepers_wake_in_the_order_of_their_deadlines(alarm):
    clock, begun, woken = clock_of(alarm), monotonic_s(), []

    async def sleep(number: int) -> None:
        await clock.sleep_until(begun + 0.01 + number * 0.002)
        woken.append(number)

    await asyncio.gather(*(sleep(number) for number in (3, 0, 2, 1)))
    assert woken == [0, 1, 2, 3]


async def test_an_earlier_deadline_is_not_held_up_by_a_later_one(alarm):
    clock = clock_of(alarm)
    later = asyncio.ensure_future(clock.sleep_until(monotonic_s() + 3600))
    await asyncio.wait_for(clock.sleep_until(monotonic_s() + 0.005), 60)
    assert not later.done()
    later.cancel()


async def test_a_deadline_that_has_passed_is_not_slept_for(alarm):
    await clock_of(alarm).sleep_until(monotonic_s() - 1)


async def test_one_that_is_cancelled_does_not_keep_the_others_asleep(alarm):
    clock = clock_of(alarm)
    stopped = asyncio.ensure_future(clock.sleep_until(monotonic_s() + 0.002))
    await asyncio.sleep(0)
    stopped.cancel()
    await asyncio.wait_for(clock.sleep_until(monotonic_s() + 0.005), 60)


async def test_closing_cancels_those_who_sleep():
    with loop_clock() as clock:
        sleeper = asyncio.ensure_future(clock.sleep_until(monotonic_s() + 3600))
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await sleeper


@pytest.mark.skipif(sys.platform != "linux", reason="Linux has timerfd")
async def test_linux_is_woken_by_its_kernel():
    opened = open_alarm(asyncio.get_running_loop())
    assert isinstance(opened, KernelAlarm)
    opened.close()


async def test_a_system_without_timerfd_gets_the_os_thread(monkeypatch):
    monkeypatch.setattr(alarms.ctypes, "CDLL", lambda *_, **__: object())
    opened = open_alarm(asyncio.get_running_loop())
    assert isinstance(opened, ThreadAlarm)
    opened.close()


async def test_sixteen_streams_share_one_clock_and_lose_nothing():
    async def source():
        for number in range(50):
            yield Piece(number)

    async def stream(seed: int) -> list[int]:
        paced = Pacer[int](Schedule(plain_profile(3000, jitter=0.02), 0, seed=seed), clock)
        return [content async for chunk in paced.run(source()) for content in chunk.contents]

    with loop_clock() as clock:
        answers = await asyncio.gather(*(stream(seed) for seed in range(16)))
    assert answers == [list(range(50))] * 16
