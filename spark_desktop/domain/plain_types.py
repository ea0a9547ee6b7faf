"""Types in a Python function's signature, against what its code does. Pure; guesses nothing."""

import ast
import builtins
from collections.abc import Iterator, Sequence

from spark_desktop.domain.python_endings import ends, is_stub
from spark_desktop.domain.python_expressions import Known, joined, type_of
from spark_desktop.domain.python_function import Function, defaults_of
from spark_desktop.domain.python_inference import known_names, names_outside, narrowed_names
from spark_desktop.domain.python_scopes import NO_FILE, FileNames, own_nodes, parameters_of

# What an annotation accepts beside itself.
_ACCEPTS = {"float": {"int", "bool"}, "int": {"bool"}, "complex": {"int", "float", "bool"}}
_KNOWN = frozenset(
    ("int", "float", "str", "bool", "bytes", "list", "dict", "set", "tuple", "None", "complex")
)
# Not Set, which is an abstract one, too.
_OLD_NAMES = {"List": "list", "Dict": "dict", "Tuple": "tuple"}
# What holds elements of the one type that it names.
_LISTS = frozenset(("list", "set", "frozenset", "sequence", "iterable", "collection", "iterator"))
# Where types are from that mean the same under their names alone: not numpy.bool.
_TYPE_MODULES = frozenset(("typing", "t", "builtins", "collections.abc", "abc"))


def misfit(function: Function, file: FileNames = NO_FILE) -> tuple[str, str, str] | None:
    """Return a type in a signature that the function itself refutes; None where none is seen.

    That is what has it (a parameter's name, "" for the result), the type that is told, and the one
    that is there. A parameter that is None where nothing is given may be told without that.
    ``file`` is what the file around it binds.
    """
    try:
        return _misfit(function, file)
    except RecursionError:
        return None  # somebody generated it


def result_given(function: Function, file: FileNames = NO_FILE) -> str:
    """Return the type of a function's result, as an annotation; "" where it is not sure.

    It is not of one that others write: of an abstract method, a protocol's, an overload.
    """
    try:
        is_open = is_stub(function) or _yields(function)
        return "" if is_open else _result(function, known_names(function, file))
    except RecursionError:
        return ""


def may_give_none(function: Function) -> bool:
    """Return whether a function gives None in one case, and something else in another."""
    try:
        given = [type_of(one) for one in _results(function)]
        is_whole = ends(function.body)
    except RecursionError:
        return True  # nobody knows
    is_some = any(one != "None" for one in given)
    return is_some and ("None" in given or not is_whole) and not _yields(function)


def _misfit(function: Function, file: FileNames) -> tuple[str, str, str] | None:
    outside = names_outside(file)
    for one, value in defaults_of(function.args):
        found = type_of(value, outside)
        if one.annotation is not None and found != "None" and _refutes(one.annotation, found):
            return one.arg, ast.unparse(one.annotation), found
    known = known_names(function, file)
    for one in parameters_of(function.args):
        if one.annotation is None:
            continue
        if use := _strange_use(function, one) or _strange_part(function, one):
            return one.arg, ast.unparse(one.annotation), use
    if function.returns is None or _yields(function):
        return None
    for result in _results(function):
        found = type_of(result, known)
        if _refutes(function.returns, found):
            return "", ast.unparse(function.returns), found
    return None


def _result(function: Function, known: Known) -> str:
    found = {type_of(one, known) for one in _results(function)}
    if not ends(function.body):
        found.add("None")
    may_be_none = "None" in found and len(found) > 1
    found -= {"None"} if may_be_none else set()
    if found == {"int", "float"}:
        found = {"float"}
    only = joined(sorted(found)) if found and "" not in found else ""
    return f"{only} | None" if only and may_be_none else only


def _strange_use(function: Function, parameter: ast.arg) -> str:
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


def _strange_part(function: Function, parameter: ast.arg) -> str:
    """Return what is asked of a list's elements that those of its type do not have."""
    types = _types_within(parameter.annotation)
    if not types or _is_other_at_times(function, parameter.arg):
        return ""
    narrowed = narrowed_names(function)
    for node in own_nodes(function):
        walked = _walked(node)
        if walked is None or walked[1] != parameter.arg or walked[0] in narrowed:
            continue
        name, _, parts = walked
        inside = [one for part in parts for one in ast.walk(part)]
        stores = [one for one in inside if isinstance(one, ast.Name) and one.id == name]
        if any(isinstance(one.ctx, ast.Store) for one in stores):
            continue
        for one in inside:
            match one:
                case ast.Attribute(value=ast.Name(id=asked), attr=attribute) if asked == name:
                    if not any(hasattr(each, attribute) for each in types):
                        return f"…[….{attribute}]"
    return ""


def _walked(node: ast.AST) -> tuple[str, str, Sequence[ast.AST]] | None:
    """Return the name of each element, what is walked, and what is done with each; else None."""
    match node:
        case ast.For(target=ast.Name(id=name), iter=ast.Name(id=whole), body=body):
            return name, whole, body
        case (
            ast.ListComp(elt=made, generators=[first])
            | ast.SetComp(elt=made, generators=[first])
            | ast.GeneratorExp(elt=made, generators=[first])
        ) if isinstance(first.target, ast.Name) and isinstance(first.iter, ast.Name):
            return first.target.id, first.iter.id, [made, *first.ifs]
    return None


def _types_within(annotation: ast.expr | None) -> list[type]:
    """Return the plain types that the elements of an annotated list may have; none where open."""
    if not isinstance(annotation, ast.Subscript):
        return []
    whole = ast.unparse(annotation.value).rpartition(".")[2]
    if whole.lower() not in _LISTS or isinstance(annotation.slice, ast.Tuple):
        return []
    told = outer_names(annotation.slice)
    return [getattr(builtins, one) for one in told - {"None"} if told <= _KNOWN]


def _is_other_at_times(function: Function, name: str) -> bool:
    """Return whether a parameter is bound to something else, or asked of what type it is."""
    return name in narrowed_names(function) or any(
        isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
        for node in ast.walk(function)
    )


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
        is_plain = ast.unparse(annotation.value) in _TYPE_MODULES
        return {_OLD_NAMES.get(annotation.attr, annotation.attr) if is_plain else "?"}
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
