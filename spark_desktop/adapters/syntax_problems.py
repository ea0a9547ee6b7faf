"""The first syntax error of a text: in Python's own words for Python, else by tree-sitter."""

import ast
import re
import warnings

from tree_sitter import Node

from spark_desktop.adapters.languages import Parsed, Parsing, text_of
from spark_desktop.domain.syntax_problem import SyntaxProblem
from spark_desktop.domain.words import say

# The parser of Python recurses into brackets; nobody nests them as deep as this by hand.
_DEEPEST = 90
_OPEN, _CLOSE = "([{", ")]}"
_SHOWN = 40
# The module name by which warnings about a checked text are left out.
_CHECKED = "<checked by spark>"


class SyntaxProblems:
    """Implements ``services.breakage.Problems``; may run in any OS thread."""

    def first(self, path: str, content: str) -> SyntaxProblem | None:
        """Return the first error; None for a text without one, or without a parser."""
        parsed = Parsing().parse(path, content)
        if parsed is None:
            return None
        if parsed.grammar.name == "python" and _is_shallow(content):
            return _of_python(content, parsed)
        return _of_tree(parsed)


def _of_python(content: str, parsed: Parsed) -> SyntaxProblem | None:
    # An invalid escape is a warning, which is not what is looked for.
    warnings.filterwarnings("ignore", module=re.escape(_CHECKED))
    try:
        ast.parse(content, _CHECKED)
    except SyntaxError as error:
        line = max(0, (error.lineno or 1) - 1)
        return SyntaxProblem(line, say("line {line}: {problem}", line=line + 1, problem=error.msg))
    except (ValueError, RecursionError, MemoryError):
        # A NUL, or nested deeper than the parser goes.
        return _of_tree(parsed)
    return None


def _is_shallow(content: str) -> bool:
    depth = 0
    for character in content:
        if character in _OPEN:
            depth += 1
            if depth > _DEEPEST:
                return False
        elif character in _CLOSE:
            depth = max(0, depth - 1)
    return True


def _of_tree(parsed: Parsed) -> SyntaxProblem | None:
    node = next(iter(parsed.problems()), None)
    if node is None:
        return None
    row = min(node.start_point.row, max(0, len(parsed.lines) - 1))
    if node.is_missing:
        said = say("line {line}: {wanted} expected", line=row + 1, wanted=repr(node.type))
        return SyntaxProblem(row, said)
    row, text = _unexpected(node, row)
    said = say("line {line}: unexpected {text}", line=row + 1, text=repr(text))
    return SyntaxProblem(row, said)


def _unexpected(node: Node, row: int) -> tuple[int, str]:
    """Return the line and the first words of what the parser could not place."""
    text = next((line for line in text_of(node).splitlines() if line.strip()), "").strip()
    return row, text[:_SHOWN]
