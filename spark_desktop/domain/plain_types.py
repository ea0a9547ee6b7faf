"""Types in a Python function's signature, against what its code does. Pure; guesses nothing."""

import ast
import builtins
from collections.abc import Iterable, Iterator

from spark_desktop.domain.python_expressions import Known, joined, type_of
from spark_desktop.domain.python_function import Function, defaults_of
from spark_desktop.domain.python_inference import known_names, own_nodes, parameters_of

Imports = Iterable[ast.Import | ast.ImportFrom]

# What an annotation accepts beside itself.
_ACCEPTS = {"float": {"int", "bool"}, "int": {"bool"}, "complex": {"int", "float", "bool"}}
_KNOWN = frozenset(
    ("int", "float", "str", "bool", "bytes", "list", "dict", "set", "tuple", "None", "complex")
)
# Not Set, which is an abstract one, too.
_OLD_NAMES = {"List": "list", "Dict": "dict", "Tuple": "tuple"}
# Who asks for the type itself handles values of others.
_NARROWING = ("isinstance", "hasattr", "getattr", "type", "cast")


def misfit(function: Function) -> tuple[str, str, str] | None:
    """Return a type in a signature that the function itself refutes; None where none is seen.

    That is what has it (a parameter's name, "" for the result), the type that is told, and the one
    that is there. A parameter that is None where nothing is given may be told without that.
    """
    for one, value in defaults_of(function.args):
        found = type_of(value)
        if one.annotation is not None and found != "None" and _refutes(one.annotation, found):
            return one.arg, ast.unparse(one.annotation), found
    known = known_names(function)
    for one in parameters_of(function.args):
        if one.annotation is not None and (use := _strange_use(function, one, known)):
            return one.arg, ast.unparse(one.annotation), use
    if function.returns is None or _yields(function):
        return None
    for result in _results(function):
        found = type_of(result, known)
        if _refutes(function.returns, found):
            return "", ast.unparse(function.returns), found
    return None


def result_given(function: Function, imports: Imports = ()) -> str:
    """Return the type of a function's result, as an annotation; "" where it is not sure.

    ``imports`` are those of the file.
    """
    if _yields(function):
        return ""
    known = known_names(function, imports)
    found = {type_of(one, known) for one in _results(function)}
    if not _ends(function.body):
        found.add("None")
    may_be_none = "None" in found and len(found) > 1
    found -= {"None"} if may_be_none else set()
    if found == {"int", "float"}:
        found = {"float"}
    only = joined(sorted(found)) if found and "" not in found else ""
    return f"{only} | None" if only and may_be_none else only


def may_give_none(function: Function) -> bool:
    """Return whether a function gives None in one case, and something else in another."""
    given = [type_of(one) for one in _results(function)]
    is_some = any(one != "None" for one in given)
    return is_some and ("None" in given or not _ends(function.body)) and not _yields(function)


def _strange_use(function: Function, parameter: ast.arg, known: Known) -> str:
    """Return what a parameter is used as that a value of its type is not; "" for nothing."""
    told = outer_names(parameter.annotation) if parameter.annotation is not None else set()
    types = [getattr(builtins, one) for one in told - {"None"} if one in _KNOWN]
    if not types or not told <= _KNOWN or _is_other_at_times(function, parameter.arg):
        return ""
    for node in own_nodes(function):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name == parameter.arg:
                if not any(hasattr(one, attribute) for one in types):
                    return f"….{attribute}"
            case ast.Subscript(value=ast.Name(id=name)) if name == parameter.arg:
                if not any(hasattr(one, "__getitem__") for one in types):
                    return "…[…]"
            case ast.For(iter=ast.Name(id=name)) | ast.comprehension(iter=ast.Name(id=name)):
                if name == parameter.arg and not any(hasattr(one, "__iter__") for one in types):
                    return "for … in …"
    return ""


def _is_other_at_times(function: Function, name: str) -> bool:
    """Return whether a parameter is bound to something else, or asked of what type it is."""
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load):
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            asked = any(isinstance(one, ast.Name) and one.id == name for one in node.args)
            if asked and called in _NARROWING:
                return True
    return False


def _ends(body: list[ast.stmt]) -> bool:
    """Return whether it surely does not go on behind these statements."""
    match body[-1] if body else None:
        case ast.Return() | ast.Raise():
            return True
        case ast.If(body=first, orelse=other):
            return _ends(first) and _ends(other)
        case ast.Try(body=first, handlers=handlers, orelse=other, finalbody=last):
            is_all = all(_ends(one.body) for one in handlers)
            return _ends(last) or (is_all and (_ends(other) if other else _ends(first)))
        case ast.While(test=ast.Constant(value=True)) as loop:
            return not any(isinstance(node, ast.Break) for node in ast.walk(loop))
        case ast.With(body=inner) | ast.AsyncWith(body=inner):
            return _ends(inner)
        case ast.Match(cases=[*_, ast.match_case(ast.MatchAs(None), None)] as cases):
            return all(_ends(one.body) for one in cases)
        case _:
            return False


def _refutes(annotation: ast.expr, found: str) -> bool:
    told = outer_names(annotation)
    if not found or not told <= _KNOWN:
        return False
    accepted = told | {one for name in told for one in _ACCEPTS.get(name, ())}
    return found.partition("[")[0] not in accepted


def outer_names(annotation: ast.expr) -> set[str]:
    """Return the names of an annotation without what they hold; "?" among them for others."""
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        return outer_names(annotation.left) | outer_names(annotation.right)
    if isinstance(annotation, ast.Subscript):
        name = ast.unparse(annotation.value).rpartition(".")[2]
        if name == "Optional":
            return outer_names(annotation.slice) | {"None"}
        return outer_names(annotation.value)
    if isinstance(annotation, ast.Constant):
        return {"None"} if annotation.value is None else {"?"}
    if isinstance(annotation, ast.Attribute):
        return {annotation.attr}
    if not isinstance(annotation, ast.Name):
        return {"?"}
    return {_OLD_NAMES.get(annotation.id, annotation.id)}


def _results(function: Function) -> Iterator[ast.expr]:
    for node in own_nodes(function):
        if isinstance(node, ast.Return):
            yield from _alternatives(node.value or ast.Constant(None))


def _alternatives(value: ast.expr) -> Iterator[ast.expr]:
    """Yield what a value is in one case or the other."""
    if isinstance(value, ast.IfExp):
        yield from _alternatives(value.body)
        yield from _alternatives(value.orelse)
    elif isinstance(value, ast.BoolOp) and isinstance(value.op, ast.Or):
        # What is in front of the last is taken where it is true: it is not None then.
        yield from (one for one in value.values[:-1] if not isinstance(one, ast.Constant))
        yield value.values[-1]
    else:
        yield value


def _yields(function: Function) -> bool:
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in own_nodes(function))
