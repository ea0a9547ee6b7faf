"""What a fill-in is shown of the file around the gap."""

import pytest

from spark_desktop.services.prompts import infill_request


@pytest.mark.parametrize(
    "before",
    [
        pytest.param("x = 1\n" * 20_000, id="many lines"),
        pytest.param("x = [" + "1, " * 40_000 + "]; def f(): ", id="one long line"),
        pytest.param("x = '" + "é" * 40_000 + "'; def f(): ", id="one long line, not of ASCII"),
    ],
)
def test_a_fill_in_is_shown_a_bounded_part_of_the_file(before):
    request = infill_request(f"{before}pass", len(before), len(before) + 4)
    assert 0 < len(request.prefix) <= 5_000
    assert before.endswith(request.prefix)


def test_a_short_file_is_shown_whole():
    assert infill_request("def f(): pass\n", 9, 13).prefix == "def f(): "
