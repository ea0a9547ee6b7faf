"""A power cut at any point of an operation: what was not synced is gone.

With SPARK_LAW_CASES set each point is cut with all five losses, else with one of them.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from faults.forgetting import LOSSES, Forgetting, Loss
from faults.step_cases import Case, hard_link, mix, three_files
from faults.step_runs import Restarted, points_of, require_told, world
from faults.stopping import Moment

IS_THOROUGH = "SPARK_LAW_CASES" in os.environ


async def cut(folder: Path, case: Case, at: int, loss: Loss, ignored: str = "") -> bool:
    """Cut the power at a point, start again, and return whether all is new then."""
    found = await world(folder, case)
    forgetting = Forgetting(
        at,
        Moment.HALF if at % 2 else Moment.BEFORE,
        root=found.root,
        copy=folder / "lasting",
        ignored=ignored,
    )
    try:
        await found.at_rest()
        forgetting.begin(folder / "spark.db")
        await found.run(forgetting)
        forgetting.cut(loss)
        start = Restarted(found, file=folder / "lasting/spark.db" if loss.commits else None)
        was_begun = await start.journal_length() == 1
        told = await start.recover()
        is_new = await start.require_whole()
        if was_begun:
            require_told(told, is_new, case)
        # Once ``commit`` has returned the operation lasts.
        assert forgetting.is_dead or is_new
        return is_new
    finally:
        await found.close()


def losses(at: int) -> tuple[Loss, ...]:
    """Return what to lose at a point."""
    return LOSSES if IS_THOROUGH else LOSSES[at % 5 : at % 5 + 1]


@pytest.mark.parametrize("make", [three_files, mix, hard_link])
async def test_a_power_cut_at_any_point_leaves_all_or_nothing_after_the_next_start(
    fast_folder: Path, make: Callable[[], Case]
) -> None:
    case = make()
    points = await points_of(fast_folder / "whole", case)
    outcomes = [
        await cut(fast_folder / f"{at}-{number}", case, at, loss)
        for at in range(len(points) + 1)
        for number, loss in enumerate(losses(at))
    ]
    assert {True, False} == set(outcomes)
    print(f"{case.name}: {len(outcomes)} power cuts, {sum(outcomes)} completed")


@pytest.mark.parametrize("ignored", ["files", "folders", "commits"])
async def test_without_any_one_kind_of_sync_a_power_cut_would_tear_the_operation(
    fast_folder: Path, ignored: str
) -> None:
    case = mix()
    points = await points_of(fast_folder / "whole", case)
    for at in reversed(range(len(points) + 1)):
        for number, loss in enumerate(LOSSES):
            try:
                await cut(fast_folder / f"{at}-{number}", case, at, loss, ignored)
            except AssertionError:
                return
    pytest.fail(f"the syncs of {ignored} would be for nothing")
