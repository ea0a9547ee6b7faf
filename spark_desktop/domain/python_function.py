"""The one Python function that a text is, whatever it is indented by."""

import ast
import textwrap
from dataclasses import dataclass

from spark_desktop.domain.text import split_lines

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class FunctionText:
    """``node`` was parsed with the text's indent of ``width`` columns taken off.

    ``imports`` stand beside it.
    """

    node: Function
    imports: tuple[ast.Import | ast.ImportFrom, ...]
    width: int

    @property
    def column(self) -> int:
        """Return where the function begins in its lines."""
        return self.node.col_offset + self.width


def indent_of(text: str) -> int:
    """Return by how many characters the first line that says something is indented."""
    first = next((line for line in split_lines(text) if line.strip()), "")
    return len(first) - len(first.lstrip(" \t"))


def unindented(text: str) -> str:
    """Return a text without the indent of its first line, each line where it was."""
    width = indent_of(text)
    lines = split_lines(text)
    return "".join(one[width:] if one[:width].isspace() and one.strip() else one for one in lines)


def tree_of(text: str) -> ast.Module | None:
    """Return the syntax of a text, whatever it is indented by; None where it does not parse."""
    try:
        return ast.parse(unindented(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def functions_of(tree: ast.Module) -> list[Function]:
    """Return the functions at the top of a text, and then the methods of its classes."""
    inner = [one for node in tree.body if isinstance(node, ast.ClassDef) for one in node.body]
    return [one for one in (*tree.body, *inner) if isinstance(one, Function)]


def function_in(text: str, name: str = "") -> FunctionText | None:
    """Return the function; None for a text that holds anything else but imports.

    With a ``name`` it is the only function of that name, also among others or in a class.
    """
    width, tree = indent_of(text), tree_of(text)
    if tree is None:
        return None
    imports = tuple(node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom))
    rest = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    if name:
        inner = [one for node in rest if isinstance(node, ast.ClassDef) for one in node.body]
        rest = [one for one in (*rest, *inner) if isinstance(one, Function) and one.name == name]
    if len(rest) != 1 or not isinstance(rest[0], Function):
        return None
    return FunctionText(rest[0], imports, width)


def defaults_of(given: ast.arguments) -> list[tuple[ast.arg, ast.expr]]:
    """Return the parameters that need not be given, each with what it is then."""
    named = [*given.posonlyargs, *given.args]
    pairs = [*zip(reversed(named), reversed(given.defaults), strict=False)]
    for one, value in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        if value is not None:
            pairs.append((one, value))
    return pairs


def lines_with(function: Function) -> slice:
    """Return the lines of a function, from its first decorator on, counted from 0."""
    starts = (one.lineno for one in (function, *function.decorator_list))
    return slice(min(starts) - 1, function.end_lineno)


def lines_of(statement: ast.stmt) -> slice:
    """Return the lines of a statement, which may be a function, counted from 0."""
    if isinstance(statement, Function):
        return lines_with(statement)
    return slice(statement.lineno - 1, statement.end_lineno)


def container_of(content: str, line: int) -> str | None:
    """Return the class of the function that begins in a line, counted from 0; "" for no class.

    None where the function is within another one, or where there is none.
    """
    tree = tree_of(content)
    if tree is None:
        return None
    left: list[tuple[ast.AST, str]] = [(tree, "")]
    while left:
        node, container = left.pop()
        for one in ast.iter_child_nodes(node):
            if isinstance(one, Function):
                if lines_with(one).start == line:
                    return container
            elif isinstance(one, ast.ClassDef):
                left.append((one, one.name))
            elif isinstance(one, ast.stmt | ast.ExceptHandler):
                left.append((one, container))
    return None


def names_beside(text: str, name: str) -> frozenset[str] | None:
    """Return what a text defines at its top beside the function ``name`` and classes around it.

    None where it cannot be read.
    """
    tree = tree_of(textwrap.dedent(text))
    if tree is None:
        return None
    found = set()
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef) and node.name != name:
            inner = node.body if isinstance(node, ast.ClassDef) else []
            if not any(isinstance(one, Function) and one.name == name for one in inner):
                found.add(node.name)
    return frozenset(found)


def values_beside(text: str) -> frozenset[str]:
    """Return the names that a text binds at its top in other ways than by def, class and import.

    These are constants, and what is imported within a try or an if. None are found where it
    cannot be read.
    """
    tree = tree_of(textwrap.dedent(text))
    found: set[str] = set()
    left: list[ast.AST] = []
    for one in () if tree is None else tree.body:
        if not isinstance(one, Function | ast.ClassDef | ast.Import | ast.ImportFrom):
            left.append(one)
    while left:
        node = left.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.add(node.name)
                continue
            case ast.Lambda():
                continue
            case ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case ast.alias():
                found.add((node.asname or node.name).partition(".")[0])
        left += ast.iter_child_nodes(node)
    return frozenset(found)
