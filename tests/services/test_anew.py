"""A function's body written anew in the gap where it stood, by what a comment there asks for."""

from dataclasses import replace

import pytest

from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.text import decode
from spark_desktop.domain.trigger import (
    EditComment,
    FailingTest,
    Instruction,
    QuickAction,
    Span,
    Stub,
)
from spark_desktop.domain.workspace import snapshot_of
from spark_desktop.services.anew import anew_of
from spark_desktop.services.target import target_of

SYNTAX = TreeSitterSyntax()
PRICES = (
    '"""Prices."""\n\n\ndef price(total):\n    """Return the price."""\n'
    "    if total > 5000:\n        return 0\n    return 490\n\n\ndef other():\n    return 1\n"
)
REPORT = "    self.assertEqual(price(5000), 0)\nAssertionError: 490 != 0\n"


def of(path, text, trigger):
    snapshot = snapshot_of(path, decode(text.encode()))
    asked = replace(trigger, snapshot=snapshot)
    return anew_of(asked, target_of(asked, SYNTAX), SYNTAX)


def failing(lines=None):
    return FailingTest(None, lines, "test_price", REPORT)


def test_what_stood_there_and_what_went_wrong_stand_above_the_gap():
    found = of("a.py", PRICES, failing(Span(5, 6)))
    assert found.request.prefix.endswith(
        '    """Return the price."""\n'
        "    # This was wrong (AssertionError: 490 != 0):\n"
        "    #     if total > 5000:\n    #         return 0\n    #     return 490\n"
        "    # This is right:\n    "
    )
    assert found.request.suffix == "\n"


def test_the_region_is_the_function_with_the_new_body_and_without_the_comment():
    found = of("a.py", PRICES, failing(Span(5, 6)))
    assert found.region("return 0 if total >= 5000 else 490\n", complete=True) == (
        'def price(total):\n    """Return the price."""\n    return 0 if total >= 5000 else 490\n'
    )


def test_of_a_whole_small_file_the_one_function_that_the_report_names_is_meant():
    found = of("a.py", PRICES, failing())
    region = found.region("return 0\n", complete=True)
    assert region == PRICES.replace(
        "    if total > 5000:\n        return 0\n    return 490\n", "    return 0\n"
    )


def test_a_comment_says_what_is_wanted_now():
    text = PRICES.replace("    if total", "    # free from 5000 on AI!\n    if total")
    snapshot = snapshot_of("a.py", decode(text.encode()))
    (trigger,) = (one for one in SYNTAX.triggers(snapshot) if isinstance(one, EditComment))
    found = of("a.py", text, trigger)
    assert found.request.prefix.endswith("    # Now: free from 5000 on\n    ")
    assert "AI!" not in found.request.prefix


def test_other_languages_have_their_own_comments():
    text = "export function f(a: number) {\n  return a > 1;\n}\n"
    found = of("a.ts", text, Instruction(None, Span(1, 2), "also 1"))
    assert found.request.prefix.endswith(
        "  // Before:\n  //     return a > 1;\n  // Now: also 1\n  "
    )


@pytest.mark.parametrize(
    ("text", "trigger"),
    [
        (PRICES, Instruction(None, Span(5, 6), "write a docstring")),
        (PRICES, Instruction(None, Span(5, 6), "as usual", QuickAction.DOCUMENT)),
        (PRICES, FailingTest(None, None, "test_x", "price and other fail")),
        (PRICES, FailingTest(None, None, "test_x", "nothing that is known")),
        ("def f(a): return a\n", Instruction(None, Span(0, 1), "double it")),
        ("def f(a):\n" + "    a += 1\n" * 50, Instruction(None, Span(2, 3), "double it")),
        ("x = 1\n", Instruction(None, Span(0, 1), "double it")),
    ],
    ids=[
        "documentation",
        "the quick action",
        "two functions",
        "no function",
        "one line",
        "a long body",
        "no code",
    ],
)
def test_there_is_none_where_that_is_not_one_short_function(text, trigger):
    assert of("a.py", text, trigger) is None


def test_a_stub_is_filled_in_as_it_is():
    text = "def f(a):\n    pass\n"
    snapshot = snapshot_of("a.py", decode(text.encode()))
    (trigger,) = SYNTAX.triggers(snapshot)
    assert isinstance(trigger, Stub)
    assert anew_of(trigger, target_of(trigger, SYNTAX), SYNTAX) is None
