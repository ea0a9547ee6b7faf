"""What a report says in two lines."""

import pytest

from spark_desktop.domain.fault import Fault, fault_in

UNITTEST = (
    "test_a.py: def test_x(self): self.assertEqual(f(5), 0)\n"
    "FAIL: test_x (test_a.T.test_x)\nTraceback (most recent call last):\n"
    '  File "test_a.py", line 17, in test_x\n    self.assertEqual(f(5), 0)\n'
    "    ~~~~^^^^\nAssertionError: 490 != 0\n"
)


@pytest.mark.parametrize(
    ("report", "code", "words"),
    [
        (UNITTEST, "self.assertEqual(f(5), 0)", "AssertionError: 490 != 0"),
        (
            "    assert f(2) == 3\nE   AssertionError: 2",
            "assert f(2) == 3",
            "E   AssertionError: 2",
        ),
        (
            "    def test_x():\n>       assert total() == 6\nE       assert 5.5 == 6\n"
            "E        +  where 5.5 = total()\n\ntests/test_a.py:8: AssertionError",
            "assert total() == 6",
            "assert 5.5 == 6",
        ),
        ("a.cpp:16: int main(): Assertion `f(1) == 2' failed.", "", None),
        ("it broke", "", "it broke"),
        ("some words\nmore words, KeyError", "", "more words, KeyError"),
        ("", "", ""),
    ],
)
def test_the_line_that_failed_and_how(report, code, words):
    assert fault_in(report) == Fault(code, report if words is None else words)
