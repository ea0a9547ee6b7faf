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
        "def per_plot(loads):\n"
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
        "    return [[k for k, g in groupby(row)] for row in values]\n",
        "    return lambda values: [k for k, g in groupby(values)]\n",
        # Then it would be read whether or not the walk is.
        "    return [k for k, g in groupby(values)] if values else []\n",
        "    return values and [k for k, g in groupby(values)]\n",
        "    if values: return [k for k, g in groupby(values)]\n",
        "    values = values[1:]; return [k for k, g in groupby(values)]\n",
        "    return (k for k, g in groupby(values))\n",
        "    return [k for k, g in groupby(found := values)]\n",
        # A group that is read twice, or in part, is another one as a list.
        "    for k, g in groupby(values):\n        print(list(g), list(g))\n",
        "    for k, g in groupby(values):\n        for _ in k:\n            print(list(g))\n",
        "    for k, g in groupby(values):\n        while list(islice(g, 2)):\n            k()\n",
        "    return [list(g) for k, g in groupby(values) for _ in k]\n",
        "    return [lambda: list(g) for k, g in groupby(values)]\n",
        # What a class binds is an attribute of it.
        "    class Found:\n        keys = [k for k, g in groupby(values)]\n\n    return Found\n",
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


@pytest.mark.parametrize(
    "text",
    [
        "from toolz import groupby\n\n\ndef f(rows):\n    return groupby(len, rows)\n",
        "def groupby(rows, key):\n    return []\n\n\ndef f(rows):\n    groupby(rows, len)\n",
        f"{HEAD}def f(rows, given):\n    return [k for k, g in groupby(rows, **given)]\n",
        "import itertools\n\n\ndef f():\n    return itertools.groupby(itertools.count(), str)\n",
    ],
)
def test_another_groupby_and_what_cannot_be_told_stay(text):
    assert not any("sorted(" in one or "setdefault" in one for one in offered("a.py", text))


def test_a_generator_that_shares_the_brackets_is_sorted_in_them():
    text = f"{HEAD}def f(rows):\n    return [k for k, g in groupby(row.day for row in rows)]\n"
    assert any("groupby(sorted(row.day for row in rows))" in one for one in offered("a.py", text))


def test_a_group_that_is_made_a_list_first_may_be_read_again():
    body = "        group = list(group)\n        print(len(group), group[0])\n"
    text = f"{HEAD}def f(rows):\n    for key, group in groupby(rows):\n{body}"
    assert collected(text).endswith(f"    for key, group in groups.items():\n{body}")


@pytest.mark.parametrize(
    ("head", "left"),
    [
        ("import os; from itertools import groupby\n", None),
        ("from itertools import groupby; import os\n", None),
        ("from itertools import groupby  # noqa\n", None),
        ("try:\n    from itertools import groupby\nexcept ImportError:\n    pass\n", None),
        ("import os\nfrom itertools import groupby\nimport sys\n", "import os\nimport sys\n"),
        ('"""Doc."""\n\nfrom itertools import groupby\n', '"""Doc."""\n'),
        ("import os\r\n\r\nfrom itertools import groupby\r\n", "import os\r\n"),
    ],
)
def test_only_an_import_by_itself_is_taken_away(head, left):
    end = "\r\n" if "\r" in head else "\n"
    code = "\n\ndef f(rows):\n\treturn [k for k, g in groupby(rows)]\n".replace("\n", end)
    found = next(one for one in offered("a.py", head + code) if "setdefault" in one)
    lines = ("def f(rows):", "\tgroups = {}", "\tfor item in rows:")
    assert found.startswith((left or head) + f"{end}{end}" + end.join(lines) + end)
    assert f"{end}\t\tgroups.setdefault(item, []).append(item){end}" in found
