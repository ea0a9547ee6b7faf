"""How a Python function changes a parameter in place. Pure."""

import ast
import re
from collections.abc import Iterator, Sequence
from typing import TypeGuard

from spark_desktop.domain.python_function import Function

# An element that is set or taken away, and more that is added with a sign.
ITEM, ADDED = "[]", "+="
# Methods that change what they are called on, by what has them.
CHANGING = {
    "list": frozenset(
        ("append", "extend", "insert", "remove", "pop", "clear", "reverse", "sort", ITEM, ADDED)
    ),
    "dict": frozenset(("update", "setdefault", "pop", "popitem", "clear", ITEM)),
    "set": frozenset(("add", "discard", "remove", "pop", "clear", "update")),
}
_METHODS = frozenset[str]().union(*CHANGING.values())
# What may have the name for something of its own.
_SCOPES = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)


def changes_in_place(function: Function, name: str) -> set[str]:
    """Return the names of methods, ITEM and ADDED, by which a function changes a parameter.

    Nothing that follows where the name is given another value, be it only in some case.
    """
    nodes = list(_nodes(function, name))
    added = [one.target for one in nodes if _adds_to_list(one, function, name)]
    found = [(what, one) for one in nodes for what in _changed_by(one, name)]
    found.extend((ADDED, one) for one in added)
    bound = [_place(one) for one in nodes if _binds(one, name) and one not in added]
    first = min(bound, default=None)
    changes = {what for what, one in found if first is None or _place(one) < first}
    if _is_set_back(nodes, name):
        changes.discard(ITEM)
    # What is put there and taken away again is as it was.
    is_restored = changes & {"append", "add"} and changes & {"pop", "discard"}
    return set() if is_restored or {"add", "remove"} <= changes else changes


def _is_set_back(nodes: Sequence[ast.AST], name: str) -> bool:
    """Return whether an element that is set is set once more, or taken away, as for a time."""
    places = [
        (isinstance(one.ctx, ast.Store), ast.dump(one.slice))
        for one in nodes
        if isinstance(one, ast.Subscript) and any(_changed_by(one, name))
    ]
    return any(
        is_set and (places.count((True, at)) > 1 or (False, at) in places) for is_set, at in places
    )


def _adds_to_list(node: ast.AST, function: Function, name: str) -> TypeGuard[ast.AugAssign]:
    """Return whether `+=` adds to a list, and does not make another text or number."""
    match node:
        case ast.AugAssign(target=ast.Name(id=one), op=ast.Add(), value=value) if one == name:
            return isinstance(value, ast.List | ast.ListComp) or is_said(function, name, ("list",))
    return False


def _nodes(scope: ast.AST, name: str) -> Iterator[ast.AST]:
    """Yield what is in a function, without functions within that have the name of their own."""
    body = getattr(scope, "body", ())
    for child in body if isinstance(body, list) else ast.iter_child_nodes(scope):
        yield from _below(child, name)


def _below(root: ast.AST, name: str) -> Iterator[ast.AST]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, _SCOPES) or not any(_owns(one, name) for one in ast.walk(node)):
            yield node
            waiting += reversed(list(ast.iter_child_nodes(node)))


def _owns(node: ast.AST, name: str) -> bool:
    return (isinstance(node, ast.arg) and node.arg == name) or _binds(node, name)


def _binds(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Name(id=one, ctx=ast.Store() | ast.Del()) if one == name:
            return True
        case ast.ExceptHandler(name=one) | ast.MatchAs(name=one) | ast.MatchStar(name=one):
            return one == name
        case ast.alias(name=one, asname=other):
            return name in (one, other)
    return False


def _place(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _changed_by(node: ast.AST, name: str) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=one), attr=attr)) if one == name:
            if attr in _METHODS:
                yield attr
        case ast.Subscript(value=ast.Name(id=one), ctx=ast.Store() | ast.Del()) if one == name:
            yield ITEM


def is_said(function: Function, name: str, kinds: Sequence[str]) -> bool:
    """Return whether the type of a parameter is written, and one of ``kinds`` in small letters."""
    given = function.args
    said = [
        ast.unparse(one.annotation).lower()
        for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)
        if one.arg == name and one.annotation is not None
    ]
    return any(re.match(rf"(?:\w+\.)*(?:mutable)?(?:{'|'.join(kinds)})\b", one) for one in said)
