"""What is a stub and what is empty on purpose."""

import pytest

from spark_desktop.adapters.languages import Parsing
from spark_desktop.adapters.stubs import stubs_in
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import Span, Stub
from spark_desktop.domain.workspace import snapshot_of


def found(path: str, content: str) -> list[Stub]:
    parsed = Parsing().parse(path, content)
    assert parsed is not None
    return stubs_in(snapshot_of(path, SourceText(content)), parsed)


@pytest.mark.parametrize(
    ("content", "lines", "body"),
    [
        ("def f():\n    pass\n", (0, 2), (1, 2)),
        ("def f():\n    ...\n", (0, 2), (1, 2)),
        ("def f(): ...\n", (0, 1), (0, 0)),
        ("@cache\ndef f(): pass\n", (0, 2), (1, 1)),
        ("def f(\n    a,\n): ...\n", (0, 3), (2, 2)),
        ("def f():\n    pass  # TODO\n", (0, 2), (1, 2)),
        ("async def f():\n    raise NotImplementedError\n", (0, 2), (1, 2)),
        ("def f():\n    raise NotImplementedError('soon')\n", (0, 2), (1, 2)),
        ("@cache\ndef f():\n    pass\n", (0, 3), (2, 3)),
        ('def f():\n    """Say.\n\n    More.\n    """\n    pass\n', (0, 6), (5, 6)),
        ("def f(\n    a,\n    b,\n) -> int:\n    pass\n", (0, 5), (4, 5)),
        ("def f():\n    # TODO: add them\n", (0, 2), (1, 2)),
        ("def f():\n    # TODO: add them\n    # one by one\n    pass\n", (0, 4), (1, 4)),
        ('def f():\n    """Say."""\n    # TODO\n\n\nx = 1\n', (0, 3), (2, 3)),
        ("class A:\n    def f(self):\n        pass\n", (1, 3), (2, 3)),
        ('def f(a) -> str:\n    """Say."""\n', (0, 2), (2, 2)),
        ('def f() -> list[int]:\n    """Say.\n\n    More.\n    """\n\n\nx = 1\n', (0, 5), (5, 5)),
        ('class A:\n    def f(self) -> int:\n        """Say."""\n', (1, 3), (3, 3)),
    ],
)
def test_python_stubs(content: str, lines: tuple[int, int], body: tuple[int, int]) -> None:
    (stub,) = found("a.py", content)
    assert (stub.name, stub.lines, stub.body) == ("f", Span(*lines), Span(*body))


@pytest.mark.parametrize(
    "content",
    [
        "def f():\n    return 1\n",
        "def f():\n    x = 1\n    pass\n",
        'def f():\n    """Does nothing, as it should."""\n',
        "def f():\n    # nothing to close here\n    pass\n",
        "class A(ABC):\n    @abstractmethod\n    def f(self):\n        ...\n",
        "class A(Protocol):\n    def f(self) -> int: ...\n",
        "class A(typing.Protocol[T]):\n    @property\n    def f(self) -> int: ...\n",
        "@overload\ndef f(a: int) -> int: ...\n",
        "class Error(Exception):\n    pass\n",
        "def f():\n    raise ValueError\n",
        'def f() -> None:\n    """Do nothing."""\n',
        'def f() -> str | None:\n    """Say nothing."""\n',
        'class A(ABC):\n    def f(self) -> str:\n        """Say."""\n',
        'class A(Protocol):\n    def f(self) -> str:\n        """Say."""\n',
        'class A:\n    @abstractmethod\n    def f(self) -> str:\n        """Say."""\n',
    ],
)
def test_python_that_is_empty_on_purpose_is_no_stub(content: str) -> None:
    assert found("a.py", content) == []


def test_a_file_of_declarations_has_no_stubs() -> None:
    assert found("a.pyi", "def f(): ...\n") == []


@pytest.mark.parametrize(
    ("path", "content", "body"),
    [
        ("a.js", "function f(a) {\n  throw new Error('not implemented');\n}\n", (1, 2)),
        ("a.js", "const f = (a) => {\n  // TODO sort\n};\n", (1, 2)),
        ("a.ts", "class A {\n  f(): number {\n    throw new Error('TODO');\n  }\n}\n", (2, 3)),
        ("a.c", "int f(int a) {\n  /* TODO */\n}\n", (1, 2)),
        ("a.cpp", 'int f() {\n  throw std::logic_error("not implemented");\n}\n', (1, 2)),
        ("a.rs", "fn f() -> i32 {\n    todo!()\n}\n", (1, 2)),
        ("a.rs", 'fn f() {\n    unimplemented!("soon");\n}\n', (1, 2)),
        ("a.go", 'package m\n\nfunc f() int {\n\tpanic("not implemented")\n}\n', (3, 4)),
        *(
            ("a.go", f"package m\n\nfunc f() (int, error) {{\n\t{body}\n}}\n", (3, 4))
            for body in (
                'return nil, errors.New("not implemented")',
                'return Note{}, errors.New("notes: not yet implemented")',
                'return 0, fmt.Errorf("f: %w", errors.New("TODO"))',
                'return fmt.Errorf("f(%d) is not written yet", n)',
            )
        ),
        *(
            ("a.rs", f"fn f() -> Result<u8, E> {{\n    {body}\n}}\n", (1, 2))
            for body in (
                'Err("not implemented".into())',
                'return Err(String::from("not yet implemented"));',
                'Err(anyhow!("todo"))',
                'Err(E::Other(format!("unimplemented")))',
            )
        ),
        (
            "a.ts",
            "function f() {\n  return Promise.reject(new Error('not implemented'));\n}\n",
            (1, 2),
        ),
        ("A.java", "class A {\n  int f() {\n    // TODO\n    // sort\n  }\n}\n", (2, 4)),
        (
            "A.java",
            'class A {\n  int f() {\n throw new RuntimeException("Not implemented");\n }\n}\n',
            (2, 3),
        ),
        ("a.rb", "def f\n  raise NotImplementedError\nend\n", (1, 2)),
        ("a.rb", "def f(a)\n  # TODO: sort\nend\n", (1, 2)),
        ("A.cs", "class A {\n int f() {\n  throw new NotImplementedException();\n }\n}\n", (2, 3)),
        ("A.cs", "class A {\n int f() => throw new NotImplementedException();\n}\n", (1, 1)),
        ("a.js", "function f() { // TODO\n}\n", (0, 0)),
        ("a.js", "function f() {\n  // TODO\n  throw new Error('todo'); }\n", (1, 1)),
        ("a.sh", "f() {\n  # TODO\n  :\n}\n", (1, 3)),
        ("a.php", "<?php\nfunction f() {\n throw new Exception('not implemented');\n}\n", (2, 3)),
        ("a.php", "<?php\nfunction f() {\n  // TODO\n}\n", (2, 3)),
    ],
)
def test_stubs_of_languages_with_braces(path: str, content: str, body: tuple[int, int]) -> None:
    (stub,) = found(path, content)
    assert (stub.name, stub.body) == ("f", Span(*body))


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("a.js", "function f() {}\n"),
        ("a.js", "function f() { /* nothing to do */ }\n"),
        ("a.js", "function f() { throw new Error('no such file'); }\n"),
        ("a.js", "on('x', () => { /* TODO */ });\n"),
        ("a.js", "function f() { a(); throw new Error('not implemented'); }\n"),
        ("A.java", "abstract class A { abstract int f(); }\n"),
        ("a.rs", "trait T { fn f(&self) -> i32; }\n"),
        ("a.rb", "def f\nend\n"),
        ("a.go", 'package m\nfunc f() { panic("no memory") }\n'),
        ("a.go", 'package m\nfunc f() error { return errors.New("no memory") }\n'),
        ("a.go", 'package m\nfunc f() string { return "not implemented" }\n'),
        ("a.go", "package m\nfunc f() int { return http.StatusNotImplemented }\n"),
        ("a.go", 'package m\nfunc f() error { return send(errors.New("not implemented")) }\n'),
        ("a.rs", 'fn f() -> Result<u8, E> {\n    Err(E::Missing("a".into()))\n}\n'),
    ],
)
def test_an_empty_or_written_body_is_no_stub(path: str, content: str) -> None:
    assert found(path, content) == []


@pytest.mark.parametrize(
    ("path", "text", "is_stub"),
    [
        (
            "a.go",
            "package a\n\nfunc F() (int, error) {\n\t// TODO: write this\n\treturn 0, nil\n}\n",
            True,
        ),
        ("a.go", "package a\n\nfunc F() error {\n\t// TODO: cache it\n\treturn nil\n}\n", False),
        ("a.go", "package a\n\nfunc F() error {\n\treturn nil\n}\n", False),
        ("a.py", "def f():\n    # TODO implement\n    return None\n", True),
        ("a.py", "def f():\n    # TODO\n    return []\n", True),
        ("a.py", "def f():\n    # TODO: ask the server\n    return []\n", False),
        ("a.ts", "function f() {\n  // TODO: to be written\n  return null;\n}\n", True),
        ("a.cpp", "int f() {\n    // FIXME: implement\n    return 0;\n}\n", True),
        ("a.rs", "fn f() -> u8 {\n    // TODO: write me\n    0\n}\n", True),
        ("a.rs", "fn f() -> u8 {\n    // TODO: write me\n    g()\n}\n", False),
        ("a.go", 'package a\n\nfunc F() int {\n\tpanic("not written yet")\n}\n', True),
        ("a.ts", 'function f() {\n  throw new Error("not yet written");\n}\n', True),
    ],
)
def test_a_body_that_only_compiles_is_a_stub_where_a_comment_says_so(path, text, is_stub):
    assert bool(found(path, text)) is is_stub
