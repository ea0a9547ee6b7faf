"""Where a Python function ends, and whether it has a body of its own. Pure."""

import ast
import re
from collections.abc import Iterator, Sequence

from spark_desktop.domain.python_function import Function
from spark_desktop.domain.regex import regex

_LEAVING = frozenset(
    (
        *("exit", "quit", "sys.exit", "os._exit", "os.abort", "assert_never"),
        *("typing.assert_never", "pytest.exit", "pytest.fail", "pytest.skip"),
    )
)
# Behind these it goes on where something was raised.
_SWALLOWING = regex(r"suppress|ignor|raises", re.IGNORECASE)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def is_stub(function: Function) -> bool:
    """Return whether others write what a function does: abstract ones, protocols, overloads."""
    told = [ast.unparse(one).rpartition(".")[2] for one in function.decorator_list]
    body = [one for one in function.body if not _says_nothing(one)]
    return any(one == "overload" or one.startswith("abstract") for one in told) or (
        not body or (len(body) == 1 and _is_missing(body[0]))
    )


def ends(body: Sequence[ast.stmt]) -> bool:
    """Return whether it surely does not go on behind these statements."""
    return any(_ends(one) for one in body)


def _ends(statement: ast.stmt) -> bool:
    match statement:
        case ast.Return() | ast.Raise():
            return True
        case ast.Expr(value=ast.Call(func=ast.Name() | ast.Attribute() as called)):
            return ast.unparse(called) in _LEAVING
        case ast.Assert(test=ast.Constant(value=value)):
            return not value
        case ast.If(body=first, orelse=other):
            return ends(first) and ends(other)
        case ast.Try() | ast.TryStar():
            is_all = all(ends(one.body) for one in statement.handlers)
            is_tried = ends(statement.body) or ends(statement.orelse)
            return ends(statement.finalbody) or (is_all and is_tried)
        case ast.While(test=ast.Constant(value=value)):
            return bool(value) and not any(_leaves(statement.body))
        case ast.With(items=items) | ast.AsyncWith(items=items):
            managers = " ".join(ast.unparse(one.context_expr) for one in items)
            return ends(statement.body) and not _SWALLOWING.search(managers)
        case ast.Match(cases=[*_, ast.match_case(ast.MatchAs(None), None)] as cases):
            return all(ends(one.body) for one in cases)
        case _:
            return False


def _leaves(body: Sequence[ast.AST]) -> Iterator[bool]:
    """Yield True for each break that is not one of a loop within the loop of this body."""
    left = list(body)
    while left:
        node = left.pop()
        if isinstance(node, ast.Break):
            yield True
        elif isinstance(node, _LOOPS):
            left.extend(node.orelse)
        elif not isinstance(node, Function | ast.ClassDef):
            left.extend(ast.iter_child_nodes(node))


def _says_nothing(statement: ast.stmt) -> bool:
    is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return is_text or isinstance(statement, ast.Pass)


def _is_missing(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Raise) or statement.exc is None:
        return False
    return "NotImplemented" in ast.unparse(statement.exc)
