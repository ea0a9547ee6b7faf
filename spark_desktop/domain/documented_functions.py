"""The functions of a region with what documents them, in the languages that are known. Pure."""

import ast
import re
import textwrap
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from spark_desktop.domain.python_function import Function
from spark_desktop.domain.regex import regex
from spark_desktop.domain.signatures import CPP, TYPED, Head, Parameter, heads_of

_RUST_RESULT = regex(r"\s*->\s*(?!\(\)|!)\S")
_GO_RESULT = regex(r"\s*[^\s{]")
_SCRIPT_RESULT = regex(r"\s*:\s*(?P<type>[^{=;]*)")
_NOTHING = regex(r"\s*(?:void|never|undefined)\s*$")
_ATTRIBUTE = regex(r"\s*(?:#!?\[|@\w|template\s*<)")
_ATTRIBUTE_END = regex(r"\s*(?:\)\]|\}\)|\))\s*$")
_COMMENT = regex(r"\s*(?://|/\*|\*)")
_ENDS, _BEGUN = regex(r"(?:(?!//).)*\*/\s*$"), regex(r"(?:(?!//).)*/\*")
_BEGINS = regex(r"\s*/\*")


@dataclass(frozen=True, slots=True)
class DocumentedFunction:
    """A function, its ``comment`` ("" for none), and what its signature says.

    ``untyped`` are the parameters without a type, where the language lets them be without one;
    ``gives`` is whether it returns something, None where that is not told. One that ``is_minor``
    is mostly left without a comment of its own: a constructor, a setter, an overload, a class.
    ``node`` is Python's.
    """

    name: str
    comment: str
    parameters: tuple[str, ...]
    untyped: tuple[str, ...]
    gives: bool | None
    is_minor: bool = False
    is_class: bool = False
    node: Function | None = field(default=None, compare=False, repr=False)


def documented_functions(path: str, region: str) -> list[DocumentedFunction]:
    """Return the functions in their order; none in a language that is not known.

    Known are Python, with its classes, Rust, Go, C++ with C, and TypeScript with JavaScript.
    Functions within functions are left out.
    """
    if path.endswith((".py", ".pyi")):
        return _of_python(region)
    kind = PurePosixPath(path).suffix
    heads = heads_of(path, region)
    # What is indented more than the first one is within a function.
    most = _indent(region, heads[0]) if heads else 0
    return [
        DocumentedFunction(
            head.name,
            _comment_above(region[: head.start]),
            tuple(one.name for one in head.parameters),
            _untyped(kind, head.parameters),
            _gives(kind, region[head.end :]),
            _is_minor(head, region),
        )
        for head in heads
        if _indent(region, head) <= most
    ]


def _indent(region: str, head: Head) -> int:
    line = region[head.start :].partition("\n")[0]
    return len(line) - len(line.lstrip())


def _of_python(region: str) -> list[DocumentedFunction]:
    try:
        tree = ast.parse(textwrap.dedent(region))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    inner = [one for node in tree.body if isinstance(node, ast.ClassDef) for one in node.body]
    return [
        _python(one)
        for one in (*tree.body, *inner)
        if isinstance(one, Function) or (isinstance(one, ast.ClassDef) and one in tree.body)
    ]


def _python(node: Function | ast.ClassDef) -> DocumentedFunction:
    if isinstance(node, ast.ClassDef):
        comment = ast.get_docstring(node) or ""
        return DocumentedFunction(node.name, comment, (), (), None, is_minor=True, is_class=True)
    given = node.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    named = [one for one in named if one.arg not in ("self", "cls")]
    return DocumentedFunction(
        node.name,
        ast.get_docstring(node) or "",
        tuple(one.arg for one in named),
        tuple(one.arg for one in named if one.annotation is None),
        _returns(node),
        node.name == "__init__" or any(map(_is_second, node.decorator_list)),
        node=node,
    )


def _is_second(decorator: ast.expr) -> bool:
    """Return whether a decorator says that a function of this name is documented elsewhere."""
    name = ast.unparse(decorator).rpartition(".")[2]
    return name in ("setter", "deleter", "overload")


def _is_minor(head: Head, region: str) -> bool:
    rest = region[head.end :].partition("\n")[0].rstrip()
    is_overload = rest.endswith(";") and "=>" not in rest and "{" not in rest
    line = region[head.start :].partition("(")[0]
    is_made = head.name == "constructor" or head.name.startswith("~")
    is_made = is_made or re.match(r"\s*(?:constexpr\s+)?explicit\s", line) is not None
    return is_made or head.is_accessor or is_overload


def _returns(node: Function) -> bool | None:
    last = node.body[-1]
    is_constant = isinstance(last, ast.Expr) and isinstance(last.value, ast.Constant)
    if len(node.body) < 3 and (is_constant or isinstance(last, ast.Raise | ast.Pass)):
        return None  # a stub, or one that is overridden
    own: list[ast.AST] = list(node.body)
    while own:
        one = own.pop()
        if isinstance(one, ast.Yield | ast.YieldFrom):
            return True
        if isinstance(one, ast.Return) and one.value is not None:
            return True
        if not isinstance(one, Function | ast.Lambda | ast.ClassDef):
            own += ast.iter_child_nodes(one)
    return False


def _untyped(kind: str, parameters: tuple[Parameter, ...]) -> tuple[str, ...]:
    return tuple(one.name for one in parameters if not one.is_typed) if kind in TYPED else ()


def _gives(kind: str, rest: str) -> bool | None:
    """Return whether something is returned, by what stands behind the parameters."""
    if kind == ".rs":
        return _RUST_RESULT.match(rest) is not None
    if kind in CPP:
        # It stands in front of the name; behind a colon a constructor sets its fields.
        return None
    if kind == ".go":
        return _GO_RESULT.match(rest) is not None
    declared = _SCRIPT_RESULT.match(rest)
    return None if declared is None else _NOTHING.match(declared["type"]) is None


def _comment_above(text: str) -> str:
    lines = text.splitlines(keepends=True)
    found: list[str] = []
    while lines:
        if _ATTRIBUTE_END.match(lines[-1]):
            # One of several lines: up to where it begins.
            del lines[_last(_ATTRIBUTE, lines) + 1 :]
        elif _ENDS.match(lines[-1]):
            # Lines within a comment need no star.
            begun = _last(_BEGUN, lines)
            if _BEGINS.match(lines[begun]):
                found[:0] = lines[begun:]
                del lines[begun:]
                continue
        if not (lines and (_COMMENT.match(lines[-1]) or _ATTRIBUTE.match(lines[-1]))):
            break
        line = lines.pop()
        if _COMMENT.match(line):
            found.insert(0, line)
    return "".join(found)


def _last(pattern: re.Pattern[str], lines: list[str]) -> int:
    """Return which is the last of the lines that begins with it, the first one without any."""
    return next((n for n in range(len(lines) - 1, -1, -1) if pattern.match(lines[n])), 0)
