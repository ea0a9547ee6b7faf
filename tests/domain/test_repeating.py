"""Answers that fall into a loop."""

import pytest

from spark_desktop.domain.repeating import loops


@pytest.mark.parametrize(
    "text",
    [
        "x = [\n" + '    elif line.startswith("  - "):\n        items.append(line)\n' * 10,
        "a = 1\n" + "a = value\n" * 10 + "a =",
        "print(" + "one, two, " * 40,
    ],
)
def test_the_same_again_and_again_is_a_loop(text):
    assert loops(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a" * 40,
        "}\n" * 12,
        "    '........',\n" * 8,
        "".join(f"case {number}: return value_{number}\n" for number in range(40)),
        "values = [" + ", ".join(str(number) for number in range(200)),
    ],
)
def test_what_code_repeats_is_none(text):
    assert not loops(text)
