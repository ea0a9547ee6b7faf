"""Whether two answers are the same code, however they are laid out and name what is theirs."""

import ast
import re
from pathlib import PurePosixPath

# Strings first, so that what looks like a comment in one stays.
_TOKEN = re.compile(
    r"""(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)"""
    r"""|(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<word>\w+)|(?P<sign>[^\s\w])""",
    re.DOTALL,
)
_HASHES = re.compile(
    r"""(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')"""
    r"""|(?P<comment>\#[^\n]*)|(?P<word>\w+)|(?P<sign>[^\s\w])"""
)
_WITH_HASHES = frozenset({".rb", ".sh", ".bash", ".py", ".pyi", ".toml", ".yaml", ".yml"})
# Needless in front of a bracket that closes.
_CLOSING = frozenset(")]}")


def shape_of(path: str, text: str) -> str:
    """Return a text that is equal for answers that are the same code.

    Comments, layout and docstrings do not count; in Python neither do the names of what a function
    assigns for itself.
    """
    if path.endswith((".py", ".pyi")):
        shape = _python(text)
        if shape is not None:
            return shape
    pattern = _HASHES if PurePosixPath(path).suffix in _WITH_HASHES else _TOKEN
    tokens = [match[0] for match in pattern.finditer(text) if not match["comment"]]
    kept = [
        token
        for token, following in zip(tokens, [*tokens[1:], ""], strict=True)
        if token != ";" and not (token == "," and following in _CLOSING)
    ]
    return " ".join("'" + one[1:-1] + "'" if one[0] in "\"'" else one for one in kept)


def _python(text: str) -> str | None:
    try:
        tree = ast.parse(_without_indent(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            _rename_locals(node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
            _drop_docstring(node)
    return ast.dump(tree)


def _without_indent(text: str) -> str:
    lines = text.split("\n")
    first = next((line for line in lines if line.strip()), "")
    width = len(first) - len(first.lstrip())
    return "\n".join(line[width:] if not line[:width].strip() else line for line in lines)


def _drop_docstring(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module,
) -> None:
    first = node.body[0] if node.body else None
    text = first.value if isinstance(first, ast.Expr) else None
    if isinstance(text, ast.Constant) and isinstance(text.value, str):
        node.body = node.body[1:]


def _rename_locals(function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
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
