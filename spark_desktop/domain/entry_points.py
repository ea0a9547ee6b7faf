"""Where a program of Python begins: it stays as it is, and runs what is async now to its end."""

import ast
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from spark_desktop.domain.async_callers import RUNS
from spark_desktop.domain.defined import Defined
from spark_desktop.domain.file_names import FileNames
from spark_desktop.domain.regex import regex
from spark_desktop.domain.standard_imports import standard_import
from spark_desktop.domain.text import dominant_newline, split_lines
from spark_desktop.domain.text_edits import TextEdit
from spark_desktop.domain.waiting import Wait

# What starts a program calls it by this name, from outside as well, and waits for nothing.
_NAME = "main"
# Decorators that make a command of a program of a function.
_COMMANDS = regex(r"[@\s]*(?:\w+\.)*command\b")
_AGAIN = (ast.While, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def begins(one: Defined, file: FileNames) -> bool:
    """Return whether a program begins with a function, which can run a loop and wait in it."""
    turning = one.turning
    if file.language != "python" or one.container or turning is None or not turning.is_plain:
        return False
    is_command = any(_COMMANDS.match(text) for text in turning.decorators)
    if not is_command and (one.name != _NAME or turning.decorators):
        return False
    # Its own line is one of them.
    calls = re.findall(rf"\b{one.name}\s*\(", one.text)
    if RUNS.search(one.text) or len(calls) > 1:
        return False
    inner = re.search(rf"(?<!\w)_{one.name}(?!\w)", file.content)
    function = _Source(file.content).function(one.name)
    return inner is None and function is not None and function.body[0].lineno > function.lineno


def running(one: Defined, waits: Sequence[Wait], file: FileNames) -> list[TextEdit] | None:
    """Return the edits by which a function runs the one call that is to be awaited to its end.

    None where the calls are several, or one is made again and again: then all that the function
    does has to be in one loop, as ``looping`` puts it.
    """
    source = _Source(file.content)
    if len(waits) != 1 or not _is_once(source, waits[0], one.name):
        return None
    return [*_run(waits[0]), *standard_import("asyncio", file.content)]


def looping(one: Defined, file: FileNames) -> list[TextEdit]:
    """Return the edits that put what a function does into another one, which can wait."""
    source = _Source(file.content)
    function = source.function(one.name)
    if function is None:
        return []
    newline = dominant_newline(file.content)
    first = function.body[0]
    if _is_docstring(first) and len(function.body) > 1:
        at = source.line(first.end_lineno or first.lineno)
        end = at
    else:
        row = min([first.lineno, *(each.lineno for each in getattr(first, "decorator_list", ()))])
        while row - 1 > function.lineno and source.lines[row - 2].lstrip().startswith("#"):
            row -= 1
        at = end = source.line(row - 1)
    while blank := re.match(r"[ \t]*\r?\n", file.content[end:]):
        end += blank.end()
    indent = re.match(r"[ \t]*", source.lines[first.lineno - 1])
    told, given = _parameters(function.args, file.content)
    result = ast.get_source_segment(file.content, function.returns) if function.returns else None
    gives = any(
        isinstance(node, ast.Return) and node.value is not None for node in _own(function.body)
    )
    runs = f"{'return ' if gives else ''}asyncio.run(_{one.name}({given}))"
    plain = f"def _{one.name}({told}){f' -> {result}' if result else ''}:"
    text = f"{indent[0] if indent else ''}{runs}{newline * 3}async {plain}{newline}"
    return [TextEdit(at, end, text), *standard_import("asyncio", file.content)]


def started(waits: Sequence[Wait], file: FileNames) -> list[TextEdit] | None:
    """Return the edits that run the one call which a program makes where it is started.

    That is below ``if __name__ == "__main__":``; None where it is called elsewhere.
    """
    if file.language != "python" or len(waits) != 1:
        return None
    source = _Source(file.content)
    if not _is_once(source, waits[0], ""):
        return None
    return [*_run(waits[0]), *standard_import("asyncio", file.content)]


def _run(wait: Wait) -> list[TextEdit]:
    return [TextEdit(wait.start, wait.start, "asyncio.run("), TextEdit(wait.end, wait.end, ")")]


class _Source:
    """A file of Python as it is parsed, with the places of its nodes in characters."""

    def __init__(self, content: str) -> None:
        self.lines = split_lines(content)
        self._starts = [0, *accumulate(len(line) for line in self.lines)]
        try:
            self.tree = ast.parse(content)
        except (SyntaxError, ValueError):
            self.tree = ast.Module([], [])

    def line(self, row: int) -> int:
        """Return where a line begins; rows count from 0."""
        return self._starts[row]

    def function(self, name: str) -> ast.FunctionDef | None:
        """Return the function of that name at the top of the file; None where that is not one."""
        found = [
            node
            for node in self.tree.body
            if isinstance(node, ast.FunctionDef) and node.name == name
        ]
        return found[0] if len(found) == 1 else None

    def path(self, wait: Wait) -> list[ast.AST]:
        """Return the nodes around a call, from the file to the call itself; [] for none."""
        row = bisect_right(self._starts, wait.start) - 1
        column = len(self.lines[row][: wait.start - self._starts[row]].encode())
        stack: list[list[ast.AST]] = [[self.tree]]
        while stack:
            path = stack.pop()
            node = path[-1]
            place = getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
            if isinstance(node, ast.Call) and place == (row + 1, column):
                end = self._end(node)
                if end == wait.end:
                    return path
            stack += [[*path, child] for child in ast.iter_child_nodes(node)]
        return []

    def _end(self, node: ast.Call) -> int:
        row = (node.end_lineno or node.lineno) - 1
        return self._starts[row] + len(self.lines[row].encode()[: node.end_col_offset].decode())


def _is_once(source: _Source, wait: Wait, function: str) -> bool:
    """Return whether a call is made once by a function, or by the start of a program for ""."""
    path = source.path(wait)
    if len(path) < 2:
        return False
    holder = path[1]
    if function:
        is_there = isinstance(holder, ast.FunctionDef) and holder.name == function
    else:
        is_there = isinstance(holder, ast.If) and _is_start(holder) and path[2] in holder.body
    for above, inner in pairwise(path[1:]):
        is_first = isinstance(above, ast.For) and inner is above.iter
        if isinstance(above, (*_AGAIN, ast.For)) and not is_first:
            return False
        if above is not holder and isinstance(above, (*_FUNCTIONS, ast.ClassDef)):
            return False
    return is_there


def _is_start(node: ast.If) -> bool:
    return ast.unparse(node.test) in ("__name__ == '__main__'", "'__main__' == __name__")


def _is_docstring(node: ast.stmt) -> bool:
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_text and isinstance(node.value.value, str)  # type: ignore[attr-defined]


def _own(body: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """Yield the nodes of a body without those of functions in it."""
    waiting: list[ast.AST] = [*body]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            yield node
            waiting += ast.iter_child_nodes(node)


def _parameters(args: ast.arguments, content: str) -> tuple[str, str]:
    """Return parameters without defaults, and what passes them on."""
    told = [_written(one, content) for one in args.args]
    given = [one.arg for one in (*args.posonlyargs, *args.args)]
    if args.posonlyargs:
        told = [*(_written(one, content) for one in args.posonlyargs), "/", *told]
    if args.vararg:
        told.append(f"*{_written(args.vararg, content)}")
        given.append(f"*{args.vararg.arg}")
    elif args.kwonlyargs:
        told.append("*")
    told += [_written(one, content) for one in args.kwonlyargs]
    given += [f"{one.arg}={one.arg}" for one in args.kwonlyargs]
    if args.kwarg:
        told.append(f"**{_written(args.kwarg, content)}")
        given.append(f"**{args.kwarg.arg}")
    return ", ".join(told), ", ".join(given)


def _written(one: ast.arg, content: str) -> str:
    return ast.get_source_segment(content, one) or one.arg
