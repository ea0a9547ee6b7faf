"""Types of Python values that can be seen at the expression itself. Pure; guesses nothing."""

import ast
from collections.abc import Iterator

from spark_desktop.domain.python_function import Function, defaults_of

_DISPLAYS: tuple[tuple[type[ast.AST], str], ...] = (
    (ast.JoinedStr, "str"),
    (ast.List, "list"),
    (ast.ListComp, "list"),
    (ast.Dict, "dict"),
    (ast.DictComp, "dict"),
    (ast.Set, "set"),
    (ast.SetComp, "set"),
)
_MADE = {
    **{one: one for one in ("int", "float", "str", "bool", "bytes", "list", "dict", "set")},
    **{"len": "int", "ord": "int", "sorted": "list", "repr": "str", "chr": "str", "any": "bool"},
    **{"all": "bool", "isinstance": "bool", "tuple": "tuple"},
}
_METHODS = {
    **dict.fromkeys(("lower", "upper", "title", "casefold", "capitalize"), "str"),
    **dict.fromkeys(("startswith", "endswith", "isdigit", "isalpha", "isspace"), "bool"),
    **{"splitlines": "list"},
}
_BOOLS = (ast.Is, ast.IsNot, ast.In, ast.NotIn)
# What an annotation accepts beside itself.
_ACCEPTS = {"float": {"int", "bool"}, "int": {"bool"}, "complex": {"int", "float", "bool"}}
_KNOWN = frozenset(
    ("int", "float", "str", "bool", "bytes", "list", "dict", "set", "tuple", "None", "complex")
)
_OLD_NAMES = {"List": "list", "Dict": "dict", "Set": "set", "Tuple": "tuple"}


def type_of(node: ast.expr) -> str:
    """Return the type of an expression, "" where it is not seen; a tuple has those of its parts."""
    if isinstance(node, ast.Constant):
        kind = "None" if node.value is None else type(node.value).__name__
        return "" if node.value is ... else kind
    if isinstance(node, ast.Tuple):
        parts = [type_of(one) for one in node.elts]
        return f"tuple[{', '.join(parts)}]" if parts and all(parts) else "tuple"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return "bool"
    if isinstance(node, ast.Compare):
        return "bool" if all(isinstance(one, _BOOLS) for one in node.ops) else ""
    if isinstance(node, ast.IfExp):
        first, other = type_of(node.body), type_of(node.orelse)
        return first if first == other else ""
    if isinstance(node, ast.Call):
        return _made(node.func)
    return next((name for kind, name in _DISPLAYS if isinstance(node, kind)), "")


def _made(called: ast.expr) -> str:
    """Return what a call gives: of a method only where it is one of a text that is seen."""
    if isinstance(called, ast.Name):
        return _MADE.get(called.id, "")
    is_of_text = isinstance(called, ast.Attribute) and type_of(called.value) == "str"
    return _METHODS.get(called.attr, "") if isinstance(called, ast.Attribute) and is_of_text else ""


def misfit(function: Function) -> tuple[str, str, str] | None:
    """Return a type in a signature that the function itself refutes; None where none is seen.

    That is what has it (a parameter's name, "" for the result), the type that is told, and the one
    that is there. A parameter that is None where nothing is given may be told without that.
    """
    for one, value in defaults_of(function.args):
        found = type_of(value)
        if one.annotation is not None and found != "None" and _refutes(one.annotation, found):
            return one.arg, ast.unparse(one.annotation), found
    if function.returns is None or not isinstance(function, ast.FunctionDef) or _yields(function):
        return None
    for result in _results(function):
        found = "" if _hides(function) else type_of(result)
        if _refutes(function.returns, found):
            return "", ast.unparse(function.returns), found
    return None


def tuple_given(function: Function) -> str:
    """Return the tuple, with the types of its parts, that all results are; "" for anything else."""
    if _hides(function):
        return ""
    found = {type_of(one) for one in _results(function)}
    only = found.pop() if len(found) == 1 else ""
    return only if only.startswith("tuple[") and not _yields(function) else ""


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
    for node in _own(function):
        if isinstance(node, ast.Return):
            yield node.value or ast.Constant(None)


def _hides(function: Function) -> bool:
    """Return whether a name of the language's own is another thing in the function."""
    given = function.args
    names = {one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)}
    names |= {
        node.id
        for node in _own(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return bool(names & _MADE.keys())


def _yields(function: Function) -> bool:
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in _own(function))


def _own(function: Function) -> Iterator[ast.AST]:
    """Yield the nodes of a function without those of functions in it."""
    left: list[ast.AST] = list(function.body)
    while left:
        node = left.pop(0)
        yield node
        if not isinstance(node, Function | ast.Lambda | ast.ClassDef):
            left += ast.iter_child_nodes(node)
