"""Types that calls pass to a function, and compare its results with."""

import ast

import pytest

from spark_desktop.domain.call_types import Called, CallTypes, call_types, is_used_as, one_type

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
        ("import m\nm.f(1)", {"a": {"int"}}, set()),
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
        ("add(1)", {}),
    ],
)
def test_of_a_method_only_calls_on_its_class_count(content, passed):
    assert call_types(content, METHOD).passed == passed


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
