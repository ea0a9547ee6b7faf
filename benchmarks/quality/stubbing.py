"""What a change of a Python file did to its functions, and that file with one of them emptied."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
# Lines of a body that is worth writing, and that a small model may write.
_LEAST_LINES = 2
_MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class Emptied:
    """A file in which the body of one function is ``...``; ``name`` is like "Class.method"."""

    name: str
    text: str


def emptied(before: str, after: str) -> Emptied | None:
    """Return the file after a change, without the body of the first function that it changed.

    None where no function of a fitting size was changed, or the file is none that Python reads.
    """
    old, new = functions(before), functions(after)
    for name, node in new.items():
        if name in old and _shape(old[name]) == _shape(node):
            continue
        span = _body(node, after.splitlines(keepends=True))
        if span is not None:
            start, end, indent = span
            lines = after.splitlines(keepends=True)
            return Emptied(name, "".join([*lines[:start], f"{indent}...\n", *lines[end:]]))
    return None


def is_same(real: str, proposed: str, name: str) -> bool:
    """Return whether the function does the same in both texts, word for word but for layout."""
    ours, theirs = functions(proposed).get(name), functions(real).get(name)
    return ours is not None and theirs is not None and _shape(ours) == _shape(theirs)


def renamed(before: str, after: str) -> dict[str, str]:
    """Return the names of functions and classes that a change gave another, with nothing else."""
    old, new = _named(before), _named(after)
    gone = {_shape(node, nameless=True): name for name, node in old.items() if name not in new}
    found = {}
    for name, node in new.items():
        was = gone.get(_shape(node, nameless=True)) if name not in old else None
        if was is not None:
            found[was.rpartition(".")[2]] = name.rpartition(".")[2]
    return {was: now for was, now in found.items() if was != now}


def functions(text: str) -> dict[str, _Function]:
    """Return the functions of modules and classes by their names; none of a broken text."""
    found = _named(text)
    return {name: one for name, one in found.items() if not isinstance(one, ast.ClassDef)}


def _named(text: str) -> dict[str, _Named]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return {}
    return dict(_walked(tree.body, ""))


def _walked(body: list[ast.stmt], within: str) -> Iterator[tuple[str, _Named]]:
    for node in body:
        if isinstance(node, _Named):
            yield f"{within}{node.name}", node
        if isinstance(node, ast.ClassDef):
            yield from _walked(node.body, f"{within}{node.name}.")


def _shape(node: _Named, *, nameless: bool = False) -> str:
    """Return the code without its layout, and without the text that explains it."""
    shape = ast.dump(ast.Module(body=[*_code(node)], type_ignores=[]))
    head = "" if isinstance(node, ast.ClassDef) else ast.dump(node.args)
    return f"{type(node).__name__} {'' if nameless else node.name} {head} {shape}"


def _code(node: _Named) -> list[ast.stmt]:
    return node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body


def _body(node: _Function, lines: list[str]) -> tuple[int, int, str] | None:
    """Return the lines of the body behind its docstring, from 0, and how far it is indented."""
    code = _code(node)
    if not code or node.end_lineno is None:
        return None
    start, end = code[0].lineno - 1, node.end_lineno
    if isinstance(code[0], _Named) and code[0].decorator_list:
        start = code[0].decorator_list[0].lineno - 1
    # What is remarked above the first statement belongs to it.
    while lines[start - 1].strip().startswith("#") or not lines[start - 1].strip():
        start -= 1
    first = lines[code[0].lineno - 1]
    indent = first[: len(first) - len(first.lstrip())]
    is_own_line = start > node.lineno - 1 and code[0].col_offset == len(indent)
    fits = _LEAST_LINES <= end - start <= _MOST_LINES
    return (start, end, indent) if is_own_line and fits else None
