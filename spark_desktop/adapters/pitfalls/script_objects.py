"""Traps of objects in JavaScript and TypeScript: which key wins, and keys that all objects have."""

import re
from collections.abc import Iterator
from itertools import islice

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, below, named
from spark_desktop.adapters.pitfalls.script_facts import facts
from spark_desktop.adapters.pitfalls.script_nodes import (
    argument_of,
    arguments,
    called,
    function_of,
    is_field,
    operator,
    parameters,
    sides,
)
from spark_desktop.adapters.pitfalls.shared import each_then_all
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

_DEFAULTS = regex(r"default|base|initial|fallback|standard", re.IGNORECASE)


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
    yield from islice(each_then_all(code, _asked_for_own(code)), 3)
    made = [[code.edit(node, "Object.create(null)")] for node in _tables(code)]
    yield from each_then_all(code, made)


def _tables(code: Code) -> Iterator[Node]:
    """Yield the empty objects that a function fills by keys that come from outside."""
    for node in code.nodes("variable_declarator"):
        name, value, function = named(node, "name"), named(node, "value"), function_of(node)
        if name is None or value is None or function is None or value.type != "object":
            continue
        if not value.named_children and is_table(function, text_of(name)):
            yield value
    for call in code.nodes("call_expression"):
        given = arguments(call)
        if called(call) == "reduce" and len(given) == 2 and given[1].type == "object":
            names = list(parameters(given[0]))
            is_empty = not given[1].named_children
            if names and is_empty and is_table(given[0], names[0]):
                yield given[1]


def is_table(function: Node, name: str) -> bool:
    """Return whether a function looks up keys in an object that come from outside."""
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
        if held is None or index is None or outer is None:
            continue
        is_asked = operator(outer) in ("===", "!==") and is_field(node, "left")
        may_be = is_asked and facts(code).kind(held) in ("object", "")
        if not may_be and not _is_plain_object(code, held):
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
    call = None if declared is None else argument_of(function_of(declared) or declared)
    if value is None and call is not None and called(call) == "reduce":
        given = arguments(call)
        is_first = len(given) == 2 and text_of(held) in list(parameters(given[0]))[:1]
        value = given[1] if is_first else None
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
