"""The layout of a time that Go reads as other numbers than those that were meant."""

import pytest

from spark_desktop.adapters.languages import Parsing
from spark_desktop.adapters.pitfalls.code import Code
from spark_desktop.adapters.pitfalls.go_times import RULES, layouts_meant
from spark_desktop.domain.trigger import Span


def test_of_dates_either_order_may_be_meant():
    text = 'package a\n\nfunc f(at time.Time) string {\n\treturn at.Format("01/02/2006 3:04")\n}\n'
    code = Code(Parsing().parse("a.go", text).root, text, Span(0, text.count("\n")))
    found = [one for rule in RULES for one in rule(code)]
    assert [one.text for one in found] == ['"01/02/2006 15:04"', '"02/01/2006 15:04"']
    assert len({one.place for one in found}) == 1


@pytest.mark.parametrize(
    ("layout", "meant"),
    [
        ("20060102030405", ("20060102150405",)),
        ("2006-04-02 15:01", ("2006-01-02 15:04",)),
        ("2024-10-31T23:59:59Z07:00", ("2006-01-02T15:04:05Z07:00",)),
        ("15:04 PM", ("03:04 PM",)),
        ("%d.%m.%Y %H:%M", ("02.01.2006 15:04", "01.02.2006 15:04")),
        ("Mon, 02 Jan 2006 15:04:05.999999999 -0700 MST", ()),
        ("20060102-150405", ()),
        ("3:04PM", ()),
        ("060102", ()),
        ("2006/01/02/15", ()),
    ],
)
def test_a_layout_is_read_as_what_was_meant(layout, meant):
    assert layouts_meant(layout) == meant
