"""Signatures that the code refutes, and what a result is."""

import ast

import pytest

from spark_desktop.domain.plain_types import may_give_none, misfit, result_given
from spark_desktop.domain.python_scopes import file_names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def f(a: str = 1): ...", ("a", "str", "int")),
        ("def f(*, a: int = 'x'): ...", ("a", "int", "str")),
        ("def f(a: float = 1): ...", None),
        ("def f(a: str = None): ...", None),
        ("def f(a: Path = 'x'): ...", None),
        ("def f(a: 'int' = 'x'): ...", None),
        ("def f() -> str:\n    return 1, 2", ("", "str", "tuple[int, int]")),
        ("def f() -> Tuple[int, int]:\n    return 1, 2", None),
        ("def f() -> Optional[int]:\n    return None", None),
        ("def f() -> int | None:\n    return None", None),
        ("def f() -> int:\n    return None", ("", "int", "None")),
        ("def f() -> int:\n    def g():\n        return 'x'\n    return 1", None),
        ("def f() -> list[int]:\n    yield 1\n    return 'x'", None),
        ("async def f() -> int:\n    return 'x'", ("", "int", "str")),
        ("def f() -> numpy.bool:\n    return not a", None),
        ("def f() -> Set[int]:\n    return frozenset()", None),
        ("def f(a: int) -> str:\n    b = a + 1\n    return b", ("", "str", "int")),
        ("def f(a: int) -> float:\n    return a // 2", None),
        # What a parameter is used as.
        ("def f(a: int):\n    return a.partition(':')", ("a", "int", "….partition")),
        ("def f(a: list[str] | None):\n    a.items()", ("a", "list[str] | None", "….items")),
        ("def f(a: float):\n    return a[0]", ("a", "float", "…[…]")),
        ("def f(a: int):\n    return [b for b in a]", ("a", "int", "for … in …")),
        ("def f(a: int):\n    for b in a: pass", ("a", "int", "for … in …")),
        ("def f(a: str):\n    return a.partition(':')[0]", None),
        ("def f(a: Path):\n    return a.no", None),
        ("def f(a: str):\n    if isinstance(a, Text):\n        return a.template", None),
        ("def f(a: str):\n    a = Text(a)\n    return a.template", None),
        ("def f(a: int | str):\n    return a.strip()", None),
        ("def f(a: np.bool):\n    return a.item()", None),
        ("def f(a: typing.List[int]):\n    a.items()", ("a", "typing.List[int]", "….items")),
        # What the elements of a list are used as.
        ("def f(a: list[int]):\n    return [b.x for b in a]", ("a", "list[int]", "…[….x]")),
        (
            "def f(a: List[Tuple[int, int]]):\n    return sorted(b for b in a if b.far)",
            ("a", "List[Tuple[int, int]]", "…[….far]"),
        ),
        (
            "def f(a: Iterable[str]):\n    for b in a:\n        b.go()",
            ("a", "Iterable[str]", "…[….go]"),
        ),
        ("def f(a: list[Path]):\n    return [b.x for b in a]", None),
        ("def f(a: list[int | Path]):\n    return [b.x for b in a]", None),
        ("def f(a: tuple[int, Path]):\n    return [b.x for b in a]", None),
        ("def f(a: list[str]):\n    return [b.strip() for b in a]", None),
        ("def f(a: list[str]):\n    for b in a:\n        b = g(b)\n        b.go()", None),
        ("def f(a: list[str]):\n    a = g(a)\n    return [b.x for b in a]", None),
        ("def f(a: list[str]):\n    return [b.x for b in a if isinstance(b, C)]", None),
        # Who asks for a type gets another one than is told.
        (
            "def f(a: float) -> int:\n    if isinstance(a, int):\n        return a\n    return 1",
            None,
        ),
        ("def f(a: float) -> int:\n    match a:\n        case int():\n            return a", None),
        (
            "def f(a: str) -> int:\n    try:\n        return len(a.strip())\n"
            "    except AttributeError:\n        return a",
            None,
        ),
        ("def f(a: int):\n    try:\n        a.strip()\n    except TypeError:\n        pass", None),
    ],
)
def test_a_signature_is_refuted_by_what_is_there(text, found):
    assert misfit(ast.parse(text).body[0]) == found


@pytest.mark.parametrize(
    ("body", "given"),
    [
        ("return str(a), 1", "tuple[str, int]"),
        ("if a:\n        return 'x', 2\n    return str(a), 1", "tuple[str, int]"),
        ("if a:\n        return 1, 2\n    return str(a), 1", "tuple"),
        ("if a:\n        return 1\n    return 2.5", "float"),
        ("return 1", "int"),
        ("print(a)", "None"),
        ("raise ValueError(a)", ""),
        # Whether it goes on at the end.
        ("with suppress(KeyError):\n        return 1", "int | None"),
        ("while True:\n        for b in a:\n            break\n        return 1", "int"),
        ("while 1:\n        if a:\n            return 1", "int"),
        ("if a:\n        return 1\n    sys.exit('no')", "int"),
        ("if a:\n        return 1\n    exit(2)", "int"),
        ("if a:\n        return 1\n    assert False", "int"),
        ("if a:\n        return 1\n    assert a", "int | None"),
        ("return 1\n    print(a)", "int"),
        ("if a:\n        return\n    return 1, 2", "tuple[int, int] | None"),
        ("if a:\n        return 1", "int | None"),
        ("if a:\n        return 1\n    else:\n        raise ValueError(a)", "int"),
        ("with a:\n        return 1", "int"),
        ("while True:\n        if a:\n            return 1", "int"),
        ("while True:\n        if a:\n            break\n        return 1", "int | None"),
        ("try:\n        return 1\n    except OSError:\n        return 2", "int"),
        ("try:\n        return 1\n    except OSError:\n        pass", "int | None"),
        (
            "try:\n        a()\n    except OSError:\n        raise\n    else:\n        return 2",
            "int",
        ),
        (
            "match a:\n        case 1:\n            return 1\n        case _:\n            raise",
            "int",
        ),
        ("match a:\n        case 1:\n            return 1", "int | None"),
        ("yield 1", ""),
        ("return unknown(a)", ""),
        ("return gcd(a, 2), m.sqrt(a)", "tuple[int, float]"),
    ],
)
def test_a_result_is_told_where_all_ways_give_it(body, given):
    file = file_names("from math import gcd\nimport math as m")
    function = ast.parse(f"def f(a):\n    {body}").body[0]
    assert result_given(function, file) == given


@pytest.mark.parametrize(
    "text",
    [
        "def f(): ...",
        "def f(): pass",
        "def f():\n    'Return it.'",
        "def f():\n    'Return it.'\n    raise NotImplementedError('later')",
        "@abc.abstractmethod\ndef f():\n    return 1",
        "@overload\ndef f():\n    return 1",
    ],
)
def test_what_others_write_gives_nothing_that_is_known(text):
    assert result_given(ast.parse(text).body[0]) == ""


CHAIN = "    if a == 0:\n        return 1\n" + "".join(
    f"    elif a == {one}:\n        return {one}\n" for one in range(1200)
)


@pytest.mark.parametrize(
    "text",
    [
        f"def f(a) -> str:\n    return {'+'.join(['a'] * 600)}",
        f"def f(a) -> str:\n    return a{'.strip()' * 600}",
        f"@a{'.b' * 1200}\ndef f(a) -> int:\n{CHAIN}",
        f"def f(a):\n    return {' if a else '.join(['a'] * 600)}",
    ],
)
def test_what_is_too_deep_is_unknown(text):
    function = ast.parse(text).body[0]
    assert result_given(function) == ""
    assert misfit(function) is None
    may_give_none(function)


def test_a_name_of_the_language_may_be_another_thing():
    assert result_given(ast.parse("def f(len):\n    return len(1), 2").body[0]) == "tuple"


@pytest.mark.parametrize(
    ("body", "may"),
    [
        ("return a", False),
        ("return None", False),
        ("pass", False),
        ("if a:\n        return a", True),
        ("if a:\n        return None\n    return a", True),
        ("return a.b if a else None", True),
        ("return a or None", True),
        ("yield a", False),
    ],
)
def test_a_result_may_be_none(body, may):
    assert may_give_none(ast.parse(f"def f(a):\n    {body}").body[0]) is may


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("HEIGHT = 1.5\n", ("a", "int", "float")),
        ("HEIGHT: Final = 1.5\n", ("a", "int", "float")),
        ("HEIGHT = 2\n", None),
        ("HEIGHT = 1.5\nHEIGHT = 2\n", None),
        ("height = 1.5\n", None),
        ("HEIGHT = read()\n", None),
        ("", None),
    ],
)
def test_a_constant_of_the_file_refutes_a_type(lines, found):
    text = f"{lines}\ndef f(a: int = HEIGHT): ...\n"
    assert misfit(ast.parse(text).body[-1], file_names(text)) == found


def test_a_function_of_the_file_refutes_nothing_under_a_name_of_the_language():
    text = "def hash(text):\n    return md5(text).hexdigest()\n"
    function = ast.parse("def f(a: str = hash('b')) -> str:\n    return hash(a)").body[0]
    assert misfit(function) == ("a", "str", "int")
    assert misfit(function, file_names(text)) is None
