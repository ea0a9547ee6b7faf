"""Types that calls pass to a function, and compare its results with."""

import ast

import pytest

from spark_desktop.domain.call_types import Called, CallTypes, call_types, is_used_as, one_type
from spark_desktop.domain.python_function import container_of

FUNCTION = Called("f", ("a", "b"))
METHOD = Called("add", ("car",), "Line")


@pytest.mark.parametrize(
    ("content", "passed", "compared"),
    [
        ("f(1, b='x')", {"a": {"int"}, "b": {"str"}}, set()),
        ("f(1)\nf(2.5)", {"a": {"int", "float"}}, set()),
        (
            "LIMIT = 3\ndef g():\n    x = [1]\n    f(LIMIT, x)",
            {"a": {"int"}, "b": {"list"}},
            set(),
        ),
        ("f(other())", {"a": {""}}, set()),
        ("f(Path('x'))", {"a": {"Path"}}, set()),
        ("f(1, 2, 3)\nf(c=1)", {}, set()),
        ("f(*x)", {}, set()),
        ("f(MAX())", {"a": {""}}, set()),
        ("f(lambda x: f(x))", {"a": {""}}, set()),
        ("x = 1\nf(y=lambda x: f(x))", {"a": {""}}, set()),
        ("x = 1\ndef g(x):\n    def h():\n        f(x)", {"a": {""}}, set()),
        ("def g(f):\n    f(1)", {}, set()),
        ("def g(a=f(1)):\n    pass", {"a": {"int"}}, set()),
        ("x.f(1)", {}, set()),
        ("assert f(1) == 'x'", {"a": {"int"}}, {"str"}),
        ("self.assertEqual(3, f(1))", {"a": {"int"}}, {"int"}),
        ("assert f(1) is None", {"a": {"int"}}, {"None"}),
        ("assert f(1) < 2 == g", {"a": {"int"}}, set()),
        ("assertEqual([1], [2])", {}, set()),
        ("def g():\n    def h():\n        return f('x')", {"a": {"str"}}, set()),
        ("f(1", {}, set()),
    ],
)
def test_what_calls_of_a_function_show(content, passed, compared):
    assert call_types(content, FUNCTION) == CallTypes(passed, compared)


@pytest.mark.parametrize(
    ("content", "passed"),
    [
        ("line = Line()\nline.add('A 1')", {"car": {"str"}}),
        ("Line(3).add('A 1')", {"car": {"str"}}),
        ("def t(self):\n    self.line = Line()\n    self.line.add('A')", {"car": {"str"}}),
        ("seen = set()\nseen.add(1)", {}),
        ("line = Line()\nline = Row()\nline.add('A')", {}),
        ("with a as line:\n    line = Line()\nline.add('A')", {}),
        ("line = Line()\ndef t(line):\n    line.add('A')", {}),
        ("line = Line()\ndef t():\n    line.add('A')", {"car": {"str"}}),
        ("def t():\n    line = Line()\ndef u():\n    line.add('A')", {}),
        ("class T:\n    line = Line()\nline.add('A')", {}),
        ("self.line = Line()\nself.line = Row()\nself.line.add('A')", {}),
        ("add(1)", {}),
    ],
)
def test_of_a_method_only_calls_on_its_class_count(content, passed):
    assert call_types(content, METHOD).passed == passed


@pytest.mark.parametrize(
    ("content", "is_meant"),
    [
        ("from shop.prices import f\nf(1)", True),
        ("from .prices import f\nf(1)", True),
        ("from shop import f as g\ng(1)", True),
        ("from . import f\nf(1)", False),
        ("from ..shop import f\nf(1)", True),
        ("import shop.prices\nshop.prices.f(1)", True),
        ("import shop.prices as p\np.f(1)", True),
        ("from shop import prices\nprices.f(1)", True),
        ("from taxes import f\nf(1)", False),
        ("import taxes\ntaxes.f(1)", False),
        ("from prices import g as f\nf(1)", False),
        ("f(1)", False),
        ("from prices import f\ndef f(a): ...\nf(1)", False),
        ("from prices import f\ndef g(f):\n    f(1)", False),
    ],
)
def test_elsewhere_only_what_is_imported_from_the_file_counts(content, is_meant):
    called = Called("f", ("a",), path="shop/prices.py")
    found = call_types(content, called, "tests/test_prices.py")
    assert found.passed == ({"a": {"int"}} if is_meant else {})


def test_a_package_may_hand_on_what_its_files_define():
    content = "from . import f, Line\nf(1)\nLine().add('A')"
    function, method = (
        Called("f", ("a",), "", "shop/prices.py"),
        Called("add", ("car",), "Line", "shop/prices.py"),
    )
    assert call_types(content, function, "shop/bill.py").passed == {"a": {"int"}}
    assert call_types(content, method, "shop/bill.py").passed == {"car": {"str"}}
    assert call_types(content, function, "other/bill.py").passed == {}


@pytest.mark.parametrize(
    "content",
    [
        f"f({'+'.join(['1'] * 600)}, 'x')",
        f"x = f(1){'.add(1)' * 200}",
        f"x{'.y' * 1200} = 1\nf(x{'.y' * 1200})",
        "if x:\n    f(a)\n" + "elif x:\n    f(b)\n" * 1200,
        f"f(1)\n{'#' * 300_000}",
    ],
)
def test_what_is_too_deep_or_too_long_is_not_known_at_worst(content):
    assert call_types(content, FUNCTION).passed.get("a", {""}) <= {"", "int"}


def test_a_constructor_is_called_by_its_class():
    assert call_types("Line(3)", Called("__init__", ("room",), "Line")).passed == {"room": {"int"}}


@pytest.mark.parametrize(
    ("types", "one"),
    [
        ({"int"}, "int"),
        ({"int", "float"}, "float"),
        ({"bool", "int"}, "int"),
        ({"int", "str"}, ""),
        ({"int", ""}, ""),
        ({"str", "None"}, "str | None"),
        ({"None"}, ""),
        ({"list[int]", "list"}, "list"),
        (set(), ""),
    ],
)
def test_one_type_does_for_all_or_none_is_told(types, one):
    assert one_type(types) == one


@pytest.mark.parametrize(
    ("body", "type_", "is_used"),
    [
        ("a.partition(':')", "str", True),
        ("a.partition(':')", "int", False),
        ("a.items()", "dict[str, int]", True),
        ("a.count(1)", "list", False),
        ("a + 1", "int", False),
        ("a.partition(':')", "Path", False),
    ],
)
def test_a_use_that_only_one_plain_type_has(body, type_, is_used):
    assert is_used_as(ast.parse(f"def f(a):\n    return {body}").body[0], "a", type_) is is_used


def test_what_several_files_show_is_added():
    one = CallTypes({"a": {"int"}}, {"str"})
    one.add(CallTypes({"a": {"float"}, "b": {"str"}}, {"None"}))
    assert one == CallTypes({"a": {"int", "float"}, "b": {"str"}}, {"str", "None"})


@pytest.mark.parametrize(
    ("before", "container"),
    [
        ("", ""),
        ("class Line:\n    x = 1\n\n    ", "Line"),
        ('class Line:\n# so\n    x = """\nx\n"""\n\n    ', "Line"),
        ("class Line:\n    class Car:\n        ", "Car"),
        ("class Line:\n    if x:\n        ", "Line"),
        ("try:\n    ", ""),
        ("def g():\n    ", None),
    ],
)
def test_the_class_that_a_function_is_in(before, container):
    line = before.count("\n")
    end = "\nfinally: ..." if before.startswith("try") else ""
    assert container_of(f"{before}@a\n{before.rpartition(chr(10))[2]}def f(): ...{end}", line) == (
        container
    )
    assert container_of("f(", 0) is None
