"""Types of the names in a Python function, as far as its own text makes them sure. Pure.

It follows no call into other code and reads no other file. What can be one type here and another
one there is unknown, and so is what anything unknown flows into.
"""

import ast
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from spark_desktop.domain.python_expressions import (
    IMPORTED,
    OPEN,
    Known,
    closed,
    element_of,
    holding,
    inner_type,
    joined,
    outer_of,
    part_of,
)
from spark_desktop.domain.python_function import Function, defaults_of

_ROUNDS = 10
# An annotation that is as good as the value itself.
_SURE = frozenset(("int", "float", "str", "bool", "bytes"))
_CONTAINERS = frozenset(("list", "set", "dict"))
# What puts nothing into the container that it is called on, or is given.
_KEEPING = frozenset(
    (
        *("append", "add", "clear", "copy", "count", "discard", "get", "index", "items", "keys"),
        *("pop", "remove", "reverse", "sort", "values"),
    )
)
_READING = frozenset(
    (
        *("all", "any", "dict", "enumerate", "len", "list", "max", "min", "print", "reversed"),
        *("set", "sorted", "str", "sum", "tuple", "zip", "join"),
    )
)
_PLAIN_USES = (
    *(ast.Return, ast.Compare, ast.BinOp, ast.BoolOp, ast.UnaryOp, ast.If, ast.While, ast.IfExp),
    *(ast.FormattedValue, ast.Tuple, ast.Expr, ast.Assert),
)
# Gives the type of what is bound, from what is known so far.
Binding = Callable[[Known], str]


def known_names(
    function: Function, imports: Iterable[ast.Import | ast.ImportFrom] = ()
) -> dict[str, str]:
    """Return the type of each name of a function that is sure, and where imported ones are from.

    ``imports`` are those of the file. A name that may be anything is there with "", since it is
    none of the language's own.
    """
    brought = _brought(imports)
    bindings = _bindings(function)
    if any(isinstance(one, ast.Nonlocal | ast.Global) for one in ast.walk(function)):
        return {**brought, **dict.fromkeys(bindings, "")}
    types = dict.fromkeys(bindings, OPEN)
    spilt = _spilt(function)
    for _ in range(_ROUNDS):
        known = {**brought, **types}
        found = {name: joined([one(known) for one in bound]) for name, bound in bindings.items()}
        for name in spilt & found.keys():
            if outer_of(found[name]) in _CONTAINERS:
                found[name] = outer_of(found[name])
        if found == types:
            return {**brought, **{name: closed(type_) for name, type_ in found.items()}}
        types = found
    return {**brought, **dict.fromkeys(bindings, "")}


def own_nodes(function: Function) -> Iterator[ast.AST]:
    """Yield the nodes of a function without those of functions in it."""
    left: deque[ast.AST] = deque(function.body)
    while left:
        node = left.popleft()
        yield node
        if not isinstance(node, Function | ast.Lambda | ast.ClassDef):
            left.extend(ast.iter_child_nodes(node))


def parameters_of(given: ast.arguments) -> list[ast.arg]:
    """Return all parameters but those that take any number."""
    return [*given.posonlyargs, *given.args, *given.kwonlyargs]


def _brought(imports: Iterable[ast.Import | ast.ImportFrom]) -> dict[str, str]:
    found = {}
    for node in imports:
        for one in node.names:
            if isinstance(node, ast.Import):
                name = one.asname or one.name.partition(".")[0]
                found[name] = IMPORTED + (one.name if one.asname else name)
            else:
                found[one.asname or one.name] = f"{IMPORTED}{node.module or ''}.{one.name}"
    return found


def _bindings(function: Function) -> dict[str, list[Binding]]:
    """Return all that is bound to each name, and all that is put into it."""
    found: dict[str, list[Binding]] = {}
    understood: set[int] = set()

    def bind(name: str, binding: Binding) -> None:
        found.setdefault(name, []).append(binding)

    for one in parameters_of(function.args):
        bind(one.arg, partial(_fixed, _annotated(function, one)))
    for many in (function.args.vararg, function.args.kwarg):
        if many is not None:
            bind(many.arg, partial(_fixed, ""))
    for node in own_nodes(function):
        for target, binding in _bound_by(node):
            understood.add(id(target))
            bind(target.id, binding)
        for name, binding in _put_by(node):
            bind(name, binding)
    for name in _bound_otherwise(function, understood):
        bind(name, partial(_fixed, ""))
    return found


def _annotated(function: Function, one: ast.arg) -> str:
    """Return the type of a parameter where its annotation tells it."""
    optional = {
        each.arg
        for each, value in defaults_of(function.args)
        if isinstance(value, ast.Constant) and value.value is None
    }
    is_sure = isinstance(one.annotation, ast.Name) and one.annotation.id in _SURE
    is_sure = is_sure and one.arg not in optional
    return one.annotation.id if is_sure and isinstance(one.annotation, ast.Name) else ""


def _fixed(type_: str, _known: Known) -> str:
    return type_


def _value(value: ast.expr, steps: tuple[int | None, ...], known: Known) -> str:
    """Return the type of a value, or of what is left of it after the steps.

    A step is the place of a part, or None for what walking through gives.
    """
    found = inner_type(value, known)
    for step in steps:
        if found == OPEN:
            return OPEN
        found = element_of(found) if step is None else part_of(found, step)
    return found


def _bound_by(node: ast.AST) -> Iterator[tuple[ast.Name, Binding]]:
    match node:
        case ast.Assign():
            for target in node.targets:
                yield from _of_target(target, node.value)
        case ast.AnnAssign(value=ast.expr() as value):
            yield from _of_target(node.target, value)
        case ast.AugAssign(target=ast.Name() as target):
            loaded = ast.Name(target.id, ast.Load())
            yield target, partial(_value, ast.BinOp(loaded, node.op, node.value), ())
        case ast.For():
            yield from _of_target(node.target, node.iter, None)
        case ast.NamedExpr():
            yield node.target, partial(_value, node.value, ())


def _of_target(
    target: ast.expr, value: ast.expr, *steps: int | None
) -> Iterator[tuple[ast.Name, Binding]]:
    if isinstance(target, ast.Name):
        yield target, partial(_value, value, steps)
    parts = target.elts if isinstance(target, ast.Tuple | ast.List) else []
    # Behind a star nobody knows the places.
    if not any(isinstance(one, ast.Starred) for one in parts):
        for place, one in enumerate(parts):
            yield from _of_target(one, value, *steps, place)


def _put_by(node: ast.AST) -> Iterator[tuple[str, Binding]]:
    """Yield what is put into containers: it is part of their type."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id=name), attr="append" | "add"), args=[value]
        ):
            yield name, partial(_put, name, None, value)
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name), slice=key)]):
            yield name, partial(_put, name, key, node.value)


def _put(name: str, key: ast.expr | None, value: ast.expr, known: Known) -> str:
    outer = outer_of(known.get(name, ""))
    if outer in ("list", "set") and not isinstance(key, ast.Slice):
        return holding(outer, inner_type(value, known))
    if outer == "dict" and key is not None:
        return holding(outer, inner_type(key, known), inner_type(value, known))
    # Of anything else it says nothing.
    return OPEN if known.get(name, "") in (OPEN, "") else known[name]


def _bound_otherwise(function: Function, understood: set[int]) -> set[str]:
    """Return the names that are bound by what is not followed: with, except, match, import."""
    names: set[str] = set()
    for node in own_nodes(function):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            if id(node) not in understood:
                names.add(node.id)
        elif isinstance(node, Function | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(one.asname or one.name).partition(".")[0] for one in node.names}
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            names.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            names.add(node.rest)
    return names


def _spilt(function: Function) -> set[str]:
    """Return the names of which somebody else may get hold, and put anything into their values."""
    above = {id(one): node for node in ast.walk(function) for one in ast.iter_child_nodes(node)}
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            parent = above[id(node)]
            if not _is_kept(node, parent, above.get(id(parent))):
                found.add(node.id)
    return found


def _is_kept(node: ast.Name, parent: ast.AST, above: ast.AST | None) -> bool:
    """Return whether a use of a container puts nothing into it that is not seen."""
    match parent:
        case ast.Attribute():
            return parent.attr in _KEEPING and isinstance(above, ast.Call)
        case ast.Subscript():
            return parent.value is node and not isinstance(above, ast.AugAssign)
        case ast.For() | ast.comprehension():
            return parent.iter is node
        case ast.Call():
            called = parent.func
            name = called.attr if isinstance(called, ast.Attribute) else ""
            name = called.id if isinstance(called, ast.Name) else name
            return node is called or name in _READING
        case _:
            return isinstance(parent, _PLAIN_USES)
