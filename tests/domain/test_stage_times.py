import csv
import io
from datetime import UTC, datetime

import pytest

from spark_desktop.domain.completion import Timing, Usage
from spark_desktop.domain.stage_times import (
    Stage,
    TurnTimes,
    csv_of,
    percentile,
    stages_of,
    usual,
)

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def turn(name: str = "t", total: float = 1.0, **more: object) -> TurnTimes:
    return TurnTimes(name, name, "m", NOON, Usage(100, 50, 25), total, **more)


def test_what_was_not_measured_is_missing_and_not_nothing() -> None:
    assert stages_of(Timing(0.1, 1.0)) == {}
    assert stages_of(Timing(0.1, 1.0, 0.2, 0.5, connect=0.0, queue=0.1)) == {
        Stage.CONNECT: 0.0,
        Stage.QUEUE: 0.1,
        Stage.PREFILL: 0.2,
        Stage.DECODE: 0.5,
    }


@pytest.mark.parametrize(
    ("values", "share", "found"),
    [
        ([], 0.5, None),
        ([3.0], 0.95, 3.0),
        ([1.0, 2.0], 0.5, 1.0),
        ([4.0, 1.0, 3.0, 2.0], 0.5, 2.0),
        ([float(number) for number in range(1, 101)], 0.95, 95.0),
        ([1.0, 2.0], 0.0, 1.0),
    ],
)
def test_percentiles_are_values_that_were_measured(
    values: list[float], share: float, found: float | None
) -> None:
    assert percentile(values, share) == found


def test_emulated_turns_and_missing_stages_do_not_count_for_what_is_usual() -> None:
    turns = (
        turn(total=1.0, seconds={Stage.DECODE: 0.5}),
        turn(total=9.0, seconds={Stage.DECODE: 8.0}, is_emulated=True),
        turn(total=3.0),
    )
    assert usual(turns, Stage.DECODE, 0.95) == 0.5
    assert usual(turns, Stage.PAINT, 0.5) is None
    assert usual(turns, None, 0.95) == 3.0


def test_speed_and_cached_share_are_known_only_where_they_can_be() -> None:
    assert turn(seconds={Stage.DECODE: 2.0}).tokens_per_second == 25.0
    assert turn().tokens_per_second is None
    assert turn().cached_share == 0.25
    assert TurnTimes("t", "t", "m", NOON, Usage(), 1.0).cached_share is None


def test_the_csv_leaves_what_was_not_measured_empty_and_runs_no_formula() -> None:
    rows = list(
        csv.DictReader(
            io.StringIO(
                csv_of(
                    (
                        turn("=1+1", seconds={Stage.PREFILL: 0.25}),
                        turn("two\nlines", is_emulated=True),
                    )
                )
            )
        )
    )
    assert rows[0]["turn"] == "'=1+1"
    assert (rows[0]["prefill_s"], rows[0]["paint_s"], rows[0]["total_s"]) == (
        "0.2500",
        "",
        "1.0000",
    )
    assert (rows[1]["turn"], rows[1]["emulated"]) == ("two lines", "yes")
