"""A stub comes with the comment that explains it."""

import pytest

from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.text import decode, split_lines
from spark_desktop.domain.workspace import snapshot_of


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
