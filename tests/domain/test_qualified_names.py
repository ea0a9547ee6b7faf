"""Bare names that a file has by way of a module."""

import pytest

from spark_desktop.domain.qualified_names import qualified

BEFORE = """\
from obelisk import crews


def order(weights):
    return sorted(weights, key=crews.needed)
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "key=crews.needed",
            "key=lambda x: needed(x).haulers",
            "key=lambda x: crews.needed(x).haulers",
        ),
        # Two in a line, behind letters of several bytes.
        (
            "crews.needed",
            "lambda x: ('ä', needed(x), needed(x))",
            "lambda x: ('ä', crews.needed(x), crews.needed(x))",
        ),
        # The argument's name and what is in a text are no use of it.
        (
            "crews.needed",
            "lambda x: f(needed=x, text='needed')",
            "lambda x: f(needed=x, text='needed')",
        ),
        # Python 3.11 does not say where in the text it stands.
        ("crews.needed", "lambda x: f'{needed(x)}'", "lambda x: f'{needed(x)}'"),
        # The module's name is something else now.
        ("order(weights)", "order(weights, crews)", "order(weights, crews)"),
        ("crews.needed", "needed(", "needed("),
    ],
)
def test_a_bare_name_gets_its_module(old, new, expected):
    after = BEFORE.replace(old, new)
    assert qualified(BEFORE, after, {"needed"}) == BEFORE.replace(old, expected)


@pytest.mark.parametrize(
    "before",
    [
        # It is no module of the imports, or not always the same one.
        BEFORE.replace("from obelisk import crews", "crews = make()"),
        BEFORE.replace("import crews", "import crews, teams") + "\n\nteams.needed()\n",
        BEFORE.replace("crews.needed", "len"),
        "(",
    ],
)
def test_where_it_is_not_sure_whose_it_is_nothing_is_done(before):
    after = BEFORE.replace("crews.needed", "needed")
    assert qualified(before, after, {"needed"}) == after
    assert qualified(BEFORE, after, set()) == after
