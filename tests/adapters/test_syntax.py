"""Triggers, regions and error counts as the services see them."""

import pytest

from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import EditComment, QuestionComment, Span, Stub
from spark_desktop.domain.workspace import Snapshot, snapshot_of


def snap(path: str, content: str) -> Snapshot:
    return snapshot_of(path, SourceText(content))


def region(path: str, content: str, line: int, count: int = 1) -> str:
    span = TreeSitterSyntax().enclosing(snap(path, content), Span(line, line + count))
    return "\n".join(content.split("\n")[span.start : span.end])


PYTHON = """\
import os
LIMIT = 3

SIZE = 4


class Box:
    # make it shorter AI!
    @property
    def size(self):
        x = 1

        return x  # why? AI?

    async def grow(self):
        return 2
        # a last remark

def free(a):
    def inner():
        return a
    return inner
"""


def test_triggers_come_in_the_files_order_with_their_lines() -> None:
    content = "# rename this AI!\ndef f():\n    return 1\n\ndef g():\n    pass\n\n# what is g AI?\n"
    snapshot = snap("a.py", content)
    assert TreeSitterSyntax().triggers(snapshot) == (
        EditComment(snapshot, Span(0, 1), "rename this"),
        Stub(snapshot, Span(4, 6), Span(5, 6), "g"),
        QuestionComment(snapshot, Span(7, 8), "what is g"),
    )


def test_a_string_that_looks_like_a_comment_asks_for_nothing() -> None:
    content = 'x = "# do it AI!"\ny = """\n# do it AI!\n"""\n'
    assert TreeSitterSyntax().triggers(snap("a.py", content)) == ()


def test_consecutive_line_comments_are_one_instruction() -> None:
    snapshot = snap("a.js", "  // sort them\n  // by name AI!\nf(1);\n")
    (trigger,) = TreeSitterSyntax().triggers(snapshot)
    assert trigger == EditComment(snapshot, Span(0, 2), "sort them\nby name")


def test_a_comment_in_a_stub_takes_the_place_of_the_stub() -> None:
    content = "def f():\n    # return the square AI!\n    pass\n"
    (trigger,) = TreeSitterSyntax().triggers(snap("a.py", content))
    assert isinstance(trigger, EditComment)


def test_a_question_in_a_stub_leaves_the_stub_alone() -> None:
    content = "# which sort is meant AI?\ndef f():\n    pass\n"
    kinds = [type(trigger) for trigger in TreeSitterSyntax().triggers(snap("a.py", content))]
    assert kinds == [QuestionComment, Stub]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_are_counted_for_every_line_ending(newline: str) -> None:
    content = newline.join(["x = 1", "", "# go AI!", "y = 2", ""])
    (trigger,) = TreeSitterSyntax().triggers(snap("a.py", content))
    assert trigger.lines == Span(2, 3)


def test_the_region_is_the_method_with_its_decorator() -> None:
    found = region("a.py", PYTHON, 10)
    assert found.startswith("    @property\n    def size")
    assert found.endswith("return x  # why? AI?")


def test_a_comment_directly_above_belongs_to_the_function() -> None:
    found = region("a.py", PYTHON, 7)
    assert found.startswith("    # make it shorter AI!\n    @property")
    assert "grow" not in found


def test_a_comment_at_the_end_of_a_body_belongs_to_it() -> None:
    found = region("a.py", PYTHON, 16)
    assert found.startswith("    async def grow")
    assert found.endswith("# a last remark")


def test_the_region_in_a_nested_function_is_the_nested_one() -> None:
    assert region("a.py", PYTHON, 20) == "    def inner():\n        return a"


def test_between_methods_the_region_is_the_class() -> None:
    assert region("a.py", PYTHON, 13).startswith("class Box:")


def test_at_module_level_the_region_is_the_group_of_statements() -> None:
    assert region("a.py", PYTHON, 1) == "import os\nLIMIT = 3"
    assert region("a.py", PYTHON, 3) == "SIZE = 4"


def test_in_a_long_class_the_region_is_a_window_of_whole_members() -> None:
    members = "\n".join(f"    value_{n} = (\n        {n}\n    )" for n in range(100))
    content = f"class Long:\n{members}\n"
    span = TreeSitterSyntax().enclosing(snap("a.py", content), Span(150, 151))
    lines = content.split("\n")[span.start : span.end]
    assert len(lines) <= 41
    assert lines[0].startswith("    value_")
    assert lines[-1] == "    )"
    assert span.start <= 150 < span.end


def test_lines_over_two_functions_are_taken_whole() -> None:
    content = "def f():\n    return 1\ndef g():\n    return 2\n"
    assert region("a.py", content, 1, 2) == content.rstrip("\n")


@pytest.mark.parametrize(
    ("path", "content", "line"),
    [
        ("a.ts", "const a = 1;\nexport const f = (x: number) => {\n  return x;\n};\n", 2),
        ("a.tsx", "const a = 1;\nexport function F() {\n  return <b>1</b>;\n}\n", 2),
        ("a.rs", "use x;\n#[inline]\nfn f() -> i32 {\n  1\n}\n", 3),
        ("a.go", "package m\nfunc (a *A) f() int {\n\treturn 1\n}\n", 2),
        ("A.java", "class A {\n  @Override\n  int f() {\n    return 1;\n  }\n}\n", 3),
        ("a.cpp", "int a;\ntemplate <class T>\nT f(T x) {\n  return x;\n}\n", 3),
        ("a.c", "int a;\nstatic int *f(int x) {\n  return 0;\n}\n", 2),
        ("a.rb", "class A\n  def f\n    1\n  end\nend\n", 2),
        ("A.cs", "class A {\n  [Test]\n  int F() {\n    return 1;\n  }\n}\n", 3),
        ("a.sh", "a=1\nf() {\n  echo 1\n}\n", 2),
        ("a.php", "<?php\nfunction f() {\n  return 1;\n}\n", 2),
    ],
)
def test_the_function_is_found_in_every_language(path: str, content: str, line: int) -> None:
    lines = region(path, content, line).split("\n")
    indent = content.split("\n")[1][: -len(content.split("\n")[1].lstrip()) or None]
    assert lines[0] == content.split("\n")[1]
    assert lines[-1].strip() in ("}", "};", "end")
    assert lines[-1].startswith(indent if indent.isspace() else "")


def test_without_a_grammar_the_region_is_a_window_cut_at_blank_lines() -> None:
    content = "\n".join("" if n % 15 == 0 else f".c{n} {{}}" for n in range(100))
    span = TreeSitterSyntax().enclosing(snap("a.css", content), Span(50, 51))
    assert span == Span(31, 60)


@pytest.mark.parametrize("path", ["a.py", "a.css"])
def test_an_empty_file_has_an_empty_region(path: str) -> None:
    assert TreeSitterSyntax().enclosing(snap(path, ""), Span(0, 0)) == Span(0, 0)


def test_lines_beyond_the_end_are_taken_for_the_last() -> None:
    assert region("a.py", "def f():\n    return 1\n", 9) == "def f():\n    return 1"


@pytest.mark.parametrize(
    ("path", "content", "count"),
    [
        ("a.py", "def f():\n    return 1\n", 0),
        ("a.py", "def f(:\n    return 1\n", 1),
        ("a.py", "def f():\n    # TODO\n", 1),
        ("a.py", "def f():\n    a = 1\n\treturn a\n", 1),
        ("a.py", "def f():\n\treturn 1\n", 0),
        ("a.js", "f(1;\n", 1),
        ("a.cpp", "struct A { A(int a, std::vector<int> all = {}, B b = {1, 2}); };\n", 0),
        ("a.cpp", "void f(const Names& more = {}) { g(1; }\n", 1),
        ("a.css", "a {{{", None),
        ("README", "words", None),
    ],
)
def test_syntax_errors_are_counted(path: str, content: str, count: int | None) -> None:
    assert TreeSitterSyntax().errors(path, content) == count


def test_every_grammar_loads_and_takes_a_damaged_file() -> None:
    syntax = TreeSitterSyntax()
    extensions = ("py", "js", "ts", "tsx", "c", "cpp", "rs", "go", "java", "rb", "cs", "sh", "php")
    for extension in extensions:
        errors = syntax.errors(f"a.{extension}", "<?php\n class {{ ( \u00e9 = ; }")
        assert errors is not None
        assert errors > 0


def test_the_right_function_is_found_in_a_file_of_5000_lines() -> None:
    content = "".join(f"def f{n}(a, b):\n    x = a + b\n    return x\n\n\n" for n in range(1000))
    assert region("a.py", content, 2501) == "def f500(a, b):\n    x = a + b\n    return x"


@pytest.mark.parametrize(
    ("path", "content", "names"),
    [
        (
            "a.py",
            "@cached\nclass Box:\n    def open(self):\n        pass\n\ndef run():\n    pass\n",
            [("Box", Span(0, 4)), ("open", Span(2, 4)), ("run", Span(5, 7))],
        ),
        (
            "a.ts",
            "export class Box {\n  open() {}\n}\nconst run = () => 1;\n",
            [("Box", Span(0, 3)), ("open", Span(1, 2)), ("run", Span(3, 4))],
        ),
        (
            "a.c",
            "struct box { int x; };\nint *run(void) { return 0; }\n",
            [("box", Span(0, 1)), ("run", Span(1, 2))],
        ),
        ("a.unknown", "def run(): pass\n", []),
    ],
)
def test_symbols_are_functions_and_classes_by_name(
    path: str, content: str, names: list[tuple[str, Span]]
) -> None:
    snapshot = snapshot_of(path, SourceText(content))
    found = TreeSitterSyntax().symbols(snapshot)
    assert [(symbol.name, symbol.lines) for symbol in found] == names
    assert all(symbol.path == path for symbol in found)
