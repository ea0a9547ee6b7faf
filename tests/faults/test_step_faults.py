"""An operation that is stopped at every call in turn is all done or not done after the next start.

The stops are simulated: after one, no call of the disk or the database has any effect, which is
what a kill leaves. ``test_step_kills.py`` kills real processes. With SPARK_LAW_CASES set, each call
is stopped after it too, which is nearly the same as before the next one, and every call of every
recovery.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from faults.step_cases import CASES, Case, hard_link, mix, three_files
from faults.step_runs import Restarted, points_of, require_told, world
from faults.stopping import CALLS, Moment, Stopping

from spark_desktop.domain.operation import RecoveryOutcome

IS_THOROUGH = "SPARK_LAW_CASES" in os.environ


def moments(points: list[str], at: int) -> list[Moment]:
    """Return when to stop at a call."""
    found = [Moment.BEFORE]
    if points[at].startswith("write"):
        found.append(Moment.HALF)
    if IS_THOROUGH or points[at] == "commit":
        found.append(Moment.AFTER)
    return found


@pytest.mark.parametrize("make", CASES)
async def test_a_stop_at_any_point_leaves_all_or_nothing_after_the_next_start(
    fast_folder: Path, make: Callable[[], Case]
) -> None:
    case = make()
    points = await points_of(fast_folder / "whole", case)
    visited, outcomes = set(), []
    for at in range(len(points)):
        for moment in moments(points, at):
            found = await world(fast_folder / f"{at}-{moment.value}", case)
            stopping = Stopping(at, moment)
            await found.run(stopping)
            assert stopping.is_dead
            assert stopping.points == points[: at + 1]
            start = Restarted(found)
            had_begun = await start.journal_length() == 1
            told = await start.recover()
            is_new = await start.require_whole()
            if had_begun:
                require_told(told, is_new, case)
            else:
                assert told == ()
            await found.close()
            visited.add(at)
            outcomes.append(is_new)
    assert visited == set(range(len(points))), "every point is visited"
    assert outcomes == sorted(outcomes), "once it is completed, each later stop completes it too"
    print(f"{case.name}: {len(points)} points, {len(outcomes)} stops, {sum(outcomes)} completed")


async def test_the_cases_go_through_every_call_that_changes_a_disk(fast_folder: Path) -> None:
    names = set()
    for number, make in enumerate(CASES):
        names |= set(await points_of(fast_folder / f"{number}", make()))
    assert {name.split()[0] for name in names} == {*CALLS, "commit"}


@pytest.mark.parametrize("make", [mix, hard_link])
async def test_a_stop_in_the_recovery_is_recovered_from_by_the_start_after_it(
    fast_folder: Path, make: Callable[[], Case]
) -> None:
    case = make()
    points = await points_of(fast_folder / "whole", case)
    runs = 0
    for at in range(len(points)) if IS_THOROUGH else range(0, len(points), 7):
        for stop in range(100):
            found = await world(fast_folder / f"{at}-{stop}", case)
            await found.run(Stopping(at))
            half = case is not None and stop % 2
            recovering = Stopping(stop, Moment.HALF if half else Moment.BEFORE)
            await found.restart(recovering)
            start = Restarted(found)
            await start.recover()
            await start.require_whole()
            await found.close()
            runs += 1
            if not recovering.is_dead and len(recovering.points) <= stop:
                break
        else:
            pytest.fail("the recovery has no end")
    print(f"{case.name}: {runs} stops in recoveries")


async def test_a_stop_while_an_operation_is_taken_back_leaves_nothing_of_it(
    fast_folder: Path,
) -> None:
    case, theirs = three_files(), b"their words\n"
    outcomes = []
    for stop in range(100):
        found = await world(fast_folder / f"{stop}", case)
        last = found.root / "src/c.py"
        stopping = Stopping(stop, act=_saving(last, theirs, "replace b.py"))
        error = await found.run(stopping)
        is_meddled = last.read_bytes() == theirs
        start = Restarted(found)
        told = await start.recover()
        if is_meddled:
            outcomes.append(await start.require_whole_but("src/c.py"))
            assert last.read_bytes() == theirs
            assert not told or told[0].left_alone == ("src/c.py",)
        await found.close()
        if not stopping.is_dead:
            break
    assert error is not None
    assert "src/c.py was changed meanwhile" in error.message
    # Before the process knew, what fits is completed; then all is taken back, also by a later one.
    assert outcomes == sorted(outcomes, reverse=True)
    assert outcomes.count(False) > 10
    print(f"{len(outcomes)} stops while an operation is taken back")


@pytest.mark.parametrize(
    ("make", "stop", "outcome"),
    [
        pytest.param(three_files, "replace b.py", RecoveryOutcome.COMPLETED, id="not needed"),
        pytest.param(hard_link, "truncate c.py", RecoveryOutcome.FAILED, id="needed"),
    ],
)
async def test_damaged_kept_bytes_stop_a_recovery_only_where_they_are_needed(
    fast_folder: Path, make: Callable[[], Case], stop: str, outcome: RecoveryOutcome
) -> None:
    case = make()
    points = await points_of(fast_folder / "whole", case)
    found = await world(fast_folder / "damaged", case)
    await found.run(Stopping(points.index(stop)))
    start = Restarted(found)
    await start.damage_contents()
    (told,) = await start.recover()
    assert told.outcome is outcome
    assert ("is damaged" in told.error) == (outcome is RecoveryOutcome.FAILED)
    assert await start.journal_length() == (outcome is RecoveryOutcome.FAILED)
    await found.close()


def _saving(file: Path, data: bytes, at: str) -> Callable[[int, str], None]:
    def act(_number: int, name: str) -> None:
        if name == at:
            file.write_bytes(data)

    return act
