"""Whether the new calls of a Python text fit the functions of its own file."""

import ast
from pathlib import Path

import pytest

import spark_desktop
from spark_desktop.domain.fitting_calls import calls_fit

FILE = (
    "def plain(a, b=1):\n    return a\n\n\ndef many(*all, key=None, **more):\n    return all\n\n\n"
    "def strict(a, /, b, *, c):\n    return a\n\n\n@wrapped\ndef other(a):\n    return a\n\n\n"
    "class A:\n    def f(self, a):\n        return a\n\n    @property\n    def g(self):\n"
    "        return 1\n\n    def h(self, x=None):\n        {}\n"
)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("plain(1)", ""),
        ("plain(1, b=2)", ""),
        ("plain(1, 2, 3)", "plain takes 2 arguments, not 3."),
        ("plain()", "plain needs a."),
        ("plain(1, c=2)", "plain takes no c."),
        ("plain(*x)", ""),
        ("plain(**x)", ""),
        ("many(1, 2, 3, x=4)", ""),
        ("strict(1, 2, c=3)", ""),
        ("strict(1, 2)", "strict needs c."),
        ("strict(a=1, b=2, c=3)", "strict takes no a."),
        ("other(1, 2)", ""),
        ("self.f(1)", ""),
        ("self.f(1, 2)", "f takes 1 argument, not 2."),
        ("self.g(1)", ""),
        ("self.unknown(1)", ""),
        ("(lambda plain: plain(1, 2, 3))(x)", ""),
        ("unknown(1)", ""),
    ],
)
def test_a_new_call_fits_its_function(code, fault):
    check = calls_fit(FILE.format("pass"), FILE.format(f"return {code}"))
    assert (check.passed, check.detail) == (not fault, fault)


@pytest.mark.parametrize(
    "code",
    [
        "\n        class B:\n            def f(self): pass\n            def k(self): self.f()",
        "\n        def inner(self):\n            return self.f()",
    ],
)
def test_another_self_within_a_method_has_methods_of_its_own(code):
    assert calls_fit(FILE.format("pass"), FILE.format(code.lstrip())).passed


def test_a_call_that_was_there_before_is_not_judged():
    text = FILE.format("return plain(1, 2, 3)")
    assert calls_fit(text, text + "\n\nx = 1\n").passed


def test_a_text_that_cannot_be_read_has_no_evidence():
    assert calls_fit("", "def f(:") is None


def test_beside_a_very_long_chain_of_calls_nothing_is_said():
    text = FILE.format("return a" + ".b(1)" * 1500)
    assert calls_fit(text, text + "\n\nx = plain(1, 2, 3)\n") is None


def test_the_calls_of_our_own_files_fit():
    # A fifth of them, for the time that all take.
    for place in sorted(Path(spark_desktop.__file__).parent.rglob("*.py"))[::5]:
        text = place.read_text(encoding="utf-8")
        ast.parse(text)
        check = calls_fit("", text)
        assert check.passed, f"{place}: {check.detail}"
