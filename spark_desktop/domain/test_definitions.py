"""The tests that a file holds, by how its language marks them. Pure."""

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from spark_desktop.domain.python_function import Function, lines_with, tree_of
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text import split_lines

_PYTHON = frozenset({".py", ".pyi", ".pyw"})
_TITLE = r"(?P<quote>[\"'`])(?P<name>.*?)(?P=quote)"
_SCRIPTS = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
_SCRIPT = (
    rf"\s*(?:await\s+)?(?:(?:Deno|QUnit|suite|t)\.)?(?:[fx]?it|x?test|specify)\b(?:\.\w+)*\s*\(\s*{_TITLE}",
    # The title stands in another line: "test.each([".
    r"(?P<name>\s*(?:[fx]?it|x?test|specify)\b(?:\.\w+)*\s*[(`].*)",
)
_C = (
    r"\s*(?:TEST|TEST_F|TEST_P|TYPED_TEST|TYPED_TEST_P|TEST_CASE|TEST_CASE_METHOD|TEMPLATE_TEST_CASE"
    r"|SCENARIO|TEST_METHOD|FUZZ_TEST|BOOST_AUTO_TEST_CASE|BOOST_FIXTURE_TEST_CASE"
    r"|BOOST_DATA_TEST_CASE)\s*\((?P<name>[^)]*)",
    r"\s*(?:(?:static|inline)\s+)*(?:void|int|bool|auto)\s+(?P<name>[Tt]est\w*|\w+_tests?)\s*\([^;]*$",
)
_METHOD = (
    r"\s*(?:@\w+(?:\([^)]*\))?\s+|\[[^\]]*\]\s*)*(?:(?:public|protected|private|internal|static|final"
    r"|async|override|virtual)\s+)*[\w<>\[\],.?]+\s+(?P<name>{name})\s*\((?!.*;\s*$)"
)
_PHP = r"\s*(?:(?:public|final|static)\s+)*function\s+(?P<name>{name})\s*\("
# A line that defines a test, by the ending of the file.
_HEADS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_SCRIPTS, _SCRIPT),
    **dict.fromkeys((".cpp", ".cc", ".cxx", ".c++", ".c", ".hpp", ".hh", ".hxx", ".h"), _C),
    ".go": (
        r"func\s+(?:\([^)]*\)\s*)?(?P<name>(?:Test|Fuzz|Example|Benchmark)(?:[A-Z_]\w*)?)\s*\(",
    ),
    ".rs": (),
    ".java": (_METHOD.format(name=r"test\w*"),),
    ".cs": (),
    ".php": (_PHP.format(name=r"test\w*"), rf"\s*(?:it|test)\s*\(\s*{_TITLE}"),
    ".rb": (
        r"\s*def\s+(?P<name>test_\w+)",
        rf"\s*(?:it|test|specify|example|scenario)\s*\(?\s*{_TITLE}",
    ),
}
# A line that defines one where a mark says so, in front of it or in the lines above.
_MARKED = {
    ".rs": (
        r"\s*(?:#\[[^\n]*\]\s*)?(?:pub(?:\([^)]*\))?\s+)?(?:(?:async|unsafe|const)\s+)*fn\s+(?P<name>\w+)",
        r"#\[(?:\w+::)*(?:test|rstest|test_case|case|quickcheck|wasm_bindgen_test)\b",
    ),
    ".java": (
        _METHOD.format(name=r"\w+"),
        r"@(?:\w+\.)*(?:Test|ParameterizedTest|RepeatedTest|TestFactory|Property)\b",
    ),
    ".cs": (
        _METHOD.format(name=r"\w+"),
        r"\[(?:\w+\.)*(?:Test|TestCase|TestCaseSource|Fact|Theory|TestMethod|DataTestMethod)\b",
    ),
    ".php": (_PHP.format(name=r"\w+"), r"#\[(?:\w+\\)*Test\b|\*\s*@test\b"),
}
# What may stand between a mark and what it marks.
_ABOVE = regex(r"\s*(?:#\[|@|\[|//|/?\*)")
_CLOSES = ("}", ")", "]", "{", "end")
_OPENS = ("{", "(", "[", "=>", "->")


@dataclass(frozen=True, slots=True)
class Case:
    """One test.

    ``name`` is how its file has it. ``marks`` are the decorators, attributes and comments above
    it and ``lines`` its own, both stripped and without empty ones. ``text`` is all that may say
    what it is about: those, and what it stands in.
    """

    name: str
    marks: tuple[str, ...]
    lines: tuple[str, ...]
    text: str


def is_script(path: str) -> bool:
    """Return whether a file is one of JavaScript or TypeScript, by its ending."""
    return path.lower().endswith(_SCRIPTS)


def cases_in(path: str, content: str) -> tuple[Case, ...] | None:
    """Return the tests that would run: of Python, of those of one name, the last.

    None in a language whose tests are not known, and of Python that cannot be read.
    """
    kind = PurePosixPath(path).suffix.lower()
    if kind in _PYTHON:
        return _of_python(content)
    if kind not in _HEADS:
        return None
    return _by_lines(kind, [line.rstrip() for line in split_lines(content)])


def _of_python(content: str) -> tuple[Case, ...] | None:
    tree = tree_of(content)
    if tree is None:
        return None
    lines = split_lines(content)
    found: list[Case] = []
    scopes: list[tuple[str, Sequence[ast.stmt]]] = [("", tree.body)]
    while scopes:
        around, body = scopes.pop()
        for name, node in _defined(body).items():
            if isinstance(node, ast.ClassDef):
                scopes.append((f"{around}{name}.", node.body))
            elif name.startswith("test") and not _is_fixture(node):
                place = lines_with(node)
                marks, own = (
                    lines[place.start : node.lineno - 1],
                    lines[node.lineno - 1 : place.stop],
                )
                text = f"{around}{name}\n{''.join((*marks, *own))}"
                found.append(Case(f"{around}{name}", _stripped(marks), _stripped(own), text))
    return tuple(found)


def _defined(body: Iterable[ast.stmt]) -> dict[str, Function | ast.ClassDef]:
    """Return what a scope defines, also within an if or a try; the last of a name is what stays."""
    found: list[Function | ast.ClassDef] = []
    left: list[ast.AST] = list(body)
    while left:
        node = left.pop()
        if isinstance(node, Function | ast.ClassDef):
            found.append(node)
        elif isinstance(node, ast.stmt | ast.ExceptHandler):
            left += ast.iter_child_nodes(node)
    return {one.name: one for one in sorted(found, key=lambda one: one.lineno)}


def _is_fixture(function: Function) -> bool:
    names = [node for one in function.decorator_list for node in ast.walk(one)]
    return any(
        (isinstance(one, ast.Name) and one.id == "fixture")
        or (isinstance(one, ast.Attribute) and one.attr == "fixture")
        for one in names
    )


def _by_lines(kind: str, lines: Sequence[str]) -> tuple[Case, ...]:
    heads = [re.compile(one) for one in _HEADS[kind]]
    marked = _MARKED.get(kind)
    named, mark = (None, None) if marked is None else tuple(map(re.compile, marked))
    starts: list[tuple[int, int, str, str]] = []
    above: list[tuple[int, str]] = []
    for row, line in enumerate(lines):
        if not line:
            continue
        while above and above[-1][0] >= _width(line):
            above.pop()
        head = next((found for one in heads if (found := one.match(line)) is not None), None)
        start = row
        if head is None and named is not None and mark is not None:
            head = named.match(line)
            start = -1 if head is None else _first_mark(lines, row, head.start("name"), mark)
        if head is not None and start >= 0:
            around = "\n".join(one for _, one in above)
            starts.append((start, row, head["name"].strip(), around))
        above.append((_width(line), line))
    ends = [*(start for start, *_ in starts), len(lines)][1:]
    return tuple(
        Case(
            name,
            _stripped(lines[start:row]),
            _stripped(lines[row : _end(lines, row)]),
            "\n".join((around, *lines[start:until])),
        )
        for (start, row, name, around), until in zip(starts, ends, strict=True)
    )


def _first_mark(lines: Sequence[str], row: int, column: int, mark: re.Pattern[str]) -> int:
    """Return the first line of what stands above a definition; -1 where nothing marks a test."""
    is_marked = mark.search(lines[row], 0, column) is not None
    start = row
    while start > 0 and _ABOVE.match(lines[start - 1]):
        start -= 1
        is_marked = is_marked or mark.search(lines[start]) is not None
    return start if is_marked else -1


def _end(lines: Sequence[str], row: int) -> int:
    """Return the line behind a definition, by its indent and what closes it."""
    head = lines[row]
    if head.count("{") == head.count("}") > 0:
        return row + 1
    for end in range(row + 1, len(lines)):
        line = lines[end]
        if not line or _width(line) > _width(head):
            continue
        if _width(line) < _width(head) or not line.lstrip().startswith(_CLOSES):
            return end
        following = lines[end + 1].lstrip() if end + 1 < len(lines) else ""
        if not line.endswith(_OPENS) and not following.startswith("{"):
            return end + 1
    return len(lines)


def _width(line: str) -> int:
    return len(line) - len(line.lstrip())


def _stripped(lines: Iterable[str]) -> tuple[str, ...]:
    # A row that another one follows has a comma.
    return tuple(text for line in lines if (text := line.strip().removesuffix(",")))
