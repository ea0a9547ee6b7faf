"""Types of expressions and of the names in a function."""

import ast

import pytest

from spark_desktop.domain.python_expressions import parts_of, type_of
from spark_desktop.domain.python_inference import known_names

KNOWN = {
    "n": "int",
    "r": "float",
    "s": "str",
    "b": "bool",
    "d": "dict[str, int]",
    "l": "list[str]",
    "t": "tuple[str, int]",
    "u": "tuple[int, ...]",
    "z": "set[int]",
    "x": "",
    "gcd": "=math.gcd",
    "math": "=math",
}


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("1", "int"),
        ("None", "None"),
        ("...", ""),
        ("a", ""),
        ("math", ""),
        ('f"{a}"', "str"),
        ("str(a).lower(), int(b)", "tuple[str, int]"),
        ("a.lower(), int(b)", "tuple"),
        ("jwt.decode(a)", ""),
        ("'a'.upper()", "str"),
        ("a, 1", "tuple"),
        ("not a", "bool"),
        ("a in b", "bool"),
        ("a < b", ""),
        ("n < r", "bool"),
        ("'a' if b else 'c'", "str"),
        ("'a' if b else 1", ""),
        ("[a for a in b]", "list"),
        ("len(a)", "int"),
        ("a.split(b)", ""),
        ("f(a)", ""),
        ("x(a)", ""),
        ("a[0]()", ""),
        # Numbers.
        ("n + b", "int"),
        ("b + b", "int"),
        ("b & b", "bool"),
        ("n / n", "float"),
        ("n // 2 % 3", "int"),
        ("n * r", "float"),
        ("n ** 2", "int"),
        ("n ** n", ""),
        ("2 ** 0.5", ""),
        ("-b", "int"),
        ("n + x", ""),
        (
            "abs(r), round(r), round(r, 2), divmod(n, 2)",
            "tuple[float, int, float, tuple[int, int]]",
        ),
        ("sum(z), sum(n / 2 for _ in l)", "tuple[int, float]"),
        ("min(n, 2), max(z), min(n, r)", "tuple"),
        ("max(z, default=None)", ""),
        ("gcd(n, 2), math.sqrt(n), math.nothing", "tuple"),
        ("gcd(n, 2), math.sqrt(n)", "tuple[int, float]"),
        # Texts.
        ("s + 'a'", "str"),
        ("'%d' % n", "str"),
        ("s * 2", "str"),
        ("s[0], s[1:]", "tuple[str, str]"),
        ("s.split()", "list[str]"),
        ("s.partition(':')", "tuple[str, str, str]"),
        ("s.encode().decode()", "str"),
        # Containers.
        ("[1, 2]", "list[int]"),
        ("[1, 'a']", "list"),
        ("[]", "list"),
        ("{1: 'a'}", "dict[int, str]"),
        ("{}", "dict"),
        ("{**x}", "dict"),
        ("{1, 2}", "set[int]"),
        ("l + ['a']", "list[str]"),
        ("l + [1]", "list"),
        ("z | {1}", "set[int]"),
        ("list(d), dict(), list()", "tuple"),
        ("sorted(d)", "list[str]"),
        ("tuple(z)", "tuple[int, ...]"),
        ("tuple(x)", "tuple"),
        ("frozenset(l)", "frozenset[str]"),
        ("l[0], l[1:], d['a'], t[1], t[-1]", "tuple[str, list[str], int, int, int]"),
        ("t[5]", ""),
        ("t[n]", ""),
        ("d.get('a')", ""),
        ("d.get('a', 0)", "int"),
        ("d.get('a', 'b')", ""),
        ("d.pop('a')", "int"),
        ("l.pop(), l.index('a'), l.copy()", "tuple[str, int, list[str]]"),
        ("[a for a in l]", "list[str]"),
        ("{a: len(a) for a in s}", "dict[str, int]"),
        ("[v for k, v in d.items()]", "list[int]"),
        ("[k for k in d.keys()] + [k for k in d]", "list[str]"),
        ("{v for v in d.values()}", "set[int]"),
        ("[(i, a) for i, a in enumerate(l)]", "list[tuple[int, str]]"),
        ("[a for a, b in zip(z, l)]", "list[int]"),
        ("[a for a in reversed(l)]", "list[str]"),
        ("[a for a, *b in x]", "list"),
        ("[n for n in x]", "list"),
        ("[c for a, (b, c) in x]", "list"),
        ("[i for i in range(3)]", "list[int]"),
        ("[a for a in u]", "list[int]"),
        ("range(3)", ""),
        ("(a for a in l)", ""),
        ("(y := 1)", "int"),
        ("n and 2", "int"),
        ("lambda: 1", ""),
    ],
)
def test_a_type_is_told_where_it_is_sure(text, type_):
    assert type_of(ast.parse(text, mode="eval").body, KNOWN) == type_


def names(body, head="a, n: int, s: str = None"):
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return known_names(ast.parse(f"def f({head}):\n{lines}").body[0])


@pytest.mark.parametrize(
    ("body", "type_"),
    [
        ("r = n // 2", "int"),
        ("r = s", ""),  # None where nothing is given
        ("r = a", ""),
        ("r = 1\nr = 2", "int"),
        ("r = 1\nr = 'a'", ""),
        ("r = 0\nfor i in range(n):\n    r += i", "int"),
        ("r = 0\nfor i in a:\n    r += i", ""),
        ("r: float = 2.0", "float"),
        ("p, r = int(a), str(a)", "str"),
        ("(p, (q, r)) = (1, (2, 'a'))", "str"),
        ("p, r = '1:2'.split(':')", "str"),
        ("p, *r = '1:2'.split(':')", ""),
        ("for p, r in enumerate('ab'):\n    pass", "str"),
        ("with open(a) as r:\n    pass", ""),
        ("try:\n    pass\nexcept OSError as r:\n    pass", ""),
        ("match a:\n    case [*r]:\n        pass", ""),
        ("match a:\n    case {**r}:\n        pass", ""),
        ("r = 1\ndel r", ""),
        ("import os as r", ""),
        ("def r():\n    pass", ""),
        ("r = 1\ndef g():\n    nonlocal r\n    r = 'a'", ""),
        ("if (r := len(a)) > 2:\n    pass", "int"),
        # What is put into a container is part of its type.
        ("r = []\nr.append(n)", "list[int]"),
        ("r = []\nr.append(n)\nr.append(a)", "list"),
        ("r = []\nr.append(n)\nfill(r)", "list"),
        ("r = []\nr.append(n)\nr.extend(a)", "list"),
        ("r = [1]\nfor i in r:\n    print(len(r))\nr.sort()", "list[int]"),
        ("r = set()\nr.add('a')", "set[str]"),
        ("r = {}\nfor c in 'ab':\n    r[c] = r.get(c, 0) + 1", "dict[str, int]"),
        ("r = {}\nr[1] = []\nr[1].append(n)", "dict"),
        ("r = [0] * n\nr[0] = 'a'", "list"),
        ("r = a\nr[0] = 'a'", ""),
        ("r = 1\nr[0] = 'a'", "int"),
        ("r = [p] = [1]", "list[int]"),
    ],
)
def test_a_name_has_a_type_where_all_that_is_bound_to_it_has(body, type_):
    assert names(body).get("r") == type_


def test_parameters_of_any_number_are_unknown():
    assert names("pass", "*a: int, **b: int") == {"a": "", "b": ""}


@pytest.mark.parametrize(
    ("type_", "parts"),
    [("int", []), ("list[int]", ["int"]), ("dict[str, list[int]]", ["str", "list[int]"])],
)
def test_the_parts_of_a_type(type_, parts):
    assert parts_of(type_) == parts


def test_an_expression_that_is_too_deep_has_no_type():
    assert type_of(ast.parse("+".join(["1"] * 600), mode="eval").body) == ""
