"""Traps of Rust with numbers: below zero, whole division, and casts."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, Rule, above, named
from spark_desktop.adapters.pitfalls.rust_types import (
    FLOATS,
    SIGNED,
    UNSIGNED,
    method_of,
    types_of,
)
from spark_desktop.adapters.pitfalls.shared import all_then_each
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
    """A difference of unsigned numbers cannot be below zero: it panics."""
    ways: list[list[Edit]] = []
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
            ways.append([code.edit(one, f"{code.text(left)} = {less}")])
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
        ways.append([code.edit(place, less)])
    yield from around
    apart = [way for way in ways if not any(_is_within(way[0], other[0]) for other in ways)]
    yield from all_then_each(code, apart)


def _is_within(edit: Edit, other: Edit) -> bool:
    return edit is not other and other[0] <= edit[0] and edit[1] <= other[1]


def _apart(code: Code) -> Iterator[SmallChange]:
    """How far two unsigned numbers are apart is not their difference."""
    for one in code.nodes("binary_expression"):
        found = sides(one, code)
        if found is None or found[1] != "-" or "literal" in f"{found[0].type} {found[2].type}":
            continue
        if _is_unsigned(found[0], found[2], code) and not _is_guarded(one, found[0], code):
            outer = one.parent
            place = outer if outer and outer.type == "parenthesized_expression" else one
            yield code.put(place, f"{called_on(found[0], code)}.abs_diff({alone(found[2], code)})")


def _in_option(code: Code) -> Iterator[SmallChange]:
    """A result that may not be there is computed as if it were."""
    for one in code.nodes("call_expression"):
        function, given = named(one, "function"), named(one, "arguments")
        if function is None or given is None or code.text(function) != "Some":
            continue
        found = sides(given.named_children[0] if given.named_children else None, code)
        if found is None or found[1] not in _CHECKED or "literal" in found[0].type:
            continue
        if types_of(code).of(found[0]) not in FLOATS:
            left, right = called_on(found[0], code), alone(found[2], code)
            yield code.put(one, f"{left}.{_CHECKED[found[1]]}({right})")


def _too_large(code: Code) -> Iterator[SmallChange]:
    """A sum or product of small numbers does not fit: it panics."""
    signs = {"+": "saturating_add", "*": "saturating_mul"}
    ways: list[list[Edit]] = []
    for one in code.nodes("binary_expression", "compound_assignment_expr"):
        found = sides(one, code)
        if found is None or found[1].rstrip("=") not in signs or "literal" in found[0].type:
            continue
        kind = types_of(code).of(found[0]) or types_of(code).of(found[2])
        if kind not in ("u8", "i8", "u16", "i16"):
            continue
        how = signs[found[1].rstrip("=")]
        new = f"{called_on(found[0], code)}.{how}({alone(found[2], code)})"
        start = f"{code.text(found[0])} = " if found[1].endswith("=") else ""
        ways.append([code.edit(one, start + new)])
    apart = [way for way in ways if not any(_is_within(way[0], other[0]) for other in ways)]
    yield from all_then_each(code, apart)


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


def _cut_off(code: Code) -> Iterator[SmallChange]:
    """A cast to a whole number cuts off instead of rounding."""
    ways: list[list[Edit]] = []
    for one in code.nodes("type_cast_expression"):
        value, kind = named(one, "value"), named(one, "type")
        if value is None or kind is None or code.text(kind) not in SIGNED | UNSIGNED:
            continue
        method = method_of(value, code)
        if method is not None and method[1] in ("round", "floor", "ceil", "trunc"):
            continue
        if types_of(code).of(value) in FLOATS:
            ways.append([code.edit(value, f"{called_on(value, code)}.round()")])
    yield from all_then_each(code, ways)


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


def _negative_rest(code: Code) -> Iterator[SmallChange]:
    """The rest of a negative number is negative, and its division goes towards zero."""
    names = {"%": "rem_euclid", "/": "div_euclid"}
    ways: list[list[Edit]] = []
    for one in code.nodes("binary_expression"):
        found = sides(one, code)
        if found is None or found[1] not in names or "literal" in found[0].type:
            continue
        outer = sides(one.parent, code)
        if outer is not None and outer[1] in ("==", "!=") and code.text(outer[2]) == "0":
            continue
        kinds = {types_of(code).of(found[0]), types_of(code).of(found[2])} - {""}
        if kinds and kinds <= SIGNED:
            left, right = called_on(found[0], code), alone(found[2], code)
            ways.append([code.edit(one, f"{left}.{names[found[1]]}({right})")])
    apart = [way for way in ways if not any(_is_within(way[0], other[0]) for other in ways)]
    yield from all_then_each(code, apart)


def _rounded_up(code: Code) -> Iterator[SmallChange]:
    """So many pages for so many lines: the last one is not full."""
    for one in code.nodes("binary_expression"):
        found = sides(one, code)
        if found is None or found[1] != "/" or "literal" in found[0].type:
            continue
        kinds = {types_of(code).of(found[0]), types_of(code).of(found[2])} - {""}
        if kinds and kinds <= UNSIGNED and code.text(found[2]) not in ("2", "10", "100", "1000"):
            left, right = called_on(found[0], code), alone(found[2], code)
            yield code.put(one, f"{left}.div_ceil({right})")


RULES: tuple[Rule, ...] = (_below_zero, _divided_first, _cast_late, _in_option)
LATER: tuple[Rule, ...] = (_cut_off, _negative_rest, _too_large, _apart, _wraps, _rounded_up)
