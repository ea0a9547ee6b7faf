"""Imports that only the annotations of a Python file need. Pure."""

import ast
from collections.abc import Iterator

from spark_desktop.domain.python_function import Function, tree_of
from spark_desktop.domain.text import split_lines

_Import = ast.Import | ast.ImportFrom


def without_type_imports(before: str, after: str) -> str:
    """Return ``after`` without the imports that it has more than ``before``, for annotations only.

    As it is where one of them is used by the code as well, or by nothing, or where a line holds
    more than the import.
    """
    old, new = tree_of(before), tree_of(after)
    if old is None or new is None:
        return after
    there = {ast.unparse(one) for one in _imports(old)}
    added = [one for one in _imports(new) if ast.unparse(one) not in there]
    typed, used = _names(new)
    lines = split_lines(after)
    dropped: set[int] = set()
    for one in added:
        names = {_bound(alias) for alias in one.names}
        is_future = isinstance(one, ast.ImportFrom) and one.module == "__future__"
        is_typing = is_future or (names <= typed and not names & used)
        rows = range(one.lineno - 1, one.end_lineno or one.lineno)
        is_alone = "".join(lines[row] for row in rows).count(";") == 0
        if is_typing and is_alone:
            dropped.update(rows)
    return "".join(line for row, line in enumerate(lines) if row not in dropped)


def imports_for_types(region: str, answer: str) -> tuple[str, ...]:
    """Return the imports of an answer that the annotations of a region use."""
    old, new = tree_of(region), tree_of(answer)
    if old is None or new is None:
        return ()
    typed, _ = _names(old)
    return tuple(
        ast.unparse(one) for one in _imports(new) if {_bound(alias) for alias in one.names} & typed
    )


def _imports(tree: ast.Module) -> Iterator[_Import]:
    return (node for node in tree.body if isinstance(node, _Import))


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def _names(tree: ast.Module) -> tuple[set[str], set[str]]:
    """Return the names that annotations use, and those that anything else does."""
    typed: set[str] = set()
    used: set[str] = set()
    nodes: list[tuple[ast.AST, bool]] = [(tree, False)]
    while nodes:
        node, is_type = nodes.pop()
        if isinstance(node, ast.Name):
            (typed if is_type else used).add(node.id)
        elif is_type and isinstance(node, ast.Constant) and isinstance(node.value, str):
            # A type that is written as a text.
            inner = tree_of(node.value)
            nodes += [(inner, True)] if inner is not None else []
        own = _annotations(node)
        nodes += [(one, is_type or one in own) for one in ast.iter_child_nodes(node)]
    return typed, used


def _annotations(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, Function):
        return [] if node.returns is None else [node.returns]
    if isinstance(node, ast.arg | ast.AnnAssign):
        return [] if node.annotation is None else [node.annotation]
    return []
