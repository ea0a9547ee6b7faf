"""What is grouped where the same keys do not stand together."""

import pytest
from adapters.pitfalls.known_cases import offered

HEAD = "from itertools import groupby\n\n\n"


def collected(text):
    """Return the first text that no longer calls groupby, "" for none."""
    return next((one for one in offered("a.py", text) if "groupby" not in one), "")


def test_groups_are_collected_in_the_order_of_their_first_elements():
    text = HEAD + (
        "def per_plot(loads):\n"
        '    """Return the kilos of each plot."""\n'
        "    totals = {}\n"
        "    for plot, group in groupby(loads, key=lambda load: load.plot):\n"
        "        totals[plot] = sum(load.kilos for load in group)\n"
        "    return totals\n"
    )
    assert collected(text) == (
        "\n\ndef per_plot(loads):\n"
        '    """Return the kilos of each plot."""\n'
        "    totals = {}\n"
        "    groups = {}\n"
        "    for load in loads:\n"
        "        groups.setdefault(load.plot, []).append(load)\n"
        "    for plot, group in groups.items():\n"
        "        totals[plot] = sum(load.kilos for load in group)\n"
        "    return totals\n"
    )
    sorted_ = "groupby(sorted(loads, key=lambda load: load.plot), key=lambda load: load.plot)"
    assert any(sorted_ in one for one in offered("a.py", text))


@pytest.mark.parametrize(
    ("key", "lines"),
    [
        ("", "for item in values:\n        groups.setdefault(item, [])"),
        (", itemgetter(0)", "for item in values:\n        groups.setdefault(item[0], [])"),
        (", key=attrgetter('a.b')", "for item in values:\n        groups.setdefault(item.a.b, [])"),
        (", key=Row.day", "for item in values:\n        groups.setdefault(Row.day(item), [])"),
    ],
)
def test_a_comprehension_walks_what_was_collected_above(key, lines):
    body = f"    return {{k: len(list(g)) for k, g in groupby(values{key})}}\n"
    found = collected(f"from itertools import chain, groupby\n\n\ndef f(values):\n{body}")
    assert lines in found
    assert "return {k: len(list(g)) for k, g in groups.items()}\n" in found
    assert found.startswith("from itertools import chain\n")


@pytest.mark.parametrize(
    "body",
    [
        # An element more would be read on by next.
        "    return [next(g) for _, g in groupby(values)]\n",
        # The values come from the walk around it.
        "    return [k for row in values for k, g in groupby(row)]\n",
        # The parameter of the key is a variable of the function, too.
        "    one = 1\n    return [k + one for k, g in groupby(values, lambda one: one.a)]\n",
        "    return groupby(values)\n",
        "    while any(k for k, g in groupby(values)):\n        values.pop()\n",
    ],
)
def test_what_cannot_be_collected_is_only_sorted(body):
    text = f"{HEAD}def f(values):\n{body}"
    assert not collected(text)
    assert any("groupby(sorted(" in one for one in offered("a.py", text))


def test_what_is_sorted_is_not_sorted_again():
    text = f"{HEAD}def f(values):\n    return [k for k, g in groupby(sorted(values))]\n"
    assert not any("sorted(sorted" in one for one in offered("a.py", text))
