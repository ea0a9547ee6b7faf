from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale

from spark_desktop.viewmodels.amounts import (
    age_text,
    bytes_text,
    duration_text,
    left_text,
    moment_text,
    percent_text,
    rate_of,
    tokens_text,
)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (397_808_192, "397.8 MB"),
        (1_120_000_000, "1.12 GB"),
        (5e12, "5000.00 GB"),
    ],
)
def test_bytes_are_decimal(count: float, text: str) -> None:
    assert bytes_text(count) == text


@given(st.floats(min_value=0, max_value=1e12))
def test_bytes_never_round_up_to_a_thousand_of_a_smaller_unit(count: float) -> None:
    number, unit = bytes_text(count).split()
    assert unit == "GB" or float(number) < 1000


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.31, "310 ms"), (0.9996, "1.0 s"), (4.24, "4.2 s"), (59.96, "1 min"), (150, "2 min")],
)
def test_durations_choose_their_unit(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (0.2, "about 1 s left"), (59.4, "about 59 s left"), (61, "about 1 min left")],
)
def test_the_rest_is_an_estimate(seconds: float | None, text: str) -> None:
    assert left_text(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"), [(812, "812"), (3100, "3.1k"), (9960, "10k"), (32768, "33k")]
)
def test_tokens_are_short(count: int, text: str) -> None:
    assert tokens_text(count) == text


def test_a_rate_needs_two_pieces() -> None:
    assert rate_of(11, 2.0) == 5.0
    assert rate_of(1, 2.0) is None
    assert rate_of(5, 0.0) is None


def test_shares_are_percent() -> None:
    assert percent_text(0.924) == "92 %"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "now"), (59, "now"), (120, "2 min"), (7300, "2 h"), (200_000, "2 d")],
)
def test_ages_are_short(seconds: int, text: str) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    assert age_text(now - timedelta(seconds=seconds), now) == text


def test_amounts_are_written_as_the_language_does() -> None:
    QLocale.setDefault(QLocale("ru"))
    try:
        texts = (bytes_text(397_808_192), duration_text(4.24), tokens_text(3100))
        assert texts == ("397,8 MB", "4,2 s", "3,1k")
        assert moment_text(datetime(2026, 3, 1, 12, 5, tzinfo=UTC)) == "01.03.2026 12:05"
    finally:
        QLocale.setDefault(QLocale.system())
