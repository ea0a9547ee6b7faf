"""Types that a Python docstring tells, written into the signature that lacks them. Pure.

Small models like to tell types in the docstring where they were asked to annotate.
"""

import ast
import re

from spark_desktop.domain.python_function import function_in
from spark_desktop.domain.text import split_lines

# Only what needs no import.
_TYPE = r"(?:int|float|str|bool|bytes|None|(?:list|dict|set|tuple)(?:\[[\w\[\], ]+\])?)"
_NAMED = (
    r"^\W*{name}\s*\(\s*(?P<type>{type})\s*(?:,\s*optional)?\)",
    r"^\W*{name}\s*:\s*(?P<type>{type})\s*$",
    r":param\s+(?P<type>{type})\s+{name}\b",
    r":type\s+{name}:\s*(?P<type>{type})\s*$",
)
_RETURNS = (
    r"^\s*Returns?\s*:?\s*\n(?:\s*-+\s*\n)?\s*[-*]?\s*(?P<type>{type})\s*(?::|$)",
    r"^\s*Returns?\s*:\s*(?P<type>{type})\s*(?::|\.|$)",
    r":rtype:\s*(?P<type>{type})\s*$",
)


def with_said_types(region: str) -> str | None:
    """Return the function with the types of its docstring; None where that tells not all of them.

    Nor where the signature is annotated already, or takes more than one line.
    """
    found = function_in(region)
    if found is None:
        return None
    node = found.node
    doc = ast.get_docstring(node) or ""
    given = node.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    bare = [one for one in named if one.annotation is None and one.arg not in ("self", "cls")]
    types = {one.arg: _said(_NAMED, doc, one.arg) for one in bare}
    result = "" if node.returns is not None else _said(_RETURNS, doc)
    is_whole = all(types.values()) and (node.returns is not None or result)
    if not doc or not is_whole or given.vararg is not None or given.kwarg is not None:
        return None
    if node.body[0].lineno != node.lineno + 1 or not (bare or result):
        return None
    for one in bare:
        one.annotation = ast.parse(types[one.arg], mode="eval").body
    if result:
        node.returns = ast.parse(result, mode="eval").body
    lines = split_lines(region)
    row = node.lineno - 1
    word = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    returns = f" -> {ast.unparse(node.returns)}" if node.returns is not None else ""
    arguments = ast.unparse(given)
    for one in named:
        # With a type there are blanks around what a parameter is without being given.
        annotated = ast.unparse(one)
        arguments = re.sub(
            rf"(?<![\w.]){re.escape(annotated)}=", f"{annotated} = ", arguments, count=1
        )
    head = f"{word} {node.name}({arguments}){returns}:"
    ending = lines[row][len(lines[row].rstrip("\r\n")) :]
    indent = lines[row][: len(lines[row]) - len(lines[row].lstrip())]
    return "".join([*lines[:row], f"{indent}{head}{ending}", *lines[row + 1 :]])


def _said(patterns: tuple[str, ...], doc: str, name: str = "") -> str:
    """Return the one type that a docstring tells, "" for none or several."""
    filled = [one.format(name=re.escape(name), type=_TYPE) for one in patterns]
    found = {
        match["type"].strip() for one in filled for match in re.finditer(one, doc, re.MULTILINE)
    }
    return _readable(found.pop()) if len(found) == 1 else ""


def _readable(text: str) -> str:
    try:
        ast.parse(text, mode="eval")
    except SyntaxError:
        return ""
    return text
