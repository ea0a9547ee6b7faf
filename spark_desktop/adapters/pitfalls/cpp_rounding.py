"""Traps of numbers of C and C++ that are rounded, compared or below zero."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.cpp_names import names_of
from spark_desktop.adapters.pitfalls.cpp_numbers import Cast, bare, held, wanted
from spark_desktop.adapters.pitfalls.cpp_types import (
    FLOATS,
    INTEGERS,
    INTS,
    UNSIGNED,
    WIDE,
    arguments,
    called,
    element,
    method,
    operator,
    type_of,
)
from spark_desktop.adapters.pitfalls.shared import all_then_each, each_then_all, each_way
from spark_desktop.domain.small_change import SmallChange

_WHOLE = ("floor", "ceil", "round", "trunc", "lround", "llround")
_COMPARED = ("==", "!=")


def rounding(code: Code, library: str) -> Iterator[SmallChange]:
    """A conversion to int drops the fraction: 28.999… becomes 28."""
    places: list[list[list[Edit]]] = []
    for node in code.nodes("cast_expression", "call_expression"):
        kind = type_of(code, node)
        is_cast = node.type == "cast_expression" or called(code, node) in (kind, "static_cast")
        inner = named(node, "value") or next(iter(arguments(node)), None)
        if not is_cast or kind not in INTS | WIDE or inner is None:
            continue
        value = bare(inner)
        if type_of(code, value) not in FLOATS or called(code, value) in _WHOLE:
            continue
        rounded = f"{library}lround({_without_half(code, value)})"
        text = rounded if kind == "long" else _put_into(code, node, inner, rounded)
        ways = [[code.edit(node, text)]]
        if operator(code, value) == "/":
            # So many pages for so many lines are rounded up.
            up = f"{library}ceil({code.text(value)})"
            ways.append([code.edit(node, _put_into(code, node, inner, up))])
        places.append(ways)
    for node in code.nodes("binary_expression"):
        if type_of(code, node) not in FLOATS or wanted(code, node) not in INTS | WIDE:
            continue
        if above(node, "cast_expression") is None and _is_whole_value(node):
            rounded = f"{library}lround({_without_half(code, node)})"
            places.append([[code.edit(node, rounded)]])
    yield from each_way(code, places)


def _is_whole_value(node: Node) -> bool:
    parent = node.parent
    return parent is not None and parent.type in (
        "return_statement",
        "init_declarator",
        "assignment_expression",
    )


def _put_into(code: Code, node: Node, inner: Node, text: str) -> str:
    """Return a conversion with another value in it."""
    begin, end = code.places.start(node), code.places.end(node)
    start, stop = code.places.start(inner), code.places.end(inner)
    return code.content[begin:start] + text + code.content[stop:end]


def _without_half(code: Code, value: Node) -> str:
    """Return a value without the 0.5 that rounds what is above zero only."""
    right, left = named(value, "right"), named(value, "left")
    is_half = right is not None and operator(code, value) == "+" and code.text(right) == "0.5"
    return code.text(bare(left) if is_half and left is not None else value)


def whole_abs(code: Code, name: str) -> Iterator[SmallChange]:
    """``abs`` of C takes an int, and drops the fraction of anything else."""
    places: list[list[Edit]] = []
    for call in code.nodes("call_expression"):
        function, given = named(call, "function"), arguments(call)
        if function is None or code.text(function) != "abs" or len(given) != 1:
            continue
        kind = type_of(code, given[0])
        if kind in FLOATS or (not kind and name.startswith("std")):
            places.append([code.edit(function, name)])
    yield from all_then_each(code, places)


def remainder(code: Code, cast: Cast) -> Iterator[SmallChange]:
    """``%`` has the sign of what is divided: -1 % 3 is -1, and -3 % 2 is never 1."""
    places: list[list[Edit]] = []
    for node in code.nodes("binary_expression"):
        left, right = named(node, "left"), named(node, "right")
        if operator(code, node) != "%" or left is None or right is None:
            continue
        kind = type_of(code, left)
        if kind in UNSIGNED and method(code, right) is None:
            continue
        parent = node.parent
        sign = operator(code, parent) if parent is not None else ""
        other = named(parent, "right")
        if sign in _COMPARED and other is not None and other != node:
            is_odd = code.text(right) == "2" and code.text(other) == "1"
            if is_odd and parent is not None:
                turned = "!=" if sign == "==" else "=="
                places.append([code.edit(parent, f"{code.text(node)} {turned} 0")])
            if is_odd or code.text(other) == "0":
                continue
        if kind in INTS | WIDE | {""} and _may_be_negative(code, left):
            places.append([code.edit(node, _positive(code, node, left, right, cast))])
    yield from each_then_all(code, places)


def _may_be_negative(code: Code, left: Node) -> bool:
    inner = bare(left)
    if inner.type == "binary_expression":
        return operator(code, inner) == "-" or (
            operator(code, inner) == "+" and inner.parent != left.parent
        )
    return inner.type in ("identifier", "unary_expression", "field_expression")


def _positive(code: Code, node: Node, left: Node, right: Node, cast: Cast) -> str:
    by = code.text(right)
    if type_of(code, right) in UNSIGNED:
        by = cast("int", by)
    inner = bare(left)
    less = named(inner, "right")
    text = f"({code.text(left)} % {by} + {by}) % {by}"
    if operator(code, inner) == "-" and less is not None and code.text(less).isdecimal():
        by = code.text(right)  # as everybody writes the step before the first
        text = f"({code.text(inner)} + {by}) % {by}"
    parent = node.parent
    is_inner = parent is not None and parent.type in ("binary_expression", "unary_expression")
    return f"({text})" if is_inner and named(parent, "left") != node else text


def equal_floats(code: Code, absolute: str) -> Iterator[SmallChange]:
    """0.1 + 0.2 is not 0.3: numbers with a fraction are compared with some distance."""
    places: list[list[Edit]] = []
    for node in code.nodes("binary_expression"):
        left, right = named(node, "left"), named(node, "right")
        sign = operator(code, node)
        if sign not in _COMPARED or left is None or right is None:
            continue
        kinds = type_of(code, left), type_of(code, right)
        if not set(kinds) <= FLOATS or not all(kinds):
            continue
        turned = "<" if sign == "==" else ">="
        distance = f"{absolute}({code.text(left)} - {held(code, right)})"
        places.append([code.edit(node, f"{distance} {turned} 1e-9")])
    yield from each_then_all(code, places)


def extreme_start(code: Code) -> Iterator[SmallChange]:
    """The largest of only negative numbers is not 0, where the search begins with it."""
    for node in code.nodes("number_literal"):
        parent = node.parent
        holder = parent.parent if parent is not None else None
        if parent is None or holder is None or parent.type != "init_declarator":
            continue
        name = code.text(next(iter(names_of(code, holder))).node)
        loop, collection = _loop_for_extreme(code, holder, name)
        if collection is None or loop is None:
            continue
        if code.text(node) not in ("0", "0.0", "-1", "1"):
            continue
        first = f"{collection}.empty() ? {code.text(node)} : *{collection}.begin()"
        kind = element(type_of(code, named(loop, "right")))
        if kind in INTEGERS | FLOATS:
            yield code.put(node, first)


def _loop_for_extreme(code: Code, holder: Node, name: str) -> tuple[Node | None, str | None]:
    """Return the loop behind a declaration that keeps the largest or smallest in its name."""
    around = above(holder, "compound_statement")
    for loop in below(around, "for_range_loop") if around is not None else ():
        seen = next(names_of(code, loop), None)
        right = named(loop, "right")
        if loop.start_byte < holder.end_byte or seen is None or right is None:
            continue
        one = code.text(seen.node)
        texts = {code.text(other) for other in below(loop, "binary_expression", "call_expression")}
        signs = {f"{one} {sign} {name}" for sign in "<>"} | {
            f"{name} {sign} {one}" for sign in "<>"
        }
        for function in ("max", "min", "std::max", "std::min"):
            signs |= {f"{function}({name}, {one})", f"{function}({one}, {name})"}
        if texts & signs and right.type in ("identifier", "field_identifier"):
            return loop, code.text(right)
    return None, None


def least_double(code: Code) -> Iterator[SmallChange]:
    """``numeric_limits<double>::min()`` is the smallest above zero, not the lowest."""
    for node in code.nodes("qualified_identifier"):
        text = code.text(node)
        is_least = any(text.endswith(f"numeric_limits<{kind}>::min") for kind in FLOATS)
        if is_least and node.parent is not None and node.parent.type != node.type:
            yield code.put(node, f"{text.removesuffix('min')}lowest")
    for node in code.nodes("identifier"):
        if code.text(node) in ("DBL_MIN", "FLT_MIN"):
            yield code.put(node, f"-{code.text(node)[:3]}_MAX")
