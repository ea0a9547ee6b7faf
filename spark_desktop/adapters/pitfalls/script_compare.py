"""Traps of comparing in JavaScript and TypeScript, and of signs that bind closer than meant."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, below, named
from spark_desktop.adapters.pitfalls.script_facts import facts
from spark_desktop.adapters.pitfalls.script_nodes import (
    COMPARISONS,
    bare,
    closed,
    operator,
    sides,
)
from spark_desktop.adapters.pitfalls.shared import all_then_each, each_then_all
from spark_desktop.domain.small_change import SmallChange


def compared_with_nan(code: Code) -> Iterator[SmallChange]:
    """Nothing equals NaN, not even that."""

    def found() -> Iterator[list[Edit]]:
        for node in code.nodes("binary_expression"):
            both = sides(node)
            if both is None or operator(node) not in _EQUAL:
                continue
            texts = [code.text(one) for one in both]
            others = [text for text in texts if text not in ("NaN", "Number.NaN")]
            if len(others) == 1:
                sign = "!" if operator(node)[0] == "!" else ""
                yield [code.edit(node, f"{sign}Number.isNaN({others[0]})")]

    return all_then_each(code, found())


def null_is_an_object(code: Code) -> Iterator[SmallChange]:
    """``typeof`` says "object" of null and of lists, and never "array"."""
    for node in code.nodes("binary_expression"):
        both = sides(node)
        if both is None or operator(node) not in _EQUAL or operator(both[0]) != "typeof":
            continue
        value = named(both[0], "argument")
        if value is None:
            continue
        text, kind = code.text(bare(value)), code.text(both[1]).strip("'\"")
        is_other = operator(node)[0] == "!"
        if kind == "array":
            yield code.put(node, f"{'!' if is_other else ''}Array.isArray({text})")
        if kind == "null":
            yield code.put(node, f"{text} {operator(node)[0]}== null")
        whole = code.text(_condition(node))
        if kind == "object" and f"{text} !== null" not in whole and f"!{text}" not in whole:
            join, more = ("||", f"{text} === null") if is_other else ("&&", f"{text} !== null")
            lists = f"Array.isArray({text})" if is_other else f"!Array.isArray({text})"
            parts = [code.text(node), more]
            yield _joined(code, node, join, parts)
            yield _joined(code, node, join, [*parts, lists])


def _condition(node: Node) -> Node:
    while node.parent is not None and node.parent.type in (
        *("binary_expression", "parenthesized_expression", "unary_expression"),
    ):
        node = node.parent
    return node


def _joined(code: Code, node: Node, join: str, parts: list[str]) -> SmallChange:
    text = f" {join} ".join(parts)
    outer = node.parent
    is_mixed = outer is not None and operator(outer) not in ("", join)
    return code.put(node, f"({text})" if is_mixed else text)


def loosely_equal(code: Code) -> Iterator[SmallChange]:
    """``==`` takes 0, "" and "0" for one another."""

    def found() -> Iterator[list[Edit]]:
        for node in code.nodes("binary_expression"):
            both, sign = sides(node), named(node, "operator")
            if both is None or sign is None or operator(node) not in ("==", "!="):
                continue
            if not any(text_of(one) in ("null", "undefined") for one in both):
                yield [code.edit(sign, f"{text_of(sign)}=")]

    return each_then_all(code, found())


def compared_by_place(code: Code) -> Iterator[SmallChange]:
    """Two dates or lists that say the same are not the same thing."""

    def found() -> Iterator[list[Edit]]:
        for node in code.nodes("binary_expression"):
            both = sides(node)
            if both is None or operator(node) not in _EQUAL:
                continue
            is_other = operator(node)[0] == "!"
            text = _same(code, both, is_other)
            yield [code.edit(node, text)] if text else []

    return all_then_each(code, found())


def _same(code: Code, both: tuple[Node, Node], is_other: bool) -> str:
    left, right = both
    one, other = closed(code, left), closed(code, right)
    sign = "!==" if is_other else "==="
    kinds = [facts(code).kind(left), facts(code).kind(right)]
    if other == "[]" and kinds[0] != "string":
        return f"{one}.length {sign} 0"
    if right.type == "object" and not right.named_children:
        return f"Object.keys({one}).length {sign} 0"
    if any(text_of(side) in ("null", "undefined") for side in both):
        return ""
    if kinds[0] == "array" and kinds[1] in ("array", ""):
        same = f"{one}.length === {other}.length && {one}.every((x, i) => x === {other}[i])"
        return f"!({same})" if is_other else f"({same})"
    is_date = "date" in kinds and set(kinds) <= {"date", ""}
    if is_date or (kinds == ["", ""] and _is_date_name(left) and _is_date_name(right)):
        return f"{one}.getTime() {sign} {other}.getTime()"
    return ""


def _is_date_name(node: Node) -> bool:
    name = named(node, "property") or node
    is_name = name.type.endswith("identifier")
    return is_name and bool(re.search(r"(?:[dD]ate|[a-z]At)$", text_of(name)))


def closer_than_meant(code: Code) -> Iterator[SmallChange]:
    """``a + b ?? 0`` is ``(a + b) ?? 0``, and ``!a in b`` is ``(!a) in b``."""
    for node in code.nodes("binary_expression"):
        both = sides(node)
        if both is not None and operator(node) in ("??", "||"):
            yield from _default_of_one(code, node, *both)
    yield from _not_of_one(code)
    yield from _choice_of_one(code)


def _default_of_one(code: Code, node: Node, left: Node, right: Node) -> Iterator[SmallChange]:
    sign = operator(node)
    inner = sides(left)
    if inner is not None and operator(left) in ("+", "-", "*", "/"):
        moved = f"({code.text(inner[1])} {sign} {code.text(right)})"
        yield code.put(node, f"{code.text(inner[0])} {operator(left)} {moved}")
    inner = sides(right)
    if inner is not None and operator(right) in ("+", "-", "*", "/"):
        moved = f"({code.text(left)} {sign} {code.text(inner[0])})"
        yield code.put(node, f"{moved} {operator(right)} {code.text(inner[1])}")


def _not_of_one(code: Code) -> Iterator[SmallChange]:
    for node in code.nodes("binary_expression"):
        both, sign = sides(node), operator(node)
        if both is None:
            continue
        left, right = both
        value = named(left, "argument")
        if operator(left) == "!" and value is not None:
            if sign in ("in", "instanceof"):
                yield code.put(node, f"!({code.text(value)} {sign} {code.text(right)})")
            elif sign in ("==", "===") and facts(code).known(right).kind != "boolean":
                yield code.put(node, f"{code.text(value)} !{sign[1:]} {code.text(right)}")


def _choice_of_one(code: Code) -> Iterator[SmallChange]:
    for node in code.nodes("ternary_expression"):
        tested = named(node, "condition")
        parts = None if tested is None else sides(tested)
        if tested is None or parts is None:
            continue
        if operator(tested) in COMPARISONS and operator(parts[0]) == "+":
            parts = sides(parts[0]) or parts
        elif operator(tested) != "+":
            continue
        if any(True for _ in below(parts[0], "string", "template_string")):
            rest = code.content[code.places.start(parts[1]) : code.places.end(node)]
            yield code.put(node, f"{code.text(parts[0])} + ({rest})")


_EQUAL = frozenset({"==", "===", "!=", "!=="})
_ORDERS = frozenset({"<", ">", "<=", ">="})


def compared_in_a_row(code: Code) -> Iterator[SmallChange]:
    """``a < b < c`` compares a truth, and ``x === "a" || "b"`` is always true."""
    for node in code.nodes("binary_expression"):
        both = sides(node)
        if both is None:
            continue
        left, right = both
        inner = sides(left)
        if operator(node) in _ORDERS and operator(left) in _ORDERS and inner is not None:
            middle = code.text(inner[1])
            yield code.put(
                node, f"{code.text(left)} && {middle} {operator(node)} {code.text(right)}"
            )
        sign = operator(node)
        if sign in ("||", "&&") and right.type in ("string", "number"):
            compared = left if operator(left) in _EQUAL else (sides(left) or (left, left))[1]
            parts = sides(compared)
            if operator(compared) in _EQUAL and parts is not None:
                same = f"{code.text(parts[0])} {operator(compared)}"
                yield code.put(right, f"{same} {code.text(right)}")
