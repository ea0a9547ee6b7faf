"""Whether a Python function leaves what it was given as it was, where that was asked for. Pure."""

import ast
from collections.abc import Sequence

from spark_desktop.domain.changes_in_place import ADDED, CHANGING, ITEM, changes_in_place, is_said
from spark_desktop.domain.proposal import Check
from spark_desktop.domain.python_function import Function, functions_of, tree_of
from spark_desktop.domain.spared_arguments import spared
from spark_desktop.domain.words import joined, say

# Changes of what nothing but a container is, of which no more need be known.
_PLAIN = frozenset(("sort", "reverse", "append", "extend", "setdefault", "popitem", ITEM, ADDED))
_CONTAINERS = ("list", "dict", "set", "sequence", "mapping", "iterable", "collection", "deque")


def keeps_arguments(asked: str, before: str, after: str) -> Check | None:
    """Return a failed check where a function changes what was to stay; None for all else.

    The texts are the region's, before and after. Nothing can be said where it is not plain which
    function is meant, or where a parameter was given a value of its own first.
    """
    try:
        function, is_method = _meant(before, after)
    except RecursionError:
        return None  # somebody generated it
    if function is None:
        return None
    names = _parameters(function, is_method=is_method)
    changed = [
        name
        for name, kind in spared(asked, names).items()
        if any(_counts(function, name, what, kind) for what in changes_in_place(function, name))
    ]
    if not changed:
        return None
    words = joined(changed, ", ")
    detail = say("The answer changes {words} in place, which was to stay as it is.", words=words)
    return Check(say("leaves its arguments as they are"), False, detail)


def _meant(before: str, after: str) -> tuple[Function | None, bool]:
    """Return the one function that was there and is another now, or the only one."""
    old, new = tree_of(before), tree_of(after)
    if old is None or new is None:
        return None, False
    had = {one.name: ast.dump(one) for one in functions_of(old)}
    has = functions_of(new)
    known = [one for one in has if one.name in had] if had else has
    if len(known) > 1:
        known = [one for one in known if ast.dump(one) not in had.values()]
    if len(known) != 1:
        return None, False
    return known[0], known[0] not in new.body


def _parameters(function: Function, *, is_method: bool) -> list[str]:
    given = function.args
    names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    is_static = any(
        isinstance(one, ast.Name) and one.id == "staticmethod" for one in function.decorator_list
    )
    is_bound = (is_method and not is_static) or names[:1] in (["self"], ["cls"])
    return names[1:] if is_bound else names


def _counts(function: Function, name: str, what: str, kind: str) -> bool:
    """Return whether a change is one of what was to stay, which the request calls ``kind``."""
    if kind in ("sort", "reverse"):
        return what == kind
    if kind:
        return what in CHANGING[kind]
    return what in _PLAIN or _is_container(function, name)


def _is_container(function: Function, name: str) -> bool:
    return is_said(function, name, _CONTAINERS) or any(
        isinstance(used, ast.Name) and used.id == name
        for node in ast.walk(function)
        for used in _used_as_container(node)
    )


def _used_as_container(node: ast.AST) -> Sequence[ast.expr]:
    match node:
        case ast.For(iter=used) | ast.comprehension(iter=used) | ast.Subscript(value=used):
            return [used]
        case ast.Call(func=ast.Name(id="len" | "sorted"), args=[used, *_]):
            return [used]
    return []
