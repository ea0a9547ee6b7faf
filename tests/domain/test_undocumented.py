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


SPEED = """inline double speed(const Flight& flight, double kilometres) {
    if (flight.home <= flight.released) throw std::invalid_argument("home before");
    return kilometres * 1000 / (flight.home - flight.released);
}
"""
ABOVE = "write a comment above this: what it returns, what the two parameters are, what it throws"


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("", "The answer has no documentation."),
        (
            "// Returns the speed in metres per minute.\n// Throws where it was home before.\n",
            "The documentation does not name flight, kilometres.",
        ),
        (
            "// Returns the speed of a flight whose way home is so many kilometres.\n",
            "The documentation does not say what is raised.",
        ),
        (
            "// Returns the speed of a flight whose way home is so many kilometres.\n"
            "// Throws std::invalid_argument where it was home before it was released.\n",
            "",
        ),
    ],
)
def test_a_function_of_cpp_is_documented_above(head, reason):
    assert unsaid(ABOVE, "a.hpp", head + SPEED, SPEED).detail == reason


@pytest.mark.parametrize(
    "told",
    [
        SPEED.replace("released);\n}", "released); // Returns the speed\n}"),
        SPEED.replace("{\n", "{\n    // Returns the speed of a flight. Throws.\n", 1),
    ],
)
def test_what_stands_in_a_function_of_cpp_does_not_document_it(told):
    assert unsaid(ABOVE, "a.hpp", told, SPEED).detail == "The answer has no documentation."


DEPTHS = 'FACTORS = {"cm": 1.0, "mm": 0.1}\n\n\ndef depth(line, unit="cm"):\n    return 1\n'


@pytest.mark.parametrize(
    ("doc", "invented"),
    [
        ('Return it; the unit is "cm" or "in".', "in"),
        ("Return it.\n\n    unit: 'cm', 'm', 'mm', 'ft'", "m, ft"),
        ('Return it; the unit is "cm" or "mm".', ""),
        # A value by itself is an example, which need not stand in the code.
        ('Return it, as "twelve" would be.', ""),
        ("Return the line's depth; don't ask.", ""),
    ],
)
@pytest.mark.parametrize("is_strict", [True, False])
def test_values_that_a_small_model_makes_up_are_told(doc, invented, is_strict):
    region = f'def depth(line, unit="cm"):\n    """{doc}"""\n    return 1\n'
    before = DEPTHS.partition("\n\n\n")[2]
    found = unsaid("document depth", "a.py", region, before, content=DEPTHS, is_strict=is_strict)
    assert found.passed is not (bool(invented) and is_strict)
    assert f"tells of {invented}," in found.detail or found.passed
