"""Code without what only explains it."""

import pytest

from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.trigger import Span

PAIRS = {
    "a.py": (
        "class A:\n    def f(self, x, y=1):\n        z = x\n        return z\n",
        'class A:\n    """An A."""\n\n    def f(self, x: int, y: str = 1) -> int:\n'
        '        """Return x."""\n        # so it is\n        z: int = x\n        return z\n',
    ),
    "a.ts": (
        "export function f(x, y = 1) {\n  return x;\n}\n",
        "/** Returns x. */\nexport function f(x: number, y: number = 1): number {\n"
        "  // so it is\n  return x;\n}\n",
    ),
    "a.go": (
        "package a\n\nfunc F(x int) int {\n\treturn x\n}\n",
        "package a\n\n// F returns x.\nfunc F(x int) int {\n\treturn x /* it */\n}\n",
    ),
    "a.rs": (
        "fn f(x: i32) -> i32 {\n    x\n}\n",
        "/// Returns x.\nfn f(x: i32) -> i32 {\n    // it\n    x\n}\n",
    ),
    "a.cpp": ("int f(int x) { return x; }\n", "/// Returns x.\nint f(int x) {\n  return x;\n}\n"),
}


@pytest.mark.parametrize("path", PAIRS)
def test_documentation_and_layout_do_not_count(path):
    syntax = TreeSitterSyntax()
    plain, explained = PAIRS[path]
    assert syntax.bare(path, plain) == syntax.bare(path, explained)


@pytest.mark.parametrize("path", PAIRS)
def test_other_code_counts(path):
    syntax = TreeSitterSyntax()
    plain, explained = PAIRS[path]
    other = explained.replace("return x;", "return y;").replace("return x\n", "return y\n")
    other = other.replace("return x /*", "return y /*").replace("    x\n", "    y\n")
    other = other.replace("return z", "return y")
    assert syntax.bare(path, plain) != syntax.bare(path, other)


def test_a_string_that_is_no_docstring_counts():
    syntax = TreeSitterSyntax()
    assert syntax.bare("a.py", "def f():\n    return 'a'\n") != syntax.bare(
        "a.py", "def f():\n    return 'b'\n"
    )


def test_without_a_parser_nothing_is_said():
    assert TreeSitterSyntax().bare("a.txt", "x") is None


DEEP = {
    "a.js": "function f(x) {\n  if (x == 0) { return 0 }\n"
    + "".join(f"  else if (x == {n}) {{ return {n} }}\n" for n in range(3000))
    + "}\n",
    "a.py": "def f():\n    return (\n" + "        'x' +\n" * 3000 + "        'y')\n",
    "a.cpp": "void f() {\n    out\n" + "        << x\n" * 3000 + ";}\n",
}


@pytest.mark.parametrize("path", DEEP)
def test_code_may_be_nested_deeply(path):
    bare = TreeSitterSyntax().bare(path, DEEP[path])
    assert bare is not None
    assert bare.split() == TreeSitterSyntax().bare(path, DEEP[path].replace("\n", "\n\n")).split()
    assert sum(bare.count(one) for one in ("else if", "'x' +", "<< x")) == 3000


@pytest.mark.parametrize("path", DEEP)
def test_what_a_deep_function_leaves_out_is_seen(path):
    content = DEEP[path].replace("f(", "f(int unused" if path == "a.cpp" else "f(unused")
    content = content.replace("unusedx", "unused, x")
    found = TreeSitterSyntax().oversights(path, content, Span(0, content.count("\n")))
    assert found is not None
    assert found.unused == ("unused",)
