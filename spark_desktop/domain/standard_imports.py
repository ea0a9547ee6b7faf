"""Imports of modules that come with Python. Pure."""

import ast
import sys

from spark_desktop.domain.text import dominant_newline, split_lines
from spark_desktop.domain.text_edits import TextEdit


def standard_import(module: str, content: str) -> tuple[TextEdit, ...]:
    """Return the edit that imports a module of the standard library; () where it is there.

    It stands among the imports of its kind, in their order; the file has to parse.
    """
    body = ast.parse(content).body
    is_text = bool(body) and isinstance(body[0], ast.Expr)
    first = 1 if is_text and ast.get_docstring(ast.Module(body[:1], [])) is not None else 0
    imports: list[ast.Import | ast.ImportFrom] = []
    for node in body[first:]:
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            break
        imports.append(node)
    if any(
        isinstance(node, ast.Import) and any(_brings(each, module) for each in node.names)
        for node in imports
    ):
        return ()
    starts = [0]
    for line in split_lines(content):
        starts.append(starts[-1] + len(line))
    newline = dominant_newline(content)
    before = [node for node in imports if _is_before(node, module)]
    following = imports[len(before)] if len(before) < len(imports) else None
    if before and (following is None or isinstance(before[-1], ast.Import)):
        at = starts[min(before[-1].end_lineno or 0, len(starts) - 1)]
        lead = "" if isinstance(before[-1], ast.Import) else newline
        return (TextEdit(at, at, f"{lead}import {module}{newline}"),)
    if following is not None:
        at = starts[following.lineno - 1]
        gap = "" if _is_standard(following) else newline
        return (TextEdit(at, at, f"import {module}{newline}{gap}"),)
    if first:
        at = starts[min(body[0].end_lineno or 0, len(starts) - 1)]
        return (TextEdit(at, at, f"{newline}import {module}{newline}"),)
    row = body[0].lineno if body else 1
    decorators: list[ast.expr] = getattr(body[0], "decorator_list", []) if body else []
    at = starts[min([row, *(one.lineno for one in decorators)]) - 1]
    return (TextEdit(at, at, f"import {module}{newline * 3}"),)


def _brings(alias: ast.alias, module: str) -> bool:
    return alias.name == module and alias.asname in (None, module)


def _is_before(node: ast.Import | ast.ImportFrom, module: str) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "__future__"
    return _is_standard(node) and node.names[0].name < module


def _is_standard(node: ast.Import | ast.ImportFrom) -> bool:
    if isinstance(node, ast.ImportFrom):
        name = "" if node.level else node.module or ""
    else:
        name = node.names[0].name
    return name.partition(".")[0] in sys.stdlib_module_names
