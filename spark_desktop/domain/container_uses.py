"""What a Python function does with a container beside what it plainly puts into it. Pure.

The types of what a container holds are sure only where all that is put into it is seen.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from spark_desktop.domain.python_function import Function
from spark_desktop.domain.python_scopes import own_nodes

# Methods that put nothing into what they are called on; the second ones give what it holds.
_QUIET = frozenset(("clear", "count", "discard", "index", "remove", "reverse", "sort"))
_TAKING = frozenset(("copy", "get", "items", "keys", "pop", "values"))
# The same of functions that it is given to.
_READING = frozenset(("all", "any", "len", "print", "str", "sum"))
_PASSING = frozenset(
    ("dict", "enumerate", "list", "max", "min", "reversed", "set", "sorted", "tuple", "zip")
)
_ASKING = (
    *(ast.Compare, ast.UnaryOp, ast.If, ast.While, ast.IfExp, ast.FormattedValue, ast.Expr),
    ast.Assert,
)
# Gives one of its parts, or all of them together.
_THROUGH = (ast.Tuple, ast.IfExp, ast.BoolOp)


class _Use(Enum):
    READ = auto()
    PUT = auto()  # seen by who follows what names are bound to
    RETURNED = auto()
    TAKEN = auto()
    SPILT = auto()


@dataclass(frozen=True, slots=True)
class ContainerUses:
    """Names by what is done with their values.

    ``spilt`` are those into which somebody else may put anything; ``taken`` those of which parts
    are taken, into which something may be put if they are containers themselves.
    """

    spilt: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)


def container_uses(function: Function) -> ContainerUses:
    """Return what a function does with the values of its names, whatever they are."""
    above = {id(one): node for node in ast.walk(function) for one in ast.iter_child_nodes(node)}
    own = {id(node) for node in own_nodes(function)}
    found = ContainerUses()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and len(node.targets) > 1:
            # Several names of one value.
            found.spilt.update(
                one.id
                for target in node.targets
                for one in ast.walk(target)
                if isinstance(one, ast.Name)
            )
        if isinstance(node, ast.NamedExpr):
            name = node.target.id
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            name = node.id
        else:
            continue
        use = _use(node, above)
        # What functions within it put or give, nobody sees.
        is_plain = isinstance(node, ast.Name) and id(node) in own
        is_hidden = not is_plain and use in (_Use.PUT, _Use.RETURNED)
        if use is _Use.SPILT or is_hidden:
            found.spilt.add(name)
        elif use is _Use.TAKEN:
            found.taken.add(name)
    return found


def _use(node: ast.expr, above: Mapping[int, ast.AST]) -> _Use:
    child: ast.AST = node
    parent = above[id(node)]
    while isinstance(parent, _THROUGH) and getattr(parent, "test", None) is not child:
        child, parent = parent, above[id(parent)]
    is_itself = child is node
    match parent:
        case ast.Return():
            return _Use.RETURNED
        case ast.BinOp(op=ast.Mod()):
            return _Use.READ
        case ast.BinOp() | ast.Starred():
            return _Use.TAKEN if is_itself else _Use.SPILT
        case ast.For(iter=walked) | ast.comprehension(iter=walked) if walked is child:
            return _Use.TAKEN if is_itself else _Use.SPILT
        case ast.comprehension():
            return _Use.READ
        case ast.Attribute() if is_itself:
            return _called_on(parent, above[id(parent)])
        case ast.Subscript(value=value) if is_itself and value is node:
            return _taken_from(parent, above[id(parent)])
        case ast.Call() if is_itself:
            return _given_to(parent.func, node)
    return _Use.READ if isinstance(parent, _ASKING) else _Use.SPILT


def _called_on(method: ast.Attribute, call: ast.AST) -> _Use:
    if not isinstance(call, ast.Call) or call.func is not method:
        return _Use.SPILT
    if method.attr in ("append", "add"):
        return _Use.PUT if len(call.args) == 1 and not call.keywords else _Use.SPILT
    if method.attr in _QUIET:
        return _Use.READ
    return _Use.TAKEN if method.attr in _TAKING else _Use.SPILT


def _taken_from(place: ast.Subscript, around: ast.AST) -> _Use:
    if isinstance(place.ctx, ast.Load):
        return _Use.TAKEN
    if isinstance(place.ctx, ast.Del):
        return _Use.READ
    is_one = isinstance(around, ast.Assign) and len(around.targets) == 1
    is_put = is_one and not isinstance(place.slice, ast.Slice)
    return _Use.PUT if is_put else _Use.SPILT


def _given_to(function: ast.expr, node: ast.expr) -> _Use:
    if function is node:
        return _Use.READ
    if isinstance(function, ast.Attribute):
        return _Use.READ if function.attr == "join" else _Use.SPILT
    name = function.id if isinstance(function, ast.Name) else ""
    if name in _PASSING:
        return _Use.TAKEN
    return _Use.READ if name in _READING else _Use.SPILT
