"""Calls of a Python function that gave a value, and gives what has it as a part now. Pure."""

import ast
import re

from spark_desktop.domain.file_names import FileNames, Occurrence, Role
from spark_desktop.domain.method_calls import start_of_call
from spark_desktop.domain.name_changes import NameChange
from spark_desktop.domain.parameter_objects import fields_of
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text_edits import TextEdit

_WAITED = regex(r"\bawait\s+$")
# What a function is handed on to that calls it for each of some values.
_MAP = regex(r"(?:(?P<all>\blist\()|(?P<only>[\w.]+\())?(?P<map>(?<![\w.])map\()\s*$")
_KEY = regex(r"(?<![\w.])key\s*=\s*$")
_NAMES = ("one", "each", "item")


def field_part(change: NameChange, home: str) -> str | None:
    """Return what follows a call to get what it gave: ``.density``, ``["density"]``.

    ``home`` is the text of the function's file. None where the value is not clearly in what is
    given now.
    """
    found = change.kept
    if found is None:
        return None
    made, at, name = found
    if not made:
        return f"[{name}]"
    if name:
        return f".{name}"
    text = _class_text(made, home)
    fields = fields_of("python", text)
    return f".{fields[at]}" if at < len(fields) else None


def recorded_edits(
    one: Occurrence, file: FileNames, change: NameChange, home: str
) -> tuple[TextEdit, ...] | None:
    """Return the edit by which a call goes on with the value that it had; None for unknown."""
    part = field_part(change, home)
    start = start_of_call(one, file.content)
    if part is None or one.call is None or start is None:
        return None
    if _WAITED.search(file.content[:start]):
        return None
    end = one.call.end + 1
    if file.content.startswith(part, end) or _is_taken(one, file, start, part):
        # It was written for what it is now.
        return ()
    return (TextEdit(end, end, part),)


def handed_edits(
    one: Occurrence, file: FileNames, change: NameChange, home: str
) -> tuple[TextEdit, ...] | None:
    """Return the edits where the function itself is handed to ``map``, or as a ``key``."""
    if file.language != "python" or one.role not in (Role.BARE, Role.MEMBER):
        return None
    part = field_part(change, home) if change.kept is not None else None
    start, content = start_of_call(one, file.content), file.content
    if part is None or start is None:
        return None
    called = content[start : one.end]
    before = content[max(0, start - 100) : start]
    if _KEY.search(before) and re.match(r"\s*[,)]", content[one.end :]):
        return (TextEdit(start, one.end, " ".join(("lambda", "one:", f"{called}(one){part}"))),)
    mapped = _MAP.search(before)
    comma = re.compile(r"\s*,\s*").match(content, one.end)
    if mapped is None or comma is None:
        return None
    end = _closing(content, comma.end())
    values = content[comma.end() : end].strip().rstrip(",")
    name = next((name for name in _NAMES if not re.search(rf"\b{name}\b", values)), "")
    if end < 0 or not name or not _is_one(values):
        return None
    made = f"{called}({name}){part} for {name} in {values}"
    begin = start - len(before) + mapped.start("map")
    if mapped["all"] and content[end + 1 : end + 2] == ")":
        return (TextEdit(begin - len("list("), end + 2, f"[{made}]"),)
    if mapped["only"] and content[end + 1 : end + 2] == ")":
        return (TextEdit(begin, end + 1, made),)
    return (TextEdit(begin, end + 1, f"({made})"),)


def _is_taken(one: Occurrence, file: FileNames, start: int, part: str) -> bool:
    """Return whether a variable holds what is given, of which the value is taken later."""
    held = re.search(r"(\w+)\s*=\s*$", file.content[:start].rpartition("\n")[2])
    around = file.content[slice(*one.around)] if one.around[1] else file.content
    return held is not None and re.search(rf"\b{held[1]}{re.escape(part)}", around) is not None


def _class_text(name: str, home: str) -> str:
    """Return the class of a name in a file with what stands above it, "" for none."""
    try:
        tree = ast.parse(home)
    except (SyntaxError, ValueError):
        return ""
    found = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name]
    if len(found) != 1:
        return ""
    first = min([found[0].lineno, *(one.lineno for one in found[0].decorator_list)])
    return "\n".join(home.splitlines()[first - 1 : found[0].end_lineno]) + "\n"


def _is_one(values: str) -> bool:
    """Return whether a text is one value, which a loop can walk as it stands."""
    try:
        node = ast.parse(f"({values}\n)", mode="eval").body
    except SyntaxError:
        return False
    is_plain = not isinstance(node, ast.Tuple | ast.Lambda | ast.IfExp | ast.GeneratorExp)
    return is_plain and not isinstance(node, ast.NamedExpr | ast.Starred)


def _closing(content: str, start: int) -> int:
    """Return the place of the bracket that closes what is open at a place; -1 for none."""
    depth = 0
    for place in range(start, len(content)):
        depth += (content[place] in "([{") - (content[place] in ")]}")
        if depth < 0:
            return place
    return -1
