"""Which names a Python function, and the file around it, bind. Pure."""

import ast
import builtins
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from spark_desktop.domain.python_function import Function, tree_of

Import = ast.Import | ast.ImportFrom
# What has names of its own, and runs its body by itself.
Scope = Function | ast.Module
_BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True, slots=True)
class FileNames:
    """The imports at the top of a file, and the names that anything else in it binds.

    ``bound`` are those of the file's own level and of functions with functions in them: none of
    these names need be the language's own where a function of the file uses it. ``constants`` are
    those in capitals that the file gives a value once.
    """

    imports: tuple[Import, ...] = ()
    bound: frozenset[str] = frozenset()
    constants: tuple[tuple[str, ast.expr], ...] = ()

    def beside(self, imports: Iterable[Import]) -> "FileNames":
        """Return these names with more imports."""
        return replace(self, imports=(*self.imports, *imports))


NO_FILE = FileNames()


def file_names(text: str) -> FileNames:
    """Return the names of a file; where it does not parse, it may bind all of the language's."""
    tree = tree_of(text)
    return FileNames(bound=_BUILTINS) if tree is None else names_in(tree)


def names_in(tree: ast.Module) -> FileNames:
    """Return the names of a file that was parsed."""
    imports = tuple(node for node in tree.body if isinstance(node, Import))
    known = {id(node) for node in imports}
    bound = bound_in(tree, known)
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            bound.update(node.names)
        elif isinstance(node, Function) and any(
            isinstance(one, Function | ast.ClassDef) for one in own_nodes(node)
        ):
            bound |= bound_in(node)
        elif isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            bound |= _BUILTINS
    return FileNames(imports, frozenset(bound), tuple(_constants(tree)))


def _constants(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    stored = Counter(
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    )
    for node in tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                if name.isupper() and stored[name] == 1:
                    yield name, value


def own_nodes(scope: Scope) -> Iterator[ast.AST]:
    """Yield the nodes of a function or a file without those of functions in it."""
    left: deque[ast.AST] = deque(scope.body)
    while left:
        node = left.popleft()
        yield node
        if not isinstance(node, Function | ast.Lambda | ast.ClassDef):
            left.extend(ast.iter_child_nodes(node))


def parameters_of(given: ast.arguments) -> list[ast.arg]:
    """Return all parameters but those that take any number."""
    return [*given.posonlyargs, *given.args, *given.kwonlyargs]


def bound_in(scope: Scope, understood: Collection[int] = ()) -> set[str]:
    """Return the names that a scope binds; not by what is ``understood``, which are node's ids."""
    names: set[str] = set()
    if isinstance(scope, Function):
        given = scope.args
        many = [one for one in (given.vararg, given.kwarg) if one is not None]
        names |= {one.arg for one in (*parameters_of(given), *many) if id(one) not in understood}
    for node in own_nodes(scope):
        if id(node) not in understood:
            names.update(_bound_by(node))
    return names


def _bound_by(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(ctx=ast.Store() | ast.Del()):
            yield node.id
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
        case ast.Import() | ast.ImportFrom():
            yield from ((one.asname or one.name).partition(".")[0] for one in node.names)
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            yield name
        case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            yield name
