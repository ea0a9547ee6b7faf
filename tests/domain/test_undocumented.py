"""Documentation of a class that is named, and what is missed beside other things."""

import pytest

from spark_desktop.domain.unsaid import undocumented, unsaid

REEL = (
    "class Reel:\n    {doc}\n    def __init__(self, a):\n        self.a = a\n\n"
    '    def wind(self):\n        """Wind it."""\n'
)


@pytest.mark.parametrize(
    ("instruction", "is_asked"),
    [
        ("write docstrings for Reel and its public methods", True),
        ("document Reel", True),
        ("document the class `Reel`", True),
        ("add docstrings to the methods of Reel", False),
        ("add a docstring to Reel.wind", False),
    ],
)
def test_a_class_that_is_named_has_its_own(instruction, is_asked):
    found = unsaid(instruction, "a.py", REEL.format(doc="a = 1"))
    assert found.passed is not is_asked
    assert "Reel has no documentation" in found.detail or not is_asked
    assert unsaid(instruction, "a.py", REEL.format(doc='"""A reel."""')).passed


@pytest.mark.parametrize(
    ("instruction", "region", "reason"),
    [
        ("add a docstring and sort it", "def f(a):\n    return a", "The answer has no docstring."),
        ("add a docstring and sort it", 'def f(a):\n    """A."""\n    return a', None),
        (
            "sort it, with type hints",
            "def f(a):\n    return a",
            "There is no type for a, the result.",
        ),
        ("sort it, with type hints", "def f(a: int) -> int:\n    return a", None),
        ("sort it by types", "def f(a):\n    return a", None),
        ("add a docstring and sort it", "x = 1", None),
    ],
)
def test_beside_other_things_a_docstring_and_types_are_missed(instruction, region, reason):
    found = undocumented(instruction, "a.py", region)
    assert (None if found is None else found.detail) == reason
    assert undocumented(instruction, "a.ts", region) is None
