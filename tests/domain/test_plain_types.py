"""Types that are seen at an expression itself, and signatures that they refute."""

import ast

import pytest

from spark_desktop.domain.plain_types import misfit, tuple_given, type_of


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("1", "int"),
        ("None", "None"),
        ("...", ""),
        ('f"{a}"', "str"),
        ("str(a).lower(), int(b)", "tuple[str, int]"),
        ("a.lower(), int(b)", "tuple"),
        ("jwt.decode(a)", ""),
        ("'a'.upper()", "str"),
        ("a, 1", "tuple"),
        ("not a", "bool"),
        ("a in b", "bool"),
        ("a < b", ""),
        ("'a' if b else 'c'", "str"),
        ("'a' if b else 1", ""),
        ("[a for a in b]", "list"),
        ("len(a)", "int"),
        ("a.split(b)", ""),
        ("f(a)", ""),
        ("a[0]()", ""),
    ],
)
def test_the_type_is_told_where_it_is_seen(text, type_):
    assert type_of(ast.parse(text, mode="eval").body) == type_


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
        ("async def f() -> int:\n    return 'x'", None),
        ("def f() -> numpy.bool:\n    return not a", None),
    ],
)
def test_a_signature_is_refuted_by_what_is_there(text, found):
    assert misfit(ast.parse(text).body[0]) == found


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("def f():\n    return str(a), 1", "tuple[str, int]"),
        ("def f():\n    if a:\n        return 'x', 2\n    return str(a), 1", "tuple[str, int]"),
        ("def f():\n    if a:\n        return 1, 2\n    return str(a), 1", ""),
        ("def f():\n    return 1", ""),
        ("def f():\n    pass", ""),
        ("def f():\n    if a:\n        return\n    return 1, 2", ""),
        ("def f(len):\n    return len(1), 2", ""),
    ],
)
def test_a_tuple_is_told_where_all_results_are_it(text, given):
    assert tuple_given(ast.parse(text).body[0]) == given
