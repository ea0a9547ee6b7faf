"""Traps of Go with numbers: whole division, rounding, overflow, and times."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, Rule, named
from spark_desktop.adapters.pitfalls.go_nodes import calls
from spark_desktop.adapters.pitfalls.go_types import FLOATS, INTEGERS, UNSIGNED, listed, types_of
from spark_desktop.adapters.pitfalls.shared import all_then_each, each_way, one_of
from spark_desktop.domain.small_change import SmallChange

_UNITS = {"milli": "Millisecond", "ms": "Millisecond", "micro": "Microsecond", "min": "Minute"}
_UNITS |= {"hour": "Hour", "nano": "Nanosecond", "day": "Hour * 24"}
_SIMPLE = (
    *("identifier", "selector_expression", "call_expression", "index_expression", "int_literal"),
    *("float_literal", "parenthesized_expression"),
)


def sides(node: Node, code: Code) -> tuple[Node, str, Node] | None:
    """Return what stands left and right of an operator; None for other nodes."""
    left, sign, right = (named(node, field) for field in ("left", "operator", "right"))
    if node.type != "binary_expression" or left is None or sign is None or right is None:
        return None
    return left, code.text(sign), right


def bare(node: Node) -> Node:
    """Return what stands in parentheses, the node itself without them."""
    while node.type == "parenthesized_expression" and node.named_child_count == 1:
        node = node.named_children[0]
    return node


def blank(node: Node, code: Code) -> str:
    """Return what stands around the operator of a node: a blank, or nothing in tight code."""
    left = named(node, "left")
    return " " if left is not None and code.content[code.places.end(left)].isspace() else ""


def _may_be_whole(node: Node, code: Code) -> bool:
    kind = types_of(code).of(node)
    under = types_of(code).under(kind)
    return not kind or under in INTEGERS or under == "time.Duration"


def _divided_first(code: Code) -> Iterator[SmallChange]:
    """A whole division cuts off what a multiplication behind it needs."""
    ways: list[list[Edit]] = []
    for one in code.nodes("binary_expression"):
        found = sides(one, code)
        if found is None or found[1] != "*" or not _may_be_whole(one, code):
            continue
        left, _, right = found
        for part, other, is_left in ((left, right, True), (right, left, False)):
            inner = sides(bare(part), code)
            if inner is None or inner[1] != "/" or not _may_be_whole(inner[2], code):
                continue
            if "float_literal" in (inner[0].type, inner[2].type, other.type):
                continue
            if code.text(inner[2]) == code.text(other):
                break  # this rounds to a multiple
            first, last, times = code.text(inner[0]), code.text(inner[2]), code.text(other)
            top = (first, times) if is_left else (times, first)
            gap = blank(one, code)
            ways.append([code.edit(one, f"{top[0]}{gap}*{gap}{top[1]}{gap}/{gap}{last}")])
            break
    yield from all_then_each(code, ways)


def _converted_late(code: Code) -> Iterator[SmallChange]:
    """What is converted after a division or product has lost its rest, or its upper digits."""
    types = types_of(code)
    ways: list[list[Edit]] = []
    for one in code.nodes("call_expression"):
        given = listed(named(one, "arguments"))
        wide = ("float64", "float32", "int64", "uint64", "time.Duration")
        if not calls(one, code, *wide) or len(given) != 1:
            continue
        found, name = sides(bare(given[0]), code), code.text(one).partition("(")[0]
        if found is None or types.of(given[0]) in FLOATS or types.of(given[0]) == name:
            continue
        if (found[1] == "/" and name in FLOATS) or found[1] == "*":
            parts = [_converted(side, name, code) for side in (found[0], found[2])]
            outer = one.parent
            gap = "" if outer is not None and outer.type == "binary_expression" else " "
            gap = blank(outer, code) if outer is not None and sides(outer, code) else gap
            ways.append([code.edit(one, f"{gap}{found[1]}{gap}".join(parts))])
    yield from all_then_each(code, ways)


def _converted(node: Node, kind: str, code: Code) -> str:
    inner = bare(node)
    text = code.text(inner)
    return text if inner.type.endswith("_literal") else f"{kind}({text})"


def _cut_off(code: Code) -> Iterator[SmallChange]:
    """Converting to a whole number cuts off instead of rounding."""
    types = types_of(code)
    ways: list[list[list[Edit]]] = []
    for one in code.nodes("call_expression"):
        given = listed(named(one, "arguments"))
        if not calls(one, code, *INTEGERS) or len(given) != 1 or "math." in code.text(given[0]):
            continue
        if types.of(given[0]) in FLOATS or _has_float(given[0], code):
            found = sides(bare(given[0]), code)
            # So many pages for so many lines are rounded up.
            names = ("Round", "Ceil") if found is not None and found[1] == "/" else ("Round",)
            text = code.text(given[0])
            ways.append([[code.edit(given[0], f"math.{name}({text})")] for name in names])
    yield from each_way(code, ways)


def _has_float(node: Node, code: Code) -> bool:
    found = sides(bare(node), code)
    inner = (bare(node),) if found is None else (found[0], found[2])
    if found is None:
        return inner[0].type == "float_literal"
    return any(types_of(code).of(side) in FLOATS or _has_float(side, code) for side in inner)


def _rounded_up(code: Code) -> Iterator[SmallChange]:
    """So many pages for so many lines: the last one is not full."""
    for one in code.nodes("binary_expression"):
        found = sides(one, code)
        kind = types_of(code).of(one)
        if found is None or found[1] != "/" or kind in FLOATS or not kind:
            continue
        left, right = found[0], found[2]
        if right.type == "int_literal" and code.text(right) in ("2", "10", "100", "1000"):
            continue
        if types_of(code).under(kind) in INTEGERS and left.type in _SIMPLE:
            size = code.text(right)
            more = f"{int(size) - 1}" if size.isdecimal() else f"{size} - 1"
            gap = blank(one, code)
            more = f"{gap}+{gap}".join((code.text(left), more)).replace(" - ", f"{gap}-{gap}")
            up = code.put(one, f"({more}){gap}/{gap}{size}")
            half = f"({code.text(left)}{gap}+{gap}{size}/2){gap}/{gap}{size}"
            yield from one_of(up.start, up, code.put(one, half))


def _below_zero(code: Code) -> Iterator[SmallChange]:
    """The rest of a negative number is negative."""
    for one in code.nodes("binary_expression"):
        found = sides(one, code)
        if found is None or found[1] != "%" or types_of(code).of(one) in UNSIGNED:
            continue
        parent = one.parent
        outer = None if parent is None else sides(parent, code)
        if outer is not None and outer[1] in ("==", "!=", "+"):
            continue
        size = code.text(found[2])
        if found[0].type in _SIMPLE:
            rest, gap = re.sub(r"\s*([-+*%])\s*", r"\1", code.text(one)), blank(one, code)
            yield code.put(one, f"({rest}{gap}+{gap}{size}){gap}%{gap}{size}")


def _duration(code: Code) -> Iterator[SmallChange]:
    """A bare number as a duration is nanoseconds; a part of a second is cut off."""
    types = types_of(code)
    for one in code.nodes("call_expression"):
        given, parent = listed(named(one, "arguments")), one.parent
        if not calls(one, code, "time.Duration") or len(given) != 1:
            continue
        text = code.text(given[0])
        outer = None if parent is None else sides(parent, code)
        if outer is not None and outer[1] == "*":
            times = code.text(outer[2] if outer[0] == one else outer[0])
            if types.of(given[0]) in FLOATS and parent is not None:
                yield code.put(parent, f"time.Duration({text} * float64({times}))")
            continue
        if outer is None or outer[1] in ("+", "-", "<", ">", "<=", ">="):
            told = [unit for word, unit in _UNITS.items() if word in text.lower()]
            units = dict.fromkeys([*told, "Second", "Millisecond", "Minute"])
            gap = " " if outer is None or outer[1] not in "+-" else ""
            texts = (f"{code.text(one)}{gap}*{gap}time.{unit}" for unit in list(units)[:3])
            yield from one_of(code.places.start(one), *(code.put(one, text) for text in texts))


def _same_time(code: Code) -> Iterator[SmallChange]:
    """Two times with ``==`` have to have the same zone and clock, too."""
    for one in code.nodes("binary_expression"):
        found = sides(one, code)
        if found is None or found[1] not in ("==", "!="):
            continue
        if types_of(code).of(found[0]) == "time.Time":
            no = "!" if found[1] == "!=" else ""
            yield code.put(one, f"{no}{code.text(found[0])}.Equal({code.text(found[2])})")


RULES: tuple[Rule, ...] = (_divided_first, _converted_late, _duration, _cut_off)
LATER: tuple[Rule, ...] = (_same_time, _below_zero, _rounded_up)
