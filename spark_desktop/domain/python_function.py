"""The one Python function that a text is, whatever it is indented by."""

import ast
from dataclasses import dataclass

from spark_desktop.domain.text import split_lines

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class FunctionText:
    """``node`` was parsed with the text's indent of ``width`` columns taken off.

    ``imports`` stand beside it.
    """

    node: Function
    imports: tuple[ast.Import | ast.ImportFrom, ...]
    width: int

    @property
    def column(self) -> int:
        """Return where the function begins in its lines."""
        return self.node.col_offset + self.width


def function_in(text: str) -> FunctionText | None:
    """Return the function; None for a text that holds anything else but imports."""
    lines = split_lines(text)
    first = next((line for line in lines if line.strip()), "")
    width = len(first) - len(first.lstrip(" \t"))
    try:
        tree = ast.parse(
            "".join(line[width:] if line[:width].isspace() else line for line in lines)
        )
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    imports = tuple(node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom))
    rest = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    if len(rest) != 1 or not isinstance(rest[0], ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    return FunctionText(rest[0], imports, width)
