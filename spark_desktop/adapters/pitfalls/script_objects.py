"""Traps of objects in JavaScript and TypeScript: which key wins, and keys that all objects have."""

import re
from collections.abc import Iterator
from itertools import islice

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
    is_field,
    mentions,
    object_of,
    operator,
    sides,
    statement_of,
)
from spark_desktop.adapters.pitfalls.shared import all_then_each
from spark_desktop.domain.small_change import SmallChange

_DEFAULTS = re.compile(r"default|base|initial|fallback|standard", re.IGNORECASE)
_MAP_TYPE = re.compile(r":\s*(?:Record<(.+)>|\{\s*\[\w+:\s*(\w+)\]:\s*(.+?);?\s*\})$")


def defaults_win(code: Code) -> Iterator[SmallChange]:
    """In ``{ ...given, ...defaults }`` the later one wins."""
    return _turned(code, is_likely=True)


def other_one_wins(code: Code) -> Iterator[SmallChange]:
    """In ``{ ...given, a: 1 }`` the given ``a`` is lost."""
    return _turned(code, is_likely=False)


def _turned(code: Code, is_likely: bool) -> Iterator[SmallChange]:
    for node in code.nodes("object"):
        parts = list(node.named_children)
        spreads = [number for number, one in enumerate(parts) if one.type == "spread_element"]
        if len(parts) < 2 or any(one.type == "comment" for one in parts):
            continue
        if len(spreads) == 2 == len(parts):
            yield from _moved(code, parts, parts[::-1], is_likely)
        elif len(spreads) == 1 and spreads[0] == 0:
            yield from _moved(code, parts, [*parts[1:], parts[0]], is_likely)
        elif len(spreads) == 1 and spreads[0] == len(parts) - 1:
            yield from _moved(code, parts, [parts[-1], *parts[:-1]], is_likely)
    for call in code.nodes("call_expression"):
        parts = arguments(call)[1:]
        if called(call) == "assign" and len(parts) == 2:
            yield from _moved(code, parts, parts[::-1], is_likely)


def _moved(
    code: Code, parts: list[Node], ordered: list[Node], is_likely: bool
) -> Iterator[SmallChange]:
    is_wrong = bool(_DEFAULTS.search(code.text(parts[-1]))) and not _DEFAULTS.search(
        code.text(parts[0])
    )
    is_right = bool(_DEFAULTS.search(code.text(parts[0])))
    if is_wrong == is_likely and not is_right:
        yield code.together(
            code.edit(old, code.text(new)) for old, new in zip(parts, ordered, strict=True)
        )


def assigned_into_given(code: Code) -> Iterator[SmallChange]:
    """``Object.assign(given, more)`` changes what it is given first."""
    for call in code.nodes("call_expression"):
        parts = arguments(call)
        outer = call.parent
        is_used = outer is not None and outer.type != "expression_statement"
        if called(call) == "assign" and len(parts) >= 2 and is_used and parts[0].type != "object":
            spread = ", ".join(
                code.text(one) if one.type == "spread_element" else f"...{code.text(one)}"
                for one in parts
            )
            text = f"{{ {spread} }}"
            is_body = outer is not None and outer.type == "arrow_function"
            yield code.put(call, f"({text})" if is_body else text)


def keys_of_all_objects(code: Code) -> Iterator[SmallChange]:
    """Every object has a "constructor": who looks a word up asks for its own keys, or has none."""
    yield from islice(all_then_each(code, _asked_for_own(code)), 1)
    made = [[code.edit(node, "Object.create(null)")] for node in _tables(code)]
    yield from all_then_each(code, made)


def _tables(code: Code) -> Iterator[Node]:
    """Yield the empty objects that a function fills by keys that come from outside."""
    for node in code.nodes("variable_declarator"):
        name, value, function = named(node, "name"), named(node, "value"), function_of(node)
        if name is None or value is None or function is None or value.type != "object":
            continue
        if not value.named_children and _is_table(function, text_of(name)):
            yield value


def _is_table(function: Node, name: str) -> bool:
    for one in below(function, "subscript_expression"):
        held, index = named(one, "object"), named(one, "index")
        is_its = held is not None and text_of(held) == name
        if is_its and index is not None and index.type not in ("string", "number"):
            return True
    return False


def _asked_for_own(code: Code) -> Iterator[list[Edit]]:
    for node in code.nodes("binary_expression"):
        both = sides(node)
        if both is None or operator(node) != "in" or both[0].type == "private_property_identifier":
            continue
        if facts(code).known(both[1]).kind in ("object", ""):
            yield [code.edit(node, f"Object.hasOwn({code.text(both[1])}, {code.text(both[0])})")]
    for node in code.nodes("subscript_expression"):
        held, index, outer = named(node, "object"), named(node, "index"), node.parent
        if held is None or index is None or outer is None or not _is_plain_object(code, held):
            continue
        if index.type in ("string", "number", "binary_expression"):
            continue
        asked = f"Object.hasOwn({code.text(held)}, {code.text(index)})"
        yield _own_lookup(code, node, outer, asked)


def _is_plain_object(code: Code, held: Node) -> bool:
    declared = facts(code).declared(held) if held.type == "identifier" else None
    value = named(declared, "value")
    if value is not None and value.type == "as_expression" and value.named_children:
        value = value.named_children[0]
    return value is not None and value.type == "object"


def _own_lookup(code: Code, node: Node, outer: Node, asked: str) -> list[Edit]:
    sign, both = operator(outer), sides(outer)
    text = code.text(node)
    if outer.type == "unary_expression" and sign == "!":
        return [code.edit(outer, f"!{asked}")]
    if outer.type == "parenthesized_expression" and is_field(outer, "condition"):
        return [code.edit(node, asked)]
    if outer.type == "ternary_expression" and is_field(node, "condition"):
        return [code.edit(node, asked)]
    if both is None or both[0] != node:
        return []
    other = code.text(both[1])
    if sign in ("===", "==", "!==", "!=") and other in ("undefined", "null"):
        return [code.edit(outer, asked if sign[0] == "!" else f"!{asked}")]
    if sign in ("||", "??"):
        chosen = f"{asked} ? {text} : {other}"
        place = outer.parent
        is_open = place is not None and place.type in (
            *("parenthesized_expression", "return_statement", "variable_declarator", "arguments"),
            *("assignment_expression", "arrow_function", "pair"),
        )
        return [code.edit(outer, chosen if is_open else f"({chosen})")]
    return []


def numbers_come_first(code: Code) -> Iterator[SmallChange]:
    """An object has its keys "2" and "10" first and in order: a map keeps theirs as they come."""
    for node in code.nodes("variable_declarator"):
        name, value, function = named(node, "name"), named(node, "value"), function_of(node)
        if name is None or value is None or function is None or value.type != "object":
            continue
        if value.named_children or not _is_table(function, text_of(name)):
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
