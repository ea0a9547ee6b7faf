"""Whether the new calls of a Python text fit the functions of its own file. Pure."""

import ast
from collections import Counter
from collections.abc import Iterator

from spark_desktop.domain.proposal import Check
from spark_desktop.domain.python_function import tree_of
from spark_desktop.domain.words import Said, joined, say

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_MOST_TOLD = 3


def calls_fit(before: str, after: str) -> Check | None:
    """Return as evidence whether calls that are new pass what their functions take.

    Only of functions of the file and of a class's own methods, as they are written: one that is
    decorated, bound twice or shadowed may take anything. None where the text cannot be read.
    """
    new = tree_of(after)
    if new is None:
        return None
    misfits = [
        (call, fault)
        for call, function, is_method in _known_calls(new)
        if (fault := _misfit(call, function, is_method)) is not None
    ]
    old = tree_of(before) if misfits else None
    try:
        known = set() if old is None else {ast.dump(one) for one in ast.walk(old) if _is_call(one)}
        told = [fault for call, fault in misfits if ast.dump(call) not in known]
    except RecursionError:
        return None  # somebody generated it
    name = say("calls fit")
    if not told:
        return Check(name, True)
    return Check(name, False, joined(list(dict.fromkeys(told))[:_MOST_TOLD]))


def _is_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call)


def _known_calls(tree: ast.Module) -> Iterator[tuple[ast.Call, _Function, bool]]:
    """Yield the calls of which the function is known, and whether it is called as a method."""
    bound = Counter(_bound(tree))
    own = {
        node.name: node
        for node in tree.body
        if isinstance(node, _Function) and not node.decorator_list and bound[node.name] == 1
    }
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in own:
                yield node, own[name], False
            case ast.ClassDef():
                yield from _of_class(node)


def _of_class(node: ast.ClassDef) -> Iterator[tuple[ast.Call, _Function, bool]]:
    counted = Counter(one.name for one in node.body if isinstance(one, _Function))
    methods = {
        one.name: one
        for one in node.body
        if isinstance(one, _Function) and not one.decorator_list and counted[one.name] == 1
    }
    for one in _of_its_self(node):
        match one:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)):
                # One that only raises is written by heirs, who may take more.
                if name in methods and _has_self(methods[name]) and not _raises(methods[name]):
                    yield one, methods[name], True


def _of_its_self(node: ast.ClassDef) -> Iterator[ast.AST]:
    """Yield what is in a class, but for what has a ``self`` of its own within a method."""
    left: list[ast.AST] = [one for one in node.body if not isinstance(one, ast.ClassDef)]
    outer = set(left)
    while left:
        one = left.pop()
        is_inner = one not in outer and isinstance(one, _Function) and _has_self(one)
        if not is_inner and not isinstance(one, ast.ClassDef):
            yield one
            left += ast.iter_child_nodes(one)


def _has_self(node: _Function) -> bool:
    given = [*node.args.posonlyargs, *node.args.args]
    return bool(given) and given[0].arg == "self"


def _raises(node: _Function) -> bool:
    return isinstance(node.body[-1], ast.Raise)


def _bound(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.alias():
                yield (node.asname or node.name).partition(".")[0]
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield name


def _misfit(call: ast.Call, function: _Function, is_method: bool) -> Said | None:
    given = function.args
    positional = [one.arg for one in (*given.posonlyargs, *given.args)][int(is_method) :]
    starred = any(isinstance(one, ast.Starred) for one in call.args)
    named = [one.arg for one in call.keywords]
    by_name = {*positional[max(0, len(given.posonlyargs) - is_method) :]}
    by_name |= {one.arg for one in given.kwonlyargs}
    if given.kwarg is None:
        for name in named:
            if name is not None and name not in by_name:
                return say("{function} takes no {name}.", function=function.name, name=name)
    if starred:
        return None
    if len(call.args) > len(positional) and given.vararg is None:
        return say(
            "{function} takes %n argument(s), not {given}.",
            "",
            len(positional),
            function=function.name,
            given=len(call.args),
        )
    if None in named:
        return None
    required = positional[: len(positional) - len(given.defaults)]
    pairs = zip(given.kwonlyargs, given.kw_defaults, strict=True)
    missing = [one for one in required[len(call.args) :] if one not in named]
    missing += [one.arg for one, default in pairs if default is None and one.arg not in named]
    if missing:
        return say("{function} needs {name}.", function=function.name, name=missing[0])
    return None
