"""What names mean where a file calls a function or a class of another one. Pure."""

import ast
from collections import Counter, deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from spark_desktop.domain.python_expressions import IMPORTED, Known
from spark_desktop.domain.python_function import Function
from spark_desktop.domain.python_inference import names_outside, names_within
from spark_desktop.domain.python_scopes import FileNames, Scope, bound_in, names_in, own_nodes


@dataclass(frozen=True, slots=True)
class Home:
    """The file ``path`` that defines something, and the one that is ``read``."""

    path: str
    read: str

    def may_be(self, module: str) -> bool:
        """Return whether an import of a module, as it is written in the file, may be of the home.

        That is one with the name of the file, or of the package that it is in.
        """
        own = PurePosixPath(self.path)
        names = {own.parent.name, own.stem} - {"", "__init__"}
        last = module.rpartition(".")[2]
        if module and not last:
            # from . import it
            above = PurePosixPath(self.read).parents
            last = above[len(module) - 1].name if len(module) <= len(above) else ""
        return last in names


@dataclass(frozen=True, slots=True)
class CallScope:
    """One function of a file, or what is outside of all, with what is known there.

    ``local`` are the names that it and functions around it bind, ``instances`` what is bound to
    instances of the class ``container``, as it is written.
    """

    known: Known
    home: Home
    container: str
    nodes: Sequence[ast.AST] = ()
    local: frozenset[str] = frozenset()
    instances: frozenset[str] = frozenset()

    def means(self, expression: ast.expr, name: str) -> bool:
        """Return whether an expression is the function or class ``name`` of the home."""
        written = text_of(expression)
        if self.home.path == self.home.read and written == name:
            return name not in self.local
        root, _, rest = written.partition(".")
        origin = self.known.get(root, "")
        if not origin.startswith(IMPORTED):
            return False
        module, _, last = f"{origin}.{rest}".removeprefix(IMPORTED).rstrip(".").rpartition(".")
        return last == name and self.home.may_be(module)

    def is_made(self, value: ast.expr) -> bool:
        """Return whether a value is a new instance of the class."""
        return (
            bool(self.container)
            and isinstance(value, ast.Call)
            and self.means(value.func, self.container)
        )


def call_scopes(
    tree: ast.Module, names: Collection[str], container: str, home: Home
) -> Iterator[CallScope]:
    """Yield the file and each function of it that uses ``names``, with what is known there."""
    file = names_in(tree)
    wanted = {each.asname or "" for one in file.imports for each in one.names if each.name in names}
    wanted |= set(names)
    nodes = list(_inside(tree))
    known = {**_constants(tree, file), **_given_to_lambdas(nodes)}
    outermost = CallScope(known, home, container, nodes)
    outermost = replace(outermost, instances=_instances(tree, outermost) | _parts(tree, outermost))
    left = deque([outermost])
    while left:
        around = left.popleft()
        yield around
        functions = (one for one in around.nodes if isinstance(one, Function))
        left.extend(_within(one, around) for one in functions if _mentions(one, wanted))


def text_of(expression: ast.expr) -> str:
    """Return a name, or a part of one, as it is written; "" for anything else."""
    parts: list[str] = []
    while isinstance(expression, ast.Attribute):
        parts.append(expression.attr)
        expression = expression.value
    return ".".join([expression.id, *reversed(parts)]) if isinstance(expression, ast.Name) else ""


def _mentions(function: Function, names: Collection[str]) -> bool:
    return any(
        (isinstance(one, ast.Name) and one.id in names)
        or (isinstance(one, ast.Attribute) and one.attr in names)
        for one in ast.walk(function)
    )


def _within(function: Function, around: CallScope) -> CallScope:
    bound, nodes = bound_in(function), list(_inside(function))
    own = {**names_within(function, around.known), **_given_to_lambdas(nodes)}
    found = replace(
        around,
        known={**around.known, **own},
        nodes=nodes,
        local=around.local | bound,
        instances=frozenset(one for one in around.instances if "." in one or one not in bound),
    )
    return replace(found, instances=found.instances | _instances(function, found))


def _given_to_lambdas(nodes: Sequence[ast.AST]) -> dict[str, str]:
    lambdas = [one for one in nodes if isinstance(one, ast.Lambda)]
    return {
        one.arg: "" for each in lambdas for one in ast.walk(each.args) if isinstance(one, ast.arg)
    }


def _constants(tree: ast.Module, file: FileNames) -> Known:
    body = [one for one in tree.body if one not in file.imports]
    top = ast.FunctionDef("_", ast.arguments([], [], None, [], [], None, []), body, [])
    outside = names_outside(file)
    return {**outside, **names_within(top, outside)}


def _inside(scope: Scope) -> Iterator[ast.AST]:
    """Yield the nodes of a scope without those of functions in it."""
    left: deque[ast.AST] = deque(scope.body)
    while left:
        node = left.popleft()
        yield node
        if isinstance(node, Function):
            given = node.args
            defaults = [one for one in given.kw_defaults if one is not None]
            left.extend([*node.decorator_list, *given.defaults, *defaults])
        else:
            left.extend(ast.iter_child_nodes(node))


def _instances(scope: Scope, known: CallScope) -> frozenset[str]:
    """Return the names that only instances of the class are bound to."""
    made = {
        id(target): target.id
        for node in own_nodes(scope)
        if isinstance(node, ast.Assign) and known.is_made(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return frozenset(made.values()) - bound_in(scope, made)


def _parts(tree: ast.Module, known: CallScope) -> frozenset[str]:
    """Return the parts of names that only instances of the class are bound to, as ``self.line``."""
    bound: Counter[str] = Counter()
    made: Counter[str] = Counter()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            bound[text_of(node)] += 1
        elif isinstance(node, ast.Assign) and known.is_made(node.value):
            made.update(text_of(one) for one in node.targets if isinstance(one, ast.Attribute))
    return frozenset(one for one, count in made.items() if one and count == bound[one])
