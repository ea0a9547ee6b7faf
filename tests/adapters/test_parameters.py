"""What a function's body leaves out."""

import pytest

from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.symbols import Oversights
from spark_desktop.domain.trigger import Span

FILES = {
    "a.py": "def f(self, a, b: int, c=1, *d, e: str = '', **g):\n    return [a, c, f'{e}', g]\n",
    "a.ts": "function f(a: number, b?: string, { c, d }: T, ...e: X[]) { return [a, c, d, e]; }\n",
    "a.go": "package a\n\nfunc F(a, b int, c string) int {\n\treturn a + len(c)\n}\n",
    "a.rs": "impl A {\n    fn f(&self, a: i32, b: &str) -> i32 {\n        a\n    }\n}\n",
    "a.cpp": "int f(int a, const std::string& b, int* c) { return a + *c; }\n",
}


def oversights(path, text):
    return TreeSitterSyntax().oversights(path, text, Span(0, text.count("\n") + 1))


@pytest.mark.parametrize("path", FILES)
def test_parameters_that_the_body_never_names_are_told(path):
    expected = ("b", "d") if path == "a.py" else ("b",)
    assert oversights(path, FILES[path]) == Oversights(expected)


@pytest.mark.parametrize(
    ("path", "text", "unused"),
    [
        ("a.ts", "function f({ a: b, c = D, ...e }: T) {\n  return [e];\n}\n", ("b",)),
        ("a.ts", "const f = ({ as: Tag = 'div' }: any) => {\n  return Tag;\n};\n", ()),
        ("a.js", "function f([a, [b]] = C, { d: { e } }) {\n  return a + e;\n}\n", ("b",)),
        ("a.rs", "fn f(P { x: a, y }: P, Some(b): O) -> i32 {\n    a + y\n}\n", ("b",)),
        ("a.cpp", "int f(int (*g)(int), const int a[3]) {\n  return a[0];\n}\n", ("g",)),
    ],
)
def test_of_a_pattern_the_names_count_that_it_binds(path, text, unused):
    assert oversights(path, text).unused == unused


def test_names_that_say_so_may_stay_unused():
    assert oversights("a.py", "def f(cls, _event):\n    return 1\n") == Oversights()


USED = {
    "in a text that is filled": ("a.rs", 'fn f(a: &str) -> String {\n    format!("{a:?}!")\n}\n'),
    "by a member": ("a.cpp", "struct A {\n  A(int a, int b) : a_(a), b_{b} {}\n};\n"),
    "as a property": ("a.ts", "class A {\n  constructor(private readonly a: B) {}\n}\n"),
    "by a default": ("a.ts", "function f(a: number, b = a) {\n  return b;\n}\n"),
    "all at once": ("a.py", "def f(a, b):\n    return '{a} {b}'.format(**locals())\n"),
    "by a protocol": ("a.py", "class A(Protocol):\n    def f(self, a: int) -> int: ...\n"),
    "by heirs": ("a.py", "class A:\n    @abstractmethod\n    def f(self, a): ...\n"),
    "by Python": ("a.py", "class A:\n    def __exit__(self, kind, e, tb):\n        self.end()\n"),
    "by a server": (
        "a.go",
        "package a\n\nfunc F(w http.ResponseWriter, r *http.Request) {\n\tw.WriteHeader(200)\n}\n",
    ),
    "by a framework": ("a.js", "function f(req, res) {\n  res.json(1);\n}\n"),
}


@pytest.mark.parametrize("case", USED)
def test_what_is_used_or_prescribed_elsewhere_is_no_oversight(case):
    assert oversights(*USED[case]) == Oversights()


def test_braces_that_rust_writes_out_are_no_use():
    text = 'fn f(a: &str) -> String {\n    format!("{{a}}")\n}\n'
    assert oversights("a.rs", text) == Oversights(("a",))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "class A:\n    def f(self, a):\n        return f(a)\n"),
        ("a.ts", "class A {\n  f(a) {\n    return f(a);\n  }\n}\n"),
        ("a.go", "package a\n\nfunc (x X) f(a int) int {\n\treturn f(a)\n}\n"),
        ("a.cpp", "int f(int a) {\n  return f(a, 0);\n}\n"),
    ],
)
def test_another_function_of_that_name_may_do_the_work(path, text):
    assert oversights(path, text) == Oversights()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "def f(a):\n    '''Say.'''\n    return f(a)\n"),
        ("a.ts", "function f(a) {\n  return f(a);\n}\n"),
        ("a.go", "package a\n\nfunc f(a int) int {\n\treturn f(a)\n}\n"),
        ("a.rs", "fn f(a: i32) -> i32 {\n    f(a)\n}\n"),
        ("a.cpp", "int f(int a) {\n  return f(a);\n}\n"),
    ],
)
def test_a_function_that_only_calls_itself_is_told(path, text):
    assert oversights(path, text) == Oversights((), only_calls_itself=True)


def test_recursion_with_an_end_is_none():
    text = "def f(a):\n    if not a:\n        return 0\n    return f(a - 1)\n"
    assert oversights("a.py", text) == Oversights()


def test_without_a_function_there_is_nothing_to_tell():
    assert oversights("a.py", "x = 1\n") is None
    assert oversights("a.txt", "x") is None


BRANCHES = {
    "a.py": "def f(a):\n    if a > 7:\n        return a * 2\n    else:\n        return a * 2\n",
    "a.ts": "function f(a: number) {\n  if (a > 7) { return a; } else {\n    return a;\n  }\n}\n",
    "a.go": (
        "package a\n\nfunc f(a int) int {\n\tif a > 7 {\n\t\treturn a\n\t} else {\n"
        "\t\treturn a\n\t}\n}\n"
    ),
    "a.rs": "fn f(a: u8) -> u8 {\n    if a > 7 { a } else { a }\n}\n",
    "a.cpp": "int f(int a) {\n    if (a > 7)\n        return a;\n    else\n        return a;\n}\n",
}


@pytest.mark.parametrize("path", BRANCHES)
def test_a_choice_between_the_same_is_told_by_its_line(path):
    assert "a > 7" in oversights(path, BRANCHES[path]).same_branches


def test_branches_that_differ_are_none():
    text = BRANCHES["a.py"]
    assert oversights("a.py", text[: text.rindex("2")] + "3\n").same_branches == ""
    assert oversights("a.py", text.partition("    else")[0]).same_branches == ""
