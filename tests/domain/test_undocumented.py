"""Documentation of a class that is named, and what is missed beside other things."""

import pytest

from spark_desktop.domain.documented_functions import documented_functions
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
        ("remove the docstring and sort it", "def f(a):\n    return a", None),
        ("sort it without a docstring", "def f(a):\n    return a", None),
        ("turn the docstring into a comment", "def f(a):\n    return a", None),
        ("don't write a docstring, sort it", "def f(a):\n    return a", None),
        ("remove the type hints and sort it", "def f(a):\n    return a", None),
        (
            "remove the loop and write a docstring",
            "def f(a):\n    return a",
            "The answer has no docstring.",
        ),
    ],
)
def test_beside_other_things_a_docstring_and_types_are_missed(instruction, region, reason):
    found = undocumented(instruction, "a.py", region)
    assert (None if found is None else found.detail) == reason
    assert undocumented(instruction, "a.ts", region) is None


def test_a_value_that_the_request_names_is_not_made_up():
    region = 'def depth(line, unit="cm"):\n    """Return it; the unit is "cm" or "in"."""\n'
    asked = 'document depth: the unit is "cm" or "in"'
    assert unsaid(asked, "a.py", region, "", content=DEPTHS).passed


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


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("/*\n  Returns the speed.\n  flight: it\n  kilometres: the way\n  Throws.\n*/\n", ""),
        ("/* Returns the speed of a flight whose way is\n   some kilometres. Throws. */\n", ""),
    ],
)
def test_lines_within_a_comment_need_no_star(told, reason):
    assert unsaid(ABOVE, "a.hpp", told + SPEED, SPEED).detail == reason


@pytest.mark.parametrize("above", ["int a; /* It is\n free */\n", "/* Of all */\nint a; // */\n"])
def test_a_comment_behind_other_code_documents_nothing_below(above):
    assert [one.comment for one in documented_functions("a.hpp", above + SPEED)] == [""]


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("double, double", ()),
        ("const int = 3, unsigned count = 4", ("count",)),
        ("char *words[], Args&&... args, std::array<int, 3> all", ("words", "args", "all")),
    ],
)
def test_a_type_of_cpp_by_itself_is_no_parameter(given, names):
    (found,) = documented_functions("a.hpp", f"double area({given});\n")
    assert found.parameters == names


def test_what_makes_and_ends_an_object_of_cpp_needs_no_documentation():
    coop = "class Coop {\npublic:\n    {}\n    virtual ~Coop() {}\n\n"
    coop += "    // Returns the size.\n    int size() const { return size_; }\n};\n"
    made = "explicit Coop(int size) : size_(size) {}"
    for told in (made, f"// Makes one.\n    {made}"):
        asked = "document each method: what it does and what it returns"
        assert unsaid(asked, "a.hpp", coop.replace("{}", told, 1)).detail == ""


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
        ('Return it.\n\n    >>> depth("12", "cm")\n    \'1.2\' and "cm"', ""),
        ('Return it: depth("12", "cm") is one.', ""),
    ],
)
@pytest.mark.parametrize("is_strict", [True, False])
def test_values_that_a_small_model_makes_up_are_told(doc, invented, is_strict):
    region = f'def depth(line, unit="cm"):\n    """{doc}"""\n    return 1\n'
    before = DEPTHS.partition("\n\n\n")[2]
    found = unsaid("document depth", "a.py", region, before, content=DEPTHS, is_strict=is_strict)
    assert found.passed is not (bool(invented) and is_strict)
    assert f"tells of {invented}," in found.detail or found.passed


LIFT = "double lift(double gas, double load) { return gas * kHelium - load; }\n"
HELIUM = "// What a cubic metre of helium lifts, in kilograms.\nconstexpr double kHelium = 1.02;\n"
HULL = f"{HELIUM}\n{LIFT}"


@pytest.mark.parametrize(
    ("doc", "invented"),
    [
        ("Returns the lift in newtons.", "newtons"),
        ("Returns the lift in Newtons, below 0 if the load is heavier.", "Newtons"),
        ("Returns the lift in kilograms.", ""),
        ("Turns newtons into the lift.", ""),
        ("Returns the lift in kg, of gas in cubic meters.", ""),
        # What has no unit of its own may take a while, and count in anything.
        ("Returns the lift; it takes some milliseconds.", ""),
        ("Returns a number of points, or 5 per cent of it, at the foot of the yard.", ""),
    ],
)
def test_units_that_a_small_model_makes_up_are_told(doc, invented):
    region = f"// {doc}\n{LIFT}"
    found = unsaid("document lift", "a.hpp", region, LIFT, content=HULL)
    assert found.passed is not bool(invented)
    assert f"tells of {invented}," in found.detail or found.passed
    # The request may tell it, and code without any unit leaves it open.
    asked = "document lift, it is in newtons"
    assert unsaid(asked, "a.hpp", region, LIFT, content=HULL).passed
    assert unsaid("document lift", "a.hpp", region, LIFT, content=LIFT).passed
    for known in ("double to_newtons(double kg);\n", "constexpr double kMax_n = 3;\n"):
        assert unsaid("document lift", "a.hpp", region, LIFT, content=f"{known}{HULL}").passed


@pytest.mark.parametrize(
    ("known", "is_invented"),
    [
        # An angle that is turned into another is no other measure, a factor may lead to one.
        ("double a = to_radians(elevation);\n", True),
        ("std::string b = to_string(gas);\n", True),
        ("double metres = kilometres * 1000;\n", False),
        ("double hours = seconds / 3600;\n", False),
    ],
)
def test_what_may_be_a_conversion_allows_any_unit(known, is_invented):
    region = f"// Returns the lift in newtons.\n{LIFT}"
    found = unsaid("document lift", "a.hpp", region, LIFT, content=f"{known}{HULL}")
    assert found.passed is not is_invented


def test_bars_are_a_unit_that_others_are_told_from():
    code = "function pressure(bar: number): number {\n  return bar;\n}\n"
    region = f"/** Returns the pressure in pounds. */\n{code}"
    found = unsaid("document pressure", "a.ts", region, code, content=code)
    assert found.detail == "The documentation tells of pounds, which is nowhere in the file."
