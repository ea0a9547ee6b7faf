"""Bare names of an answer that its file has by way of a module: ``needed`` for ``crews.needed``.

Python; pure.
"""

import ast
from collections.abc import Collection, Iterator

from spark_desktop.domain.python_function import tree_of
from spark_desktop.domain.text import split_lines


def qualified(before: str, after: str, free: Collection[str]) -> str:
    """Return a text with those of the ``free`` names in front of which ``before`` has a module.

    Only where all uses before have the same one, which the file imports and nothing else is called.
    Anything else, and what does not parse, stays as it is.
    """
    if not free:
        return after
    old, new = tree_of(before), tree_of(after)
    if old is None or new is None:
        return after
    modules = _imported(old) & _imported(new) - _rebound(new)
    owners: dict[str, set[str]] = {}
    for node in ast.walk(old):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in free
            and isinstance(node.value, ast.Name)
        ):
            owners.setdefault(node.attr, set()).add(node.value.id)
    by_name = {name: found.pop() for name, found in owners.items() if len(found) == 1}
    wanted = {name: owner for name, owner in by_name.items() if owner in modules}
    lines = split_lines(after)
    for row, column, name in sorted(_uses(new, wanted), reverse=True):
        line = lines[row].encode()
        lines[row] = (line[:column] + f"{wanted[name]}.".encode() + line[column:]).decode()
    return "".join(lines)


def _uses(tree: ast.Module, names: Collection[str]) -> Iterator[tuple[int, int, str]]:
    """Yield rows from 0, columns in bytes and names of what is read by its bare name."""
    # What stands in an f-string has another's place in Python 3.11.
    quoted = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
            continue
        if node.id in names and id(node) not in quoted:
            yield node.lineno - 1, node.col_offset, node.id


def _imported(tree: ast.Module) -> set[str]:
    """Return the names that the imports at the top of a file bind."""
    return {
        one.asname or one.name
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for one in node.names
    }


def _rebound(tree: ast.Module) -> set[str]:
    """Return what is a parameter, or set, anywhere."""
    nodes = list(ast.walk(tree))
    stored = {
        one.id for one in nodes if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    }
    return stored | {one.arg for one in nodes if isinstance(one, ast.arg)}
