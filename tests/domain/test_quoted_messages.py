"""What a program says in its own words is found in its code."""

import pytest

from spark_desktop.domain.quoted_messages import places_of

CODE = (
    'check("the first is free", a);\n'
    'check("the first is free of charge", b);\n'
    "print(f'{name} is not in the list of {place}')\n"
    'check("twice the same", c);\ncheck("twice the same", d);\n'
    'say("short");\nsay("%d sheets were lent");\nlog(`${who} went to the island`);\n'
)


@pytest.mark.parametrize(
    ("output", "lines"),
    [
        ("FAILED: the first is free", [0]),
        ("FAILED: the first is free of charge", [1]),
        ("Ann is not in the list of guests", [2]),
        ("twice the same", []),
        ("short", []),
        ("3 sheets were lent", [6]),
        ("Bob went to the island", [7]),
        ("nothing of it\n\n", []),
        ("the first is free\nBob went to the island", [0, 7]),
        ("", []),
        ("ok 1 - the first is free\nnot ok 2 - Bob went to the island", [7]),
        ("[ok] the first is free\n[failed] Bob went to the island", [7]),
        ("  PASS: the first is free\n  FAIL: Bob went to the island", [7]),
        ("✓ the first is free\n✗ Bob went to the island", [7]),
        ("the first is free ... ok\nBob went to the island ... FAILED", [7]),
        ("the first is free: is bad, should be: ok", [0]),
        ("passing on: the first is free\nOK, Bob went to the island", [0, 7]),
    ],
)
def test_the_longest_text_of_a_line_tells_where_it_was_said(output, lines):
    assert [line for _, line, _ in places_of(output, {"a.py": CODE})] == lines


def test_only_the_end_of_an_output_is_looked_at():
    output = "the first is free\n" + "x\n" * 100
    assert list(places_of(output, {"a.py": CODE})) == []


@pytest.mark.parametrize(
    ("code", "output"),
    [
        (r'printf("%s: is \"%s\", should be \"%s\"\n", a, b, c);', 'x: is "1", should be "2"'),
        (r"print('it isn\'t there')", "it isn't there"),
        (r'say("first line\nof several lines")', "of several lines"),
    ],
)
def test_escapes_are_read_as_they_are_written(code, output):
    assert [line for _, line, _ in places_of(output, {"a.c": f"\n{code}\n"})] == [1]
