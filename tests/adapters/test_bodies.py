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


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.ts", "x();\n\n/**\n * The first one.\n */\nexport function f(a) {\n  // TODO\n}\n"),
        ("a.go", "package a\n\n// F is the\n// first one.\nfunc F() int {\n\t// TODO\n}\n"),
        ("a.rs", "use a;\n\n/// The first\n/// one.\n#[inline]\nfn f() -> i32 {\n    todo!()\n}\n"),
        ("a.py", "x = 1  # no\n# the first\n# one\ndef f():\n    pass\n"),
    ],
)
def test_a_stub_comes_with_the_comment_that_explains_it(path, text):
    snapshot = snapshot_of(path, decode(text.encode()))
    (stub,) = TreeSitterSyntax().triggers(snapshot)
    assert stub.lines.start == (1 if path == "a.py" else 2)
    assert "first" in "".join(split_lines(text)[stub.lines.start : stub.lines.end])


def test_a_comment_apart_explains_something_else():
    text = "// about the file\n\nfunction f() {\n  // TODO\n}\n"
    snapshot = snapshot_of("a.ts", decode(text.encode()))
    (stub,) = TreeSitterSyntax().triggers(snapshot)
    assert stub.lines.start == 2
