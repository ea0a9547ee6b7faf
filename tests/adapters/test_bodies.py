"""The body of a function, as what could be written anew."""

import pytest

from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.text import decode, split_lines
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.workspace import snapshot_of

FILES = {
    "a.py": ("def f(x):\n    '''Say it.'''\n    # now\n    y = x\n    return y\n", 2, 5),
    "a.ts": ("export function f(x: number) {\n  const y = x;\n  return y;\n}\n", 1, 3),
    "a.go": ("package a\n\nfunc F(x int) int {\n\ty := x\n\treturn y\n}\n", 3, 5),
    "a.rs": ("fn f(x: i32) -> i32 {\n    let y = x;\n    y\n}\n", 1, 3),
    "a.cpp": ("int f(int x) {\n    int y = x;\n    return y;\n}\n", 1, 3),
}


def stub_in(path, text, row):
    snapshot = snapshot_of(path, decode(text.encode()))
    return TreeSitterSyntax().as_stub(snapshot, Span(row, row + 1))


@pytest.mark.parametrize("path", FILES)
def test_a_functions_body_is_found_without_what_explains_it(path):
    text, start, end = FILES[path]
    found = stub_in(path, text, start)
    assert found.name.lower() == "f"
    body = "".join(split_lines(text)[found.body.start : found.body.end])
    assert body.strip().endswith(split_lines(text)[end - 1].strip())
    assert "y" in split_lines(body)[0] or "now" in body
    assert "Say it" not in body
    assert found.body.end == end


def test_the_innermost_function_is_meant():
    text = "def f():\n    def g():\n        return 1\n    return g\n"
    assert stub_in("a.py", text, 2).name == "g"
    assert stub_in("a.py", text, 3).name == "f"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "x = 1\n"),
        ("a.py", "def f(): return 1\n"),
        ("a.py", "def f():\n    '''Only said.'''\n"),
        ("a.ts", "function f() { return 1; }\n"),
        ("a.ts", "function f() {\n  return 1; }\n"),
        ("a.txt", "f\n"),
    ],
)
def test_there_is_none_where_it_cannot_be_replaced_alone(path, text):
    assert stub_in(path, text, 0) is None
