"""Types that calls of a Python function pass and expect, where a file makes them sure. Pure."""

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from spark_desktop.domain.call_scopes import CallScope, Home, call_scopes, text_of
from spark_desktop.domain.python_expressions import Known, joined, outer_of, type_of
from spark_desktop.domain.python_function import Function

_EQUALS = frozenset(("assertEqual", "assertEquals", "assertIs"))
# What a wider type accepts beside itself.
_WIDER = {frozenset(("int", "float")): "float", frozenset(("bool", "int")): "int"}
# In characters. Nobody writes a file that is longer, and nobody waits for it.
_LONGEST = 300_000


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
    """A function, or a method of the class ``container``, in the file ``path``.

    ``parameters`` are without the receiver.
    """

    name: str
    parameters: tuple[str, ...]
    container: str = ""
    path: str = ""


def not_all(called: Called) -> CallTypes:
    """Return what is shown where there are calls that nobody looked at."""
    return CallTypes({name: {""} for name in called.parameters})


def call_types(content: str, called: Called, path: str = "") -> CallTypes:
    """Return what the calls in the file ``path`` show; only of those that are surely meant.

    These are calls in the function's own file, and of what is imported from there; of a method
    those on what is surely of its class. What is passed and not known is among the types as "".
    """
    if len(content) > _LONGEST:
        return not_all(called)
    try:
        return _shown(ast.parse(content), called, path)
    except (SyntaxError, ValueError, MemoryError):
        return CallTypes()
    except RecursionError:
        return not_all(called)


def _shown(tree: ast.Module, called: Called, path: str) -> CallTypes:
    found = CallTypes()
    home = Home(called.path, path)
    for scope in call_scopes(tree, (called.name, called.container), called.container, home):
        for node in scope.nodes:
            if isinstance(node, ast.Call) and _is_of(node.func, called, scope):
                for parameter, type_ in _passed(node, called.parameters, scope.known):
                    found.passed.setdefault(parameter, set()).add(type_)
            for one, other in _compared(node):
                if isinstance(one, ast.Call) and _is_of(one.func, called, scope):
                    found.compared.add(_type(other, scope.known))
    return found


def _is_of(function: ast.expr, called: Called, scope: CallScope) -> bool:
    if not called.container:
        return scope.means(function, called.name)
    if called.name == "__init__":
        return scope.means(function, called.container)
    if not isinstance(function, ast.Attribute) or function.attr != called.name:
        return False
    return scope.is_made(function.value) or text_of(function.value) in scope.instances


def _type(value: ast.expr, known: Known) -> str:
    """Return the type of a value, also of one that a class is called for."""
    found = type_of(value, known)
    if not found and isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        name = value.func.id
        is_constant = len(name) > 1 and name.isupper()
        return name if name[:1].isupper() and not is_constant else ""
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
