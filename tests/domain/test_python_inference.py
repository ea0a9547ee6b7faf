"""Types of expressions and of the names in a function."""

import ast

import pytest

from spark_desktop.domain.python_expressions import parts_of, type_of
from spark_desktop.domain.python_inference import known_names
from spark_desktop.domain.python_scopes import file_names

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
        ("round(r, ndigits=2)", ""),
        ("round(r, None)", ""),
        ("sum(z), sum(n / 2 for _ in l)", "tuple[int, float]"),
        ("sum(z, start=0.5)", ""),
        ("max(z, **x)", ""),
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
        ("list(*x)", "list"),
        ("d.pop(*x)", ""),
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
        # What is walked through is no type.
        ("zip(l, l), 1", "tuple"),
        ("{'a': range(n)}", "dict"),
        ("d.keys(), d.values()", "tuple"),
        ("[(range(n), 1)]", "list"),
        ("(y := 1)", "int"),
        ("n and 2", "int"),
        ("lambda: 1", ""),
    ],
)
def test_a_type_is_told_where_it_is_sure(text, type_):
    assert type_of(ast.parse(text, mode="eval").body, KNOWN) == type_


def names(body, head="a, n: int, s: str = None", text=""):
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return known_names(ast.parse(f"def f({head}):\n{lines}").body[0], file_names(text))


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
        ("r = [p] = [1]", "list"),
        # An annotation tells what a value is that stands for a wider one.
        ("r: float = 0", "float"),
        ("r: dict[str, float] = {'a': 0}\nr['b'] = 1", "dict[str, float]"),
        ("r: list[list[int]] = []\nfill(r)", "list[list[int]]"),
        ("r: dict[str] = {}", ""),
        ("r: Any = 1", ""),
        ("r: float = 0\nif isinstance(r, int):\n    pass", ""),
        # Anything may be put into it that is not seen.
        ("r = [[0] * n for _ in 'ab']\nr[0][0] = n / 2", "list"),
        ("r = {'a': [1]}\nr['a'].append('x')", "dict"),
        ("r = [[1]]\nfor row in r:\n    row.append('x')", "list"),
        ("r = ([1], 2)\nr[0].append('x')", "tuple"),
        ("r = ['.']\ndef visit(n):\n    r.append(n.size)", "list"),
        ("r = ['.']\ndef all_of():\n    return r", "list"),
        ("r = ['.']\na.walk(r.append)", "list"),
        ("r = ['.']\n(r if a else []).append(1)", "list"),
        ("r = ['.']\nfor p in (r, [2]):\n    p.append(1)", "list"),
        ("r = [1.5]\nr[0], r[1] = 'x', 1.5", "list"),
        ("r = [1]\nr[0] = r[1] = 'a'", "list"),
        ("r = [1]\nr[:] = ['a']", "list"),
        ("r = [1]\nr[0] += 0.5", "list"),
        ("r = [1]\np = r\np.append('a')", "list"),
        ("r = q = []\nq.append('a')\nr.append(1)", "list"),
        ("(r := [1]).append('a')", "list"),
        # What only reads puts in nothing.
        ("r = [1]\nif r and a not in r:\n    print(r[0], *r)", "list[int]"),
        ("r = {}\nr['a'] = 1\np = sorted(r, key=lambda one: r[one])", "dict[str, int]"),
        ("r = [1]\nif a:\n    p = r + [2]\ndel r[0]", "list[int]"),
        ("r = 1\nfor i in a:\n    r = (r, r, r, r, r, r)", ""),
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


def test_what_a_loop_makes_longer_and_longer_is_told_without_what_it_holds():
    text = "x"
    for _ in range(6):
        text = f"({text}, {text}, {text})"
    assert type_of(ast.parse(text, mode="eval").body, {"x": "int"}) == "tuple"


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("", "int"),
        ("def g(text):\n    hash = text", "int"),
        ("class Text:\n    def hash(self):\n        return hash(self.name)", "int"),
        ("def hash(text):\n    return text.digest()", ""),
        ("if a:\n    hash = b", ""),
        ("from tools import hash", ""),
        ("from tools import *", ""),
        ("def g():\n    global hash\n    hash = None", ""),
        ("def around(hash):\n    def f(): ...", ""),
        ("not python (", ""),
    ],
)
def test_a_name_that_the_file_binds_is_not_the_languages_own(text, type_):
    assert names("r = hash(a)", text=text)["r"] == type_


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("from math import sqrt", "float"),
        ("from .math import sqrt", ""),
        ("from math import sqrt\nfrom tools import sqrt", ""),
        ("from math import sqrt\ndef sqrt(x): ...", ""),
    ],
)
def test_what_is_imported_is_known_by_where_it_is_surely_from(text, type_):
    assert names("r = sqrt(a)", text=text)["r"] == type_


def test_what_bytes_are_escaped_to_is_not_told():
    assert names("r = re.escape(a)", text="import re")["r"] == ""


@pytest.mark.parametrize(
    "body",
    [
        "r = " + "+".join(["'x'"] * 600),
        "r = a" + ".strip()" * 600,
        "r = " + "1 if a else " * 80 + "2",
    ],
)
def test_a_name_whose_value_is_too_deep_is_unknown_at_worst(body):
    assert names(body)["r"] in ("", "int")
