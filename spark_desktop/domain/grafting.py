"""Takes only the body of an answer for a stub: what its author wrote above it stays word for word.

Small models like to write the signature anew with other types, and imports for these.
"""

import ast
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from spark_desktop.domain.python_function import (
    Function,
    FunctionText,
    function_in,
    lines_of,
    names_beside,
    tree_of,
    values_beside,
)
from spark_desktop.domain.text import dominant_newline, split_lines


@dataclass(frozen=True, slots=True)
class Grafted:
    """A function with another's body, and the ``imports`` that this body needs, a line each."""

    text: str
    imports: tuple[str, ...] = ()


def with_body_of(region: str, answer: str) -> Grafted | None:
    """Return the Python function ``region`` with the body of the one in ``answer``.

    None where there is no such function in either, or where they are not the same: by name and
    parameters. What else the answer holds is left out, unless the body uses it.
    """
    own = function_in(region)
    other = None if own is None else function_in(answer, own.node.name)
    if own is None or other is None or _described(own.node) != _described(other.node):
        return None
    head, _ = _parts(own, split_lines(region))
    _, body = _parts(other, split_lines(answer))
    if not any(quotes in "".join(body) for quotes in ('"""', "'''")):
        # Small models leave blanks in lines that look empty; in a long string they may be meant.
        body = [line if line.strip() else line.lstrip(" \t") for line in body]
    beside = names_beside(answer, own.node.name) or frozenset()
    if not head or not body or _uses(other.node, beside | values_beside(answer)):
        return None
    shift = own.column - other.column
    text = "".join([*head, *(_shifted(line, shift) for line in body)])
    return Grafted(text if text.endswith("\n") else f"{text}\n", _imports(other))


def alone(region: str, answer: str, outside: str) -> Grafted | None:
    """Return the Python function of an answer that repeats definitions around it as well.

    None where the answer is nothing but that function, or where it defines something new beside
    it: only what stands in the text ``outside`` of the region, or is the class around it, is
    repeated. A value beside it counts where the function uses it or it is a constant: small models
    like to add a use of what they wrote.
    """
    own = function_in(region)
    if own is None or function_in(answer) is not None:
        return None
    other = function_in(answer, own.node.name)
    beside = names_beside(answer, own.node.name)
    if other is None or beside is None:
        return None
    if any(re.search(rf"\b(?:def|class) {re.escape(one)}\b", outside) is None for one in beside):
        return None
    node = other.node
    if any(_uses(node, {one}) or one.isupper() for one in _new_values(answer, outside)):
        return None
    shift = own.column - other.column
    lines = split_lines(answer)
    parts = [lines[lines_of(one)] for one in _with_companions(answer, node, outside)]
    text = "\n\n".join(
        "".join(_shifted(line, shift) for line in part).rstrip("\n") for part in parts
    )
    # The region's own end stays: it may hold the blank lines behind the function.
    return Grafted(text + region[len(region.rstrip("\r\n")) :], _imports(other))


def with_imports(content: str, imports: Sequence[str]) -> str:
    """Return a Python file with the imports behind those that it has, or at its beginning.

    What it imports already is left out. A file that does not parse stays as it is.
    """
    tree = tree_of(content)
    if tree is None:
        return content
    top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    there = {ast.unparse(node) for node in top}
    new = [one for one in imports if one not in there]
    if not new:
        return content
    lines = split_lines(content)
    newline = dominant_newline(content)
    place, begins = _import_place(tree, top, lines)
    block = [f"{one}{newline}" for one in new]
    if begins:
        block = [*([newline] if place else []), *block]
        if place == len(lines) or lines[place].strip():
            block.append(newline)
    return "".join([*lines[:place], *block, *lines[place:]])


def _import_place(
    tree: ast.Module, top: Sequence[ast.stmt], lines: Sequence[str]
) -> tuple[int, bool]:
    """Return the line to insert imports before, and whether they are the file's first."""
    block = []
    for node in tree.body:
        if node in top:
            block.append(node)
        elif block:
            break
    if block:
        return block[-1].end_lineno or block[-1].lineno, False
    if ast.get_docstring(tree) is not None:
        return tree.body[0].end_lineno or 1, True
    place = 0
    while place < len(lines) and lines[place].startswith("#"):
        place += 1
    return place, True


def _described(node: Function) -> tuple[object, ...]:
    arguments = node.args
    parts = (arguments.posonlyargs, arguments.args, arguments.kwonlyargs)
    names = tuple(tuple(one.arg for one in part) for part in parts)
    stars = (arguments.vararg and arguments.vararg.arg, arguments.kwarg and arguments.kwarg.arg)
    return node.name, isinstance(node, ast.AsyncFunctionDef), names, stars


def _parts(found: FunctionText, lines: list[str]) -> tuple[list[str], list[str]]:
    """Return the lines down to the docstring, and those of the body; none on one line."""
    node = found.node
    statements = node.body
    first = statements[0]
    begin = min([node.lineno, *(one.lineno for one in node.decorator_list)]) - 1
    if first.lineno == node.lineno:
        return [], []
    if ast.get_docstring(node, clean=False) is not None:
        end = first.end_lineno or first.lineno
    else:
        end = first.lineno - 1
        while end > node.lineno and _is_aside(lines[end - 1]):
            end -= 1
    return lines[begin:end], lines[end : node.end_lineno]


def _uses(node: Function, names: Set[str]) -> bool:
    """Return whether a function needs what its answer defines beside it."""
    used = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return not names.isdisjoint(used)


def _with_companions(answer: str, node: Function, outside: str) -> list[ast.stmt]:
    """Return a method with what its class in the answer has new and it uses, in their order."""
    tree = tree_of(answer)
    classes = [] if tree is None else [one for one in tree.body if isinstance(one, ast.ClassDef)]
    around = [one for one in classes if any(each.lineno == node.lineno for each in one.body)]
    members = {
        name: each
        for one in around
        for each in one.body
        for name in _names_of(each)
        if each.lineno != node.lineno and not re.search(rf"\b{name}\b", outside)
    }
    found: list[ast.stmt] = [node]
    for one in found:
        used = {each.attr for each in ast.walk(one) if isinstance(each, ast.Attribute)}
        found += [members.pop(name) for name in sorted(used & members.keys())]
    return sorted(found, key=lambda one: one.lineno)


def _names_of(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return [name]
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
    return []


def _new_values(answer: str, outside: str) -> list[str]:
    """Return the names that an answer gives a value beside a function, and the file does not."""
    known = r"^[ \t]*(?:.*[\s,(])?{0}\s*[,:=)]|\bimport\b.*\b{0}\b"
    values = sorted(values_beside(answer))
    return [one for one in values if not re.search(known.format(one), outside, re.MULTILINE)]


def _is_aside(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _imports(found: FunctionText) -> tuple[str, ...]:
    """Return the imports in front of a function that its body needs."""
    body = ast.Module(found.node.body, [])
    used = {node.id for node in ast.walk(body) if isinstance(node, ast.Name)}
    kept = []
    for node in found.imports:
        names = {(one.asname or one.name).split(".")[0] for one in node.names}
        if names & used:
            kept.append(ast.unparse(node))
    return tuple(kept)


def _shifted(line: str, columns: int) -> str:
    if not line.strip() or not columns:
        return line
    if columns > 0:
        return " " * columns + line
    return line[min(-columns, len(line) - len(line.lstrip())) :]
