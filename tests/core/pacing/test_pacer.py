from collections.abc import AsyncIterator

import pytest

from inference_core.pacing.pacer import Pacer, Piece, percentile
from inference_core.pacing.schedule import Schedule
from tests.core.pacing.conftest import FakeClock, plain_profile


async def ready(pieces: int) -> AsyncIterator[Piece[int]]:
    for number in range(pieces):
        yield Piece(number)


async def slow(clock: FakeClock, waits: list[float]) -> AsyncIterator[Piece[int]]:
    """A source that takes so many seconds for each piece."""
    for number, wait in enumerate(waits):
        clock.moment += wait
        yield Piece(number)


def pacer(clock: FakeClock, rate: float = 1000, **changes: object) -> Pacer[int]:
    return Pacer(Schedule(plain_profile(rate, **changes), 0), clock)


async def moments(pacer: Pacer[int], clock: FakeClock, source) -> list[tuple[float, tuple]]:
    return [(round(clock.now() - 1000, 6), chunk.contents) async for chunk in pacer.run(source)]


async def test_pieces_are_released_at_their_deadlines(clock):
    found = await moments(pacer(clock), clock, ready(3))
    assert found == [(0.1, (0,)), (0.101, (1,)), (0.102, (2,))]


async def test_deadlines_count_from_the_arrival_that_is_given(clock):
    paced = Pacer[int](Schedule(plain_profile(), 0), clock, arrived=999.95)
    assert (await moments(paced, clock, ready(1)))[0][0] == pytest.approx(0.05)


async def test_an_oversleep_moves_no_later_deadline(clock):
    clock.oversleeps = 0.0004
    paced = pacer(clock)
    await moments(paced, clock, ready(2001))
    pace = paced.pace()
    assert pace.achieved_tps == pytest.approx(1000, rel=1e-6)
    assert pace.lateness_p50_s == pytest.approx(0.0004)
    assert pace.behind_share == 0


async def test_all_that_are_due_go_out_after_one_sleep(clock):
    clock.oversleeps = 0.0105
    await moments(pacer(clock), clock, ready(12))
    assert clock.slept == 2


async def test_chunks_are_filled_before_they_are_released(clock):
    found = await moments(pacer(clock, tokens_per_chunk=3), clock, ready(6))
    assert found == [(0.1, (0,)), (0.103, (1, 2, 3)), (0.105, (4, 5))]


async def test_what_is_left_at_the_end_goes_out_at_its_own_deadline(clock):
    found = await moments(pacer(clock, tokens_per_chunk=50), clock, ready(3))
    assert found[-1] == (0.102, (1, 2))


async def test_a_source_that_is_behind_is_never_waited_for_to_fill_a_chunk(clock):
    found = await moments(pacer(clock, tokens_per_chunk=3), clock, slow(clock, [1.0, 1.0, 1.0]))
    assert found == [(1.0, (0,)), (2.0, (1,)), (3.0, (2,))]


async def test_a_slow_source_is_told_with_its_rates_and_the_share_of_time_behind(clock):
    paced = pacer(clock, 1000)
    await moments(paced, clock, slow(clock, [0.0] + [0.02] * 100))
    pace = paced.pace()
    assert pace.target_tps == pytest.approx(1000)
    assert pace.achieved_tps == pytest.approx(50)
    assert pace.behind_share == pytest.approx(1.999 / 2.1)
    assert pace.lateness_p99_s == 0


async def test_after_a_stall_what_is_due_follows_at_once_and_then_the_pace_is_kept(clock):
    found = await moments(pacer(clock), clock, slow(clock, [0, 0.0055, 0, 0, 0, 0, 0, 0]))
    assert [moment for moment, _ in found] == pytest.approx(
        [0.1, 0.1055, 0.1055, 0.1055, 0.1055, 0.1055, 0.106, 0.107]
    )


async def test_a_stall_of_the_source_is_no_lateness_of_the_pacer(clock):
    paced = pacer(clock)
    await moments(paced, clock, slow(clock, [0, 0.5, *[0.0] * 300]))
    assert paced.pace().lateness_p99_s == 0
    assert paced.pace().behind_s == pytest.approx(0.499)


async def test_predicted_tokens_that_were_accepted_come_at_the_cost_of_one_step(clock):
    async def source() -> AsyncIterator[Piece[str]]:
        yield Piece("a")
        yield Piece("predicted", tokens=16, accepted=16)
        yield Piece("b")

    paced = Pacer[str](Schedule(plain_profile(), 0), clock)
    found = [(clock.now() - 1000, chunk.tokens) async for chunk in paced.run(source())]
    assert [tokens for _, tokens in found] == [1, 16, 1]
    assert [moment for moment, _ in found] == pytest.approx([0.1, 0.101, 0.102])


async def test_a_piece_without_tokens_costs_no_time(clock):
    async def source() -> AsyncIterator[Piece[str]]:
        yield Piece("role", tokens=0)
        yield Piece("a")
        yield Piece("end", tokens=0)

    paced = Pacer[str](Schedule(plain_profile(), 0), clock)
    found = [(round(clock.now() - 1000, 6), chunk.contents) async for chunk in paced.run(source())]
    assert found == [(0.0, ("role",)), (0.1, ("a",)), (0.1, ("end",))]
    assert paced.pace().tokens == 1


async def test_an_answer_without_tokens_has_no_rate(clock):
    paced = pacer(clock)
    assert await moments(paced, clock, ready(0)) == []
    pace = paced.pace()
    assert (pace.tokens, pace.target_tps, pace.achieved_tps) == (0, None, None)
    assert (pace.achieved_first_token_s, pace.behind_share, pace.lateness_p99_s) == (None, 0, 0)


async def test_the_first_token_is_told_as_planned_and_as_it_was(clock):
    paced = pacer(clock)
    await moments(paced, clock, slow(clock, [0.25]))
    assert paced.pace().target_first_token_s == pytest.approx(0.1)
    assert paced.pace().achieved_first_token_s == pytest.approx(0.25)


def test_a_percentile_of_nothing_is_zero():
    assert percentile([], 0.99) == 0
    assert percentile([1, 2, 3, 4], 0.5) == 3
    assert percentile([1, 2, 3, 4], 0.99) == 4
