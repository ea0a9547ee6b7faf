"""Objects of JavaScript and TypeScript that should be maps: those keep the order of keys."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.script_facts import facts
from spark_desktop.adapters.pitfalls.script_nodes import (
    arguments,
    around,
    called,
    end_mark,
    function_of,
    mentions,
    object_of,
    operator,
    sides,
    statement_of,
)
from spark_desktop.adapters.pitfalls.script_objects import is_table
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

_MAP_TYPE = regex(r":\s*(?:Record<(.+)>|\{\s*\[\w+:\s*(\w+)\]:\s*(.+?);?\s*\})$")


def numbers_come_first(code: Code) -> Iterator[SmallChange]:
    """An object has its keys "2" and "10" first and in order: a map keeps theirs as they come."""
    for node in code.nodes("variable_declarator"):
        name, value, function = named(node, "name"), named(node, "value"), function_of(node)
        if name is None or value is None or function is None or value.type != "object":
            continue
        if value.named_children or not is_table(function, text_of(name)):
            continue
        edits = _as_map(code, node, function)
        if edits:
            yield code.together(edits)


def _as_map(code: Code, declared: Node, function: Node) -> list[Edit]:
    """Return the edits that make a map of an object; none where one use is not known."""
    name, value = named(declared, "name"), named(declared, "value")
    if name is None or value is None:
        return []
    kind = named(declared, "type")
    told = "" if kind is None else _MAP_TYPE.sub(_map_types, code.text(kind))
    if kind is not None and not told.startswith("<"):
        return []
    edits = [code.edit(value, f"new Map{told}()")]
    if kind is not None:
        edits.append(code.edit(kind, ""))
    done: list[tuple[int, int]] = []
    uses = [one for one in below(function, *_USES) if text_of(one) == text_of(name)]
    for use in uses:
        if use == name or any(begin <= use.start_byte < end for begin, end in done):
            continue
        whole, text = _map_use(code, use)
        if whole is None or (mentions(whole, text_of(name)) and _nested(code, whole, use)):
            return []
        done.append((whole.start_byte, whole.end_byte))
        edits.append(code.edit(whole, text))
    return edits


_USES = ("identifier", "shorthand_property_identifier")


def _map_types(found: re.Match[str]) -> str:
    return f"<{found[1] or f'{found[2]}, {found[3]}'}>"


def _nested(code: Code, whole: Node, use: Node) -> bool:
    """Return whether a name stands twice in what is written anew, but for one known way."""
    count = sum(text_of(one) == text_of(use) for one in below(whole, *_USES))
    is_known = whole.type == "assignment_expression" and count == 2
    return count > 1 and not is_known


def _map_use(code: Code, use: Node) -> tuple[Node | None, str]:
    """Return the expression around a use of the object, and the same for a map."""
    outer, name = use.parent, code.text(use)
    if outer is None:
        return None, ""
    if outer.type == "arguments" and outer.parent is not None:
        call = outer.parent
        held = object_of(call, "keys", "values", "entries")
        if held is not None and code.text(held) == "Object":
            method = "" if called(call) == "entries" else f".{called(call)}()"
            return call, f"[...{name}{method}]"
        if called(call) == "hasOwn":
            return call, f"{name}.has({code.text(arguments(call)[1])})"
        return None, ""
    both = sides(outer)
    if operator(outer) == "in" and both is not None and both[1] == use:
        return outer, f"{name}.has({code.text(both[0])})"
    if outer.type != "subscript_expression" or named(outer, "object") != use:
        return None, ""
    return _map_entry(code, outer, name)


def _map_entry(code: Code, entry: Node, name: str) -> tuple[Node | None, str]:
    index, outer = named(entry, "index"), entry.parent
    if index is None or outer is None:
        return None, ""
    key = code.text(index)
    got = f"{name}.get({key})"
    both = sides(outer)
    if outer.type == "assignment_expression" and both is not None and both[0] == entry:
        is_nested = any(True for _ in below(both[1], "assignment_expression"))
        value = code.text(both[1]).replace(code.text(entry), got)
        return (None, "") if is_nested else (outer, f"{name}.set({key}, {value})")
    if outer.type == "augmented_assignment_expression" and both is not None and both[0] == entry:
        sign = operator(outer)
        if sign in ("||=", "??="):
            return _map_default(code, outer, f"{name}.has({key})", f"{name}.set({key}, ", got)
        if len(sign) != 2 or above(outer, "expression_statement") != outer.parent:
            return None, ""
        value = f"{_sure(code, got)} {sign[0]} {code.text(both[1])}"
        return outer, f"{name}.set({key}, {value})"
    if outer.type == "update_expression":
        is_dropped = outer.parent is not None and outer.parent.type == "expression_statement"
        if not is_dropped:
            return None, ""
        return outer, f"{name}.set({key}, {_sure(code, got)} {operator(outer)[0]} 1)"
    if operator(outer) == "delete":
        return outer, f"{name}.delete({key})"
    if outer.type == "member_expression" and named(outer, "optional_chain") is None:
        return entry, _sure(code, got)
    return entry, got


def _map_default(
    code: Code, whole: Node, asked: str, begun: str, got: str
) -> tuple[Node | None, str]:
    """Return ``(by[key] ||= []).push(x);`` as two statements."""
    statement, value = statement_of(whole), named(whole, "right")
    if value is None or statement.type != "expression_statement":
        return None, ""
    mark = end_mark(code, statement)
    filled = f"if (!{asked}) {begun}{code.text(value)}){mark}"
    if whole.parent == statement:
        return statement, filled
    text = code.text(statement).replace(code.text(around(whole)), _sure(code, got))
    start = code.places.start(statement)
    indent = code.content[code.content.rfind("\n", 0, start) + 1 : start]
    if indent.strip() or around(whole) == whole:
        return None, ""
    return statement, f"{filled}{code.newline}{indent}{text}"


def _sure(code: Code, got: str) -> str:
    return f"{got}!" if facts(code).is_typed else got
