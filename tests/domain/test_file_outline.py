"""A file's imports and signatures, and short forms of what it defines."""

import pytest

from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.file_outline import (
    brief,
    import_lines,
    names_in,
    outline,
    signature,
    words_in,
)
from spark_desktop.domain.text import decode, split_lines
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.workspace import snapshot_of

PYTHON = '''\
"""Shapes."""

import math
from typing import (
    Protocol,
)

SIDES = 4


@dataclass
class Square(Shape):
    """A square."""

    side: float

    @property
    def area(self) -> float:  # make it faster AI!
        """Return the area.

        In the unit of the side.
        """
        if self.side < 0:
            raise ValueError("negative")
        total = self.side * self.side
        return total


def scaled(
    shape: Shape,
    by: float = 1.0,
) -> Shape:
    def inner():
        return by

    return shape


def short(x): return x
'''


def outlined(path: str, text: str) -> tuple[str, ...]:
    snapshot = snapshot_of(path, decode(text.encode()))
    return outline(split_lines(text), TreeSitterSyntax().symbols(snapshot))


@pytest.mark.parametrize(
    ("text", "imports"),
    [
        (PYTHON, ("import math", "from typing import (", "    Protocol,", ")")),
        ('import { a,\n  b } from "./x";\nlet y = 1;\n', ("import { a,", '  b } from "./x";')),
        ('const fs = require("fs");\n', ('const fs = require("fs");',)),
        (
            'package main\n\nimport (\n\t"fmt"\n)\nfunc f() {}\n',
            ("import (", '\t"fmt"', ")"),
        ),
        ("use std::io;\nfn used() {}\n", ("use std::io;",)),
        ('#include <vector>\n# include "a.h"\n', ("#include <vector>", '# include "a.h"')),
        ("important = 1\nused = 2\n", ()),
        ("def f():\n    import os\n", ()),
    ],
)
def test_the_statements_that_import_something_are_found(text, imports):
    assert import_lines(split_lines(text)) == imports


def test_a_file_of_imports_shows_whole_statements_only():
    many = "".join(f"import m{number}\n" for number in range(59)) + "from x import (\n a,\n)\n"
    found = import_lines(split_lines(many))
    assert len(found) == 59
    assert found[-1] == "import m58"


def test_an_outline_has_the_signatures_without_decorators_bodies_and_inner_functions():
    assert outlined("shapes.py", PYTHON) == (
        "class Square(Shape):",
        "    def area(self) -> float:",
        "def scaled(",
        "    shape: Shape,",
        "    by: float = 1.0,",
        ") -> Shape:",
        "def short(x): return x",
    )


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        (
            "a.ts",
            "export class Box {\n  open(key: { id: number }): void {\n    go();\n  }\n}\n"
            "const half = (x: number) => {\n  return x / 2;\n};\n",
            (
                "export class Box",
                "  open(key: { id: number }): void",
                "const half = (x: number) =>",
            ),
        ),
        (
            "a.go",
            "type Box struct {\n\tSize int\n}\n\nfunc (b *Box) Grow(by int) error {\n}\n",
            ("func (b *Box) Grow(by int) error",),
        ),
        (
            "a.rs",
            "#[derive(Debug)]\npub struct P {\n    x: i32,\n}\n\nimpl P {\n"
            "    pub fn len(&self) -> i32 {\n        self.x\n    }\n}\n",
            ("pub struct P", "    pub fn len(&self) -> i32"),
        ),
        (
            "a.cpp",
            "template <class T>\nclass V {\n public:\n  int size() const { return n; }\n};\n"
            "int half(int x) {\n  return x / 2;\n}\n",
            ("class V", "  int size() const", "int half(int x)"),
        ),
    ],
)
def test_an_outline_of_other_languages_ends_each_signature_before_its_body(path, text, told):
    assert outlined(path, text) == told


def test_a_short_definition_is_shown_whole_without_its_indent():
    text = "class A:\n    def two(self):\n        # say it AI!\n        return 2\n"
    assert brief(split_lines(text), Span(1, 4)) == "def two(self):\n\n    return 2"


def test_a_long_definition_is_its_signature_and_what_it_says_of_itself():
    lines = split_lines(PYTHON)
    start = lines.index("    @property\n")
    end = lines.index("        return total\n") + 1
    assert brief(lines, Span(start, end)) == (
        'def area(self) -> float:\n    """Return the area."""'
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            'class Box(Base):\n    """A box.\n\n    Of wood.\n    """\n\n    side: float = 1.0\n'
            "    names: tuple[str, ...]\n\n    def __init__(self, side: float) -> None:\n"
            "        total: int = 3\n        self.side = side\n",
            'class Box(Base):\n    """A box."""\n    side: float = 1.0\n'
            "    names: tuple[str, ...]\n"
            "    def __init__(self, side: float) -> None:",
        ),
        (
            "export class Box {\n  readonly side: number;\n  name?: string;\n\n"
            "  constructor(side: number) {\n    this.side = side;\n  }\n\n"
            "  half(): number {\n    return 1;\n  }\n}\n",
            "export class Box\n  readonly side: number;\n  name?: string;\n"
            "  constructor(side: number)",
        ),
    ],
)
def test_a_long_class_is_told_with_its_fields_and_how_it_is_made(text, told):
    lines = split_lines(text)
    assert brief(lines, Span(0, len(lines))) == told


def test_a_long_function_elsewhere_is_told_with_the_comment_above_it():
    body = "".join(f"\tx += {number}\n" for number in range(9))
    lines = split_lines(f"// Sum adds.\nfunc Sum(x int) int {{\n{body}\treturn x\n}}\n")
    assert brief(lines, Span(1, len(lines))) == "// Sum adds.\nfunc Sum(x int) int"


def test_a_signature_without_an_end_is_cut_after_whole_lines():
    lines = [f"def f({'a, ' * 3}\n", *(["    b,\n"] * 20)]
    assert len(signature(lines, Span(0, len(lines)))) == 8


def test_names_are_those_of_the_code_the_most_used_first():
    text = 'total = mean(values) + mean(x.width)  # as in stats\nprint("nothing", values)\n'
    names = names_in(text)
    assert list(names)[:2] == ["mean", "values"]
    assert names == {"mean": False, "values": False, "total": False, "width": True}


def test_words_of_an_instruction_are_names_where_they_look_like_names():
    said = "use load_config() and parseLine like `Reader` does, and mean(x) in python_2"
    assert set(words_in(said)) == {"load_config", "parseLine", "Reader", "mean", "python_2"}
