"""The session report, against numbers worked out by hand."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.domain.completion import Timing, Usage
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.lab import (
    Column,
    Line,
    Pace,
    price,
    report_of,
    sorted_lines,
    waiting_time,
)
from spark_desktop.domain.lab_profile import Profile
from spark_desktop.domain.lab_words import (
    cells,
    csv_of,
    price_text,
    title_text,
    totals_text,
    waiting_text,
)

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
WAFER = Profile(
    *("wafer", "Wafer", 1000.0, 0.1, 0.0001),
    context=2000,
    price_in=2.0,
    price_cached=0.5,
    price_out=8.0,
    kind="vendor",
)
PLAIN = Profile("plain", "Plain", 50.0, 1.0)
USAGE = Usage(prompt_tokens=1200, completion_tokens=501, cached_tokens=200)


def turn(usage: Usage | None = USAGE, timing: Timing | None = None, **more: object) -> Turn:
    made = Turn("t", "Why?", "Because.", TurnState.DONE, NOON, usage=usage, timing=timing)
    return replace(made, **more)


@pytest.mark.parametrize(
    ("profile", "usage", "seconds"),
    [
        # 0.1 + 0.0001 x 1000 + 500 / 1000
        (WAFER, USAGE, 0.7),
        # 1 + 500 / 50
        (PLAIN, USAGE, 11.0),
        (WAFER, Usage(1000, 1, 0), 0.2),
        (WAFER, Usage(1000, 0, 1000), 0.1),
        # A server that counts more cached than asked tokens.
        (WAFER, Usage(10, 1, 20), 0.1),
    ],
)
def test_waiting_is_the_first_token_and_a_step_for_each_further_one(
    profile: Profile, usage: Usage, seconds: float
) -> None:
    assert waiting_time(profile, usage) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("profile", "dollars"),
    [
        # (1000 x 2 + 200 x 0.5 + 501 x 8) / 1e6
        (WAFER, 0.006108),
        # Cached tokens without a price of their own: (1200 x 2 + 501 x 8) / 1e6
        (replace(WAFER, price_cached=None), 0.006408),
        (replace(WAFER, price_cached=0.0), 0.006008),
        (replace(WAFER, price_in=None), None),
        (replace(WAFER, price_out=None), None),
        (PLAIN, None),
    ],
)
def test_a_price_is_known_only_where_it_is_published(
    profile: Profile, dollars: float | None
) -> None:
    assert price(profile, USAGE) == (None if dollars is None else pytest.approx(dollars))


def test_a_report_adds_up_every_counted_answer() -> None:
    turns = (
        turn(timing=Timing(0.5, 10.0)),
        turn(Usage(100, 1, 0), Timing(0.25, 0.25)),
        turn(None),
    )
    report = report_of(turns, (WAFER, PLAIN))
    assert (report.answers, report.left_out) == (2, 1)
    assert report.usage == Usage(1300, 502, 200)
    measured, wafer, plain = report.lines
    assert (measured.pace, measured.waiting, measured.price) == (Pace.MEASURED, 10.25, None)
    # 0.7 + 0.1 + 0.01
    assert wafer.waiting == pytest.approx(0.81)
    # 0.006108 + (100 x 2 + 8) / 1e6
    assert wafer.price == pytest.approx(0.006316)
    assert (plain.waiting, plain.price) == (pytest.approx(12.0), None)


def test_emulated_times_are_never_added_to_measured_ones() -> None:
    told = Emulation("wafer")
    turns = (turn(timing=Timing(0.5, 10.0)), turn(timing=Timing(0.1, 0.6), emulation=told))
    measured, emulated = report_of(turns, ()).lines
    assert (measured.pace, measured.answers, measured.waiting) == (Pace.MEASURED, 1, 10.0)
    assert (emulated.pace, emulated.answers, emulated.waiting) == (Pace.EMULATED, 1, 0.6)


def test_a_session_of_emulated_answers_alone_measured_nothing() -> None:
    measured, _ = report_of((turn(timing=Timing(0.1, 0.6), emulation=Emulation("x")),), ()).lines
    assert (measured.answers, measured.waiting) == (0, None)
    assert waiting_text(measured) == "not measured"


def test_answers_that_a_hardware_could_not_hold_are_counted() -> None:
    big = turn(Usage(1990, 11, 0))
    (_, line) = report_of((turn(), big, turn(Usage(1990, 10, 0))), (WAFER,)).lines
    assert line.too_long == 1
    assert title_text(line) == "Wafer (1 of 3 exceed its context)"


def test_an_empty_session_has_no_amounts() -> None:
    report = report_of((), (WAFER,))
    assert [line.waiting for line in report.lines] == [None, None]
    assert [line.price for line in report.lines] == [None, None]


def line(name: str = "Wafer", **more: object) -> Line:
    return replace(Line(name.lower(), name, Pace.PROFILE, "vendor", 2, 1.0, 2.0), **more)


def test_lines_without_a_value_stay_last_either_way() -> None:
    lines = (line("a", price=None), line("b", price=3.0), line("c", price=0.0))
    up = sorted_lines(lines, Column.PRICE)
    down = sorted_lines(lines, Column.PRICE, descending=True)
    assert [found.title for found in up] == ["c", "b", "a"]
    assert [found.title for found in down] == ["b", "c", "a"]


def test_titles_are_sorted_whatever_their_case() -> None:
    lines = (line("beta"), line("Alpha"), line("Gamma"))
    assert [found.title for found in sorted_lines(lines, Column.TITLE)] == [
        "Alpha",
        "beta",
        "Gamma",
    ]


@given(
    st.lists(st.one_of(st.none(), st.floats(0, 1e6)), max_size=8),
    st.sampled_from(Column),
    st.booleans(),
)
def test_sorting_loses_no_line(waits: list[float | None], column: Column, descending: bool) -> None:
    lines = [line(str(number), waiting=wait) for number, wait in enumerate(waits)]
    found = sorted_lines(lines, column, descending)
    assert sorted(found, key=lambda one: one.id) == sorted(lines, key=lambda one: one.id)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0.00 s"),
        (9.994, "9.99 s"),
        (9.996, "10.0 s"),
        (99.94, "99.9 s"),
        (100.0, "1 min 40 s"),
        (3599.6, "1 h 0 min"),
        (7500.0, "2 h 5 min"),
        (None, "not measured"),
    ],
)
def test_a_waiting_time_has_its_unit(seconds: float | None, text: str) -> None:
    assert waiting_text(line(waiting=seconds)) == text


@pytest.mark.parametrize(
    ("dollars", "pace", "text"),
    [
        (0.0, Pace.PROFILE, "$0.0000"),
        (0.00003, Pace.PROFILE, "<$0.0001"),
        (0.01234, Pace.PROFILE, "$0.0123"),
        (1234.5, Pace.PROFILE, "$1,234.50"),
        (None, Pace.PROFILE, "not published"),
        (None, Pace.MEASURED, "none recorded"),
        (None, Pace.EMULATED, "none recorded"),
    ],
)
def test_an_unknown_price_is_told_in_words_and_never_as_nothing(
    dollars: float | None, pace: Pace, text: str
) -> None:
    assert price_text(line(price=dollars, pace=pace)) == text


def test_the_totals_say_what_was_left_out() -> None:
    report = report_of((turn(), turn(None)), ())
    assert totals_text(report) == (
        "1 answer · 1,200 tokens in (200 cached), 501 out · 1 without counts left out"
    )


def test_csv_leaves_what_is_not_known_empty() -> None:
    lines = (line(waiting=1.25, price=None), line('So "fast", it is', waiting=None))
    assert csv_of(lines) == (
        "id,title,pace,kind,answers,waiting_s,price_usd,too_long\n"
        "wafer,Wafer,profile,vendor,2,1.25,,0\n"
        '"so ""fast"", it is","So ""fast"", it is",profile,vendor,2,,2.0,0\n'
    )


def test_a_line_without_a_kind_says_so() -> None:
    assert cells(line(kind=""))[1] == "unknown"
