"""Types that calls of a Python function pass and expect, where a file makes them sure. Pure."""

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from spark_desktop.domain.python_expressions import IMPORTED, Known, joined, outer_of, type_of
from spark_desktop.domain.python_function import Function
from spark_desktop.domain.python_inference import known_names

_EQUALS = frozenset(("assertEqual", "assertEquals", "assertIs"))
# What a wider type accepts beside itself.
_WIDER = {frozenset(("int", "float")): "float", frozenset(("bool", "int")): "int"}


@dataclass(slots=True)
class CallTypes:
    """By parameter the types that were passed, and those that results were compared with."""

    passed: dict[str, set[str]] = field(default_factory=dict)
    compared: set[str] = field(default_factory=set)

    def add(self, other: "CallTypes") -> None:
        """Take up what another file shows."""
        for name, types in other.passed.items():
            self.passed.setdefault(name, set()).update(types)
        self.compared |= other.compared


@dataclass(frozen=True, slots=True)
class Called:
    """A function, or a method of the class ``container``; ``parameters`` without the receiver."""

    name: str
    parameters: tuple[str, ...]
    container: str = ""


def call_types(content: str, called: Called) -> CallTypes:
    """Return what the calls in a file show; a method's only on what is surely of its class.

    What is passed and not known is among the types as "".
    """
    found = CallTypes()
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return found
    instances = _instances(tree, called.container)
    for scope, known in _scopes(tree):
        for node in _inside(scope):
            if isinstance(node, ast.Call) and _is_of(node.func, called, known, instances):
                for parameter, type_ in _passed(node, called.parameters, known):
                    found.passed.setdefault(parameter, set()).add(type_)
            for one, other in _compared(node):
                if isinstance(one, ast.Call) and _is_of(one.func, called, known, instances):
                    found.compared.add(_type(other, known))
    return found


def _instances(tree: ast.Module, container: str) -> frozenset[str]:
    """Return what is bound to an instance of the class, as it is written."""
    return frozenset(
        ast.unparse(target)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _is_made(node.value, container)
        for target in node.targets
    )


def _is_made(value: ast.expr, container: str) -> bool:
    return bool(container) and isinstance(value, ast.Call) and _name(value.func) == container


def _is_of(function: ast.expr, called: Called, known: Known, instances: frozenset[str]) -> bool:
    if called.container and called.name == "__init__":
        return _name(function) == called.container
    if isinstance(function, ast.Name):
        return not called.container and function.id == called.name
    if not isinstance(function, ast.Attribute) or function.attr != called.name:
        return False
    receiver = function.value
    if called.container:
        return _is_made(receiver, called.container) or ast.unparse(receiver) in instances
    return isinstance(receiver, ast.Name) and known.get(receiver.id, "").startswith(IMPORTED)


def _type(value: ast.expr, known: Known) -> str:
    """Return the type of a value, also of one that a class is called for."""
    found = type_of(value, known)
    if not found and isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id if value.func.id[:1].isupper() else ""
    return found


def one_type(types: Collection[str]) -> str:
    """Return the one type that does for all of these, "" where there is none, or one is unknown."""
    if "" in types:
        return ""
    rest = {one for one in types if one != "None"}
    wide = _WIDER.get(frozenset(rest)) or (joined(sorted(rest)) if rest else "")
    return f"{wide} | None" if wide and "None" in types else wide


def is_used_as(function: Function, name: str, type_: str) -> bool:
    """Return whether a parameter is used as only a value of this one of the plain types can be."""
    own = _PLAIN.get(outer_of(type_))
    others = [one for key, one in _PLAIN.items() if key != outer_of(type_)]
    return own is not None and any(
        hasattr(own, node.attr) and not any(hasattr(one, node.attr) for one in others)
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == name
    )


_PLAIN: Mapping[str, type] = {
    one.__name__: one for one in (int, float, str, list, dict, set, tuple)
}


def _scopes(tree: ast.Module) -> Iterator[tuple[ast.AST, Known]]:
    """Yield the file and each function of it, with the types of the names there."""
    imports = [one for one in tree.body if isinstance(one, ast.Import | ast.ImportFrom)]
    body = [one for one in tree.body if one not in imports]
    top = ast.FunctionDef("_", ast.arguments([], [], None, [], [], None, []), body, [])
    constants = known_names(top, imports)
    yield tree, constants
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node, {**constants, **known_names(node, imports)}


def _inside(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a scope without those of functions in it."""
    for child in ast.iter_child_nodes(scope):
        if not isinstance(child, Function):
            yield child
            yield from _inside(child)
        elif isinstance(scope, ast.Module | ast.ClassDef):
            yield from child.decorator_list


def _name(called: ast.expr) -> str:
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""


def _passed(call: ast.Call, parameters: Sequence[str], known: Known) -> Iterator[tuple[str, str]]:
    is_spread = any(isinstance(one, ast.Starred) for one in call.args)
    given = {} if is_spread else dict(zip(parameters, call.args, strict=False))
    given |= {one.arg: one.value for one in call.keywords if one.arg is not None}
    if len(call.args) <= len(parameters) and given.keys() <= set(parameters):
        yield from ((name, _type(value, known)) for name, value in given.items())


def _compared(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield what is compared with what."""
    sides: list[ast.expr] = []
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        if isinstance(node.ops[0], ast.Eq | ast.Is):
            sides = [node.left, *node.comparators]
    elif isinstance(node, ast.Call) and _name(node.func) in _EQUALS and len(node.args) > 1:
        sides = node.args[:2]
    if sides:
        yield sides[0], sides[1]
        yield sides[1], sides[0]
