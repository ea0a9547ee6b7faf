"""Which functions a change is about, and which tests speak of them. By names; pure."""

import ast
import re
from collections.abc import Collection, Iterable
from difflib import SequenceMatcher

from spark_desktop.domain.python_function import tree_of
from spark_desktop.domain.regex import regex

_DEFINITION = regex(
    r"(?P<indent>\s*)(?:[\w.<>\[\]&*,:()]+\s+)*?"
    r"(?:def|func|fn|function|class)\s+(?:\([^)]*\)\s*)?(?P<name>[A-Za-z_]\w*)"
)
# A function or method whose line has no such word: "int area(int a) {", "area(a: number) {".
_HEAD = regex(r"(?P<indent>\s*)(?:[\w<>\[\]&*:,~]+\s+)*[*&]?(?P<name>[A-Za-z_]\w*)\s*\([^;]*\{\s*$")
_KEYWORDS = frozenset({"if", "for", "while", "switch", "catch", "match", "return", "else"})
_COMMENT = regex(r"\s*(?://|/\*|\*|#(?!\s*(?:include|define|if|pragma|!\[|\[)))")
# Lines of a test's source that are looked through.
_MOST_LINES = 60


def changed_names(path: str, before: str, after: str) -> frozenset[str]:
    """Return the names of the functions whose code is another one now; documentation is none."""
    if path.endswith((".py", ".pyi")):
        old, new = _functions(before), _functions(after)
        if old is not None and new is not None:
            return frozenset(name for name, code in new.items() if old.get(name) != code)
    return _by_lines(before.splitlines(), after.splitlines())


def speaking_of(
    names: Collection[str], tests: Iterable[str], sources: Iterable[str]
) -> frozenset[str]:
    """Return those of the ``tests``, as their runner names them, whose source calls a name."""
    texts = [source.splitlines() for source in sources]
    called = [re.compile(rf"(?<!\w){re.escape(name)}\s*\(") for name in names]
    found = set()
    for test in tests:
        lines = next((block for text in texts if (block := _source(test, text))), [])
        if any(one.search("\n".join(lines[1:])) for one in called):
            found.add(test)
    return frozenset(found)


def _source(test: str, lines: list[str]) -> list[str]:
    """Return the lines of a test; its name may stand behind a path, before a parameter."""
    name = re.split(r"[\[( ]", test, maxsplit=1)[0]
    name = re.split(r"::|\.|/|>", name)[-1].strip()
    if not name.isidentifier():
        return []
    begins = re.compile(rf"(?P<indent>\s*).*\b(?:def|func|fn|function|void)\s+{name}\b")
    for number, line in enumerate(lines):
        if (head := begins.match(line)) is not None:
            width = len(head["indent"])
            end = number + 1
            while end < min(len(lines), number + _MOST_LINES) and _is_inner(lines[end], width):
                end += 1
            return lines[number:end]
    return []


def _is_inner(line: str, width: int) -> bool:
    return not line.strip() or len(line) - len(line.lstrip()) > width


def _functions(text: str) -> dict[str, str] | None:
    """Return the code of each function by its name, without docstrings and annotations."""
    tree = tree_of(text)
    if tree is None:
        return None
    found: dict[str, str] = {}
    try:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found[node.name] = found.get(node.name, "") + _code(node)
    except RecursionError:
        return None  # somebody generated it
    return found


def _code(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    given = node.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    defaults = [*given.defaults, *(one for one in given.kw_defaults if one is not None)]
    return ast.dump(
        ast.Module([ast.Expr(one) for one in defaults] + list(body), []),
    ) + repr([one.arg for one in named])


def _by_lines(old: list[str], new: list[str]) -> frozenset[str]:
    found = set()
    for tag, _, _, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        rows = [row for row in range(start, end) if new[row].strip()]
        code = [row for row in rows if not _COMMENT.match(new[row])]
        # What was taken away counts where it stood.
        for row in code or ([] if rows else [start]):
            if name := _around(new, row):
                found.add(name)
    return frozenset(found)


def _around(lines: list[str], row: int) -> str:
    """Return the name of the innermost definition around a line, "" for none."""
    row = min(row, len(lines) - 1)
    if row < 0:
        return ""
    width = len(lines[row]) - len(lines[row].lstrip()) + 1
    for number in range(row, -1, -1):
        line = lines[number]
        head = _DEFINITION.match(line) or _HEAD.match(line)
        if head is None or head["name"] in _KEYWORDS or len(head["indent"]) >= width:
            continue
        return head["name"]
    return ""
