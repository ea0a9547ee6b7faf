"""Traps of Rust with numbers: below zero, whole division, and casts."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, Rule, above, named
from spark_desktop.adapters.pitfalls.rust_types import (
    FLOATS,
    SIGNED,
    UNSIGNED,
    types_of,
)
from spark_desktop.adapters.pitfalls.shared import all_then_each, each_way
from spark_desktop.domain.small_change import SmallChange

_SIMPLE = (
    *("identifier", "field_expression", "call_expression", "index_expression", "self"),
    *("parenthesized_expression", "scoped_identifier", "integer_literal", "float_literal"),
)
_WIDTH = {"u8": 8, "u16": 16, "u32": 32, "u64": 64, "usize": 64, "u128": 128}
_WIDTH |= {"i8": 8, "i16": 16, "i32": 32, "i64": 64, "isize": 64, "i128": 128}
_CHECKED = {"+": "checked_add", "-": "checked_sub", "*": "checked_mul", "/": "checked_div"}


def sides(node: Node | None, code: Code) -> tuple[Node, str, Node] | None:
    """Return what stands left and right of an operator; None for other nodes."""
    left, sign, right = (named(node, field) for field in ("left", "operator", "right"))
    if node is None or left is None or sign is None or right is None:
        return None
    return left, code.text(sign), right


def inner(node: Node) -> Node:
    """Return what stands in parentheses, the node itself without them."""
    while node.type == "parenthesized_expression" and node.named_child_count == 1:
        node = node.named_children[0]
    return node


def called_on(node: Node, code: Code) -> str:
    """Return the text of a node as a method is called on it."""
    text = code.text(node)
    if node.type == "unary_expression" and text.startswith("*"):
        return text[1:]
    return text if node.type in _SIMPLE else f"({text})"


def alone(node: Node, code: Code) -> str:
    """Return the text of a node without parentheses around it."""
    return code.text(inner(node))


def _is_unsigned(left: Node, right: Node, code: Code) -> bool:
    """Return whether a difference is of unsigned numbers; so if nothing else is known of it."""
    kinds = {types_of(code).of(left), types_of(code).of(right)} - {""}
    if kinds:
        return bool(kinds & UNSIGNED)
    function = above(left, "function_item")
    text = "" if function is None else code.text(function)
    other = re.search(r"\b(?:[if](?:8|16|32|64|128)|isize)\b|\d\.\d", text)
    return other is None and re.search(r"\b(?:u\d+|usize)\b|\.len\(\)", text) is not None


def _is_guarded(node: Node, left: Node, code: Code) -> bool:
    """Return whether a condition around a difference compares what is taken from."""
    outer = above(node, "if_expression", "while_expression")
    condition = named(outer, "condition")
    if condition is None or condition.start_byte <= node.start_byte < condition.end_byte:
        return False
    taken_from = re.escape(code.text(left))
    return re.search(rf"{taken_from}\s*(?:>|!= 0)", code.text(condition)) is not None


def _below_zero(code: Code) -> Iterator[SmallChange]:
    """A difference of unsigned numbers cannot be below zero: it panics.

    Nothing says whether nothing is left, how far the two are apart, or that there is no answer.
    """
    ways: list[list[list[Edit]]] = []
    around: list[SmallChange] = []
    for one in code.nodes("binary_expression", "compound_assignment_expr"):
        found = sides(one, code)
        if found is None or found[1] not in ("-", "-=") or "literal" in found[0].type:
            continue
        left, _, right = found
        if not _is_unsigned(left, right, code) or _is_guarded(one, left, code):
            continue
        less = f"{called_on(left, code)}.saturating_sub({alone(right, code)})"
        if found[1] == "-=":
            ways.append([[code.edit(one, f"{code.text(left)} = {less}")]])
            continue
        outer = one.parent
        whole = sides(outer.parent, code) if outer is not None else None
        if outer is not None and whole is not None and whole[1] == "%" and whole[0] == outer:
            size = code.text(whole[2])
            taken = code.text(right)
            around.append(code.put(outer, f"({code.text(left)} + {size} - {taken})"))
            continue
        # What stands in parentheses only for its minus needs them no more.
        place = outer if outer is not None and outer.type == "parenthesized_expression" else one
        here = [[code.edit(place, less)]]
        if "literal" not in right.type:
            apart = f"{called_on(left, code)}.abs_diff({alone(right, code)})"
            here.append([code.edit(place, apart)])
        option = _option_around(one, code)
        if option is not None:
            checked = f"{called_on(left, code)}.checked_sub({alone(right, code)})"
            here.insert(0, [code.edit(option, checked)])
        ways.append(here)
    yield from around
    yield from each_way(code, _outermost(ways))


def _outermost(ways: list[list[list[Edit]]]) -> list[list[list[Edit]]]:
    """Return the ways out of the places that are not within others."""
    edits = [way[0][0] for way in ways]
    return [
        way
        for way, edit in zip(ways, edits, strict=True)
        if not any(is_within(edit, other) for other in edits)
    ]


def _option_around(node: Node, code: Code) -> Node | None:
    """Return the ``Some(...)`` of which a node is all."""
    given = node.parent
    call = given.parent if given is not None and given.type == "arguments" else None
    function = named(call, "function")
    return call if function is not None and code.text(function) == "Some" else None


def is_within(edit: Edit, other: Edit) -> bool:
    """Return whether an edit is within another one."""
    return edit is not other and other[0] <= edit[0] and edit[1] <= other[1]


def _in_option(code: Code) -> Iterator[SmallChange]:
    """A result that may not be there is computed as if it were."""
    for one in code.nodes("call_expression"):
        function, given = named(one, "function"), named(one, "arguments")
        if function is None or given is None or code.text(function) != "Some":
            continue
        found = sides(given.named_children[0] if given.named_children else None, code)
        if found is None or found[1] not in _CHECKED or "literal" in found[0].type:
            continue
        if found[1] == "-" and _is_unsigned(found[0], found[2], code):
            continue  # one of the ways out of what is below zero
        if types_of(code).of(found[0]) not in FLOATS:
            left, right = called_on(found[0], code), alone(found[2], code)
            yield code.put(one, f"{left}.{_CHECKED[found[1]]}({right})")


def _too_large(code: Code) -> Iterator[SmallChange]:
    """A sum or product of small numbers does not fit: it panics."""
    signs = {"+": "add", "*": "mul"}
    ways: list[list[list[Edit]]] = []
    for one in code.nodes("binary_expression", "compound_assignment_expr"):
        found = sides(one, code)
        if found is None or found[1].rstrip("=") not in signs or "literal" in found[0].type:
            continue
        kind = types_of(code).of(found[0]) or types_of(code).of(found[2])
        if kind not in ("u8", "i8", "u16", "i16"):
            continue
        how = signs[found[1].rstrip("=")]
        start = f"{code.text(found[0])} = " if found[1].endswith("=") else ""
        texts = (
            f"{start}{called_on(found[0], code)}.{word}_{how}({alone(found[2], code)})"
            for word in ("saturating", "wrapping")
        )
        ways.append([[code.edit(one, text)] for text in texts])
    yield from each_way(code, _outermost(ways))


def _divided_first(code: Code) -> Iterator[SmallChange]:
    """A whole division cuts off what a multiplication behind it needs."""
    ways: list[list[Edit]] = []
    for one in code.nodes("binary_expression"):
        found = sides(one, code)
        if found is None or found[1] != "*" or types_of(code).of(one) in FLOATS:
            continue
        left, _, right = found
        for part, other, is_left in ((left, right, True), (right, left, False)):
            ratio = sides(inner(part), code) if inner(part).type == "binary_expression" else None
            if ratio is None or ratio[1] != "/" or types_of(code).of(ratio[2]) in FLOATS:
                continue
            if code.text(ratio[2]) == code.text(other):
                break  # this rounds to a multiple
            first, last, times = code.text(ratio[0]), code.text(ratio[2]), code.text(other)
            top = f"{first} * {times}" if is_left else f"{times} * {first}"
            ways.append([code.edit(one, f"{top} / {last}")])
            break
    yield from all_then_each(code, ways)


def _cast_late(code: Code) -> Iterator[SmallChange]:
    """What is cast after it is computed has lost its rest, its sign, or its upper digits."""
    ways: list[list[Edit]] = []
    for one in code.nodes("type_cast_expression"):
        value, kind = named(one, "value"), named(one, "type")
        if value is None or kind is None or value.type != "parenthesized_expression":
            continue
        found, name = sides(inner(value), code), code.text(kind)
        own = types_of(code).of(value)
        if found is None or own in FLOATS or own == name:
            continue
        wider = _WIDTH.get(name, 0) > _WIDTH.get(own, 32) or name in SIGNED
        if (found[1] == "/" and name in FLOATS) or (found[1] in "+-*" and wider):
            parts = [_cast(side, name, code) for side in (found[0], found[2])]
            text = f" {found[1]} ".join(parts)
            outer = one.parent
            around = sides(outer, code)
            # ``as T <`` would begin the arguments of a type.
            is_first = around is not None and around[0] == one and around[1] in ("<", "<<")
            is_inner = outer is not None and outer.type in (
                *("field_expression", "type_cast_expression", "unary_expression"),
            )
            if is_first or is_inner or (around is not None and found[1] in "+-"):
                text = f"({text})"
            ways.append([code.edit(one, text)])
    yield from all_then_each(code, ways)


def _cast(node: Node, kind: str, code: Code) -> str:
    text = code.text(node)
    if node.type == "integer_literal":
        return f"{text}.0" if kind in FLOATS and text.isdecimal() else text
    return (
        f"{text} as {kind}"
        if node.type in (*_SIMPLE, "type_cast_expression")
        else (f"({text}) as {kind}")
    )


def _wraps(code: Code) -> Iterator[SmallChange]:
    """A cast to a smaller number begins again at zero for what does not fit."""
    for one in code.nodes("type_cast_expression"):
        value, kind = named(one, "value"), named(one, "type")
        if value is None or kind is None:
            continue
        name, own = code.text(kind), types_of(code).of(value)
        if name not in _WIDTH or own not in _WIDTH or own in FLOATS:
            continue
        is_narrower, text = _WIDTH[name] < _WIDTH[own], called_on(value, code)
        if own in UNSIGNED and (is_narrower or name in SIGNED):
            yield code.put(one, f"{name}::try_from({alone(value, code)}).unwrap_or({name}::MAX)")
        elif own in SIGNED and is_narrower:
            least = "0" if name in UNSIGNED else f"{own}::from({name}::MIN)"
            yield code.put(one, f"{text}.clamp({least}, {own}::from({name}::MAX)) as {name}")
        elif own in SIGNED and name in UNSIGNED:
            yield code.put(one, f"{text}.max(0) as {name}")


RULES: tuple[Rule, ...] = (_below_zero, _divided_first, _cast_late, _in_option)
LATER: tuple[Rule, ...] = (_too_large, _wraps)
