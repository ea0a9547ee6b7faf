"""Types of the names in a Python function, as far as its own text makes them sure. Pure.

It follows no call into other code and reads no other file. What can be one type here and another
one there is unknown, and so is what anything unknown flows into.
"""

import ast
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial

from spark_desktop.domain.container_uses import ContainerUses, container_uses
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
    type_of,
)
from spark_desktop.domain.python_function import Function, defaults_of
from spark_desktop.domain.python_scopes import (
    NO_FILE,
    FileNames,
    Import,
    bound_in,
    own_nodes,
    parameters_of,
)
from spark_desktop.domain.regex import regex

_ROUNDS = 10
# An annotation that is as good as the value itself.
_SURE = frozenset(("int", "float", "str", "bool", "bytes"))
_CONTAINERS = frozenset(("list", "set", "dict"))
_HOLDS_CONTAINER = regex(r"\[.*\b(?:list|set|dict)\b")
# Who asks for the type itself handles values of others.
_NARROWING = frozenset(
    ("isinstance", "issubclass", "hasattr", "getattr", "callable", "type", "cast")
)
_WRONG_TYPE = regex(r"AttributeError|TypeError|\bException|BaseException")
# Gives the type of what is bound, from what is known so far.
Binding = Callable[[Known], str]


def known_names(function: Function, file: FileNames = NO_FILE) -> dict[str, str]:
    """Return the type of each name of a function that is sure, and where imported ones are from.

    A name that may be anything is there with "", since it is none of the language's own.
    """
    outside = names_outside(file)
    return {**outside, **names_within(function, outside)}


def names_outside(file: FileNames) -> dict[str, str]:
    """Return where the imported names of a file are from, and the types of its constants.

    It is "" for all others that it binds.
    """
    known = {**_brought(file.imports), **dict.fromkeys(file.bound, "")}
    return {**known, **{name: type_of(value, known) for name, value in file.constants}}


def names_within(function: Function, outside: Known) -> dict[str, str]:
    """Return the type of each name that a function itself binds, "" where it is not sure."""
    try:
        return _settled(function, outside)
    except RecursionError:
        return dict.fromkeys(bound_in(function), "")  # somebody generated it


def narrowed_names(function: Function) -> set[str]:
    """Return the names whose types a function asks for: they may be others than it is told."""
    found: set[str] = set()
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args):
                asked: list[ast.AST] = [*args] if name in _NARROWING else []
            case ast.Match(subject=subject):
                asked = [*ast.walk(subject)]
            case ast.Try(body=body, handlers=handlers) if any(map(_is_for_types, handlers)):
                asked = [one for line in body for one in ast.walk(line)]
            case _:
                continue
        found.update(one.id for one in asked if isinstance(one, ast.Name))
    return found


def _is_for_types(handler: ast.ExceptHandler) -> bool:
    """Return whether it goes on here where a value is of another type than was expected."""
    return handler.type is None or _WRONG_TYPE.search(ast.unparse(handler.type)) is not None


def _settled(function: Function, outside: Known) -> dict[str, str]:
    narrowed = narrowed_names(function)
    bindings = _bindings(function, narrowed)
    if any(isinstance(one, ast.Nonlocal | ast.Global) for one in ast.walk(function)):
        return dict.fromkeys(bindings, "")
    told = _told_of_locals(function, narrowed)
    types = dict.fromkeys(bindings, OPEN)
    uses = container_uses(function)
    for _ in range(_ROUNDS):
        known = {**outside, **types}
        found = {name: joined([one(known) for one in bound]) for name, bound in bindings.items()}
        found = {name: _believed(type_, name, uses) for name, type_ in found.items()} | told
        if found == types:
            return {name: closed(type_) for name, type_ in found.items()}
        types = found
    return dict.fromkeys(bindings, "")


def _believed(type_: str, name: str, uses: ContainerUses) -> str:
    """Return a type without what is held where something may be put into it that is not seen."""
    holds = _HOLDS_CONTAINER.search(type_) is not None
    is_spilt = name in uses.spilt and (holds or outer_of(type_) in _CONTAINERS)
    return outer_of(type_) if is_spilt or (holds and name in uses.taken) else type_


def _told_of_locals(function: Function, narrowed: Collection[str]) -> dict[str, str]:
    """Return the types of the names that are annotated where they are bound, "" for others'."""
    found: dict[str, str] = {}
    for node in own_nodes(function):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name, type_ = node.target.id, _plain(node.annotation)
            is_sure = name not in narrowed and found.get(name, type_) == type_
            found[name] = type_ if is_sure else ""
    return found


def _plain(annotation: ast.expr) -> str:
    """Return what an annotation tells where that is as good as the value itself."""
    if isinstance(annotation, ast.Name):
        return annotation.id if annotation.id in _SURE | _CONTAINERS else ""
    if not isinstance(annotation, ast.Subscript) or not isinstance(annotation.value, ast.Name):
        return ""
    outer, inner = annotation.value.id, annotation.slice
    held = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    count = {"list": 1, "set": 1, "dict": 2, "tuple": len(held)}.get(outer)
    parts = [_plain(one) for one in held]
    return holding(outer, *parts) if count == len(held) and all(parts) else ""


def _brought(imports: Iterable[Import]) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in imports:
        for one in node.names:
            if isinstance(node, ast.Import):
                name = one.asname or one.name.partition(".")[0]
                where = IMPORTED + (one.name if one.asname else name)
            else:
                name = one.asname or one.name
                where = f"{IMPORTED}{'.' * node.level}{node.module or ''}.{one.name}"
            found[name] = where if found.get(name, where) == where else ""
    return found


def _bindings(function: Function, narrowed: Collection[str]) -> dict[str, list[Binding]]:
    """Return all that is bound to each name, and all that is put into it."""
    found: dict[str, list[Binding]] = {}
    understood: set[int] = set()

    def bind(name: str, binding: Binding) -> None:
        found.setdefault(name, []).append(binding)

    for one in parameters_of(function.args):
        understood.add(id(one))
        bind(one.arg, partial(_fixed, "" if one.arg in narrowed else _annotated(function, one)))
    for node in own_nodes(function):
        for target, binding in _bound_by(node):
            understood.add(id(target))
            bind(target.id, binding)
        for name, binding in _put_by(node):
            bind(name, binding)
    for name in bound_in(function, understood):
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
