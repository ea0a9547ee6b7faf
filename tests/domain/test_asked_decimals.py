"""Decimals that were asked for."""

import pytest

from spark_desktop.domain.asked_decimals import shows_decimals

ASKED = "show the litres with two decimals, rounded"
ROUNDED = 'return std::to_string(std::round(fill.litres * 100) / 100) + " l";\n'


def test_a_rounded_number_is_not_shown_by_what_writes_six_decimals():
    told = shows_decimals("a.cpp", ASKED, ROUNDED)
    assert told is not None
    assert not told.passed
    assert told.detail == "std::to_string writes six decimals, however a number was rounded."
    assert shows_decimals("a.hpp", "show one digit after the point", ROUNDED) is not None


@pytest.mark.parametrize(
    ("path", "asked", "region"),
    [
        ("a.cpp", "round the litres", ROUNDED),
        ("a.cpp", "show six decimals", ROUNDED),
        ("a.py", ASKED, ROUNDED),
        ("a.cpp", ASKED, "out << std::fixed << std::setprecision(2) << std::round(litres);\n"),
        # Whole numbers have none.
        (
            "a.cpp",
            ASKED,
            'return std::to_string(cents / 100) + "." + std::to_string(cents % 100);\n',
        ),
    ],
)
def test_nothing_is_said_where_it_may_fit(path, asked, region):
    assert shows_decimals(path, asked, region) is None
