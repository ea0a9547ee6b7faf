"""Calls of a Go function that gave arrays, and gives structs of as many fields now. Pure."""

import re
from collections.abc import Sequence

from spark_desktop.domain.go_calls import GoCall
from spark_desktop.domain.name_changes import NameChange
from spark_desktop.domain.parameter_objects import fields_of
from spark_desktop.domain.plain_code import code_of
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text_edits import TextEdit

_ARRAY = regex(r"(?P<many>\[\])?\[(?P<size>\d)\](?P<type>[\w.*]+)")
_STRUCT = regex(r"(?P<many>\[\])?(?P<type>[A-Z]\w*|[a-z]\w*)")
_INDEXED = regex(r"\b(\w+)\[(\d)\]")
_RANGED = regex(r"\s*(?:\w+:\s*)?for\s+\w+\s*,\s*(?P<name>\w+)\s*:=\s*range\s+")
_COUNTED = regex(r"\s*for\s+(?:\w+\s*:=\s*)?range\s+")
_SET = regex(r"\s*(?P<name>\w+)\s*:=\s*")
_AT = regex(r"\[(\d)\](?!\s*(?:[-+*/%&|^]?=(?!=)|\+\+|--|:=))")
_WHERE = r"(?<![\w.]){name}\b"


def record_edits(call: GoCall, change: NameChange, home: str) -> tuple[TextEdit, ...] | None:
    """Return the edits by which a call's elements are read as fields; None where that is open.

    ``home`` is the text of the function's file, which has the struct.
    """
    fields = record_fields(change, home)
    if not fields:
        return None
    is_many = change.old.result.strip().startswith("[][")
    code = code_of(call.content, "go")
    is_counted = re.search(r"\blen\($", call.before) and code[call.end : call.end + 1] == ")"
    if is_counted or _COUNTED.fullmatch(call.before):
        return () if is_many else None
    if (ranged := _RANGED.fullmatch(call.before)) and is_many and call.behind.strip() == "{":
        end = _closing(code, code.index("{", call.end) + 1)
        return _of_element(ranged["name"], code, (call.end, end), fields)
    if (given := _SET.fullmatch(call.before)) and not call.behind.strip():
        inside = call.next_at, call.function_at[1]
        read = _of_list if is_many else _of_element
        return read(given["name"], code, inside, fields)
    start = call.end
    if is_many:
        start = _behind_index(code, start)
    at = _AT.match(code, start) if start >= 0 else None
    return None if at is None or int(at[1]) >= len(fields) else (_field(at, fields),)


def record_fields(change: NameChange, home: str) -> tuple[str, ...]:
    """Return the field for each place of the array that a function gave; () where that is open.

    The function itself has to show which is which.
    """
    old, new = (one.result.strip() for one in (change.old, change.new))
    was, now = _ARRAY.fullmatch(old), _STRUCT.fullmatch(new)
    if was is None or now is None or bool(was["many"]) is not bool(now["many"]):
        return ()
    defined = re.search(rf"^type {re.escape(now['type'])} struct \{{.*?^\}}", home, re.M | re.S)
    fields = fields_of("go", defined[0]) if defined is not None else ()
    if len(fields) != int(was["size"]):
        return ()
    named = re.compile(rf"\b(\w+)\.(?:{'|'.join(fields)})\b")
    # Others are indexed as well: the list of which it gives one.
    names = set(named.findall(change.new.text))
    text = _INDEXED.sub(
        lambda at: (
            f"{at[1]}.{fields[int(at[2])]}"
            if at[1] in names and int(at[2]) < len(fields)
            else at[0]
        ),
        change.old.text,
    )
    parts = [found[0] for found in named.finditer(change.new.text)]
    # In their places, too: a[0] < b[0] may be b.Row < a.Row, and mean another order.
    return fields if parts and [found[0] for found in named.finditer(text)] == parts else ()


def _of_element(
    name: str, code: str, inside: tuple[int, int], fields: Sequence[str]
) -> tuple[TextEdit, ...] | None:
    """Return the edits of a variable that holds one array; None where it is more than read."""
    edits = []
    for use in re.compile(_WHERE.format(name=re.escape(name))).finditer(code, *inside):
        at = _AT.match(code, use.end())
        if at is None or int(at[1]) >= len(fields) or code[: use.start()].endswith("&"):
            return None
        edits.append(_field(at, fields))
    return tuple(edits) or None


def _of_list(
    name: str, code: str, inside: tuple[int, int], fields: Sequence[str]
) -> tuple[TextEdit, ...] | None:
    """Return the edits of a variable that holds a list of arrays; None for what is not known."""
    edits: list[TextEdit] = []
    for use in re.compile(_WHERE.format(name=re.escape(name))).finditer(code, *inside):
        line = code[code.rfind("\n", 0, use.start()) + 1 : use.start()]
        if re.search(r"\blen\($", line) and code[use.end() : use.end() + 1] == ")":
            continue
        if (ranged := _RANGED.fullmatch(line)) and re.match(r"\s*\{", code[use.end() :]):
            end = _closing(code, code.index("{", use.end()) + 1)
            found = _of_element(ranged["name"], code, (use.end(), end), fields)
            if found is None:
                return None
            edits += found
            continue
        start = _behind_index(code, use.end())
        at = _AT.match(code, start) if start >= 0 else None
        if at is None or int(at[1]) >= len(fields):
            return None
        edits.append(_field(at, fields))
    return tuple(edits) or None


def _field(at: re.Match[str], fields: Sequence[str]) -> TextEdit:
    return TextEdit(at.start(), at.end(), f".{fields[int(at[1])]}")


def _behind_index(code: str, start: int) -> int:
    """Return the place behind the index that stands at a place; -1 where none does."""
    return _closing(code, start + 1) if code[start : start + 1] == "[" else -1


def _closing(code: str, start: int) -> int:
    """Return the place behind the bracket that closes what is open at a place."""
    depth = 0
    for place in range(start, len(code)):
        depth += (code[place] in "([{") - (code[place] in ")]}")
        if depth < 0:
            return place + 1
    return len(code)
