"""The form of Python code in which two ways to write the same are equal. For comparing only."""

import ast
from collections import Counter
from typing import TypeGuard, cast

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_TURNED = {ast.Gt: ast.Lt, ast.GtE: ast.LtE}


def python_shape(text: str) -> str | None:
    """Return the form; None where the text is no Python.

    Imports, docstrings, annotations, and the names of what a function or a lambda has for itself do
    not count; nor whether a value is named before its only use, whether an ``else`` follows what
    leaves anyway, on which side of a comparison something stands, ``+=`` for ``x = x + …``, and
    what an exception says in words.
    """
    try:
        tree = ast.parse(_without_indent(text))
        tree = cast(ast.Module, _Plain().visit(tree))
        for node in ast.walk(tree):
            if isinstance(node, _Function):
                _inline(node)
                _rename_locals(node)
        return ast.dump(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _without_indent(text: str) -> str:
    lines = text.split("\n")
    first = next((line for line in lines if line.strip()), "")
    width = len(first) - len(first.lstrip())
    return "\n".join(line[width:] if not line[:width].strip() else line for line in lines)


class _Plain(ast.NodeTransformer):
    """Writes what can be written in two ways in one of them."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list):
                setattr(node, field, _flat(_without_docstring(node, block)))
        return node

    def visit_Import(self, node: ast.Import) -> None:
        return None

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        return None

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(node.arg)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        raised = node.exc
        if isinstance(raised, ast.Call) and _tells_in_words(raised):
            node.exc = ast.Call(raised.func, raised.args[1:], raised.keywords)
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is None or not isinstance(node.target, ast.Name):
            return self.generic_visit(node)
        return self.generic_visit(ast.Assign([node.target], node.value))

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        if not isinstance(node.target, ast.Name):
            return self.generic_visit(node)
        read = ast.Name(node.target.id, ast.Load())
        return self.generic_visit(ast.Assign([node.target], ast.BinOp(read, node.op, node.value)))

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        turned = _TURNED.get(type(node.ops[0])) if len(node.ops) == 1 else None
        if turned is not None:
            node = ast.Compare(node.comparators[0], [turned()], [node.left])
        return self.generic_visit(node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        names = {one.arg: f"given_{number}" for number, one in enumerate(node.args.args)}
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and inner.id in names:
                inner.id = names[inner.id]
            elif isinstance(inner, ast.arg) and inner.arg in names:
                inner.arg = names[inner.arg]
        return self.generic_visit(node)


def _without_docstring(node: ast.AST, block: list[ast.stmt]) -> list[ast.stmt]:
    is_holder = isinstance(node, ast.Module | ast.ClassDef | _Function)
    return block[1:] if is_holder and block and _is_text(block[0]) else block


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _tells_in_words(raised: ast.Call) -> bool:
    """Return whether the first argument of an exception is for people; a missing key is not."""
    is_key = isinstance(raised.func, ast.Name) and raised.func.id == "KeyError"
    return bool(raised.args) and _is_words(raised.args[0]) and not is_key


def _is_words(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _flat(block: list[ast.stmt]) -> list[ast.stmt]:
    """Return the statements with what stands below an ``else`` that is not needed beside them."""
    found: list[ast.stmt] = []
    for one in block:
        if isinstance(one, ast.If) and one.orelse and isinstance(one.body[-1], _LEAVES):
            found += [ast.If(one.test, one.body, []), *one.orelse]
        else:
            found.append(one)
    return found


def _inline(function: _Function) -> None:
    """Put each value that is named for the very next statement alone into its place."""
    stored = Counter(
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    )
    read = Counter(
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    )
    for node in ast.walk(function):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list):
                _inline_in(block, stored, read)


def _inline_in(block: list[ast.stmt], stored: Counter[str], read: Counter[str]) -> None:
    place = len(block) - 2
    while place >= 0:
        one, following = block[place], block[place + 1]
        if _names_one(one) and not isinstance(following, ast.For | ast.While | _Function):
            name = cast(ast.Name, one.targets[0]).id
            uses = [n for n in ast.walk(following) if isinstance(n, ast.Name) and n.id == name]
            if stored[name] == 1 and read[name] == 1 and len(uses) == 1:
                block[place : place + 2] = [_Put(name, one.value).visit(following)]
        place -= 1


def _names_one(node: ast.stmt) -> TypeGuard[ast.Assign]:
    return (
        isinstance(node, ast.Assign)
        and len(node.targets) == 1
        and isinstance(node.targets[0], ast.Name)
    )


class _Put(ast.NodeTransformer):
    def __init__(self, name: str, value: ast.expr) -> None:
        self._name = name
        self._value = value

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._value if node.id == self._name else node


def _rename_locals(function: _Function) -> None:
    """Give the names that a function assigns for itself the numbers of their first use."""
    taken = {
        name
        for node in ast.walk(function)
        if isinstance(node, ast.Global | ast.Nonlocal)
        for name in node.names
    }
    parts = (function.args.posonlyargs, function.args.args, function.args.kwonlyargs)
    taken |= {argument.arg for part in parts for argument in part}
    names: dict[str, str] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id not in taken:
            names.setdefault(node.id, f"local_{len(names)}")
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id in names:
            node.id = names[node.id]
